"""The settings that `./run` gives: what the environment says, else what it makes here."""

import base64
import os
import re
import secrets
import socket
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlsplit

from helpline.dev.home import ROOT, Home
from helpline.dev.words import Refusal

SETTINGS = "see “Settings” in README.md"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
YES, NO = {"yes", "true", "on", "1", "y", "ok"}, {"no", "false", "off", "0", "n", ""}


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _derived(secret: str, purpose: str) -> str:
    """A key of its own that needs no place in the file of keys."""
    return base64.b64encode(sha256(f"{purpose}:{secret}".encode()).digest()).decode()


MAKERS = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(64),
    "ROOT_KEY": _key,
    "INDEX_KEYS": lambda: f"1={_key()}",
    "TRAIL_KEY": _key,
    "DATABASE_PASSWORD": lambda: secrets.token_urlsafe(24),
    "DATABASE_OWNER_PASSWORD": lambda: secrets.token_urlsafe(24),
    "DATABASE_SUPERUSER_PASSWORD": lambda: secrets.token_urlsafe(24),
}
KEYS = [name for name in MAKERS if not name.endswith("PASSWORD")]


def keys(home: Home, cluster: Path) -> dict[str, str]:
    """The keys of this home, made the first time; a database without its keys is refused."""
    made = home.made()
    missing = [name for name in MAKERS if name not in made]
    if missing and cluster.exists():
        raise Refusal(
            f"{home.path / 'env'} lacks {missing[0]}, without which the database in {cluster}"
            " cannot be read: put the file back, or remove the folder to begin anew."
        )
    if missing:
        made |= {name: MAKERS[name]() for name in missing}
        home.write_env(made, home.in_force())
    return made


def port() -> int:
    """The port that PORT names, else 8000."""
    given = os.environ.get("PORT", "8000")
    if not (given.isascii() and given.isdigit() and 0 < int(given) < 65536):
        raise Refusal(f"The setting PORT is malformed, not a number from 1 to 65535: {SETTINGS}.")
    return int(given)


def need_free(number: int) -> None:
    """Refuse a port that somebody else listens on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError as problem:
            raise Refusal(
                f"Port {number} cannot be used ({problem.strerror}):"
                f" choose another, such as `PORT={number + 1 if number < 65535 else 8001} ./run`."
            ) from None


def given(name: str) -> bool:
    """Whether the environment itself names a database or a Redis."""
    return bool(os.environ.get(name))


def in_force(home: Home, made: dict[str, str], number: int, sockets: Path) -> dict[str, str]:
    """Every setting of this start: the environment first, then the keys, then these defaults."""
    site = os.environ.get("SITE_URL") or f"http://127.0.0.1:{number}"
    settings = {
        "DJANGO_SETTINGS_MODULE": "helpline.settings",
        "PORT": str(number),
        "SITE_URL": site,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "KEYS_DIR": str(home.path / "keys"),
        "STATIC_ROOT": str(home.path / "static"),
        "EMAIL_URL": "filemail:///" + quote(str(home.path / "mail")),
        "DEMO": _demo(site),
        "TEXTS_BY": "signed",
        "TEXTS_URL": f"http://127.0.0.1:{number + 1 if number < 65535 else 8001}",
        "TEXTS_SECRET": _derived(made["SECRET_KEY"], "texts"),
        "REDIS_URL": f"unix://{sockets}/redis.sock",
    }
    settings |= {name: made[name] for name in KEYS}
    if not given("DATABASE_URL"):
        owner = made["DATABASE_OWNER_PASSWORD"]
        settings["DATABASE_URL"] = _url("helpline", made["DATABASE_PASSWORD"], sockets)
        settings["DATABASE_OWNER_URL"] = _url("helpline_owner", owner, sockets)
    return settings | {name: os.environ[name] for name in names() if os.environ.get(name)}


def throw_away(home: Home, made: dict[str, str], sockets: Path) -> dict[str, str]:
    """The settings of tests and benchmarks: none of the environment, and the superuser's role."""
    settings = {
        "DATABASE_URL": _url("postgres", made["DATABASE_SUPERUSER_PASSWORD"], sockets),
        "REDIS_URL": f"unix://{sockets}/redis.sock",
        "DJANGO_SETTINGS_MODULE": "helpline.settings",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
        "KEYS_DIR": str(home.path / "keys"),
        "STATIC_ROOT": str(home.path / "static"),
    }
    return settings | {name: made[name] for name in KEYS}


def without_settings(environment: dict[str, str]) -> dict[str, str]:
    """The environment, with every setting of the product and of `run` taken out."""
    ours = {*names(), "PORT", "HELPLINE_HOME", "DJANGO_SETTINGS_MODULE"}
    return {name: value for name, value in environment.items() if name not in ours}


def names() -> set[str]:
    """Every name that the product's settings file reads from the environment."""
    text = (ROOT / "helpline" / "settings.py").read_text()
    return set(re.findall(r'\b(?:env\.\w+|required)\([^"()]*"([A-Z][A-Z0-9_]*)"', text))


def _url(role: str, password: str, sockets: Path) -> str:
    return f"postgres://{role}:{password}@{quote(str(sockets), safe='')}:5432/helpline"


def _demo(site: str) -> str:
    """The demo lets anyone sign in: only here, and unasked only on the private database."""
    asked = os.environ.get("DEMO", "").strip().lower()
    if asked not in YES | NO:
        raise Refusal(f"The setting DEMO is malformed, neither yes nor no: {SETTINGS}.")
    here = urlsplit(site).hostname in LOOPBACK
    if asked in YES and not here:
        raise Refusal(f"DEMO lets anyone sign in, so it needs a SITE_URL on loopback: {SETTINGS}.")
    unasked = "DEMO" not in os.environ and not given("DATABASE_URL")
    return "yes" if here and (asked in YES or unasked) else "no"
