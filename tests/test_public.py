"""What anyone may open: the welcome page, the way out, health, and the pages for faults."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache.backends.redis import RedisCache
from django.db import DatabaseError
from django.template.loader import render_to_string
from django.utils import timezone
from redis.exceptions import RedisError

from helpline import context, public
from helpline.foundation.staff import sessions
from helpline.foundation.vault import ring
from privacy import retention
from privacy.models import PurgeRun

FAULTS = ["400", "403", "403_csrf", "404", "409", "429", "500", "503"]
TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
INLINE = re.compile(r"""<style|<script(?![^>]* src=)|\sstyle=|\son[a-z]+=|javascript:""")
STATIC = Path(settings.BASE_DIR, "helpline/static")
PUBLIC = [Path(settings.BASE_DIR, "templates", name) for name in ("base.html", "public.html")]
PUBLIC += sorted(Path(settings.BASE_DIR, "templates/chat").rglob("*.html"))
# The styles of the pages that a person opens, on whatever phone they have.
STYLES = sorted(
    STATIC / name
    for name in set(re.findall(r"helpline/css/[\w-]+\.css", "".join(p.read_text() for p in PUBLIC)))
)


@pytest.fixture
def welcome(client, db):
    """The first page, as anyone gets it."""
    return client.get("/")


def test_the_welcome_page_needs_no_sign_in_and_sets_no_cookie(welcome):
    assert welcome.status_code == 200
    assert not welcome.cookies
    assert "Set-Cookie" not in welcome.headers


def test_the_welcome_page_promises_anonymity_in_plain_words(welcome):
    page = welcome.content.decode()

    assert "We do not know who you are or where you are, unless you tell us." in page  # S0-01
    assert "Tell us as much or as little as you want." in page  # S0-03
    assert "You do not have to give a name, an age, an address" in page  # S0-07


def test_the_welcome_page_says_where_else_help_is_now(welcome):
    page = welcome.content.decode()

    assert all(number in page for number in ("999", "0800 1111", "116 123", "116 000"))


def test_the_title_tells_nobody_what_the_page_is_about(welcome):
    assert "<title>Support</title>" in welcome.content.decode()


def test_the_way_out_is_a_real_link_and_the_first_thing_a_key_reaches(welcome):
    page = welcome.content.decode()
    first = re.search(r"<(a|button|input|select|textarea)\b[^>]*>", page)

    assert 'class="exit" href="/exit/"' in first.group()


def test_leaving_forgets_what_the_browser_kept_and_goes_somewhere_harmless(client, settings):
    settings.EXIT_TO = "https://weather.example/"

    answer = client.get("/exit/")

    assert answer.status_code == 302
    assert answer["Location"] == "https://weather.example/"
    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert not answer.cookies


def test_p01_leaving_ends_the_session_on_the_server(signed_in, worker):
    client = signed_in(worker)
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert sessions.staff_of(kept) == worker

    answer = client.get("/exit/")

    assert sessions.staff_of(kept) is None
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 0


def test_p01_the_way_out_stays_open_when_no_database_answers(signed_in, worker, monkeypatch):
    def away(self, session_key=None):
        raise DatabaseError

    client = signed_in(worker)
    monkeypatch.setattr(sessions.SessionStore, "delete", away)
    answer = client.get("/exit/")

    assert (answer.status_code, answer["Location"]) == (302, settings.EXIT_TO)


def test_nothing_on_a_public_page_comes_from_elsewhere(welcome):
    loaded = re.findall(r"""(?:src|href)="([^"]*)\"""", welcome.content.decode())

    assert loaded
    assert not [address for address in loaded if not address.startswith(("/", "#"))]  # S0-02


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_has_a_page_with_a_way_out_and_a_next_step(name):
    page = render_to_string(f"{name}.html", context.facts() | {"reason": "Gone."})

    assert page.count("<h1>") == 1
    assert 'class="exit"' in page
    assert 'href="/"' in page


def test_a_refusal_gives_its_reason_and_no_markup_of_its_own():
    page = render_to_string("409.html", {"reason": "<b>Somebody was faster.</b>"})

    assert "&lt;b&gt;Somebody was faster.&lt;/b&gt;" in page


def test_what_does_not_exist_is_a_404_that_repeats_nothing(client, db):
    answer = client.get("/secret-words-in-the-address/")

    assert answer.status_code == 404
    assert b"secret-words" not in answer.content


def test_a_fault_of_ours_is_told_without_the_database(rf):
    answer = public.went_wrong(rf.get("/"))

    assert answer.status_code == 500
    assert settings.HELPLINE_NAME in answer.content.decode()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_carries_inline_script_or_style(template):
    assert not INLINE.search(template.read_text())


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_is_longer_than_a_screen(template):
    limit = 40 if template.parent.name == "components" else 80

    assert len(template.read_text().splitlines()) <= limit


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_old_phones_understand_every_style(style):
    assert not re.search(r"oklch|:has\(|&[\s:.]|@import|url\(", style.read_text())


@pytest.fixture
def purged(db):
    """A purge ended well just now."""
    now = timezone.now()
    return PurgeRun.objects.create(result=PurgeRun.Result.DONE, finished_at=now)


def test_health_is_ok_when_everything_answers(client, purged):
    answer = client.get("/health")

    assert answer.status_code == 200
    assert set(answer.json().values()) == {"ok"}


def test_health_asks_for_attention_when_the_purge_is_late(client, purged):
    """C10: two rounds of the beat without a purge that ended well."""
    long_ago = timezone.now() - 2 * retention.EVERY - timedelta(minutes=1)
    PurgeRun.objects.update(finished_at=long_ago)

    answer = client.get("/health")

    assert (answer.status_code, answer.json()["purge"]) == (200, "failing")
    assert answer.json()["state"] == "attention"


def test_health_fails_when_the_key_ring_does_not_open(client, purged, settings):
    settings.ROOT_KEY = "b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcm90aGVyISE="
    ring._read.cache_clear()

    answer = client.get("/health?plain")

    assert answer.status_code == 503  # J04
    assert "keys failing\n" in answer.content.decode()


def test_health_fails_without_saying_why_when_the_database_is_away(client, monkeypatch):
    def away():
        raise DatabaseError("server at 10.0.0.7 refused")

    monkeypatch.setattr(public.connection, "cursor", away)
    answer = client.get("/health")

    assert answer.status_code == 503
    assert b"10.0.0.7" not in answer.content


def test_health_goes_on_without_redis(client, purged, monkeypatch):
    def away(self, key):
        raise RedisError

    monkeypatch.setattr(RedisCache, "get", away)
    answer = client.get("/health")

    assert (answer.status_code, answer.json()["redis"]) == (200, "failing")
