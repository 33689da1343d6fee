"""Old conversations come in whole, sealed and once, or not at all."""

import io
import json
import os
import random
from datetime import UTC, date, datetime
from threading import Thread

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from contacts import importing
from contacts.importing import Outcome
from contacts.management.commands import import_transcripts
from contacts.models import Contact, Figure, ImportedId, Line, SurveyAnswer
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_date, london_today, to_the_minute
from helpline.foundation.staff.roles import Service
from helpline.foundation.vault.models import DataKey
from privacy import retention
from tests import chats
from tests.chats import SECRET, a_line, a_record, ago, counts, words

CHATS = 2000 if os.environ.get("HELPLINE_THOROUGH") else 200
STORED = (Contact, Line, SurveyAnswer, DataKey, ImportedId, Figure, AuditEvent)


@pytest.fixture
def import_file(tmp_path):
    return chats.importer(tmp_path / "old.jsonl")


def nothing_is_stored() -> bool:
    return not any(model.objects.exists() for model in STORED)


@pytest.mark.django_db
def test_real_chats_come_in_whole(import_file):
    records = list(chats.re_dated(random.Random(1), timezone.now(), CHATS))
    assert import_file(*records)[:2] == (0, counts(stored=CHATS))

    stored = {tuple(words(contact)) for contact in Contact.objects.all()}
    assert stored == {tuple(line["text"] for line in record["lines"]) for record in records}
    assert Line.objects.count() == sum(len(record["lines"]) for record in records)
    assert DataKey.objects.count() == Contact.objects.values("handle").distinct().count() == CHATS
    assert sum(Figure.objects.values_list("contacts", flat=True)) == CHATS


@pytest.mark.django_db
def test_an_imported_contact_has_ended_and_is_kept_18_months_from_its_start(import_file):
    lines = [
        a_line("hello", at=ago(days=9)),
        a_line("hi", at=ago(days=8), speaker="worker"),
        a_line("bye", at=ago(days=7), speaker="bot"),
    ]
    record = a_record(
        started_at=ago(days=9, minutes=5),
        lines=lines,
        nickname=" Bo ",
        survey=[{"question": "Did it help?", "answer": "Yes"}],
    )
    import_file(record, service="is-this-ok")

    contact = Contact.objects.with_key().get()
    began, *times = map(
        datetime.fromisoformat, [record["started_at"], *(line["at"] for line in lines)]
    )
    assert (contact.status, contact.channel, contact.service) == ("ended", "chat", "is-this-ok")
    assert (contact.worker, contact.team, contact.last_line) == (None, None, 3)
    assert contact.started_at == to_the_minute(began)
    assert contact.answered_at == to_the_minute(times[1])
    assert contact.ended_at == to_the_minute(times[2])
    assert contact.purge_on == add_months(london_date(began), 18)
    assert (contact.nickname, words(contact)) == ("Bo", ["hello", "hi", "bye"])
    answer = SurveyAnswer.objects.select_related("contact__key").get()
    assert (answer.question, answer.answer) == ("Did it help?", "Yes")
    assert [line.speaker for line in contact.lines.order_by("number")] == [
        "person",
        "worker",
        "bot",
    ]
    assert all(line.said_at.second == 0 for line in contact.lines.all())


@pytest.mark.django_db
def test_each_import_is_in_the_trail_without_words(import_file):
    import_file(a_record())

    event = AuditEvent.objects.get()
    assert (event.action, event.actor) == (Action.CONTACT_IMPORTED, "system")
    assert (event.subject_id, event.detail) == (str(Contact.objects.get().pk), {"lines": 1})


@pytest.mark.django_db
def test_a_second_import_skips_what_is_there(import_file):
    import_file(a_record())

    again = a_record(nickname="another", lines=[a_line("other words")])
    assert import_file(again)[:2] == (0, counts(skipped=1))
    assert words(Contact.objects.get()) == [SECRET]


@pytest.mark.django_db
def test_the_same_id_of_another_service_is_another_conversation(import_file):
    import_file(a_record())

    assert import_file(a_record(), service="is-this-ok")[1] == counts(stored=1)


@pytest.mark.django_db(transaction=True)
def test_an_import_cannot_bring_back_what_was_purged(import_file):
    import_file(a_record())
    Contact.objects.update(purge_on=london_today())
    assert retention.purge_all(london_today()).purged == 1

    assert import_file(a_record())[1] == counts(skipped=1)
    assert not Contact.objects.exists()


@pytest.mark.django_db
def test_the_external_id_is_kept_only_as_a_keyed_hash(import_file):
    import_file(a_record(external_id="chat-of-somebody"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT i::text FROM contacts_importedid i")
        stored = cursor.fetchall()
        cursor.execute("SELECT c::text FROM contacts_contact c")
        stored += cursor.fetchall()
    assert "somebody" not in str(stored)


@pytest.mark.django_db
def test_a_new_index_key_does_not_forget_what_was_imported(import_file, settings):
    import_file(a_record())
    settings.INDEX_KEYS = settings.INDEX_KEYS | {"2": settings.ROOT_KEY}

    assert import_file(a_record())[1] == counts(skipped=1)
    assert import_file(a_record(), dry_run=True)[1] == counts(skipped=1)


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_do_not_double():
    outcomes = []

    def import_all():
        for number in range(20):
            found = importing.conversation(a_record(external_id=str(number)), timezone.now())
            outcomes.append(importing.store(found, service=Service.HELPLINE, today=london_today()))
        connection.close()

    threads = [Thread(target=import_all) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [Outcome.SKIPPED] * 20 + [Outcome.STORED] * 20
    assert Contact.objects.count() == 20


@pytest.mark.django_db
def test_a_taken_handle_is_not_given_again(import_file, monkeypatch, contact):
    handles = iter([contact.handle, "velvet-canoe-47"])
    monkeypatch.setattr(importing, "new_handle", lambda: next(handles))

    assert import_file(a_record())[1] == counts(stored=1)
    assert Contact.objects.filter(handle="velvet-canoe-47").exists()


@pytest.mark.django_db(transaction=True)
def test_an_import_that_fails_halfway_leaves_nothing(monkeypatch):
    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr("contacts.models.figure.FigureQuerySet.add", fail)
    found = importing.conversation(a_record(), timezone.now())
    with pytest.raises(RuntimeError):
        importing.store(found, service=Service.HELPLINE, today=london_today())

    assert nothing_is_stored()


@pytest.mark.django_db
def test_what_the_format_does_not_name_is_dropped_and_counted(tmp_path, capsys):
    """S2-65: an address, a place or a device has nowhere to go."""
    record = a_record(
        ip="192.0.2.7",
        lines=[a_line(page="/help", device={"os": "x"}), a_line(page="/")],
        survey=[{"question": "?", "answer": "!", "place": "Leeds"}],
    )
    record["my father is"] = "Bob"
    path = tmp_path / "old.jsonl"
    path.write_text(json.dumps(record))
    call_command("import_transcripts", str(path))

    assert capsys.readouterr().out.splitlines() == [
        "dropped (other names): 1",
        "dropped ip: 1",
        "dropped lines.device: 1",
        "dropped lines.page: 2",
        "dropped survey.place: 1",
        counts(stored=1, dropped=6),
    ]


@pytest.mark.django_db
def test_made_up_field_names_are_told_apart_only_to_a_limit(import_file):
    record = a_record() | {f"field_{number}": 1 for number in range(1000)}

    assert import_file(record)[1] == counts(stored=1, dropped=1000)


@pytest.mark.django_db
def test_a_dry_run_counts_and_stores_nothing(import_file):
    old = a_record(external_id="old", started_at=ago(days=900), lines=[a_line(at=ago(days=900))])
    records = (a_record(ip="x"), a_record(), old, a_record(external_id=""))

    expected = counts(stored=1, skipped=1, too_old=1, refused=1, dropped=1)
    assert import_file(*records, dry_run=True)[:2] == (1, expected)
    assert nothing_is_stored()


@pytest.mark.django_db
def test_what_is_already_due_is_counted_and_never_stored(import_file, time_machine):
    """C01: 18 calendar months in London, from the midnight on which they end."""
    time_machine.move_to(datetime(2027, 2, 27, 12, tzinfo=UTC))
    begun = "2025-08-31T12:00:00+01:00"
    kept = a_record(external_id="kept", started_at=begun, lines=[a_line(at=begun)])
    assert import_file(kept)[1] == counts(stored=1)

    time_machine.move_to(datetime(2027, 2, 28, 0, 0, 1, tzinfo=UTC))
    late = a_record(external_id="late", started_at=begun, lines=[a_line(at=begun)])
    assert import_file(late)[:2] == (0, counts(too_old=1))
    assert ImportedId.objects.count() == Contact.objects.count() == 1


def test_the_end_of_18_months_is_counted_in_london():
    begun = "2025-06-30T23:30:00Z"  # the first of July in London
    found = importing.conversation(
        a_record(started_at=begun, lines=[a_line(at=begun)]), timezone.now()
    )
    assert not found.is_due(date(2026, 12, 31))
    assert found.is_due(date(2027, 1, 1))


def test_lines_are_put_in_the_order_of_their_times():
    same = ago(minutes=5)
    lines = [
        a_line("third", at=ago(minutes=1)),
        a_line("first", at=same),
        a_line("second", at=same),
    ]
    found = importing.conversation(a_record(lines=lines), timezone.now())

    assert [line.text for line in found.lines] == ["first", "second", "third"]


@pytest.mark.parametrize(
    "moment",
    [
        "2026-01-31T16:05:00Z",
        "2026-01-31t16:05:00z",
        "2026-01-31 16:05:00.123456789+00:00",
        "2026-01-31T17:05:00.5+01:00",
        "2026-01-31T02:05:00-14:00",
    ],
)
def test_a_time_may_be_written_as_rfc_3339_allows(moment):
    record = a_record(started_at=moment, lines=[a_line(at=moment)])

    found = importing.conversation(record, timezone.now())
    assert to_the_minute(found.started_at) == datetime(2026, 1, 31, 16, 5, tzinfo=UTC)


def test_a_leap_second_counts_as_the_second_before():
    record = a_record(started_at="2026-06-30T23:59:60Z")

    assert importing.conversation(record, timezone.now()).started_at.second == 59


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "x" * 20_000,
        "",
        "👋🏽 family: 👨‍👩‍👧 — “quotes”\r\nnew line\ttab",
        "\u202eright to left\ufeff",
    ],
)
def test_text_comes_out_exactly_as_it_went_in(text, import_file):
    import_file(a_record(lines=[a_line(text)]))

    assert words(Contact.objects.get()) == [text]


@pytest.mark.django_db
def test_a_mark_at_the_start_empty_lines_and_windows_line_ends_do_no_harm(import_file):
    records = [json.dumps(a_record(external_id=str(number))).encode() for number in range(3)]
    lines = [b"\xef\xbb\xbf" + records[0] + b"\r", b"", b"  \r", records[1], b"{", records[2]]

    code, last, problems = import_file(*lines)
    assert (code, last) == (1, counts(stored=3, refused=1))
    assert problems == ["FILE:5: The record is not JSON."]


@pytest.mark.django_db
def test_a_record_above_10_mb_is_refused_without_being_loaded(import_file):
    huge = a_record(padding="x" * importing.RECORD_BYTES)
    full = json.dumps(a_record(padding="")).encode()
    full = full.replace(
        b'"padding": ""', b'"padding": "%b"' % (b"x" * (importing.RECORD_BYTES - len(full)))
    )
    assert len(full) == importing.RECORD_BYTES

    code, last, problems = import_file(huge, full)
    assert (code, last) == (1, counts(stored=1, refused=1, dropped=1))
    assert problems == ["FILE:1: The record is larger than 10 MB."]


def test_no_more_than_one_record_is_ever_read_at_once():
    class Endless(io.RawIOBase):
        asked = 0
        left = 20 * importing.RECORD_BYTES

        def readline(self, size=-1):
            assert 0 < size <= importing.RECORD_BYTES + 2
            self.left -= size
            return b"x" * size if self.left > 0 else b""

    found = list(import_transcripts.records(Endless()))
    assert [(record.number, record.content) for record in found] == [(1, None)]


@pytest.mark.django_db
def test_several_files_are_imported_in_turn_and_their_lines_named(tmp_path, capsys):
    paths = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    paths[0].write_text(json.dumps(a_record()))
    paths[1].write_text("\n{\n" + json.dumps(a_record(external_id="2")))
    with pytest.raises(SystemExit, match="1"):
        call_command("import_transcripts", *map(str, paths))

    out, err = capsys.readouterr()
    assert out == counts(stored=2, refused=1) + "\n"
    assert err.splitlines()[0] == f"{paths[1]}:2: The record is not JSON."


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["nowhere.jsonl", ""])
def test_a_file_that_cannot_be_read_stops_it_before_anything_is_stored(tmp_path, missing):
    path = tmp_path / "old.jsonl"
    path.write_text(json.dumps(a_record()))
    with pytest.raises(CommandError, match="Nothing was imported") as caught:
        call_command("import_transcripts", str(path), str(tmp_path / missing))

    assert caught.value.returncode == 2
    assert nothing_is_stored()


def test_an_unknown_service_is_refused(tmp_path):
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("import_transcripts", "old.jsonl", "--service", "another")


@pytest.mark.django_db
def test_an_interrupted_import_says_so_and_keeps_what_is_stored(import_file, monkeypatch):
    plain = importing.store

    def interrupted(found, **options):
        if found.external_id == "2":
            raise KeyboardInterrupt
        return plain(found, **options)

    monkeypatch.setattr(importing, "store", interrupted)
    code, last, _ = import_file(a_record(), a_record(external_id="2"))
    assert (code, last) == (130, counts(stored=1))
