variable "db_password" {
  description = "The password of the database; pass it as TF_VAR_db_password"
  type        = string
  sensitive   = true
}
resource "random_password" "db" {
  length           = 24
  override_special = "!#$%&*()-_=+[]{}<>:?"
}
resource "aws_db_instance" "ledger" {
  username                    = "ledger"
  password                    = random_password.db.result
  manage_master_user_password = true
  ca_cert_identifier          = "rds-ca-rsa2048-g1"
}
resource "aws_secretsmanager_secret" "db" {
  name = "prod/ledger/db"
}
resource "aws_kinesisanalyticsv2_application" "ledger" {
  application_configuration {
    environment_properties {
      property_group {
        property_group_id = "Sink"
        property_map = {
          "jdbc.password"    = var.db_password
          "secret.arn"       = aws_secretsmanager_secret.db.arn
          "db.password"      = "${data.aws_ssm_parameter.db.value}"
          "api.token"        = local.api_token
          "password.secret"  = "prod/ledger/db"
        }
      }
    }
  }
}
output "db_password" {
  value     = aws_db_instance.ledger.password
  sensitive = true
}
