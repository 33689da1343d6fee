"""Real servers for tests, and a client that can misbehave."""

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from functools import cache
from http.client import HTTPResponse
from threading import Thread
from typing import NamedTuple

import uvicorn
from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.db import connection

from helpline.foundation.door import Door
from helpline.server import SERVER
from tests.ahead import Forked
from tests.ports import free_port

PATIENCE = 60  # seconds any one answer may take: a busy machine stands still at times


class Reply(NamedTuple):
    """What a server answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)


def dial(port, *, window=None):
    """A connection; with `window` (bytes) one that takes in little until it is read."""
    sock = socket.socket()
    if window:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    sock.settimeout(PATIENCE)
    try:
        sock.connect(("127.0.0.1", port))
    except OSError:
        sock.close()
        raise
    return sock


def heard(sock, method="GET"):
    """The next answer on this connection; a header that comes twice fails the test."""
    answer = HTTPResponse(sock, method=method)
    answer.begin()
    names = [name.lower() for name, _value in answer.getheaders()]
    assert len(names) == len(set(names)), names
    return Reply(
        answer.status, dict(zip(names, answer.headers.values(), strict=True)), answer.read()
    )


def raw(port, sent: bytes):
    """The answer to exactly these bytes."""
    with closing(dial(port)) as sock:
        sock.sendall(sent)
        return heard(sock, sent.partition(b" ")[0].decode("latin-1"))


def ask(port, path="/", *, method="GET", body=b"", headers=()):
    """The answer to a well-formed request with these headers."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{n}: {v}" for n, v in headers)]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return raw(port, "\r\n".join([*lines, "\r\n"]).encode("latin-1") + body)


def cookie_of(client):
    """The headers by which this signed-in client is known."""
    name = settings.SESSION_COOKIE_NAME
    return [("Cookie", f"{name}={client.cookies[name].value}")]


class Listening:
    """A page with an open stream."""

    def __init__(self, port, path, *, headers=()):
        self.sock = dial(port)
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{n}: {v}" for n, v in headers)]
        self.sock.sendall("\r\n".join([*lines, "\r\n"]).encode())
        self.answer = HTTPResponse(self.sock)
        try:
            self.answer.begin()
        except BaseException:
            self.__exit__()
            raise
        self.status = self.answer.status

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.answer.close()
        self.sock.close()

    def event(self):
        """The next event as a dict of its fields; None when the stream has ended."""
        fields = {}
        while line := self.answer.readline().decode():
            name, _colon, value = line.rstrip("\n").partition(": ")
            if name:
                fields[name] = f"{fields[name]}\n{value}" if name in fields else value
            elif "event" in fields:
                return fields
            else:
                fields = {}  # a heartbeat, or how long to wait before coming back
        return None


@contextmanager
def door_before(pages, *, streams=None, threads=2):
    """The door on a loopback port of this process, before any WSGI application."""
    door = Door(pages=WSGIMiddleware(pages, workers=threads), streams=streams)
    options = SERVER | {"lifespan": "off", "timeout_graceful_shutdown": 1}
    server = uvicorn.Server(uvicorn.Config(door, **options))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


@cache
def collected():
    """A folder with the static files as production has them, made once."""
    folder = tempfile.mkdtemp(prefix="static-")
    atexit.register(shutil.rmtree, folder)
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    environment = os.environ | {"STATIC_ROOT": folder}
    subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True)
    return folder


@contextmanager
def served(log, port=None, workers=1, **environment):
    """The whole product in a process of its own on this test's database: its port and process."""
    port = port or free_port()
    database = settings.DATABASES["default"]
    before, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    ours = {"DATABASE_URL": f"{before}/{database['NAME']}", "STATIC_ROOT": collected()}
    process = Forked(
        ["serve", f"--port={port}", f"--workers={workers}"],
        log=log.name,
        env=os.environ | ours | environment,
    )
    try:
        wait_until_open(port, process)
        yield port, process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_until_open(port, process):
    """Return when the server takes connections; fail when it ends or takes too long."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            dial(port).close()
            return
        except ConnectionRefusedError:
            pass
        try:
            raise AssertionError(f"The server ended with {process.wait(0.05)}.")
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError("The server did not open.")


def listeners():
    """How many connections listen to the bell in this test's database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query = 'LISTEN live'"
        )
        return cursor.fetchone()[0]


def kill_listener():
    """End every connection that listens to the bell here, as a database that restarts does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query = 'LISTEN live'"
        )
        return cursor.fetchone()[0]


@contextmanager
def away(table):
    """For a while there is no such table."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO away")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE away RENAME TO {table}")
