"""Started inside `.venv` first of all: do settings and the given servers make sense?"""

import importlib
import sys

import psycopg2
import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from helpline.dev.words import Refusal, progress

PATIENCE = 5  # seconds
OLDEST_POSTGRES = 15
OLDEST_REDIS = (6, 2)


def postgres() -> None:
    """Refuse a database that does not answer or is older than 15."""
    told = settings.DATABASES["default"]
    port = told.get("PORT") or 5432
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    where = {names[key]: told[key] for key in names if told.get(key)} | told.get("OPTIONS", {})
    try:
        connection = psycopg2.connect(**where | {"connect_timeout": PATIENCE}, port=port)
    except psycopg2.Error as problem:
        said = str(problem).strip().splitlines()[0]
        raise Refusal(
            f"DATABASE_URL cannot be reached ({said}):"
            " start that server, or unset DATABASE_URL for a private one."
        ) from None
    major = connection.server_version // 10000
    connection.close()
    if major < OLDEST_POSTGRES:
        raise Refusal(
            f"DATABASE_URL is PostgreSQL {major}, too old:"
            f" use {OLDEST_POSTGRES} or newer, or unset DATABASE_URL for a private one."
        )


def broker() -> None:
    """Refuse a Redis that does not answer or is older than 6.2."""
    patience = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
    try:
        client = redis.Redis.from_url(settings.REDIS_URL, **patience)
    except ValueError:
        raise Refusal("The setting REDIS_URL is malformed: see “Settings” in README.md.") from None
    try:
        version = str(client.info("server")["redis_version"])
    except redis.RedisError as problem:
        said = " ".join(str(problem).split())
        raise Refusal(
            f"REDIS_URL cannot be reached ({said}):"
            " start that server, or unset REDIS_URL for a private one."
        ) from None
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_REDIS:
        raise Refusal(
            f"REDIS_URL is Redis {version}, too old:"
            " use 6.2 or newer, or unset REDIS_URL for a private one."
        )


def main(given: list[str]) -> int:
    """Look at every setting, then at those servers that the environment names itself."""
    looks = {"DATABASE_URL": postgres, "REDIS_URL": broker}
    try:
        importlib.import_module("helpline.settings")
        for name in given:
            looks[name]()
    except (ImproperlyConfigured, Refusal) as problem:
        progress(str(problem))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
