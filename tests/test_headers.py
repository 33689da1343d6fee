"""Every answer carries the strict headers, whoever made it (N03)."""

import re

import pytest
from django.urls import get_resolver

from helpline.foundation import visits
from tests.serving import ask, cookie_of, raw, served

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
}
EXACTLY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
NEVER = {"server", "x-powered-by", "access-control-allow-origin"}
UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(keys, tmp_path):
    with open(tmp_path / "log", "wb") as log, served(log, KEYS_DIR=str(keys)) as (port, _process):
        yield port


def every_path(patterns=None, before="/"):
    """One path for each page there is."""
    for pattern in patterns or get_resolver().url_patterns:
        route = re.sub(r"\(\?P<\w+>(\w*)[^)]*\)", one_of, str(pattern.pattern))
        route = re.sub(r"<(\w+:)?\w+>", sample, route)
        route = re.sub(r"[\^$]|\\Z", "", route)
        if hasattr(pattern, "url_patterns"):
            yield from every_path(pattern.url_patterns, before + route)
        else:
            yield before + route


def sample(converter):
    return {"uuid:": UUID, "int:": "1", "notice:": "privacy"}.get(converter[1], "some")


def one_of(group):
    return group[1] or "some"


def assert_strict(reply):
    directives = set(re.split(r";\s*", reply.headers["content-security-policy"]))
    assert directives == POLICY
    assert EXACTLY.items() <= reply.headers.items()
    assert "camera=()" in reply.headers["permissions-policy"]
    assert "=(self)" not in reply.headers["permissions-policy"]
    assert not NEVER & reply.headers.keys()


def test_every_page_has_them_for_everyone(site, admin, supervisor, dpo, signed_in):
    cookies = [(), *(cookie_of(signed_in(staff)) for staff in (admin, supervisor, dpo))]
    for path in [*every_path(), "/none", "/staff/none/", "/live/none/", "/static/none.css"]:
        for method in ("GET", "POST", "HEAD", "PUT"):
            for cookie in cookies:
                if method == "POST" and cookie:
                    continue  # a form without its token says nothing new
                reply = ask(site, path, method=method, headers=cookie)
                assert_strict(reply)
                assert reply.headers["cache-control"] == "no-store", path
                assert not {"etag", "last-modified", "expires"} & reply.headers.keys()
                assert reply.status < 500, (method, path)


def test_no_public_page_but_the_chat_sets_a_cookie(site):
    for path in every_path():
        if not path.startswith(("/staff/", "/demo/", *visits.PATHS)):
            for method in ("GET", "POST", "HEAD"):
                assert "set-cookie" not in ask(site, path, method=method).headers, path


def test_static_files_have_them_and_may_be_kept(site):
    path = re.search(r"/static/[^\"]+\.css", ask(site, "/").text).group()
    reply = ask(site, path)
    again = ask(site, path, headers=[("If-None-Match", reply.headers["etag"])])
    for answer in (reply, again):
        assert_strict(answer)
    assert (reply.status, again.status, again.body) == (200, 304, b"")
    assert "immutable" in reply.headers["cache-control"]


def test_refusals_of_the_server_itself_have_them(site):
    nonsense = [b"\x16\x03\x01\r\n\r\n", b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"]
    for reply in (*(raw(site, sent) for sent in nonsense), ask(site, "/", body=b"x" * 300_000)):
        assert reply.status in (400, 413)
        assert_strict(reply)
        assert reply.headers["cache-control"] == "no-store"


def test_under_https_browsers_are_told_to_stay_there(keys, tmp_path):
    site = {"SITE_URL": "https://help.example", "ALLOWED_HOSTS": "127.0.0.1"}
    with (
        open(tmp_path / "log", "wb") as log,
        served(log, KEYS_DIR=str(keys), **site) as (port, _process),
    ):
        for path in ("/", "/staff/", "/none", "/live/none/", "/static/none.css"):
            reply = ask(port, path)
            assert (
                "max-age=63072000; includeSubDomains" in reply.headers["strict-transport-security"]
            )
            assert reply.status != 301


def test_leaving_clears_what_the_browser_kept(site):
    assert '"cookies"' in ask(site, "/exit/").headers["clear-site-data"]
