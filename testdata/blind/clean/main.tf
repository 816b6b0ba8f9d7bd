variable "db_password" { 
  type = string
  sensitive = true 
  description = "Password of the database"
}
resource "random_password" "db" { length = 24 }
resource "aws_db_instance" "db" { password = random_password.db.result }
resource "aws_db_instance" "db2" { password = var.db_password }
data "aws_secretsmanager_secret_version" "v" { secret_id = "prod/db" }
resource "aws_ssm_parameter" "p" { 
  name  = "/prod/db/password" 
  type  = "SecureString"
  value = random_password.db.result
}
locals { token = data.aws_secretsmanager_secret_version.v.secret_string, api_key = jsondecode(local.token)["api_key"] }
resource "kubernetes_secret" "s" { metadata { name = "db-password" } }
provider "vault" { token = var.vault_token }
