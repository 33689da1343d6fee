"""One rule for a line, whichever way it goes: the same requests, with and without the quick way."""

import uuid
from datetime import timedelta
from urllib.parse import quote_plus

import pytest
from django.core import signing
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.middleware import csrf
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from contacts.models import Contact, Line, Visit
from helpline.foundation import visits
from tests import chats
from tests.serving import ask, door_before, served
from tests.speaking import SECRET, a_person

pytestmark = pytest.mark.django_db(transaction=True)

URLENCODED = "application/x-www-form-urlencoded"
WORDS = st.one_of(
    st.text(max_size=40).map(lambda text: text.encode(errors="surrogatepass")),
    st.sampled_from(
        ["hello", " kept ", "a\r\nb\rc", " \n ", "", "\0", "a\0b", "\u200b", "\u202e!"]
    ).map(str.encode),
    st.sampled_from([b"a" * 4000, b"a" * 4001, "é".encode() * 4000, b"\xff\xfe", b"\xed\xa0\x80"]),
)
NONCE = str(uuid.UUID(int=7))
NONCES = st.sampled_from([*[str(uuid.UUID(int=n)) for n in range(3)], NONCE.upper(), "", "x", None])
TOKENS = st.sampled_from(["masked", "plain", "header", "wrong", "short", "", None, "\u00e9" * 32])
TYPES = st.sampled_from(
    [URLENCODED] * 3
    + [f"{URLENCODED};charset=UTF-8", f"{URLENCODED}; charset=latin-1"]
    + ["text/plain", "application/json", ""]
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "X-Script": st.just("1"),
        "Origin": st.sampled_from(["http://127.0.0.1", "null", "https://elsewhere.example"]),
        "Referer": st.just("http://127.0.0.1/chat/"),
    },
)
MORE = st.sampled_from([""] * 5 + ["&text=again", "&nonce=", "&more=1", "&", "&&", "&%zz=%zz"])
FATES = st.sampled_from(["open"] * 4 + ["waiting", "bot", "ended", "left", "quiet"])


def csrf_of(kind):
    return {
        "masked": csrf._mask_cipher_secret(SECRET),
        "plain": SECRET,
        "wrong": csrf._mask_cipher_secret("w" * 32),
        "short": "abc",
    }.get(kind, kind)


ORDINARY = {
    "words": b"hello",
    "nonce": NONCE,
    "token": "masked",
    "type": URLENCODED,
    "headers": {"X-Script": "1"},
    "more": "",
}
CHANGES = {
    "words": WORDS,
    "nonce": NONCES,
    "token": TOKENS,
    "type": TYPES,
    "headers": HEADERS,
    "more": MORE,
}
REQUESTS = st.fixed_dictionaries({}, optional=CHANGES).map(lambda changes: ORDINARY | changes)


def body_of(request):
    parts = [f"text={quote_plus(request['words'])}{request['more']}"]
    if request["nonce"] is not None:
        parts.append(f"nonce={request['nonce']}")
    if request["token"] not in (None, "header"):
        parts.append(f"csrfmiddlewaretoken={quote_plus(csrf_of(request['token']))}")
    return "&".join(parts).encode()


def sent(port, person, request):
    """What can be seen of the answer to one request: pages differ in their secrets alone, and
    processes in the order of their policy."""
    headers = {"Content-Type": request["type"]} | request["headers"]
    if request["token"] == "header":
        headers["X-CSRFToken"] = csrf_of("masked")
    told = [*person.headers, *headers.items()]
    answer = ask(port, "/chat/say/", method="POST", body=body_of(request), headers=told)
    different = {"date", "content-length", "set-cookie", "content-security-policy"}
    seen = {name: value for name, value in answer.headers.items() if name not in different}
    policy = sorted(answer.headers["content-security-policy"].split("; "))
    return answer.status, seen, policy, answer.body if answer.status in (204, 302) else b""


def fated(fate, worker):
    """Two people to whom the same has happened."""
    people = [a_person(None if fate == "waiting" else worker) for _ in range(2)]
    ours = Contact.objects.filter(pk__in=[one.contact.pk for one in people])
    if fate == "bot":
        ours.update(status="bot", waiting_since=None)
    if fate == "ended":
        ours.update(status="ended", ended_at=timezone.now())
    theirs = Visit.objects.filter(contact__in=ours)
    if fate == "left":
        theirs.update(token=None)
    back = timedelta(minutes=31 if fate == "quiet" else 5)
    theirs.update(active_at=timezone.now() - back, here_at=timezone.now() - back)
    return people


def stored(person):
    """Everything that one person's requests have left behind."""
    lines = Line.objects.filter(contact=person.contact).order_by("number")
    rows = [  # other words in a form that has been stored get a nonce that nobody asked for
        (number, speaker, nonce if str(nonce) == NONCE else "another")
        for number, speaker, nonce in lines.values_list("number", "speaker", "nonce")
    ]
    visit = Visit.objects.get(contact=person.contact)
    lately = timezone.now() - timedelta(minutes=1)
    for said_at in lines.values_list("said_at", flat=True):
        assert said_at.second == said_at.microsecond == 0  # and a minute may end between the two
        assert said_at > lately - timedelta(minutes=1)
    there = [bool(at and at > lately) for at in (visit.active_at, visit.here_at)]
    last = Contact.objects.get(pk=person.contact.pk).last_line
    return rows, chats.words(person.contact), there, last


@pytest.fixture
def ports(keys, tmp_path):
    """A whole web process, and the pages alone behind their door."""
    django = get_wsgi_application()

    def pages(environ, start_response):
        try:
            return django(environ, start_response)
        finally:
            connection.close()

    with (
        open(tmp_path / "log", "wb") as log,
        served(log, KEYS_DIR=str(keys)) as (whole, _process),
        door_before(pages) as alone,
    ):
        yield whole, alone


def test_the_quick_way_and_the_page_store_and_answer_the_same(ports, worker):
    """H06, H13."""

    @tried(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(FATES, st.lists(REQUESTS, min_size=1, max_size=3))
    def the_same(fate, requests):
        people = fated(fate, worker)
        for request in requests:
            answers = [
                sent(port, person, request) for port, person in zip(ports, people, strict=True)
            ]
            assert answers[0] == answers[1]
        assert stored(people[0]) == stored(people[1])

    the_same()


def test_a_cookie_that_is_not_ours_opens_nothing(ports, worker):
    person = a_person(worker)
    forged = signing.dumps({visits.TOKEN: person.token, csrf.CSRF_SESSION_KEY: SECRET}, salt="x")
    for cookie in (forged, person.cookie[:-1] + "_", "", "a:b:c"):
        answer = person._replace(cookie=cookie).say(ports[0], "words")
        assert answer.status == 403
    assert not Line.objects.exists()
