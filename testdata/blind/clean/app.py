import os, getpass
PASSWORD_MIN_LENGTH = 12
TOKEN_URL = "https://auth.acme.io/token"
password = os.environ["DB_PASSWORD"]
token = os.getenv("API_TOKEN", "")
secret = client.get_secret_value(SecretId="prod/orders/db")["SecretString"]
api_key = ssm.get_parameter(Name="/prod/orders/api-key", WithDecryption=True)["Parameter"]["Value"]
pw = getpass.getpass("Password: ")
parser.add_argument("--password", help="password of the database", default=None)
parser.add_argument("--token-file", default="/run/secrets/token")
config = {"password": os.environ.get("PW"), "token": None, "secret": secret_name, "api_key": "api_key"}
if password == "": raise ValueError("password must not be empty")
if token == "none" or token_type == "bearer": pass
log.info("token=%s password=%s", "***", "[redacted]")
schema = {"password": {"type": "string", "minLength": 8}, "token": {"type": "string"}}
fields = ["user", "password", "token", "secret_key"]
columns = [("password", "VARCHAR"), ("token", "TEXT"), ("secret", "BYTEA")]
session.get(url, auth=(user, password))
session.get(url, auth=("user", "password"))
smtp.login("user@example.com", "password")
hashed = "pbkdf2:sha256:260000$x1Yz$7d9f8a"
t_env.execute_sql(f"CREATE TABLE t (a INT) WITH ('connector'='jdbc', 'password'='{password}')")
boto3.client("s3", aws_access_key_id=os.environ["AK"], aws_secret_access_key=os.environ["SK"])
assert mask("password=abc") == "password=***"
