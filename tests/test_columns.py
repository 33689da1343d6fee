"""Nothing to hand over: no column could say who or where a person is (A05, S2-65)."""

import pytest
from django.db import connection

from contacts.models import Contact, Draft, Line, Note, ServiceUser, SurveyAnswer, Thread, Visit

pytestmark = pytest.mark.django_db

# What S2-65 lists: a name if they like, the transcript with the bot's answers, the survey.
LISTED = {
    "contacts_contact": {"nickname"},
    "contacts_line": {"number", "speaker", "text"},
    "contacts_surveyanswer": {"number", "question", "answer"},
}
# What the work needs and what says nothing about the person.
TECHNICAL = {
    "contacts_contact": {
        *("id", "handle", "service", "channel", "status", "outcome", "worker_id", "team_id"),
        *("thread_id", "key_id", "started_at", "answered_at", "ended_at", "last_line"),
        *("rank", "waiting_since"),
        *("purge_on", "held", "escalated", "restricted", "amended", "spared_until", "purged_on"),
    },
    "contacts_line": {"contact_id", "said_at", "nonce"},
    "contacts_surveyanswer": {"contact_id"},
    "contacts_thread": {"id", "code"},
    "contacts_visit": {
        *("contact_id", "token", "bot_id", "bot_step", "confidentiality", "privacy", "message"),
        *("put_aside", "active_at", "here_at", "worker_here_at", "worker_read"),
        *("taken_from_id", "in_company", "waited"),
    },
}
FORBIDDEN = {
    *("ip", "ua", "agent", "device", "geo", "lat", "lon"),
    *("referrer", "referer", "phone", "msisdn"),
}
MORE = {"postcode", "address", "browser", "language", "locale", "fingerprint", "cookie", "birth"}


def columns() -> dict[str, set[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public'"
        )
        found: dict[str, set[str]] = {}
        for table, column in cursor.fetchall():
            found.setdefault(table, set()).add(column)
    return found


@pytest.mark.parametrize(
    "model", [Contact, Line, SurveyAnswer, Thread, Visit], ids=lambda m: m.__name__
)
def test_a05_a_contacts_tables_hold_what_we_promised_and_nothing_else(model):
    table = model._meta.db_table
    assert columns()[table] == LISTED.get(table, set()) | TECHNICAL[table]


def test_a05_no_column_anywhere_has_a_name_that_identifies():
    suspects = {
        (table, column)
        for table, names in columns().items()
        for column in names
        if set(column.split("_")) & (FORBIDDEN | MORE)
    }
    # An address of staff; what somebody who chose to be known told us, sealed or hashed; and where
    # answers to texts and e-mail go, sealed under a key of its own for 30 days.
    told = {("contacts_serviceuser", name) for name in ("phone", "phone_hash", "address")}
    told |= {("contacts_address", "address"), ("contacts_correspondence", "address_id")}
    assert suspects <= told | {("account_emailconfirmation", "email_address_id")}


@pytest.mark.parametrize("kind", ["inet", "cidr", "macaddr", "point", "xml", "box"])
def test_a05_no_column_anywhere_has_a_type_for_addresses_or_places(kind):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type = %s",
            [kind],
        )
        assert cursor.fetchall() == []


def test_a05_the_words_are_bytes_and_not_text():
    words = [(Contact, "nickname"), (Line, "text"), (Note, "text"), (Draft, "text")]
    words += [(SurveyAnswer, "question"), (SurveyAnswer, "answer")]
    words += [(ServiceUser, name) for name in ("phone", "address")]
    with connection.cursor() as cursor:
        for model, column in words:
            cursor.execute(
                "SELECT data_type FROM information_schema.columns"
                " WHERE table_name = %s AND column_name = %s",
                [model._meta.db_table, column],
            )
            assert cursor.fetchone() == ("bytea",)


def test_s0_01_times_of_a_contact_are_to_the_minute(make_contact, worker):
    waiting = make_contact("words")
    waiting.take(by=worker)
    waiting.say("worker", "hello")
    waiting.end(by=worker)
    waiting.refresh_from_db()
    times = [waiting.started_at, waiting.answered_at, waiting.ended_at]
    times += [line.said_at for line in waiting.lines.all()]
    assert {(time.second, time.microsecond) for time in times} == {(0, 0)}
