"""What was judged about somebody's safety is an opinion: it stays, and has their own words beside
it wherever it is shown (D12, S2-47, Art 16)."""

import io
from zipfile import ZipFile

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import day_words, london_today
from helpline.foundation.states import Refused, WrongState
from privacy import records
from privacy.bundle import writing
from privacy.bundle.making import contents_of, places
from privacy.models import PurgeRun, Rectification, RightsRequest
from privacy.rights.kinds import Kind, Status
from safeguarding.escalations.drawn import Status as Worry
from safeguarding.models import Assessment, Dispute, Escalation, Task
from safeguarding.sharing.kinds import TaskKind
from tests.rights import WHY, letter, stands
from tests.sharing import considered, filled, verified
from tests.sharing import worry as decided
from tests.worries import CONCERN, brought_to, raised

pytestmark = pytest.mark.django_db
WORDS = "I was tired, and in no danger at all."
SAID = {"way": "disputed", "ground": "inaccurate", "words": WORDS, "why": WHY}
APPROVED = (Status.RELEASED, Status.PARTLY_RELEASED, Status.CLOSED)


@pytest.fixture
def chat(make_contact, worker, team):
    contact = make_contact("my dad shouts", "that is hard", worker=worker, team=team)
    contact.end(by=worker, outcome="listened")
    return contact


@pytest.fixture
def worry(chat, worker, lead) -> Escalation:
    """One about the chat, looked at twice, about which it was decided to share."""
    return decided(chat, worker, lead)


@pytest.fixture
def request_(worry, chat, dpo, second) -> RightsRequest:
    """A request for correction in review, with nothing prepared."""
    request = stands(Status.COLLECTING, dpo, second, chat, Kind.RECTIFY)
    request.start_review(by=dpo)
    return request


def first(worry) -> Assessment:
    return worry.assessments.get(number=1)


def tick_of(worry) -> str:
    return f"assessment:{first(worry).pk}"


def prepare(request, worry, by, **changes) -> Rectification:
    return Rectification.objects.prepare(request, tick_of(worry), by=by, **SAID | changes)


def done(request, dpo, second) -> None:
    request.propose("released", by=dpo, reasons=WHY)
    request.approve(by=second)


def beside() -> str:
    """How it reads beside the judgement."""
    return f"Disputed. They said on {day_words(london_today())}: {WORDS}"


def page(client, name, *args, **query) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


# What comes of it ---------------------------------------------------------------------------------


def test_d12_s2_47_it_stays_with_their_words_under_it_on_the_page(
    request_, worry, dpo, second, lead, signed_in
):
    """D12, S2-47: under the one that they dispute, once the answer is approved and not before."""
    prepare(request_, worry, dpo)
    assert not Dispute.objects.exists()
    done(request_, dpo, second)

    shown = page(signed_in(lead), "escalation", worry.pk)
    newest, oldest = shown.partition("judged-title")[2].split("</details>")[:2]
    assert "Disputed" not in newest
    assert oldest.index(CONCERN) < oldest.index(beside())
    row = request_.rectifications.get()
    assert (row.words, row.amendment) == (None, Dispute.objects.get().pk)


def test_d12_they_stand_in_the_list_of_the_next_request_and_in_the_file(
    request_, worry, chat, dpo, second, signed_in
):
    """D12: wherever the judgement itself is."""
    prepare(request_, worry, dpo)
    done(request_, dpo, second)
    request_.send_letter("released", letter(request_), by=dpo)
    request_.close(by=dpo)
    again = stands(Status.COLLECTING, dpo, second, chat, Kind.RECTIFY)
    again.start_review(by=dpo)
    assert f"[{beside()}]" in page(signed_in(dpo), "rights_corrections", again.pk)
    again.withdraw(by=dpo, why=WHY)

    copy = stands(Status.RELEASED, dpo, second, chat, Kind.ACCESS)
    with ZipFile(io.BytesIO(writing.as_bytes(contents_of(copy, list(places(copy)))))) as archive:
        told = {name: archive.read(name).decode() for name in archive.namelist()}
    for name in (writing.DATA, writing.PAGE):
        assert CONCERN in told[name]
        assert f"[{beside()}]" in told[name]


def test_d12_the_trail_knows_that_it_is_disputed_and_no_word(request_, worry, dpo, second):
    """D12: one fact about the escalation, and its pages hear of it."""
    prepare(request_, worry, dpo)
    request_.propose("released", by=dpo, reasons=WHY)
    with CaptureQueriesContext(connection) as queries:
        request_.approve(by=second)
    event = AuditEvent.objects.about(worry).get(action=Action.PUT_RIGHT)
    assert (event.actor, event.detail) == (str(second.pk), {"way": "disputed"})
    assert WORDS not in str(list(AuditEvent.objects.values()))
    rung = [each["sql"] for each in queries if "pg_notify" in each["sql"]]
    assert any(str(worry.pk) in sql for sql in rung)
    assert not any(WORDS in sql for sql in rung)


def test_d12_e19_whoever_something_was_shared_with_is_owed_a_word(
    request_, worry, dpo, second, lead, make_staff
):
    """D12, E19: what left because of a worry rests on what was judged; of another worry, not."""
    other = make_staff("other lead", "lead")
    shared = considered(worry, lead)
    filled(shared, lead, verified(lead, other))
    shared.hand_on(by=lead)
    shared.approve(by=other, mark=shared.mark())
    shared.disclose(by=lead)
    prepare(request_, worry, dpo)
    done(request_, dpo, second)
    assert Task.objects.get(kind=TaskKind.TELL_CORRECTED).disclosure == shared


def test_it_goes_with_what_it_disputes_and_opens_as_long(worry, lead):
    """Also once what they said in the escalation has gone with its key."""
    for judged in worry.assessments.all():
        judged.dispute(WORDS, by=lead)
    Escalation.objects.filter(pk=worry.pk).forget_said()
    rows = Dispute.objects.select_related("assessment__escalation__key")
    assert [each.words for each in rows] == [WORDS, WORDS]
    records.destroy([worry.pk], PurgeRun.objects.create())
    assert not Dispute.objects.exists()


@pytest.mark.parametrize("status", [Worry.RAISED, Worry.REVIEW, Worry.CLOSED])
def test_it_is_disputed_in_every_state_of_the_worry_and_moves_nothing(chat, worker, lead, status):
    worry = brought_to(raised(chat, worker, concern=CONCERN), status, by=lead)
    for number in (1, 2):
        assert first(worry).dispute(f" {WORDS} ", by=lead).number == number
    assert Escalation.objects.get().status == status


# What is refused ----------------------------------------------------------------------------------


def test_s2_47_it_is_never_corrected(request_, worry, dpo):
    with pytest.raises(Refused, match="opinion"):
        prepare(request_, worry, dpo, way="corrected")
    assert not Rectification.objects.exists()


def test_one_of_somebody_else_is_not_in_its_scope(request_, make_contact, worker, dpo):
    other = raised(make_contact("words", worker=worker), worker, concern=CONCERN)
    nobodys = raised(None, worker, service="helpline", concern=CONCERN)
    for tick in (tick_of(other), tick_of(nobodys), "assessment:x"):
        with pytest.raises(Refused, match="not part"):
            Rectification.objects.prepare(request_, tick, by=dpo, **SAID)
    assert not Rectification.objects.exists()


@pytest.mark.parametrize("status", [Status.COLLECTING, Status.APPROVAL, *APPROVED])
def test_it_is_prepared_in_review_and_at_no_other_time(status, worry, chat, dpo, second):
    request = stands(status, dpo, second, chat, Kind.RECTIFY)
    with pytest.raises(WrongState):
        prepare(request, worry, dpo)
    assert not Rectification.objects.filter(what="assessment").exists()


def test_once_it_is_gone_the_answer_is_not_approved_and_nothing_is_done(
    request_, worry, dpo, second
):
    prepare(request_, worry, dpo)
    request_.propose("released", by=dpo, reasons=WHY)
    records.destroy([worry.pk], PurgeRun.objects.create())
    with pytest.raises(Refused, match="not part of the request any more"):
        request_.approve(by=second)
    request_.refresh_from_db(fields=["status"])
    assert request_.status == Status.APPROVAL
    assert request_.rectifications.get().done_on is None


def test_without_a_word_nothing_is_disputed(worry, lead):
    with pytest.raises(Refused):
        first(worry).dispute(" ", by=lead)
    assert not Dispute.objects.exists()
    assert not AuditEvent.objects.filter(action=Action.PUT_RIGHT).exists()


def test_what_they_said_of_it_is_never_changed_says_the_database(worry, lead):
    first(worry).dispute(WORDS, by=lead)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Dispute.objects.update(number=9)


# The pages ----------------------------------------------------------------------------------------


def test_the_page_offers_to_put_their_words_beside_it_and_nothing_else(
    request_, worry, dpo, lead, signed_in
):
    """Only to whoever prepares the answer: whoever approves it reads no judgement here."""
    where = reverse("rights_corrections", args=[request_.pk])
    assert CONCERN in page(signed_in(dpo), "rights_corrections", request_.pk)
    assert signed_in(lead).get(where).status_code == 404
    opened = page(signed_in(dpo), "rights_corrections", request_.pk, thing=tick_of(worry))
    assert "What we judged about their safety, " in opened
    assert 'value="corrected"' not in opened
    typed = {"thing": tick_of(worry), **SAID}
    assert signed_in(dpo).post(where, typed | {"why": "short"}).status_code == 409
    assert signed_in(dpo).post(where, typed).url == where
    request_.propose("released", by=dpo, reasons=WHY)
    approves = page(signed_in(lead), "rights_corrections", request_.pk)
    assert WORDS in approves
    assert CONCERN not in approves


def test_pages_ask_the_database_no_more_however_much_is_disputed(
    request_, worry, dpo, lead, signed_in, django_assert_max_num_queries
):
    """15 queries for each, with two that are disputed and with eight."""
    for _ in range(6):
        worry.add(by=lead, wants="To be left alone.")
    for judged in worry.assessments.all():
        judged.dispute(WORDS, by=lead)
    for staff, name, of in [(lead, "escalation", worry), (dpo, "rights_corrections", request_)]:
        client = signed_in(staff)
        page(client, name, of.pk)
        with django_assert_max_num_queries(18):
            shown = page(client, name, of.pk)
        assert shown.count(WORDS) == 8
