"""Objection, data to take elsewhere, and consent taken back by a request (Art 21, 20, 7(3))."""

import io
import json
from datetime import timedelta
from zipfile import ZipFile

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from contacts.models import (
    Consent,
    Contact,
    Figure,
    LegalBasis,
    LostBasis,
    Note,
    NoteReview,
    ObjectedUse,
    RecordBasis,
    TopicFigure,
)
from contacts.notes import to_review
from helpline.foundation.states import Refused, WrongState
from privacy.bundle import writing
from privacy.bundle.making import contents_of, places
from privacy.models import Objection
from privacy.review.deciding import Choice, Deciding, Health
from privacy.review.gathering import gather
from privacy.rights import taking_back
from privacy.rights.kinds import Kind, Status
from privacy.rights.meaning import MEANS
from tests.known import make_link, make_record
from tests.reading import grade
from tests.rights import WHY, letter, stands, take_in
from tests.test_plain_words import JARGON

pytestmark = pytest.mark.django_db
S = Status


@pytest.fixture
def noted(make_contact, worker, team) -> Contact:
    contact = make_contact("my dad shouts", "that is hard", worker=worker, team=team)
    contact.add_note("Her father shouts.", by=worker)
    return contact


def in_review(kind, dpo, second, contact):
    request = stands(S.COLLECTING, dpo, second, contact, kind)
    request.start_review(by=dpo)
    return request


def fresh(contact) -> Contact:
    return Contact.objects.with_key().get(pk=contact.pk)


# Objection ----------------------------------------------------------------------------------------


def test_art_21_what_they_object_to_stops(noted, worker, supervisor, dpo, second):
    """Reading for quality, figures and being asked about research."""
    Consent.objects.answered(noted, "given", wording=1, purpose="research", by=worker)
    assert to_review(supervisor).exists()
    request = in_review(Kind.OBJECT, dpo, second, noted)
    uses = ["quality", "figures", "research"]
    Objection.objects.draw_up(request, uses=uses, by=dpo)
    assert not ObjectedUse.objects.exists()
    request.propose("released", by=dpo, reasons=WHY)
    request.approve(by=second)

    assert not to_review(supervisor).exists()
    with pytest.raises(Refused, match="objected"):
        NoteReview.objects.review(Note.objects.get(), by=supervisor)
    noted.topics.create(contact=noted, topic="family")
    fresh(noted).end(by=worker, outcome="listened")
    noted.topics.model.objects.change(noted, added={"care"}, removed=set())
    assert not Figure.objects.exists()
    assert not TopicFigure.objects.exists()
    assert not Consent.objects.standing(noted)["research"].is_in_force()


def test_art_21_what_they_do_not_object_to_goes_on(noted, worker, supervisor, dpo, second):
    request = in_review(Kind.OBJECT, dpo, second, noted)
    Objection.objects.draw_up(request, uses=["research"], by=dpo)
    request.propose("partly-released", by=dpo, reasons=WHY)
    request.approve(by=second)
    assert to_review(supervisor).exists()
    fresh(noted).end(by=worker, outcome="listened")
    assert Figure.objects.exists()


def test_art_21_compelling_grounds_are_written_down_and_told(noted, supervisor, dpo, second):
    request = in_review(Kind.OBJECT, dpo, second, noted)
    with pytest.raises(Refused, match="which uses"):
        request.propose("released", by=dpo, reasons=WHY)
    request.propose("refused", by=dpo, reasons=WHY, refusal="compelling")
    request.approve(by=second)
    with pytest.raises(Refused, match="told"):
        request.close(by=dpo)
    request.send_letter("refused", letter(request), by=dpo)
    request.close(by=dpo)
    assert to_review(supervisor).exists()


@pytest.mark.parametrize("status", sorted(set(S) - {S.REVIEW, S.CLOCK_STOPPED}))
def test_an_objection_is_weighed_in_review_and_at_no_other_time(status, noted, dpo, second):
    request = stands(status, dpo, second, noted, Kind.OBJECT)
    before = Objection.objects.count()
    with pytest.raises(WrongState):
        Objection.objects.draw_up(request, uses=["quality"], by=dpo)
    assert Objection.objects.count() == before


@pytest.mark.parametrize("uses", [[], ["helping"], ["quality", "safety"]])
def test_nobody_objects_to_what_is_no_such_use(uses, noted, dpo, second):
    request = in_review(Kind.OBJECT, dpo, second, noted)
    with pytest.raises(Refused):
        Objection.objects.draw_up(request, uses=uses, by=dpo)
    assert not Objection.objects.exists()


# To take elsewhere --------------------------------------------------------------------------------


def test_art_20_they_get_what_they_gave_themselves_on_their_consent(noted, worker, dpo, second):
    """Machine-readable, and nothing of ours."""
    Consent.objects.answered(noted, "given", wording=1)
    request = in_review(Kind.PORTABILITY, dpo, second, noted)
    gather(request, by=dpo)
    assert {item.kind for item in request.items.all()} == {"line", "consent"}
    for item in request.items.all():
        item.decide(Deciding(Choice.RELEASE, "", Health.NONE), by=dpo)
    contents = contents_of(request, list(places(request)))
    with ZipFile(io.BytesIO(writing.as_bytes(contents))) as archive:
        told = json.loads(archive.read(writing.DATA))
        sheet = archive.read(writing.WORDS).decode()
    assert told["heading"] == "What you gave us, to take elsewhere"
    words = [item["words"] for chapter in told["chapters"] for item in chapter["items"]]
    assert "my dad shouts" in words
    assert "my dad shouts" in sheet
    assert not {"that is hard", "Her father shouts."} & {*words}


def test_art_20_it_says_plainly_when_it_does_not_apply(noted, dpo, second, signed_in):
    request = in_review(Kind.PORTABILITY, dpo, second, noted)
    assert gather(request, by=dpo) == 0
    with pytest.raises(Refused, match="does not apply"):
        request.propose("released", by=dpo, reasons=WHY)
    shown = signed_in(dpo).get(request.get_absolute_url()).content.decode()
    assert "this right does not apply" in shown
    request.propose("refused", by=dpo, reasons=WHY, refusal="no-right")
    request.approve(by=second)
    assert "ask for a copy" in letter(request)


def test_art_20_a_record_without_their_consent_is_not_part_of_it(contact, worker, dpo):
    record = make_record(contact, worker)
    request = take_in(Kind.PORTABILITY, by=dpo)
    request.acknowledge(by=dpo)
    request.need_no_proof("known", by=dpo, because=WHY)
    request.locate(by=dpo)
    request.find_by_record(record, by=dpo)
    request.collect(by=dpo)
    assert gather(request, by=dpo) == 1
    assert request.items.get().kind == "record"
    RecordBasis.objects.update(lost_at=timezone.now())
    request.items.all().delete()
    assert gather(request, by=dpo) == 0


# Taken back ---------------------------------------------------------------------------------------


def test_d14_it_shows_what_loses_its_basis_and_what_other_was_recorded(
    noted, worker, dpo, second, signed_in
):
    """D14: at once, by one person; what stays and why is on the page."""
    Consent.objects.answered(noted, "given", wording=1)
    safeguarding = {"basis": "recognised", "condition": "safeguarding", "under_18": True}
    LegalBasis.objects.discern(
        noted, by=worker, no_consent="unreasonable", reason=WHY, **safeguarding
    )
    request = stands(S.LOCATING, dpo, second, noted, Kind.WITHDRAW)
    desk, move = signed_in(dpo), reverse("rights_move", args=[request.pk])
    assert desk.post(move, {"do": "take-back", "purpose": "chat"}).status_code == 302

    row = LostBasis.objects.get(what="words")
    assert (row.status, row.basis, row.late) == ("stands", "recognised", False)
    shown = desk.get(request.get_absolute_url()).content.decode()
    assert "stays, on another basis: safeguarding somebody vulnerable" in shown
    assert desk.post(move, {"do": "take-back", "purpose": "chat"}).status_code == 409


def test_d14_a_record_loses_its_basis_with_the_consent_to_it(noted, worker, dpo, second):
    record = make_record(noted, worker)
    make_link(noted, record, worker)
    request = stands(S.LOCATING, dpo, second, noted, Kind.WITHDRAW)
    request.find_by_record(record, by=dpo)
    taking_back.take_back(request, "record", by=dpo)
    assert {row["what"] for row in taking_back.lost(request)} == {"The record"}
    record.refresh_from_db()
    assert record.status == "leaving"


def test_d15_a_basis_that_came_later_is_shown_as_late(noted, worker, dpo, second, signed_in):
    """D15."""
    Consent.objects.answered(noted, "given", wording=1)
    noted.end(by=worker, outcome="listened")
    with time_machine.travel(timezone.now() + timedelta(days=14), tick=False):
        said = {"basis": "vital", "condition": "vital", "no_consent": "cannot", "reason": WHY}
        LegalBasis.objects.discern(fresh(noted), by=worker, **said)
    request = stands(S.LOCATING, dpo, second, noted, Kind.WITHDRAW)
    taking_back.take_back(request, "chat", by=dpo)
    shown = signed_in(dpo).get(request.get_absolute_url()).content.decode()
    assert "Written down late" in shown


@pytest.mark.parametrize("status", sorted(set(S) - {*taking_back.WHILE, S.CLOCK_STOPPED}))
def test_nothing_is_taken_back_in_other_states(status, noted, dpo, second):
    Consent.objects.answered(noted, "given", wording=1)
    request = stands(status, dpo, second, noted, Kind.WITHDRAW)
    with pytest.raises(WrongState):
        taking_back.take_back(request, "chat", by=dpo)
    assert Consent.objects.count() == 1


def late_basis(contact, worker, **said) -> LegalBasis:
    basis = LegalBasis(contact=contact, recorded_by=worker, basis="legitimate", **said)
    basis.save(force_insert=True)
    return basis


@pytest.mark.parametrize("column", ["recorded_at", "late", "basis", "recorded_by"])
def test_d15_what_was_recorded_and_when_cannot_be_changed(column, noted, worker, colleague):
    """D15, S2-26: by a trigger, whoever asks."""
    basis = late_basis(noted, worker)
    to = {"recorded_at": noted.started_at, "late": True, "basis": "vital", "recorded_by": colleague}
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalBasis.objects.filter(pk=basis.pk).update(**{column: to[column]})


def test_d15_postgresql_knows_late_from_in_time(make_contact, worker):
    """D15: one that came later says so, and none is older than its contact."""
    old = make_contact("x", started_at=timezone.now() - timedelta(days=3), ended=True)
    Contact.objects.filter(pk=old.pk).update(ended_at=timezone.now() - timedelta(days=2))
    with pytest.raises(IntegrityError), transaction.atomic():
        late_basis(old, worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        late_basis(old, worker, recorded_at=timezone.now() - timedelta(days=9))
    assert late_basis(old, worker, late=True).late


def test_d15_the_basis_of_a_record_cannot_be_changed_either(contact, worker):
    make_record(contact, worker)
    for change in ({"recorded_at": timezone.now() - timedelta(days=2)}, {"wording": 2}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RecordBasis.objects.update(**change)


# In plain words -----------------------------------------------------------------------------------


def test_every_right_is_told_in_plain_words(client):
    """S2-40 to S2-52: for a child of eleven, on the page where one asks."""
    assert set(MEANS) == set(Kind)
    assert grade(list(MEANS.values())) <= 6
    said = " ".join(MEANS.values()).lower()
    assert not [word for word in JARGON if word in said]
    shown = client.get("/your-data/").content.decode()
    assert all(words in shown for words in MEANS.values())
