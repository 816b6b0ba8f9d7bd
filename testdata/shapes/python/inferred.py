"""Values that are only known once the code is followed: the text alone does not show their names."""
import base64
import functools
import os
from contextlib import closing


def through_variables(connect):
    first = "Orchid$Panther15"  #! generic-password
    second = first
    connect(host="a.internal", password=second)
    user, password = "loader", "Quartz!Falcon92"  #! generic-password
    return connect(user, password)


def chosen(connect, is_production):
    value = "Maple(Dragon33" if is_production else "Cedar)Wolf7781"  #! generic-password  #! generic-password
    connect(password=value)


def by_default(connect):
    value = os.environ.get("BROKER_PASSWORD") or "Breeze+Cobra2268"  #! generic-password
    connect(value)
    late = os.getenv("STORE_PASSWORD")
    if late is None:
        late = "Zephyr=Badger57"  #! generic-password
    connect(late)


def put_together(host):
    end = "9Lw"
    url = "mongodb://loader:Pebble5Heron" + end + f"@orders-db.internal/orders?appName={host}"  #! mongodb-url-password
    return url


def decoded(connect):
    connect(password=base64.b64decode("SGFybW9ueTcxUGlsb3Qh"))  #! generic-password


def large(handle):
    options = {
        "a": handle, "b": handle, "c": handle, "d": handle, "e": handle, "f": handle, "g": handle, "h": handle,
        "i": handle, "j": handle, "k": handle, "l": handle, "m": handle, "n": handle, "o": handle, "p": handle,
        "q": handle, "password": "Nectar>Jaguar41",  #! generic-password
    }
    return options


def rows(connect):
    connect([("user", "loader"), ("password", "Timber<Moose8263")])  #! generic-password


def around(connect, names):
    for name in names:
        try:
            with closing(connect(name)) as opened:
                opened.login(password="Velvet?Eagle64", flags=[n for n in names if n])  #! generic-password
        except (KeyError, ValueError):
            continue
        finally:
            print("password", "done")

    def inner(key):
        return connect(name=key, password="Canyon;Trout7750")  #! generic-password

    return sorted(names, key=lambda name: inner(name))


@functools.lru_cache(maxsize=2)
def broker_password():
    return "Falcon|Amber6620"  #! generic-password


class Job:
    class Inner:
        @staticmethod
        async def login(client, *, password="Ginger_Bison!82"):  #! generic-password
            async with client as session:
                await session.login(token="x", password=password)


def unknown(connect, password, suffix):
    connect(password=f"{password}")
    connect(password="prefix" + suffix)
    connect(password=os.environ["BROKER_PASSWORD"])
    for key, value in {"password": "secret"}.items():
        connect(key, value)
    return {"password": password, "label": "Password"}
