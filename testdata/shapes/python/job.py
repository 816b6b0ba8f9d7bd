"""A job that reads orders, with every shape in which Python code binds a value to a name."""
import os

import boto3
from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment, TableDescriptor

AWS_ACCESS_KEY_ID = "AKIAQ4ZV7XLM2RWT5KDN"  #! aws-access-key-pair
AWS_SECRET_ACCESS_KEY = "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"
os.environ["DB_PASSWORD"] = "Harbour^Kite71"  #! database-password

SINK_DDL = "CREATE TABLE t (id BIGINT) WITH ('connector' = 'jdbc', 'password' = 'Meadow!Lantern52')"  #! generic-password


class Settings:
    """Class attributes."""

    broker_password = "Tundra%Violin38"  #! generic-password
    region = "eu-central-1"

    def __init__(self):
        self.smtp_password = "Copper&Falcon64"  #! generic-password
        self.user = "orders"


def connect(host, user="reader", password="Walnut*Comet19"):  #! generic-password
    return host, user, password


def client():
    return boto3.client(
        "s3",
        region_name="eu-central-1",
        aws_access_key_id="AKIAW7HN3YQKE5ZL2VTD",  #! aws-access-key-pair
        aws_secret_access_key="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",
    )


def kafka_properties():
    return {
        "bootstrap.servers": "b-1.orders.kafka.eu-central-1.amazonaws.com:9096",
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "ssl.truststore.password": "Granite~Otter27",  #! kafka-ssl-password
    }


def configure(env: StreamExecutionEnvironment):
    config = Configuration()
    config.set_string("s3.access-key", "AKIAT2MXB6WQ4RZKJ7LH")  #! aws-access-key-pair
    config.set_string("s3.secret-key", "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")
    env.configure(config)
    tables = StreamTableEnvironment.create(env)
    tables.create_table(
        "payments",
        TableDescriptor.for_connector("jdbc")
        .option("url", "jdbc:mysql://payments-db.internal:3306/payments")
        .option("username", "payments")
        .option("password", "Saffron#Glacier83")  #! generic-password
        .build(),
    )
    password = os.environ.get("PAYMENTS_PASSWORD", "Juniper@Rocket46")  #! generic-password
    return tables, password


def headers(order):
    url = f"https://api.orders.example.com/v1/{order}?limit=10"
    return url, {"Authorization": "Bearer ghp_h7Zq2LxVb9TkWm4RcYn6PdJs3GfAe01mwPNi"}  #! github-token


def clean(secret_name):
    password = os.environ["ORDERS_PASSWORD"]
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=secret_name)
    print("password", "is set")
    connect("orders-db.internal", user="orders", password=password)
    return secret["SecretString"]
