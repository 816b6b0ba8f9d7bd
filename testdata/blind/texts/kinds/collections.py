PASSWORDS = {
    "orders": "⟦gen⟧",
    "billing": "⟦gen⟧",
}
TOKENS["eu"] = "⟦alnum32⟧"
DB_PASSWORD_PROD = "⟦gen⟧"
user, password = "svc", "⟦gen⟧"
statement = "CREATE USER x WITH ('password' = '%s')" % "⟦gen⟧"
other = "CREATE TABLE t WITH ('password' = '{}')".format("⟦gen⟧")
