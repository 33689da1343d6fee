"""The quick way of a line stores and answers what the ordinary page would, or leaves it to it."""

import asyncio
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from contacts.chat import saying
from contacts.models import Contact, Line, Rank, Visit
from contacts.models.quick import Said, say_together
from contacts.models.watching import visits_of
from helpline.foundation.calendar import london_today
from privacy import retention
from tests import chats
from tests.away import database_away
from tests.racing import rivals
from tests.serving import served
from tests.speaking import SCRIPT, a_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(worker):
    return a_person(worker)


@pytest.fixture
def port(keys, tmp_path):
    with open(tmp_path / "log", "wb") as log, served(log, KEYS_DIR=str(keys)) as (port, _process):
        yield port


def said(person, words="hello", nonce=None):
    return Said(person.token, words, nonce or uuid.uuid4())


def quickly(store, *requests):
    """What the quick way answers to some requests that come in the same moment."""
    quick = saying.Saying(store)

    async def all_of_them():
        return await asyncio.gather(*(quick(*request) for request in requests))

    try:
        with ThreadPoolExecutor(1) as thread:  # this one may hold a browser's loop already
            return thread.submit(asyncio.run, all_of_them()).result()
    finally:
        quick.close()


def request_of(person, words="hello", nonce=None, *, headers=(SCRIPT,)):
    """A request as it stands behind the door."""
    told = [*person.headers, ("Host", "127.0.0.1"), *headers]
    told.append(("Content-Type", "application/x-www-form-urlencoded"))
    scope = {"method": "POST", "scheme": "http", "path": "/chat/say/", "query_string": b""}
    scope["headers"] = [(name.lower().encode(), value.encode()) for name, value in told]
    return scope, person.form(words, nonce)


def test_a_line_goes_from_the_form_to_the_open_page(port, person):
    with person.listen(port) as page:
        assert page.event()["event"] == "state"
        answer = person.say(port, "are you <there>?")
        assert (answer.status, answer.body) == (204, b"")
        line = page.event()
    assert line["id"] == "1"
    assert "are you &lt;there&gt;?" in line["data"]


def test_an_ordinary_form_is_answered_without_django(person):
    script, plain = quickly(say_together, request_of(person), request_of(person, headers=()))
    assert script.status == 204
    assert (plain.status, dict(plain.headers)[b"location"]) == (302, b"/chat/")
    assert chats.words(person.contact) == ["hello", "hello"]


def test_many_lines_of_one_moment_are_few_transactions(worker):
    batches = []

    def store(some):
        batches.append(len(some))
        return say_together(some)

    people = [a_person(worker) for _ in range(40)]
    answers = quickly(store, *map(request_of, people))
    assert [answer.status for answer in answers] == [204] * 40
    assert sum(batches) == 40
    assert len(batches) <= 3
    assert max(batches) <= saying.AT_ONCE


def test_lines_of_many_people_are_stored_together_and_open(worker):
    people = [a_person(worker) for _ in range(5)]
    numbers = say_together([said(one, f"{n}") for n in range(3) for one in people])
    assert numbers == [1] * 5 + [2] * 5 + [3] * 5
    for one in people:
        assert chats.words(one.contact) == ["0", "1", "2"]
        assert Contact.objects.get(pk=one.contact.pk).last_line == 3


def test_the_same_form_twice_says_it_once_even_in_one_go(person):
    """H13."""
    again = said(person)
    assert say_together([again, again]) == [1, 1]
    assert say_together([again, said(person, "more")]) == [None, 2]  # the page finds it stored
    assert Line.objects.count() == 2


def test_h13_other_words_in_a_form_that_came_before_are_for_the_page_to_compare(person):
    first = said(person)
    changed = first._replace(words="hello there")
    assert say_together([first, changed]) == [1, None]
    assert say_together([changed]) == [None]
    assert Line.objects.count() == 1


def with_the_bot(person):
    Contact.objects.filter(pk=person.contact.pk).update(status="bot", waiting_since=None)


def ended(person):
    rows = Contact.objects.filter(pk=person.contact.pk)
    rows.update(status="ended", ended_at=timezone.now(), waiting_since=None, rank=Rank.ORDINARY)


def left(person):
    person.contact.visit.leave()


def quiet(person):
    Visit.objects.update(active_at=timezone.now() - timedelta(minutes=31))


def due(person):
    Contact.objects.update(purge_on=london_today())


def a_message(person):
    Visit.objects.update(message=True)


@pytest.mark.parametrize("fate", [with_the_bot, ended, left, quiet, due, a_message])
def test_what_is_not_plain_is_left_to_the_ordinary_way(worker, fate):
    person = a_person(worker)
    fate(person)
    assert say_together([said(person)]) == [None]
    assert quickly(say_together, request_of(person)) == [None]
    assert not Line.objects.exists()


def test_s2_20_words_of_who_is_not_safe_are_left_to_the_ordinary_way(person):
    """Which brings them to the head of the queue."""
    plain, not_safe = request_of(person), request_of(person, "please, I’m NOT safe")
    assert [answer is None for answer in quickly(say_together, plain, not_safe)] == [False, True]


@pytest.mark.parametrize("fate", [with_the_bot, ended, left, quiet, due, a_message])
def test_a_stream_looks_a_visit_up_by_the_same_rule_as_a_page(worker, fate):
    person, other = a_person(worker), a_person(worker)
    fate(person)
    asked = [(person.token, 0), ("", None), (other.token, None), (person.token, None)]
    assert visits_of(asked) == [Visit.objects.of(token) for token, _seen in asked]


def test_a_stream_gets_the_lines_that_its_page_has_not_seen(worker):
    people = [a_person(worker) for _ in range(3)]
    for number in range(3):
        say_together([said(one, f"{number}") for one in people[:2]])
    asked = [(people[0].token, 1), (people[1].token, 3), (people[2].token, 0), (people[0].token, 0)]
    found = visits_of(asked)
    with nothing_is_asked():
        told = [
            [line.words for line in v.lines_after(n)]
            for v, (_t, n) in zip(found, asked, strict=True)
        ]
    assert told == [["1", "2"], [], [], ["0", "1", "2"]]


def nothing_is_asked():
    """No query may be asked meanwhile."""
    return connection.execute_wrapper(refuse)


def refuse(*args):
    raise AssertionError("A query was asked.")


def test_who_talks_is_there_and_active(person):
    before = timezone.now() - timedelta(minutes=20)
    Visit.objects.update(active_at=before, here_at=before)
    say_together([said(person)])
    visit = Visit.objects.get()
    assert visit.active_at > before + timedelta(minutes=19)
    assert visit.is_here()


def test_a_contact_in_somebody_elses_hands_is_not_waited_for(worker):
    held_up, free = a_person(worker), a_person(worker)
    with rivals() as start, transaction.atomic():
        Contact.objects.get(pk=held_up.contact.pk).locked()
        assert start(say_together, [said(held_up), said(free)]).result(5) == [None, 1]


def test_a_line_that_meets_the_purge_is_gone_with_its_contact(worker):
    person = a_person(worker)
    Contact.objects.update(status="ended", ended_at=timezone.now(), purge_on=london_today())
    retention.purge_all(london_today())
    assert say_together([said(person)]) == [None]
    assert not Line.objects.exists()


def test_one_line_that_cannot_be_stored_loses_no_other(worker, caplog):
    """A number that is taken already makes the whole transaction fail; one by one they go."""
    people = [a_person(worker) for _ in range(4)]
    say_together([said(people[2])])
    Contact.objects.filter(pk=people[2].contact.pk).update(last_line=0)
    numbers = saying.written(say_together, [said(one) for one in people])
    assert numbers == [1, 1, None, 1]
    assert Line.objects.count() == 4
    assert "took the ordinary way: IntegrityError" in caplog.text
    assert str(people[2].contact.pk) not in caplog.text


def test_a_connection_that_is_killed_loses_no_line(port, person):
    """What was under way goes the ordinary way, and the next line gets a new connection."""
    nonces = [uuid.uuid4() for _ in range(30)]
    for number, nonce in enumerate(nonces):
        if number % 5 == 4:
            kill_others()
        assert person.say(port, f"{number}", nonce).status == 204
    assert chats.words(person.contact) == [f"{number}" for number in range(30)]


def kill_others():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_j01_without_a_database_nothing_is_said_and_the_same_form_works_later(port, person):
    nonce = uuid.uuid4()
    assert person.say(port, "before").status == 204
    with database_away():
        answer = person.say(port, "meanwhile", nonce)
        assert answer.status == 503
        assert "999" in answer.text
        assert "116 000" in answer.text
        assert "meanwhile" not in answer.text
    assert person.say(port, "meanwhile", nonce).status == 204
    assert person.say(port, "meanwhile", nonce).status == 204
    assert chats.words(person.contact) == ["before", "meanwhile"]


def test_i03_who_says_very_much_is_left_to_the_ordinary_way_and_its_limits(person):
    most = saying.PACE
    answers = quickly(say_together, *(request_of(person) for _ in range(most + 5)))
    assert [answer is None for answer in answers] == [False] * most + [True] * 5


def test_a_failure_that_nobody_expects_reaches_only_the_one_who_asked(person):
    def store(some):
        raise IntegrityError

    assert quickly(store, request_of(person), request_of(person)) == [None, None]
