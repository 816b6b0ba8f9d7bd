terraform {
  required_version = ">= 1.6"
}
provider "aws" {
  region     = "eu-west-1"
  access_key = "AKIAZTAHEAKA2ATZLRTF"
  secret_key = "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"
}
variable "db_password" {
  type      = string
  sensitive = true
  default   = "Violet-YKtP71"
}
variable "api_token" {
  description = "Token of the billing API, from the vault"
  type        = string
}
resource "aws_kinesisanalyticsv2_application" "orders" {
  name                   = "orders"
  runtime_environment    = "FLINK-1_20"
  service_execution_role = aws_iam_role.orders.arn
  application_configuration {
    environment_properties {
      property_group {
        property_group_id = "ProducerConfigProperties"
        property_map = {
          "aws.credentials.provider.basic.accesskeyid" = "AKIASLSANJC5C6BHOQMA"
          "aws.credentials.provider.basic.secretkey"   = "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"
          "flink.inputstream.initpos"                  = "LATEST"
        }
      }
      property_group {
        property_group_id = "Warehouse"
        property_map = {
          "jdbc.url"      = "jdbc:postgresql://orders-db.acme.io:5432/orders"
          "jdbc.password" = "Raven-nF0G34"
          "api.password"  = var.db_password
          "kms.secret.id" = aws_secretsmanager_secret.orders.arn
        }
      }
    }
  }
}
resource "aws_db_instance" "orders" {
  username = "orders"
  password = "Umber.Hwrq16"
}
resource "aws_db_instance" "reports" {
  username = "reports"
  password = random_password.reports.result
}
resource "kubernetes_secret" "orders" {
  data = {
    DB_PASSWORD = "Bramble-udfB56"
    API_KEY     = data.aws_ssm_parameter.api.value
  }
}
locals {
  jaas = <<-EOT
    org.apache.kafka.common.security.plain.PlainLoginModule required username="orders" password="Quartz-ETSH96";
  EOT
}
