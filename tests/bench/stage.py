"""A database, keys and settings of the benchmarks' own, all of it removed again."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import django
import psycopg2
from django.conf import settings

NAME = f"helpline_bench_{os.getpid()}"


@contextmanager
def stage() -> Iterator[None]:
    """Django on an empty, migrated database on the server that DATABASE_URL names."""
    server = os.environ["DATABASE_URL"]
    with tempfile.TemporaryDirectory(prefix="helpline-bench-") as keys:
        _ask(server, f'CREATE DATABASE "{NAME}"')
        try:
            os.environ |= {"DATABASE_URL": _renamed(server), "KEYS_DIR": keys}
            os.environ.pop("DATABASE_OWNER_URL", None)
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpline.settings")
            _begin(Path(keys))
            yield
        finally:
            _ask(server, f'DROP DATABASE "{NAME}" WITH (FORCE)')


def _begin(keys: Path) -> None:
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    settings.STATIC_ROOT = keys / "static"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    django.setup()

    from django.core.management import call_command

    from helpline.foundation.audit import lives
    from helpline.foundation.calendar import london_today
    from helpline.foundation.vault import ring

    settings.STATIC_ROOT.mkdir()
    call_command("migrate", verbosity=0)
    ring.begin(london_today())
    lives.begin()


def dsn() -> dict[str, str]:
    """Where the benchmarks' database is, for a connection without Django."""
    parts = settings.DATABASES["default"]
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    found = {ours: str(parts[theirs]) for theirs, ours in names.items() if parts.get(theirs)}
    return found | {"dbname": NAME}


def _renamed(server: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{NAME}"))


def _ask(server: str, statement: str) -> None:
    parts = urlsplit(server)
    there = psycopg2.connect(
        host=unquote(parts.hostname or ""),
        port=parts.port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or "") or None,
        dbname="postgres",
    )
    there.autocommit = True
    there.cursor().execute(statement)
    there.close()
