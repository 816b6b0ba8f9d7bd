fields = ("password1", "password2")
PASSWORD_FIELDS = ["new_password1", "new_password2"]
DKIM = {"DkimToken": "vvjuipp74whm76gqoni7qmwwn4w4qusjiainivf6sf"}
tokens = {"access": "accessToken", "refresh": "refreshToken"}
sql = "CREATE TABLE t WITH ('password' = '" + password + "', 'username' = '" + user + "')"
text = "…'password' = '{}'".format(get_secret("db-password"))
assert hash_password("x") == "5f4dcc3b5aa765d61d8327deb882cf99"
