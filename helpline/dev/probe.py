"""Started inside `.venv` first of all: do settings and the given servers make sense?"""

import importlib
import os
import sys
import warnings

import environ
import psycopg2
import redis
from django.core.exceptions import ImproperlyConfigured

from helpline.dev.words import Refusal, progress

PATIENCE = 5  # seconds
OLDEST_POSTGRES = 15
OLDEST_REDIS = (6, 2)


def postgres(url: str) -> None:
    """Refuse a database that does not answer or is older than 15."""
    malformed = "The setting DATABASE_URL is malformed: see “Settings” in README.md."
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the refusal below says it better
            told = environ.Env.db_url_config(url)
    except (ImproperlyConfigured, ValueError, KeyError):
        raise Refusal(malformed) from None
    if not told.get("ENGINE", "").endswith("postgresql"):
        raise Refusal(malformed)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    where = {names[key]: told[key] for key in names if told.get(key)}
    try:
        connection = psycopg2.connect(
            **where, port=told.get("PORT") or 5432, connect_timeout=PATIENCE
        )
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


def broker(url: str) -> None:
    """Refuse a Redis that does not answer or is older than 6.2."""
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE)
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
    """Look at those servers that the environment names itself, then at every setting."""
    looks = {"DATABASE_URL": postgres, "REDIS_URL": broker}
    try:
        for name in given:
            looks[name](os.environ[name])
        importlib.import_module("helpline.settings")
    except (ImproperlyConfigured, Refusal) as problem:
        progress(str(problem))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
