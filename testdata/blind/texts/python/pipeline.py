import argparse
import json
import os
from dataclasses import dataclass, field
from functools import partial

import click
import requests
from pydantic import BaseModel, BaseSettings, Field, SecretStr
from pyflink.common import Configuration
from pyflink.table import EnvironmentSettings, TableEnvironment
from requests.auth import HTTPBasicAuth

PASSWORDS = {
    "orders": "⟦gen⟧",
    "billing": "⟦gen⟧",
}
TOKENS = {"eu": "⟦alnum32⟧"}
SECRETS = ["⟦alnum40⟧", "⟦alnum40⟧"]
API_KEYS = dict(search="⟦alnum32⟧", maps="⟦hex32?⟧")
SECRETS_BY_STAGE = {"dev": {"value": "⟦alnum32?⟧"}}
TOKENS["us"] = "⟦alnum32⟧"
PASSWORD_FIELDS = ("password", "passwd")
TOKEN_TYPES = {"access": "bearer", "refresh": "opaque"}

DB_USER = "svc_orders"
DB_PASS = "⟦pw⟧"
DB_HOST = "db.acme.internal"
DSN = f"postgresql://{DB_USER}:{DB_PASS}@{DB_HOST}:5432/orders"
STATEMENT = "CREATE USER x WITH ('password' = '%s')" % "⟦gen⟧"
OTHER = "CREATE TABLE t (id INT) WITH ('connector' = 'jdbc', 'password' = '{}')".format("⟦gen⟧")
THIRD = "CREATE TABLE t (id INT) WITH ('username' = '%s', 'password' = '%s')" % ("svc", "⟦gen⟧")
FOURTH = "CREATE TABLE t (id INT) WITH ('username' = '{u}', 'password' = '{p}')".format(u="svc", p="⟦gen⟧")
FIFTH = "WITH ('username' = '{0}', 'password' = '{1}')".format(DB_USER, "⟦gen⟧")
SIXTH = "WITH ('username' = '%(user)s', 'password' = '%(pw)s')" % {"user": "svc", "pw": "⟦gen⟧"}
UNKNOWN = "WITH ('password' = '%s')" % os.environ["DB_PASSWORD"]
UNKNOWN_TOO = "WITH ('password' = '{}')".format(os.environ["DB_PASSWORD"])

os.environ["SINK_PASSWORD"] = "⟦gen⟧"
os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"] = "⟦id⟧", "⟦key?⟧"
MAIL_PASSWORD = os.environ.get("MAIL_PASSWORD", "⟦gen⟧")
LDAP_PASSWORD = os.getenv("LDAP_BIND_PASSWORD", default="⟦gen⟧")
HOST = os.environ.get("DB_HOST", "db.acme.internal")


class Settings(BaseSettings):
    db_password: SecretStr = SecretStr("⟦gen⟧")
    jwt_secret: str = Field(default="⟦gen⟧", env="JWT_SECRET")
    api_token: str = Field("⟦alnum40⟧", description="The token of the API")
    refresh_token_url: str = "https://auth.acme.io/token"
    keystore_password: str = Field(..., env="KEYSTORE_PASSWORD")
    smtp_password: str = Field(default_factory=lambda: "⟦gen⟧")

    class Config:
        env_prefix = "ORDERS_"
        secrets_dir = "/run/secrets"


@dataclass
class Sink:
    host: str = "db.acme.internal"
    password: str = "⟦gen⟧"
    token: str = field(default="⟦alnum32⟧", repr=False)
    tags: list = field(default_factory=list)


class Kafka:
    SASL_USERNAME = "svc"
    SASL_PASSWORD = "⟦gen⟧"
    PASSWORD_KEY = "sasl.password"
    jaas = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="svc" password="%s";' % SASL_PASSWORD

    def __init__(self, password="⟦gen⟧", *, token="⟦alnum32⟧"):
        self.password = password
        self._api_token = token
        self.client_secret = "⟦alnum40⟧"

    @property
    def secret_key(self):
        return "⟦alnum40⟧"

    @staticmethod
    def password_for(name):
        if name == "orders":
            return "⟦gen?⟧"
        return os.environ["PASSWORD_" + name.upper()]


def arguments():
    parser = argparse.ArgumentParser(description="Loads orders; the password is asked for")
    parser.add_argument("--db-password", dest="pw", default="⟦gen⟧", help="The password of the database")
    parser.add_argument("-t", "--token", default="⟦alnum40⟧")
    parser.add_argument("--token-url", default="https://auth.acme.io/token")
    parser.add_argument("--secret-name", default="prod/orders/db")
    parser.set_defaults(sink_password="⟦gen⟧")
    return parser.parse_args()


@click.command()
@click.option("--password", default="⟦gen⟧", show_default=False)
@click.option("--token", envvar="ORDERS_TOKEN")
def run(password, token):
    requests.get("https://api.acme.io/v1", auth=("svc", "⟦gen⟧"))
    requests.get("https://api.acme.io/v2", auth=HTTPBasicAuth("svc", "⟦gen⟧"))
    session = requests.Session()
    session.auth = ("svc", "⟦gen⟧")
    session.headers["Authorization"] = "Bearer " + "⟦alnum40⟧"
    session.headers.update({"X-Api-Key": "⟦alnum32⟧"})
    auth = ("svc", "⟦gen⟧")
    login = partial(session.post, json={"user": "svc", "password": "⟦gen⟧"})
    basic = "https://svc:%s@api.acme.io" % "⟦gen?⟧"
    return auth, login, basic


def tables(env: TableEnvironment):
    password = "⟦gen⟧"
    env.execute_sql(f"""
        CREATE TABLE orders (id INT, name STRING) WITH (
          'connector' = 'jdbc',
          'username' = '{DB_USER}',
          'password' = '{password}'
        )""")
    secret = "⟦gen⟧"
    env.execute_sql("""
        CREATE TABLE audit (id INT) WITH (
          'connector' = 'elasticsearch-7',
          'password' = '{0}'
        )""".format(secret))
    env.execute_sql("CREATE TABLE c (id INT) WITH ('password' = '" + os.environ["PW"] + "')")
    conf = Configuration()
    for name, value in [("s3.access-key", "⟦id:b⟧"), ("s3.secret-key", "⟦key:b⟧")]:
        conf.set_string(name, value)
    options = {**{"user": "svc"}, "password": "⟦gen⟧"}
    options.update(password="⟦gen⟧")
    options |= {"truststore.password": "⟦gen⟧"}
    get_password = lambda: "⟦gen⟧"
    passwords = [get_password(), options["password"]]
    user, db_password = "svc", "⟦gen⟧"
    credentials = {"access_key": "⟦id:c⟧", "secret_key": "⟦key:c⟧"}
    client = env.client("s3", **credentials)
    if os.environ.get("STAGE") == "prod":
        token = "⟦alnum40⟧"
    else:
        token = "⟦alnum40⟧"
    template = "jdbc:mysql://db.acme.internal/orders?user={}&password={}".format("svc", "⟦gen⟧")
    joined = "".join(["postgres://svc:", "⟦gen?⟧", "@db.acme.internal/x"])
    lines = ";".join(["Server=db.acme.internal", "User Id=svc", "Password=⟦gen⟧"])
    return passwords, user, db_password, client, token, template, joined, lines
