region      = "eu-west-1"
db_password = "Fjord.g3DH27"
kafka = {
  username = "orders"
  password = "Saffron.Nx5574"
}
aws_access_key = "AKIASVXHV26HEXCZYR6V"
aws_secret_key = "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"
