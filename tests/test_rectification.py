"""What is put right: facts are corrected and what they were is sealed away, opinions are disputed,
and whoever was given it is told (D12, Art 16, Art 19)."""

import io
from zipfile import ZipFile

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from contacts.desk_showing import notes_by_place
from contacts.finding import candidates
from contacts.matching import Told
from contacts.models import (
    Amendment,
    Contact,
    CopiedLine,
    Entry,
    HandOver,
    Line,
    Note,
    ServiceUser,
)
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.roles import Role
from helpline.foundation.states import Refused, WrongState
from privacy import retention
from privacy.bundle import writing
from privacy.bundle.making import contents_of, places
from privacy.models import Rectification, RightsRequest
from privacy.review.gathering import gather
from privacy.review.showing import items_of, sides
from privacy.rights.kinds import Kind, Status
from safeguarding.models import Task
from safeguarding.sharing.kinds import TaskKind
from tests.known import make_record
from tests.rights import WHY, letter, stands, take_in
from tests.sharing import considered, filled, verified, worry

pytestmark = pytest.mark.django_db
S = Status
SAID = {"way": "corrected", "ground": "inaccurate", "words": "It was her uncle.", "why": WHY}
DISPUTED = SAID | {"way": "disputed", "words": "I was not angry, I was afraid."}


@pytest.fixture
def other_lead(make_staff):
    return make_staff("other lead", Role.LEAD)


@pytest.fixture
def chat(make_contact, worker, team):
    contact = make_contact("my dad shouts", "that is hard", worker=worker, team=team)
    contact.add_note("Her father shouts.", by=worker)
    contact.add_note("She seems angry.", by=worker, kind="view")
    contact.end(by=worker, outcome="listened")
    return contact


@pytest.fixture
def request_(chat, dpo, second) -> RightsRequest:
    """A request for correction in review, with nothing prepared."""
    request = stands(S.COLLECTING, dpo, second, chat, Kind.RECTIFY)
    request.start_review(by=dpo)
    return request


@pytest.fixture
def of_record(contact, worker, dpo) -> tuple[RightsRequest, ServiceUser]:
    """One about the record of somebody known, in review."""
    record = make_record(contact, worker)
    Entry.objects.write(record, "We rang her school.", by=worker)
    request = take_in(Kind.RECTIFY, by=dpo)
    request.acknowledge(by=dpo)
    request.need_no_proof("known", by=dpo, because=WHY)
    request.locate(by=dpo)
    request.find_by_record(record, by=dpo)
    request.collect(by=dpo)
    request.start_review(by=dpo)
    return request, record


def fresh(row):
    return type(row).objects.with_key().get(pk=row.pk)


def note_of(chat, kind="fact") -> str:
    return f"note:{Note.objects.get(contact=chat, kind=kind).pk}"


def done(request, by, second) -> None:
    request.propose("released", by=by, reasons=WHY)
    request.approve(by=second)


def noted(chat) -> list[str]:
    return [note.text for notes in notes_by_place(fresh(chat)).values() for note in notes]


# What comes of it ---------------------------------------------------------------------------------


def test_d12_a_fact_is_corrected_and_what_it_was_is_shown_to_nobody(
    request_, chat, dpo, second, worker, signed_in
):
    """D12: a note of ours and a line of theirs."""
    prepare = Rectification.objects.prepare
    prepare(request_, note_of(chat), by=dpo, **SAID)
    prepare(request_, f"line:{chat.pk}:1", by=dpo, **SAID | {"words": "My uncle shouts."})
    assert noted(chat)[0] == "Her father shouts."

    done(request_, dpo, second)

    assert noted(chat)[0].startswith("It was her uncle.\n[Put right at their request on ")
    said = [line.words for line in Line.objects.opened(fresh(chat))]
    assert said[0].startswith("My uncle shouts.\n[Put right")
    assert said[1] == "that is hard"
    shown = signed_in(worker).get(chat.get_absolute_url()).content.decode()
    assert "My uncle shouts." in shown
    assert "my dad shouts" not in shown
    assert "Her father shouts." not in shown
    rows = request_.rectifications.all()
    assert {row.done_on for row in rows} == {london_today()}
    assert Rectification.objects.filter(words__isnull=True).count() == 2
    assert AuditEvent.objects.filter(action=Action.PUT_RIGHT).count() == 2


def test_d12_an_opinion_stays_and_has_their_words_beside_it_everywhere(
    request_, chat, dpo, second, lead
):
    """D12: on the desk, in the review and so in the bundle."""
    opinion = note_of(chat, "view")
    with pytest.raises(Refused, match="opinion"):
        Rectification.objects.prepare(request_, opinion, by=dpo, **SAID)
    with pytest.raises(Refused, match="or ours"):
        Rectification.objects.prepare(request_, f"line:{chat.pk}:2", by=dpo, **SAID)
    Rectification.objects.prepare(request_, opinion, by=dpo, **DISPUTED)
    done(request_, dpo, second)

    disputed = noted(chat)[1]
    assert disputed.startswith("She seems angry.\n[Disputed. They said on ")
    assert "I was not angry, I was afraid." in disputed
    request_.send_letter("released", letter(request_), by=dpo)
    request_.close(by=dpo)
    copy = stands(S.COLLECTING, dpo, second, chat, Kind.ACCESS)
    copy.start_review(by=dpo)
    gather(copy, by=dpo)
    found = sides(copy, items_of(copy, "", 0), decides=False)
    assert disputed in ["".join(piece.words for piece in side.pieces) for side in found]


def test_d12_a_fact_of_a_record_is_replaced_found_anew_and_kept_sealed(
    of_record, dpo, second, worker
):
    """D12: also its keyed hashes; nothing is overwritten unseen."""
    request, record = of_record
    Rectification.objects.prepare(request, "fact:born", by=dpo, **SAID | {"words": "1991-07-03"})
    done(request, dpo, second)
    record = fresh(record)
    assert record.born == "1991-07-03"
    assert candidates(Told(record.names, "1991-07-03"), worker).filter(pk=record.pk).exists()
    kept = Amendment.objects.select_related("service_user__key").get()
    assert (kept.was, kept.in_record) == ("1991-03-07", "1991-07-03")


def test_d12_how_they_were_helped_is_corrected_on_their_record(of_record, dpo, second):
    request, record = of_record
    tick = f"entry:{record.entries.get().pk}"
    Rectification.objects.prepare(request, tick, by=dpo, **SAID)
    done(request, dpo, second)
    entry = Entry.objects.select_related("service_user__key").get()
    assert entry.told.startswith("It was her uncle.")
    assert entry.words == "We rang her school."


def test_d12_only_a_dpo_sees_what_it_was_with_a_reason(
    request_, chat, dpo, second, lead, signed_in
):
    """D12: and the trail knows it first."""
    Rectification.objects.prepare(request_, note_of(chat), by=dpo, **SAID)
    row = request_.rectifications.get()
    with pytest.raises(Refused, match="replaced"):
        row.see_old(by=dpo, why=WHY)
    done(request_, dpo, second)
    row = request_.rectifications.get()
    for by, why in ((lead, WHY), (dpo, "curious")):
        with pytest.raises(Refused):
            row.see_old(by=by, why=why)
    assert not AuditEvent.objects.filter(action=Action.OLD_VALUE_SEEN).exists()

    where = reverse("rights_correction_old", args=[request_.pk])
    shown = signed_in(dpo).post(where, {"number": row.number, "why": WHY}).content.decode()

    assert "Her father shouts." in shown
    assert AuditEvent.objects.get(action=Action.OLD_VALUE_SEEN).actor == str(dpo.pk)
    page = signed_in(dpo).get(reverse("rights_corrections", args=[request_.pk])).content.decode()
    assert "Her father shouts." not in page


def test_d12_what_leaves_in_a_file_reads_as_it_stands(request_, chat, dpo, second):
    """D12: an opinion with their words, a fact as it should be, and nothing of what it was."""
    prepare = Rectification.objects.prepare
    prepare(request_, note_of(chat), by=dpo, **SAID)
    prepare(request_, note_of(chat, "view"), by=dpo, **DISPUTED)
    prepare(request_, f"line:{chat.pk}:1", by=dpo, **SAID | {"words": "My uncle shouts."})
    done(request_, dpo, second)
    request_.send_letter("released", letter(request_), by=dpo)
    request_.close(by=dpo)
    copy = stands(S.RELEASED, dpo, second, chat, Kind.ACCESS)
    with ZipFile(io.BytesIO(writing.as_bytes(contents_of(copy, list(places(copy)))))) as archive:
        told = {name: archive.read(name).decode() for name in archive.namelist()}
    for words in ("It was her uncle.", "My uncle shouts.", "I was not angry, I was afraid."):
        assert words in told[writing.DATA]
        assert words in told[writing.PAGE]
    assert "My uncle shouts." in told[writing.WORDS]
    whole = "".join(told.values())
    assert not [was for was in ("Her father shouts", "my dad shouts") if was in whole]


def test_d12_the_copy_in_casework_reads_as_the_line_does(make_contact, worker, team, dpo, second):
    chat = make_contact(
        "my dad shouts", "we pass this on", worker=worker, team=team, service="is-this-ok"
    )
    HandOver.objects.hand_over(chat, by=worker, told_in=2)
    chat.end(by=worker, outcome="listened")
    request = stands(S.COLLECTING, dpo, second, chat, Kind.RECTIFY)
    request.start_review(by=dpo)
    Rectification.objects.prepare(request, f"line:{chat.pk}:1", by=dpo, **SAID)
    done(request, dpo, second)
    lines = CopiedLine.objects.select_related("hand_over__key").order_by("number")
    assert [line.text.partition("\n")[0] for line in lines] == [
        "It was her uncle.",
        "we pass this on",
    ]


def test_d12_e19_whoever_was_given_it_is_owed_a_word(
    request_, chat, dpo, second, worker, lead, other_lead
):
    """D12, E19: one task for each sharing with what was put right."""
    shared = considered(worry(chat, worker, lead), lead)
    filled(shared, lead, verified(lead, other_lead))
    shared.tick(by=lead, ticked={note_of(chat): "They must know who is meant."})
    shared.hand_on(by=lead)
    shared.approve(by=other_lead, mark=shared.mark())
    shared.disclose(by=lead)
    Rectification.objects.prepare(request_, note_of(chat), by=dpo, **SAID)
    done(request_, dpo, second)
    task = Task.objects.get(kind=TaskKind.TELL_CORRECTED)
    assert task.disclosure == shared


def test_what_was_put_right_goes_with_its_contact(request_, chat, dpo, second):
    Rectification.objects.prepare(request_, note_of(chat), by=dpo, **SAID)
    done(request_, dpo, second)
    request_.send_letter("released", letter(request_), by=dpo)
    request_.close(by=dpo)
    Contact.objects.filter(pk=chat.pk).update(spared_until=None)
    retention.purge_all(chat.purge_on)
    assert not Amendment.objects.exists()
    with pytest.raises(WrongState, match="gone"):
        request_.rectifications.get().see_old(by=dpo, why=WHY)


# Two people, from its own states alone ------------------------------------------------------------


def test_d10_nothing_is_put_right_by_whoever_prepared_it(request_, chat, dpo, second):
    with pytest.raises(Refused, match="what is put right"):
        request_.propose("released", by=dpo, reasons=WHY)
    Rectification.objects.prepare(request_, note_of(chat), by=dpo, **SAID)
    request_.propose("released", by=dpo, reasons=WHY)
    with pytest.raises(Refused):
        request_.approve(by=dpo)
    assert not Amendment.objects.exists()


def test_declined_it_needs_reasons_and_changes_nothing(request_, chat, dpo, second):
    """Refused with a ground and the letter that every refusal has (D20)."""
    Rectification.objects.prepare(request_, note_of(chat), by=dpo, **SAID)
    with pytest.raises(Refused, match="Say why"):
        request_.propose("refused", by=dpo, reasons="no", refusal="no-right")
    request_.propose("refused", by=dpo, reasons=WHY, refusal="no-right")
    request_.approve(by=second)
    request_.send_letter("refused", letter(request_), by=dpo)
    assert not Amendment.objects.exists()
    assert noted(chat)[0] == "Her father shouts."


@pytest.mark.parametrize("status", sorted(set(S) - {S.REVIEW, S.CLOCK_STOPPED}))
def test_it_is_prepared_in_review_and_at_no_other_time(status, dpo, second, chat):
    request = stands(status, dpo, second, chat, Kind.RECTIFY)
    before = Rectification.objects.count()
    with pytest.raises(WrongState):
        Rectification.objects.prepare(request, note_of(chat), by=dpo, **SAID)
    for row in request.rectifications.all():
        with pytest.raises(WrongState):
            row.take_out(by=dpo)
    assert Rectification.objects.count() == before


@pytest.mark.parametrize(
    ("tick", "said"),
    [
        ("", SAID),
        ("note", SAID),
        ("note:x", SAID),
        ("line:x:y", SAID),
        ("fact:born", SAID),
        ("own", SAID | {"words": " "}),
        ("own", SAID | {"words": "x" * 4001}),
        ("own", SAID | {"why": "short"}),
    ],
)
def test_what_cannot_be_prepared_leaves_nothing_behind(request_, chat, dpo, tick, said):
    tick = note_of(chat) if tick == "own" else tick
    with pytest.raises(Refused):
        Rectification.objects.prepare(request_, tick, by=dpo, **said)
    assert not Rectification.objects.exists()


def test_a_note_of_somebody_else_is_not_in_its_scope(request_, make_contact, worker, dpo):
    other = make_contact("words").add_note("Not theirs.", by=worker)
    with pytest.raises(Refused, match="not part"):
        Rectification.objects.prepare(request_, f"note:{other.pk}", by=dpo, **SAID)


def test_prepared_again_it_takes_the_place_of_what_was_said(request_, chat, dpo):
    for words in ("One.", "Two."):
        Rectification.objects.prepare(request_, note_of(chat), by=dpo, **SAID | {"words": words})
    row = Rectification.objects.select_related("request__key").get()
    assert row.words == "Two."
    row.take_out(by=dpo)
    assert not Rectification.objects.exists()


def test_a_copy_that_is_owed_comes_first(request_, chat, dpo, second):
    """What is reviewed for a copy must not change under it (DPA 2018 s.173)."""
    stands(S.REVIEW, dpo, second, chat, Kind.ACCESS)
    Rectification.objects.prepare(request_, note_of(chat), by=dpo, **SAID)
    with pytest.raises(Refused, match="copy"):
        request_.propose("released", by=dpo, reasons=WHY)


def test_an_amendment_is_of_one_thing_says_the_database(chat):
    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.create(contact=chat, way="corrected", in_contact="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.create(contact=chat, line=1, field="born", way="corrected")


def test_the_page_leads_from_one_thing_to_the_next(request_, chat, dpo, lead, signed_in):
    desk, where = signed_in(dpo), reverse("rights_corrections", args=[request_.pk])
    shown = desk.get(where).content.decode()
    assert "Put their words beside it" in shown
    opened = desk.get(where, {"thing": note_of(chat, "view")}).content.decode()
    assert "it is not changed" in opened
    assert 'value="corrected"' not in opened
    said = {name: SAID[name] for name in ("way", "ground", "words")}
    answer = desk.post(where, {"thing": note_of(chat), "why": "short", **said})
    assert answer.status_code == 409
    assert "It was her uncle." in answer.content.decode()
    assert desk.post(where, {"thing": note_of(chat), "why": WHY, **said}).url == where
    assert "It was her uncle." in desk.get(where).content.decode()
    out = reverse("rights_correction_out", args=[request_.pk])
    assert desk.post(out, {"number": "1"}).status_code == 302
    assert desk.post(out, {"number": "x"}).status_code == 409
