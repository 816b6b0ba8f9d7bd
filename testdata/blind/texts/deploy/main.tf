provider "aws" {
  region     = "eu-west-1"
  access_key = "⟦id:a⟧"
  secret_key = "⟦key:a⟧"
}
variable "db_password" {
  type      = string
  sensitive = true
  default   = "⟦gen⟧"
}
variable "api_token" { default = "" }
resource "aws_kinesisanalyticsv2_application" "orders" {
  application_configuration {
    environment_properties {
      property_group {
        property_group_id = "Sink"
        property_map = {
          "aws.credentials.provider.basic.accesskeyid" = "⟦id:b⟧"
          "aws.credentials.provider.basic.secretkey"   = "⟦key:b⟧"
          "db.password" = var.db_password
          apiKey = "⟦alnum32⟧"
        }
      }
    }
  }
}
resource "aws_db_instance" "db" {
  username = "admin"
  password = "⟦pw⟧"
  manage_master_user_password = false
}
resource "aws_secretsmanager_secret_version" "v" {
  secret_string = jsonencode({ username = "x", password = "⟦gen⟧" })
}
resource "aws_ssm_parameter" "p" {
  name  = "/prod/db/password"
  type  = "SecureString"
  value = "⟦gen⟧"
}
resource "kubernetes_secret" "s" {
  data = { token = "⟦alnum40⟧", password = random_password.db.result }
}
resource "confluent_kafka_topic" "t" {
  credentials { 
    key    = "Q7WMB2XKD4ZRTLVA"
    secret = "⟦mixed64⟧"
  }
}
resource "aws_instance" "i" {
  user_data = <<-EOT
    #!/bin/bash
    export DB_PASSWORD=⟦gen⟧
    aws configure set aws_access_key_id ⟦id:c⟧
    aws configure set aws_secret_access_key ⟦key:c⟧
  EOT
}
output "secret_arn" { value = aws_secretsmanager_secret.s.arn }
