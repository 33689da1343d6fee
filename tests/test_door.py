"""What comes in through the door, and what does not."""

import ast
import logging
import re
import socket
from contextlib import closing

import pytest
from django.conf import settings

from helpline.foundation import door as the_door
from tests.serving import ask, dial, door_before, heard, raw, served

CANARY = "canary-7f3a"
STAFF_COOKIE = f"{settings.SESSION_COOKIE_NAME}=key"


class Pages:
    """A WSGI application that remembers what reached it."""

    def __init__(self):
        self.seen = []

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.seen.append(environ | {"body": body})
        start_response("200 OK", [("Content-Type", "text/plain"), ("Server", "told")])
        return [environ["PATH_INFO"].encode("latin-1")]


@pytest.fixture(scope="module")
def shared():
    pages = Pages()
    with door_before(pages) as port:
        yield pages, port


@pytest.fixture
def pages(shared):
    shared[0].seen.clear()
    return shared[0]


@pytest.fixture
def port(shared, pages):
    return shared[1]


TELLTALES = [
    "X-Forwarded-For",
    "X_Forwarded_For",
    "X-Real-IP",
    "Forwarded",
    "Via",
    "True-Client-IP",
    "CF-Connecting-IP",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "User-Agent",
    "User_Agent",
    "Accept-Language",
    "Sec-CH-UA",
    "Referer",
    "Cookie",
    "DNT",
    "If-None-Match",
    "Last-Event-ID",
    "Authorization",
    "Content_Length",
    "Origin",
]


@pytest.mark.parametrize("path", ["/", "/staff/", "/static/x.css"])
def test_nothing_that_tells_who_asks_comes_in(port, pages, path):
    telltales = [t for t in TELLTALES if path == "/" or t not in ("If-None-Match", "Last-Event-ID")]
    with closing(dial(port)) as sock:
        own_port = sock.getsockname()[1]
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{t}: {CANARY}" for t in telltales)]
        sock.sendall("\r\n".join([*lines, "\r\n"]).encode())
        assert heard(sock).status == 200

    [environ] = pages.seen
    assert CANARY not in repr(environ)
    assert str(own_port) not in repr(environ)
    assert "REMOTE_ADDR" not in environ
    assert environ["asgi.scope"]["client"] is None


def test_an_address_known_to_the_server_stays_outside():
    scope = {
        "type": "http",
        "asgi": {},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"x-real-ip", CANARY.encode())],
        "client": (CANARY, 1234),
        "state": {"seen": CANARY},
        "extensions": {"tls": CANARY},
    }
    door = the_door.Door(pages=None, streams=None)
    assert CANARY not in repr(door.scrubbed(scope, the_door.areas()[""]))


def test_public_pages_see_no_cookie_at_all(port, pages):
    ask(port, "/", headers=[("Cookie", f"{STAFF_COOKIE}; tracker=1")])
    assert "HTTP_COOKIE" not in pages.seen[0]


@pytest.mark.parametrize("path", ["/staff/", "/demo/sign-in/"])
def test_staff_pages_see_the_staff_cookie_only(port, pages, path):
    ask(port, path, headers=[("Cookie", "a=1"), ("Cookie", f"tracker=2;{STAFF_COOKIE}; b=3")])
    assert pages.seen[0]["HTTP_COOKIE"] == STAFF_COOKIE


def test_a_path_that_only_looks_like_a_staff_path_is_public(port, pages):
    for path in ["/staffing/", "//staff/", "/Staff/", "/x/../staff/"]:
        ask(port, path, headers=[("Cookie", STAFF_COOKIE)])
    assert not any("HTTP_COOKIE" in environ for environ in pages.seen)


@pytest.mark.parametrize(
    ("said", "let_in"),
    [
        ("http://127.0.0.1/staff/contacts/secret/?q=1", "http://127.0.0.1/"),
        ("http://127.0.0.1.evil.example/", None),
        ("https://search.example/?q=help", None),
    ],
)
def test_of_the_page_before_only_our_own_name_comes_in(port, pages, said, let_in):
    ask(port, "/", headers=[("Referer", said)])
    assert pages.seen[0].get("HTTP_REFERER") == let_in


def test_a_foreign_origin_is_only_foreign(port, pages):
    ask(port, "/", headers=[("Origin", "https://evil.example")])
    ask(port, "/", headers=[("Origin", "http://127.0.0.1")])
    assert [e["HTTP_ORIGIN"] for e in pages.seen] == ["null", "http://127.0.0.1"]


def test_https_is_known_from_the_settings_and_from_nowhere_else(pages, settings):
    settings.SECURE = True
    settings.SITE_URL = "https://help.example"
    with door_before(pages) as port:
        reply = ask(port, "/", headers=[("X-Forwarded-Proto", "http")])
    assert pages.seen[0]["wsgi.url_scheme"] == "https"
    assert pages.seen[0]["SERVER_PORT"] == "443"
    assert "max-age=63072000; includeSubDomains" in reply.headers["strict-transport-security"]


def test_a_form_arrives_whole_with_its_true_length(port, pages):
    ask(port, "/", method="POST", body=b"text=please")
    chunked = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    raw(port, chunked + b"5\r\ntext=\r\n6\r\nplease\r\n0\r\n\r\n")
    assert [(e["body"], e["CONTENT_LENGTH"]) for e in pages.seen] == [(b"text=please", "11")] * 2


@pytest.mark.parametrize(
    "begun",
    [
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30\r\n\r\nplease do not ",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\ne\r\nplease do ",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nple\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Le",
    ],
)
def test_half_a_message_is_no_message(port, pages, begun):
    with closing(dial(port)) as sock:
        sock.sendall(begun)
    assert ask(port, "/after").status == 200
    assert [environ["PATH_INFO"] for environ in pages.seen] == ["/after"]


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/", 256 * 1024),
        ("/staff/", 1024 * 1024),
        ("/static/x.css", 0),
        ("/in/texts/x/", 64 * 1024),
        ("/in/email/x/", 50 * 1024 * 1024),
    ],
)
def test_a_body_over_its_limit_is_refused_and_one_at_the_limit_is_not(port, pages, path, limit):
    assert ask(port, path, method="POST", body=b"x" * limit).status == 200
    refused = ask(port, path, method="POST", body=b"x" * (limit + 1))
    assert refused.status == 413
    assert "too long" in refused.text
    assert len(pages.seen) == 1


def test_an_absurd_body_is_not_even_read(port, pages):
    endless = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    piece = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    with closing(dial(port)) as sock:
        sock.sendall(endless)
        with pytest.raises(OSError, match=r"reset|[Bb]roken"):
            sock.sendall(piece * 300)
    assert pages.seen == []


def test_a_body_that_dawdles_is_refused(port, pages, monkeypatch):
    monkeypatch.setattr(the_door, "BODY_TIME", 0.2)
    reply = raw(port, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nslow")
    assert reply.status == 408
    assert pages.seen == []


def test_that_a_supplier_was_turned_away_is_in_the_log_and_nothing_of_what_it_brought(
    port, pages, monkeypatch, caplog
):
    path = f"/in/texts/{CANARY}/"
    ask(port, path, method="POST", body=CANARY.encode() * 10_000)
    monkeypatch.setattr(the_door, "BODY_TIME", 0.2)
    raw(port, f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nslow".encode())
    ask(port, "/", method="POST", body=b"x" * 300_000)
    told = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert [each.partition(":")[0] for each in told] == [
        "A supplier was turned away (413)",
        "A supplier was turned away (408)",
    ]
    assert CANARY not in caplog.text


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_methods_nobody_needs_are_refused(port, pages, method):
    reply = ask(port, "/", method=method)
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, POST")
    assert pages.seen == []


def test_head_gives_the_length_and_no_body(port):
    reply = ask(port, "/words", method="HEAD")
    assert (reply.status, reply.headers["content-length"], reply.body) == (200, "6", b"")


@pytest.mark.parametrize("name", ["Host", "Origin", "Content-Type", "Referer"])
def test_two_headers_of_a_kind_are_refused(port, pages, name):
    reply = ask(port, "/", headers=[(name, "127.0.0.1"), (name, "127.0.0.1")])
    assert reply.status == 400
    assert pages.seen == []


@pytest.mark.parametrize(
    "request_head",
    [
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1 evil\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /a%0d%0aX:1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /?q=%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /?q=\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"hello\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 40_000 + b"\r\n\r\n",
    ],
)
def test_what_is_not_a_proper_request_gets_a_page_of_ours(port, pages, request_head, caplog):
    reply = raw(port, request_head)
    assert reply.status in (400, 405, 431)
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "<h1>" in reply.text
    assert pages.seen == []
    assert "evil" not in caplog.text
    assert "127.0.0.1" not in caplog.text


def test_endless_headers_are_refused_while_they_still_come(port, pages):
    with closing(dial(port)) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        with pytest.raises(OSError, match=r"reset|[Bb]roken"):
            sock.sendall((b"X: " + b"x" * 8000 + b"\r\n") * 2000)
    assert pages.seen == []


def test_paths_that_are_not_utf8_or_name_another_site_are_ordinary_paths(port, pages):
    assert ask(port, "/%ff%fe").status == 200
    assert ask(port, "http://evil.example/there").status == 200
    assert [environ["PATH_INFO"] for environ in pages.seen][1] == "/there"
    assert "evil" not in repr(pages.seen)


def test_requests_sent_in_one_go_are_answered_in_order(port):
    with closing(dial(port)) as sock:
        head = b"HTTP/1.1\r\nHost: localhost\r\n"
        sock.sendall(b"".join(b"GET /%d %b\r\n" % (n, head) for n in range(4)))
        sock.sendall(b"GET /4 %bConnection: close\r\n\r\n" % head)
        answers = sock.makefile("rb").read()
    assert re.findall(rb"\r\n\r\n(/\d)", answers) == [b"/0", b"/1", b"/2", b"/3", b"/4"]


def test_a_websocket_is_an_ordinary_request_and_leaves_no_address_in_a_log(port, caplog):
    upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")]
    with caplog.at_level(logging.DEBUG):
        assert ask(port, "/staff/", headers=upgrade).status == 200
    assert "127.0.0.1" not in caplog.text


def test_refusals_on_public_paths_say_where_help_is(port):
    public, staff = ask(port, "/", method="PUT").text, ask(port, "/staff/", method="PUT").text
    assert "116 000" in public
    assert "999" in public
    assert "999" not in staff


def test_a_failure_behind_the_door_is_a_plain_page_of_ours(caplog):
    def broken(environ, start_response):
        raise RuntimeError("broken")

    with door_before(broken) as port:
        reply = ask(port, f"/?q={CANARY}", headers=[("User-Agent", CANARY)])
    assert (reply.status, reply.headers["cache-control"]) == (500, "no-store")
    assert "116 000" in reply.text
    assert CANARY not in caplog.text


def test_the_server_does_not_name_itself(port):
    assert not {"server", "x-powered-by"} & ask(port, "/").headers.keys()


@pytest.mark.parametrize("chunk", [8 * 1024 * 1024, 4096])
def test_clients_that_do_not_read_hold_up_nobody(chunk):
    def big_or_small(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        if environ["PATH_INFO"] == "/small":
            return [b"small"]
        return (b"x" * chunk for _ in range(8 * 1024 * 1024 // chunk))

    with door_before(big_or_small, threads=2) as port:
        idle = [dial(port, window=2048) for _ in range(20)]
        for sock in idle:
            sock.sendall(b"GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for sock in idle:
            assert sock.recv(4, socket.MSG_PEEK) == b"HTTP"
        assert ask(port, "/small").body == b"small"
        assert len(heard(idle[0]).body) == 8 * 1024 * 1024
        for sock in idle:
            sock.close()


@pytest.mark.django_db(transaction=True)
def test_what_is_refused_leaves_no_trace_in_the_log(keys, tmp_path):
    sign_in = "/staff/account/sign-in/"
    foreign = [("Origin", f"https://{CANARY}.example"), ("User-Agent", CANARY)]
    with open(tmp_path / "log", "wb") as log, served(log, KEYS_DIR=str(keys)) as (port, _process):
        statuses = [
            ask(port, f"/{CANARY}?{CANARY}", headers=foreign).status,
            ask(port, f"{sign_in}?{CANARY}", method="POST", body=CANARY.encode()).status,
            ask(port, f"{sign_in}?{CANARY}", method="POST", headers=foreign).status,
            ask(port, f"/{CANARY}?{CANARY}", method="DELETE").status,
            ask(port, f"/live/{CANARY}/").status,
            raw(port, f"GET / HTTP/1.1\r\nHost: {CANARY}\r\n\r\n".encode()).status,
            raw(port, f"{CANARY}\r\n\r\n".encode()).status,
        ]
    assert statuses == [404, 403, 403, 405, 404, 400, 400]
    log = (tmp_path / "log").read_text()
    assert "Database connections" in log
    assert CANARY not in log
    assert "127.0.0.1" not in log


@pytest.mark.django_db(transaction=True)
def test_behind_https_a_form_is_known_by_where_its_page_was(keys, tmp_path):
    https = {"SITE_URL": "https://help.example", "ALLOWED_HOSTS": "127.0.0.1"}
    path = "/staff/account/sign-in/"
    with (
        open(tmp_path / "log", "wb") as log,
        served(log, KEYS_DIR=str(keys), **https) as (port, _process),
    ):
        page = ask(port, path)
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
        known = [("Cookie", page.headers["set-cookie"].partition(";")[0])]
        known.append(("Content-Type", "application/x-www-form-urlencoded"))
        here = [("Referer", f"https://127.0.0.1{path}?next=secret")]
        body = f"csrfmiddlewaretoken={token}".encode()
        taken = ask(port, path, method="POST", headers=known + here, body=body)
        refused = ask(port, path, method="POST", headers=known, body=body)
    assert (taken.status, refused.status) == (200, 403)


def test_no_page_streams_for_a_page_that_streams_holds_a_thread():
    for app in ("helpline", "contacts", "safeguarding", "privacy"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            names = {n.id for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Name)}
            assert not names & {"StreamingHttpResponse", "FileResponse"}, path
