"""Servers that start in a third of the time: forked by a process that has imported the packages.

Run as `python -m tests.ahead` it waits for orders on its standard input. It has read no setting and
nothing of ours, so that each server begins with an environment of its own, as in earnest.
"""

import atexit
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from functools import cache
from threading import Event

PACKAGES = [
    "a2wsgi",
    "allauth.utils",
    "argon2",
    "celery.app.base",
    "cryptography.hazmat.primitives.ciphers.aead",
    "django.contrib.admin.decorators",
    "django.contrib.postgres.fields",
    "django.db.backends.postgresql.base",
    "django.db.migrations.executor",
    "django.template.defaulttags",
    "django.test.signals",
    "environ",
    "fido2.server",
    "heroicons.jinja",
    "holidays.countries.united_kingdom",
    "httptools",
    "nicknames",
    "qrcode",
    "redis.asyncio",
    "requests",
    "rest_framework.fields",
    "uvicorn.loops.uvloop",
    "uvicorn.main",
    "uvicorn.protocols.http.httptools_impl",
    "whitenoise.middleware",
    "xkcdpass.xkcd_password",
]


class Forked:
    """A process that was forked for us, with what tests use of `subprocess.Popen`."""

    def __init__(self, arguments: list[str], *, log: str, env: dict[str, str]) -> None:
        self.arguments, self.returncode = arguments, None
        self.pid = ask("start", arguments=arguments, log=log, env=env)

    def poll(self) -> int | None:
        """Its exit code once it has ended; minus the signal that ended it."""
        if self.returncode is None:
            self.returncode = ask("ended", pid=self.pid)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Its exit code; raises `subprocess.TimeoutExpired` after `timeout` seconds."""
        end, tick = time.monotonic() + timeout, Event()
        while self.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(self.arguments, timeout)
            tick.wait(0.01)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@cache
def forker() -> subprocess.Popen:
    """The process that forks, started once and ended with this one."""
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", "tests.ahead"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, env=env, **pipes)
    atexit.register(process.communicate)
    return process


def ask(act: str, **details) -> int | None:
    """What the process that forks says to an order."""
    process = forker()
    process.stdin.write(json.dumps({"act": act} | details) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def main() -> None:
    """Take orders until there are no more."""
    for package in PACKAGES:
        importlib.import_module(package)
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        if order["act"] == "ended":
            pid, status = os.waitpid(order["pid"], os.WNOHANG)
            said = os.waitstatus_to_exitcode(status) if pid else None
        elif not (said := os.fork()):
            return manage(order)
        print(json.dumps(said), flush=True)  # noqa: T201


def manage(order: dict) -> None:
    """In the child: what `manage.py` does, with this environment."""
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.clear()
    os.environ |= order["env"]
    sys.argv = ["manage.py", *order["arguments"]]
    importlib.import_module("manage").main()


if __name__ == "__main__":
    main()
