db_password = "⟦pw⟧"
kafka = { username = "k", password = "⟦gen⟧" }
tokens = {
  github_token = "⟦ghp⟧"
}
secret_name = "prod/orders"
