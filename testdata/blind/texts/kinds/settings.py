import os

DATABASES = {
    "default": {"HOST": "db.acme.internal", "USER": "svc", "PASSWORD": "⟦letters24⟧"},
    "replica": {"HOST": "db2.acme.internal", "USER": "svc", "PASSWORD": "⟦four16⟧"},
}
SMTP_PASSWORD = os.environ.get("SMTP_PASSWORD", "⟦phrase⟧")
REDIS_PASSWORD = '⟦edges12⟧'
HEADERS = {"Authorization": "Bearer ⟦alnum24⟧"}


def connect(password="⟦letters24⟧"):
    return password
