"""Moves the ledger. Needs DB_PASSWORD and API_TOKEN in its environment.

Example:
    client = Client(api_key="YOUR_API_KEY", password="<your password>")
"""
import argparse
import getpass
import os

PASSWORD_KEY = "password"
SECRET_ID = "prod/ledger/db"
TOKEN_URL = "https://auth.acme.io/oauth2/token"
SENSITIVE = {"password", "secret", "token", "api_key", "private_key"}
password = os.environ["DB_PASSWORD"]
token = os.getenv("API_TOKEN")
secret_key = os.environ.get("AWS_SECRET_ACCESS_KEY", "")
api_key = settings.API_KEY
passphrase = getpass.getpass("Passphrase: ")
db_password = json.loads(secrets.get_secret_value(SecretId=SECRET_ID)["SecretString"])["password"]


def connect(user: str, password: str = None, token: Optional[str] = None, secret="") -> None:
    """Connects.

    :param password: the password of the user
    :param token: bearer token, instead of a password
    """
    if password == "password":
        raise ValueError("password: choose a better one")
    dsn = f"postgresql://{user}:{password}@db.acme.io/ledger"
    logging.info("password=%s token=%s", "*" * 8, token[:4] + "...")
    logging.warning("Wrong password for user %s", user)
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    t_env.execute_sql(f"CREATE TABLE t (password STRING) WITH ('password' = '{password}', 'username' = '{user}')")
    t_env.execute_sql("CREATE TABLE u (id INT) WITH ('password' = '%s')" % password)


parser = argparse.ArgumentParser()
parser.add_argument("--password", help="password of the database", metavar="PASSWORD")
parser.add_argument("--api-key", dest="api_key", default=os.environ.get("API_KEY"), required=False)
parser.add_argument("--token", type=str, default=None)
parser.add_argument("--secret", action="store_true", help="read secrets from the vault")
hashed_password = "$2b$12$KIXQ4S5p1aJbJH1Yz7RKCeW8jz5qM0H3Y6zqzO4e2yF0mC2Hk1x6K"
password_hash = hashlib.sha256(password.encode()).hexdigest()
ETAG = "d41d8cd98f00b204e9800998ecf8427e"
