"""A record that is not whole is refused, with a reason that repeats nothing of it."""

import json

import pytest
from django.utils import timezone

from contacts import importing
from contacts.importing import BadRecord
from contacts.models import Contact
from tests import chats
from tests.chats import SECRET, a_line, a_record, ago, counts, words

NOT_A_TIME = "is not a time with an offset, as in 2026-01-31T16:05:00+00:00."
REFUSALS = {
    "no id": (a_record(external_id=None), "external_id is not a text."),
    "an empty id": (a_record(external_id=""), "external_id is not a text."),
    "a number for an id": (a_record(external_id=7), "external_id is not a text."),
    "a long id": (a_record(external_id="x" * 501), "external_id is longer than 500 characters."),
    "no start": (a_record(started_at=None), "started_at is missing."),
    "a start without offset": (
        a_record(started_at="2026-01-31T16:05:00"),
        f"started_at {NOT_A_TIME}",
    ),
    "a start that is a number": (a_record(started_at=1e9), f"started_at {NOT_A_TIME}"),
    "a date alone": (a_record(started_at="2026-01-31"), f"started_at {NOT_A_TIME}"),
    "no such day": (a_record(started_at="2026-02-30T10:00:00Z"), f"started_at {NOT_A_TIME}"),
    "no such offset": (
        a_record(started_at="2026-02-01T10:00:00+25:00"),
        f"started_at {NOT_A_TIME}",
    ),
    "the first year": (
        a_record(started_at="0001-01-01T00:00:00+14:00"),
        f"started_at {NOT_A_TIME}",
    ),
    "the last year": (a_record(started_at="9999-12-31T23:59:59-14:00"), f"started_at {NOT_A_TIME}"),
    "foreign digits": (a_record(started_at="٢٠٢٦-01-31T16:05:00Z"), f"started_at {NOT_A_TIME}"),
    "a start in the future": (
        a_record(started_at="2999-01-31T16:05:00Z"),
        "started_at is in the future.",
    ),
    "a line in the future": (
        a_record(lines=[a_line(), a_line(at="2999-01-31T16:05:00Z")]),
        "lines[1].at is in the future.",
    ),
    "a line before the start": (
        a_record(lines=[a_line(at=ago(hours=3))]),
        "A line is from before started_at.",
    ),
    "no lines": (a_record(lines=None), "lines is not a list."),
    "an empty list of lines": (a_record(lines=[]), "lines is empty."),
    "lines that are an object": (a_record(lines={"0": a_line()}), "lines is not a list."),
    "a line that is a text": (a_record(lines=[SECRET]), "lines[0] is not an object."),
    "an unknown speaker": (
        a_record(lines=[a_line(speaker="mother")]),
        "lines[0].speaker is not one of person, worker, bot.",
    ),
    "no speaker": (
        a_record(lines=[a_line(speaker=[])]),
        "lines[0].speaker is not one of person, worker, bot.",
    ),
    "our own system's speaker": (
        a_record(lines=[a_line(speaker="system")]),
        "lines[0].speaker is not one of person, worker, bot.",
    ),
    "a line without a time": (a_record(lines=[a_line(at=None)]), "lines[0].at is missing."),
    "a line without a text": (a_record(lines=[a_line(None)]), "lines[0].text is not a text."),
    "a long line": (
        a_record(lines=[a_line(), a_line("x" * 20_001)]),
        "lines[1].text is longer than 20,000 characters.",
    ),
    "a NUL": (a_record(lines=[a_line("a\0b")]), "lines[0].text has a NUL character."),
    "half a surrogate pair": (
        a_record(lines=[a_line("a\ud800b")]),
        "lines[0].text has half of a surrogate pair.",
    ),
    "half a pair in the id": (
        a_record(external_id="\udfff"),
        "external_id has half of a surrogate pair.",
    ),
    "half a pair in the nickname": (
        a_record(nickname="\ud83d"),
        "nickname has half of a surrogate pair.",
    ),
    "a nickname that is a list": (a_record(nickname=[SECRET]), "nickname is not a text."),
    "a long nickname": (
        a_record(nickname="x" * 201),
        "nickname is longer than 200 characters.",
    ),
    "a survey that is a text": (a_record(survey=SECRET), "survey is not a list."),
    "an answer without question": (
        a_record(survey=[{"answer": SECRET}]),
        "survey[0].question is missing.",
    ),
    "a NUL in an answer": (
        a_record(survey=[{"question": "?", "answer": "\0"}]),
        "survey[0].answer has a NUL character.",
    ),
    "too many answers": (
        a_record(survey=[{"question": "?", "answer": SECRET}] * 101),
        "survey has more than 100 answers.",
    ),
    "a list": ([SECRET], "The record is not an object."),
    "null": (None, "The record is not an object."),
    "words alone": (SECRET.encode(), "The record is not JSON."),
    "half a record": (json.dumps(a_record())[:-3].encode(), "The record is not JSON."),
    "two records": (b"{} {}", "The record is not JSON."),
    "a name twice": (
        json.dumps(a_record()).encode()[:-1] + b', "lines": []}',
        "The record has a name twice in one object.",
    ),
    "another encoding": (json.dumps(a_record()).encode("utf-16"), "The record is not UTF-8."),
    "a byte that is not UTF-8": (
        json.dumps(a_record()).replace("zebra", "\xe9").encode("latin-1")[:-1] + b"\xe9}",
        "The record is not UTF-8.",
    ),
    "NaN": (b'{"x": NaN}', "The record has a number that is not JSON."),
    "a number of 5,000 digits": (b'{"x": ' + b"9" * 5000 + b"}", "The record is not JSON."),
    "100,000 lists in one another": (b"[" * 100_000, "The record is nested too deeply."),
    "100,000 objects in one another": (
        b'{"x":' * 100_000 + b"1" + b"}" * 100_000,
        "The record is nested too deeply.",
    ),
}


@pytest.fixture
def import_file(tmp_path):
    return chats.importer(tmp_path / "old.jsonl")


@pytest.mark.django_db
@pytest.mark.parametrize("name", REFUSALS)
def test_a_bad_record_is_refused_and_the_rest_goes_on(name, import_file):
    bad, reason = REFUSALS[name]
    good = a_record(external_id="good", lines=[a_line("good")])

    code, last, problems = import_file(bad, good)
    assert (code, last) == (1, counts(stored=1, refused=1))
    assert problems == [f"FILE:1: {reason}"]
    assert words(Contact.objects.get()) == ["good"]


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_holds_nothing_of_the_record(name):
    bad, _reason = REFUSALS[name]
    raw = bad if isinstance(bad, bytes) else json.dumps(bad).encode()
    with pytest.raises(BadRecord) as caught:
        importing.conversation(importing.decoded(raw), timezone.now())

    chain = [caught.value, caught.value.__context__, caught.value.__cause__]
    assert "zebra" not in str([(str(one), vars(one)) for one in chain if one])


def test_what_was_read_never_prints_its_words():
    found = importing.conversation(a_record(nickname=SECRET), timezone.now())

    assert SECRET not in f"{found} {found!r} {found.lines[0]!r}"
