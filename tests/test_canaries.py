"""What a browser and a person tell is looked for wherever anything could be kept (A01–A03)."""

import hashlib
import json
import subprocess
import threading
import time
import uuid
from pathlib import Path

import psycopg2
import pytest
import redis
from django.db import connection

from helpline.dev.home import Home
from tests.chats import a_record
from tests.clusters import binaries, bytes_below
from tests.partners import make_key
from tests.serving import ask, served
from tests.somebody import Somebody

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = {
    "nickname": "Quillonette",
    "line": "marzipan lighthouse is what I say",
    "code": "ombrifuge vellichor kenopsia numinous petrichor sonder apricity",
}
TOLD = {
    "X-Forwarded-For": "203.0.113.77",
    "Forwarded": "for=203.0.113.78",
    "X-Real-IP": "203.0.113.79",
    "True-Client-IP": "203.0.113.80",
    "CF-Connecting-IP": "203.0.113.81",
    "User-Agent": "Zephyrbrowser/77",
    "Accept-Language": "qaa-canary",
    "Referer": "https://camefrom.example/secret",
    "Sec-CH-UA-Model": "Halcyonphone",
    "Cookie2": "trackercanary",
}
TRACES = [
    *("203.0.113.", "Zephyrbrowser", "qaa-canary", "camefrom.example", "Halcyonphone"),
    *("trackercanary", "Quillonette", "marzipan lighthouse", "ombrifuge vellichor"),
]


def assert_untold(held: bytes, where: str) -> None:
    """None of it is in there, in either width of letters."""
    for trace in TRACES:
        assert trace.encode() not in held, (where, trace)
        assert trace.encode("utf-16-le") not in held, (where, trace)


class Monitored:
    """Everything that Redis is told meanwhile."""

    def __init__(self, url: str) -> None:
        self.client = redis.Redis.from_url(url, socket_timeout=None)  # it may be told nothing
        self.heard: list[str] = []

    def __enter__(self):
        self.monitor = self.client.monitor()
        self.monitor.__enter__()
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()
        return self

    def listen(self) -> None:
        for command in self.monitor.listen():
            self.heard.append(command["command"])
            if "the end of the canaries" in command["command"]:
                return

    def __exit__(self, *problem) -> None:
        self.client.echo("the end of the canaries")
        self.thread.join(10)
        assert not self.thread.is_alive()
        self.monitor.connection.disconnect()


def everything_said(port: int) -> None:
    """One visit from the first page to the way out, telling all that can be told."""
    person = Somebody(port, headers=TOLD.items())
    person.open("/")
    person.open("/chat/?from=camefrom.example")
    person.begin(nickname=WORDS["nickname"])
    assert person.say(WORDS["line"]).status in (302, 303)
    assert WORDS["line"] in person.open().text
    person.send("/chat/writing/")
    person.send("/back/", code=WORDS["code"])
    person.open("/exit/")


def test_a01_nothing_of_it_is_anywhere_on_the_machine(running, tmp_path):
    """In the database's files, its log and WAL, a dump, Redis, every log, and /tmp."""
    before = set(Path("/tmp").iterdir())
    began = time.time()
    with Monitored(running.env["REDIS_URL"]) as monitored:
        everything_said(running.port)
    told = "\n".join(monitored.heard)
    assert_untold(told.encode(), "what Redis was told")

    with psycopg2.connect(running.env["DATABASE_OWNER_URL"]) as owner, owner.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM contacts_line")
        assert cursor.fetchone()[0] > 0
    assert_untold(dumped(running), "a dump")
    assert_untold(bytes_below(Home(running.home).data), "the database's files")
    assert_untold(bytes_below(running.home), "logs, keys and settings")
    for path in set(Path("/tmp").iterdir()) - before:
        if path.is_file() and path.stat().st_mtime >= began:
            assert_untold(path.read_bytes(), str(path))


def dumped(running) -> bytes:
    """The whole database as text."""
    command = [str(binaries() / "pg_dump"), "-d", running.env["DATABASE_OWNER_URL"]]
    done = subprocess.run(command, capture_output=True, check=True)
    assert b"contacts_line" in done.stdout
    return done.stdout


# A02, A03: what fails or is refused --------------------------------------------------------------


@pytest.fixture
def broken_lines(transactional_db):
    """A database that takes no line, no transcript and no session of staff."""
    renamed = [("contacts_line", "said_at"), ("contacts_contact", "outcome")]
    renamed.append(("staff_session", "data"))
    change(renamed, "{0} RENAME COLUMN {1} TO {1}_gone")
    yield
    change(renamed, "{0} RENAME COLUMN {1}_gone TO {1}")


def change(columns, statement: str) -> None:
    with connection.cursor() as cursor:
        for column in columns:
            cursor.execute(f"ALTER TABLE {statement.format(*column)}")


@pytest.fixture
def told_to(keys, tmp_path, transactional_db):
    """A server whose log can be read: its port, and what it has logged once it ends."""
    log_path = tmp_path / "log"
    with open(log_path, "wb") as log, served(log, KEYS_DIR=str(keys)) as (port, _process):
        yield port, log_path


def test_a02_what_fails_tells_nothing_of_it(told_to, admin, request):
    """A view, the interface and a middleware that crash: a plain page, and a log without words."""
    port, log = told_to
    person = Somebody(port, headers=TOLD.items())
    person.begin(nickname=WORDS["nickname"])
    _key, token = make_key(admin)
    token_of_page = person.token()
    request.getfixturevalue("broken_lines")

    line = {"text": WORDS["line"], "nonce": uuid.uuid4()}
    said = person.send("/chat/say/", token=token_of_page, **line)
    transcript = ask(
        port,
        "/api/transcripts/",
        method="POST",
        body=json.dumps(a_record(nickname=WORDS["nickname"])).encode(),
        headers=[("Authorization", f"Bearer {token}"), ("Content-Type", "application/json")],
    )
    staff = ask(port, "/staff/", headers=[*TOLD.items(), ("Cookie", "staff=marzipan lighthouse")])

    assert [said.status, transcript.status, staff.status] == [500, 500, 500]
    for reply in (said, transcript, staff):
        assert_untold(reply.body, "the page")
    assert log.read_text().count("Traceback") >= 3
    assert_untold(log.read_bytes(), "the log")


def test_a03_what_is_refused_tells_nothing_of_it(told_to):
    """400, 403, 404, 405, 413, 431 and a host that is not ours."""
    port, log = told_to
    canary = "marzipan%20lighthouse"
    person = Somebody(port, headers=TOLD.items())
    person.begin()
    statuses = [
        person.open(f"/{canary}/?{canary}").status,
        person.send(f"/chat/say/{canary}/", text=WORDS["line"]).status,
        person.kept(ask(port, "/chat/say/", method="POST", headers=person.all())).status,
        ask(port, f"/chat/?{canary}", method="DELETE", headers=person.all()).status,
        ask(port, f"/{canary}", headers=[("Host", "Quillonette.example")]).status,
        ask(port, "/chat/say/", method="POST", body=b"x" * 300_000, headers=person.all()).status,
        ask(port, "/", headers=[("X-Long", "Quillonette" * 4000)]).status,
        ask(port, f"/live/chat/{canary}/", headers=person.all()).status,
    ]
    assert statuses == [404, 404, 403, 405, 400, 413, 431, 404]
    assert_untold(log.read_bytes(), "the log")


# A04: what is counted ----------------------------------------------------------------------------


def test_a04_no_counter_leads_to_an_address(told_to, settings):
    """A hundred requests from a hundred addresses: no key holds one, nor a plain hash of one."""
    port, _log = told_to
    client = redis.Redis.from_url(settings.REDIS_URL)
    before = set(client.keys("*"))
    addresses = [f"203.0.113.{number}" for number in range(100)]
    for address in addresses:
        ask(port, "/chat/", headers=[("X-Forwarded-For", address), ("X-Real-IP", address)])
    person = Somebody(port, headers=[("X-Forwarded-For", addresses[0])])
    person.begin()
    for _ in range(3):
        person.say("hello")
        person.send("/back/", words="seven words that open nothing at all")
    keys = [key.decode() for key in set(client.keys("*")) - before]
    hashes = {
        digest(address.encode()).hexdigest()
        for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256)
        for address in [*addresses, "127.0.0.1"]
    }
    for key in keys:
        assert not any(address in key for address in [*addresses, "127.0.0.1"]), key
        assert not any(digest in key or digest[:16] in key for digest in hashes), key
