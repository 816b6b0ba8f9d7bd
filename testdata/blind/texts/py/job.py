import os, argparse, json, base64
from dataclasses import dataclass, field
from pydantic import BaseSettings, SecretStr, Field
import boto3, psycopg2, requests
from pyflink.table import TableEnvironment

PASSWORD_FIELD = "password"
DB_PASSWORD = "⟦pw⟧"
_token: str = '⟦alnum40⟧'
api_key, region = "⟦alnum32?⟧", "eu-west-1"
os.environ["AWS_ACCESS_KEY_ID"] = "⟦id:a⟧"
os.environ["AWS_SECRET_ACCESS_KEY"] = "⟦key:a⟧"
os.environ.setdefault("KAFKA_PASSWORD", "⟦gen⟧")
os.environ.update({"DB_PASS": "⟦gen⟧", "MODE": "prod"})
os.environ.update(REDIS_PASSWORD="⟦gen⟧")
os.putenv("API_TOKEN", "⟦alnum40⟧")
secret = os.getenv("CLIENT_SECRET", "⟦alnum32⟧")
secret2 = os.environ.get("CLIENT_SECRET") or "⟦alnum32⟧"

class Settings(BaseSettings):
    db_password: SecretStr = SecretStr("⟦gen⟧")
    jwt_secret: str = Field(default="⟦gen⟧", env="JWT_SECRET")
    token_url: str = "https://auth.acme.io/token"
    api_token: str = Field("⟦alnum40⟧", description="The token of the API")

@dataclass
class Db:
    host: str = "db.acme.internal"
    password: str = "⟦gen⟧"
    tags: list = field(default_factory=list)

class Config:
    SQLALCHEMY_DATABASE_URI = "postgresql+psycopg2://o:⟦gen⟧@db.acme.internal/o"
    SECRET_KEY = b'⟦alnum32⟧'
    AWS = dict(aws_access_key_id="⟦id:b⟧", aws_secret_access_key="⟦key:b⟧")

def main(password="⟦gen⟧", *, token: str = "⟦alnum40⟧"):
    p = argparse.ArgumentParser()
    p.add_argument("--db-password", default="⟦gen⟧", help="The password of the database")
    p.add_argument("--token", required=True, help="token")
    session = boto3.Session(aws_access_key_id="⟦id:c⟧", aws_secret_access_key="⟦key:c⟧", region_name="eu-west-1")
    s3 = boto3.client("s3", "eu-west-1", aws_access_key_id='⟦id:d⟧',
                      aws_secret_access_key='⟦key:d⟧')
    conn = psycopg2.connect(host="db.acme.internal", user="o", password="⟦plain⟧")
    conn2 = psycopg2.connect("host=db.acme.internal user=o password=⟦gen⟧ dbname=x")
    requests.get("https://api.acme.io", auth=("svc", "⟦gen⟧"))
    requests.get("https://api.acme.io", headers={"Authorization": "Bearer ⟦alnum40⟧", "X-Api-Key": "⟦alnum32⟧"})
    requests.post("https://api.acme.io/login", json={"user": "svc", "password": "⟦gen⟧"})
    t_env.get_config().set("s3.access-key", "⟦id:e⟧").set("s3.secret-key", "⟦key:e⟧")
    t_env.execute_sql(f"""
        CREATE TABLE orders (id INT) WITH (
          'connector' = 'jdbc', 'url' = '{url}',
          'password' = '⟦gen⟧'
        )""")
    builder.set_property("sasl.jaas.config", 'org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="⟦gen⟧";')
    props = {'aws.credentials.provider.basic.accesskeyid': '⟦id:f⟧', 'aws.credentials.provider.basic.secretkey': '⟦key:f⟧'}
    creds = json.loads('{"username": "svc", "password": "⟦gen⟧"}')
    ak = '⟦id:g⟧'
    sk = '⟦key:g⟧'
    spark.conf.set("fs.s3a.secret.key", "⟦key⟧")
    spark._jsc.hadoopConfiguration().set("fs.s3a.access.key", "⟦id⟧")
    setattr(cfg, "db_password", "⟦gen⟧")
    cfg.kafka.sasl_password = "⟦gen⟧"
    cfg['sasl.password'] = '⟦gen⟧'
    client = Minio("minio.acme.internal", access_key="⟦upper20⟧", secret_key="⟦mixed40⟧")
    opts = {"user": "svc", "password": (
        "⟦gen?⟧")}
    password = "⟦gen⟧" if env == "prod" else "⟦gen⟧"
    if password == "⟦gen⟧": pass
    print("password: %s" % password, f"token={token}")
    log.info("The password is invalid")
    assert check_password("x", h) is False

    engine = create_engine(URL.create("postgresql", username="o", password="⟦gen⟧", host="db.acme.internal"))
    snow = snowflake.connector.connect(user="etl", password='⟦pw⟧', account="ab1")
    consumer = KafkaConsumer("t", sasl_plain_username="u", sasl_plain_password="⟦gen⟧")
    smtp.login("svc@acme.io", "⟦gen⟧")
    ssh.connect("host", username="deploy", password="⟦gen⟧")
    r = redis.Redis(host="cache.acme.internal", password="⟦gen⟧"); r2 = redis.from_url("redis://:⟦gen⟧@cache.acme.internal:6379")
    openai.api_key = "⟦alnum48⟧"
    jwt.encode(payload, "⟦alnum40⟧", algorithm="HS256")
    hmac.new(b"⟦alnum32⟧", msg, "sha256")
