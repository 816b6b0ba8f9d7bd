import os

import cx_Oracle
import ldap3
import oracledb
import pika
import pymssql
import redis
from aiohttp import BasicAuth

HOST = os.environ["DB_HOST"]
MONGO = f"mongodb://svc:⟦gen⟧@{HOST}/orders"
CACHE = "redis://:⟦gen⟧@%s:6379/0" % HOST
QUEUE = "amqp://svc:⟦gen⟧@" + HOST
creds = ("svc", "⟦gen⟧")


class Database:
    def __init__(self, url, user, password, retries=3):
        self.url = url


def connect(host, user, password, timeout=10):
    return Database(host, user, password)


def token_for(tenant, lookup=None):
    return lookup


def main():
    first = oracledb.connect("svc/⟦gen⟧@db.acme.internal/ORCL")
    second = cx_Oracle.connect("svc", "⟦gen⟧", "db.acme.internal/ORCL")
    third = pymssql.connect("db.acme.internal", "svc", "⟦gen⟧", "orders")
    cache = redis.StrictRedis("cache.acme.internal", 6379, 0, "⟦gen⟧")
    directory = ldap3.Connection("ldap.acme.internal", "cn=svc", "⟦gen⟧", auto_bind=True)
    queue = pika.PlainCredentials("svc", "⟦gen⟧")
    basic = BasicAuth("svc", "⟦gen⟧")
    own = connect("db.acme.internal", "svc", "⟦gen⟧")
    made = Database("db.acme.internal", "svc", "⟦gen⟧", 5)
    named = connect(host="db.acme.internal", user="svc", password="⟦gen⟧")
    other = token_for("orders-eu-west-1a")
    return first, second, third, cache, directory, queue, basic, own, made, named, other
