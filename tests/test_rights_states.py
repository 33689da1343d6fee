"""The states of a request: each verb from where it works, and from nowhere else (D18)."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from contacts.models import Contact
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.roles import Role
from helpline.foundation.states import Refused, WrongState
from privacy.models import RightsRequest
from privacy.rights.kinds import DECIDED, FROM, Kind, Status
from tests.rights import WHY, decided, letter, stands, take_in, with_code

pytestmark = pytest.mark.django_db
S = Status


REFUSED = {"reasons": WHY, "refusal": "unfounded"}
VERBS = {
    "acknowledge": (S.ACKNOWLEDGED, lambda r, by, _: r.acknowledge(by=by)),
    "ask-identity": (S.ID_REQUESTED, lambda r, by, _: r.ask_identity(WHY, by=by)),
    "receive": (S.ID_RECEIVED, lambda r, by, _: r.receive_identity("passport", by=by)),
    "confirm": (S.ID_CONFIRMED, lambda r, by, _: r.confirm_identity(by=by)),
    "known": (S.ID_CONFIRMED, lambda r, by, _: r.need_no_proof("known", by=by, because=WHY)),
    "locate": (S.LOCATING, lambda r, by, _: r.locate(by=by)),
    "stop": (S.CLOCK_STOPPED, lambda r, by, _: r.stop_clock(WHY, by=by)),
    "restart": (S.LOCATING, lambda r, by, _: r.restart_clock(by=by)),
    "collect": (S.COLLECTING, lambda r, by, _: r.collect(by=by)),
    "review": (S.REVIEW, lambda r, by, _: r.start_review(by=by)),
    "send-back": (S.REVIEW, lambda r, _, second: r.send_back(by=second, why=WHY)),
    "refuse": (
        S.APPROVAL,
        lambda r, by, _: r.propose("refused", by=by, reasons=WHY, refusal="unfounded"),
    ),
    "release": (S.APPROVAL, lambda r, by, _: r.propose("released", by=by, reasons=WHY)),
    "approve": (None, lambda r, _, second: r.approve(by=second)),
    "withdraw": (S.WITHDRAWN, lambda r, by, _: r.withdraw(by=by, why=WHY)),
    "join": (S.DUPLICATE_OF, lambda r, by, _: r.join_to(take_in(r.kind, by=by), by=by)),
    "close": (S.CLOSED, lambda r, by, _: r.close(by=by)),
}
WORKS = {  # from where each verb works, written out beside the graph that the code has
    "acknowledge": {S.RECEIVED},
    "ask-identity": {S.RECEIVED, S.ACKNOWLEDGED},  # and locating, while nothing is proved
    "receive": {S.ID_REQUESTED},
    "confirm": {S.ID_RECEIVED},
    "known": {S.RECEIVED, S.ACKNOWLEDGED, S.LOCATING},
    "locate": {S.ACKNOWLEDGED, S.ID_CONFIRMED},
    "stop": {S.LOCATING, S.COLLECTING},
    "restart": {S.CLOCK_STOPPED},
    "collect": {S.LOCATING},
    "review": {S.COLLECTING},
    "send-back": {S.APPROVAL},
    "refuse": {S.ACKNOWLEDGED, S.ID_REQUESTED, S.ID_RECEIVED, S.ID_CONFIRMED, S.LOCATING}
    | {S.CLOCK_STOPPED, S.COLLECTING, S.REVIEW},
    "release": {S.REVIEW},
    "approve": {S.APPROVAL},
    "withdraw": set(S) - {*DECIDED, S.WITHDRAWN, S.CLOSED, S.DUPLICATE_OF},
    "join": set(S) - {*DECIDED, S.WITHDRAWN, S.CLOSED, S.DUPLICATE_OF, S.APPROVAL},
    "close": {S.WITHDRAWN},  # a decided one must be told first
}


@pytest.mark.parametrize("status", list(S))
def test_d18_each_verb_works_from_its_own_states_and_from_no_other(status, dpo, second, contact):
    """D18: all pairs; a verb that is refused leaves nothing behind."""
    request = stands(status, dpo, second, contact)
    for name, (to, verb) in VERBS.items():
        here = transaction.savepoint()
        mine = RightsRequest.objects.with_key().get(pk=request.pk)
        events, steps = AuditEvent.objects.count(), mine.steps.count()
        if status in WORKS[name]:
            verb(mine, dpo, second)
            now = RightsRequest.objects.get(pk=mine.pk)
            assert now.status == mine.status == (to or mine.proposed), name
            assert status in FROM[S(now.status)], name
            assert mine.steps.count() == steps + 1, name
        else:
            try:
                verb(mine, dpo, second)
            except (WrongState, Refused):
                pass
            else:
                pytest.fail(f"{name} works from {status}")
            assert RightsRequest.objects.get(pk=mine.pk).status == status, name
            if name != "join":
                assert (AuditEvent.objects.count(), mine.steps.count()) == (events, steps), name
        transaction.savepoint_rollback(here)


@pytest.mark.parametrize("name", sorted(set(VERBS) - {"send-back", "approve"}))
def test_nobody_but_a_dpo_works_on_a_request(name, dpo, second, contact, worker, lead, admin):
    """Rules 2.14, also past every page."""
    status = sorted(WORKS[name], key=list(S).index)[0]
    request = stands(status, dpo, second, contact)
    for somebody in (worker, lead, admin):
        with pytest.raises(Refused):
            VERBS[name][1](request, somebody, somebody)
    assert RightsRequest.objects.get(pk=request.pk).status == status


def test_d10_who_prepared_an_answer_never_approves_it(dpo, second, lead, contact, make_staff):
    """D10: also on another account of the same person."""
    request = stands(S.APPROVAL, dpo, second, contact)
    twin = make_staff("twin", Role.DPO, person=dpo)
    for by in (dpo, twin):
        with pytest.raises(Refused, match="second person"):
            request.approve(by=by)

    request.approve(by=lead)

    assert (request.preparer, request.decided_by) == (dpo, lead)
    assert request.decided_on == london_today()


def test_d10_a_worker_approves_nothing(dpo, second, contact, worker):
    request = stands(S.APPROVAL, dpo, second, contact)
    for verb in (request.approve, lambda by: request.send_back(by=by, why=WHY)):
        with pytest.raises(Refused, match="approves"):
            verb(by=worker)


def test_b07_identity_is_asked_for_only_on_a_doubt_and_at_once(dpo):
    """B07."""
    request = take_in(by=dpo, received_on=london_today() - timedelta(days=29))
    with pytest.raises(Refused, match=r"reasonable doubts.*at once"):
        request.ask_identity("", by=dpo)
    with pytest.raises(Refused, match="more than a week"):
        request.ask_identity(WHY, by=dpo)
    due = request.due_on

    request.ask_identity(WHY, by=dpo, late_because=WHY)

    assert request.status == S.ID_REQUESTED
    assert request.statutory_on == due or request.statutory_on >= due
    assert request.limits().start == request.received_on


def test_b05_the_facts_of_identity_move_the_limits_of_the_list(dpo):
    """B05: as the desk reads them."""
    today = london_today()
    request = take_in(by=dpo, received_on=today - timedelta(days=20))
    request.ask_identity(WHY, by=dpo, on=today - timedelta(days=15))
    assert (request.statutory_on, request.due_on) == (None, None)

    request.receive_identity("licence", by=dpo, on=today - timedelta(days=11), details="ends 4711")
    assert request.limits().start == today - timedelta(days=11)
    assert request.promised_on is None

    request.confirm_identity(by=dpo)
    assert request.promised_on == today + timedelta(days=30)
    assert request.due_on == request.statutory_on
    assert request.is_proved()


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.ACCESS}))
def test_b08_only_access_stops_the_clock(kind, dpo, second, contact):
    """B08."""
    request = stands(S.LOCATING, dpo, second, contact, kind)
    with pytest.raises(Refused, match="Only a request for a copy"):
        request.stop_clock(WHY, by=dpo)


def test_b09_a_pause_that_cannot_have_been_is_refused_with_its_own_words(dpo, second, contact):
    """B09."""
    today = london_today()
    request = stands(S.LOCATING, dpo, second, contact)
    RightsRequest.objects.filter(pk=request.pk).update(received_on=today - timedelta(days=5))
    ago = [today - timedelta(days=days) for days in range(8)]

    said = []
    for on in (ago[6], today + timedelta(days=1)):
        with pytest.raises(Refused) as refused:
            request.stop_clock(WHY, by=dpo, on=on)
        said.append(str(refused.value))
    with pytest.raises(WrongState, match="does not stand"):
        request.restart_clock(by=dpo)
    request.stop_clock(WHY, by=dpo, on=ago[4])
    with pytest.raises(WrongState, match="stands already"):
        request.stop_clock(WHY, by=dpo, on=ago[3])
    with pytest.raises(Refused) as refused:
        request.restart_clock(by=dpo, on=ago[5])
    said.append(str(refused.value))
    request.restart_clock(by=dpo, on=ago[2])
    assert request.limits().stopped == 2
    with pytest.raises(Refused) as refused:
        request.stop_clock(WHY, by=dpo, on=ago[3])
    said.append(str(refused.value))
    assert len(set(said)) == 4

    request.stop_clock(WHY, by=dpo, on=ago[2])
    request.restart_clock(by=dpo, on=ago[2])
    assert request.limits().stopped == 2


def test_the_work_goes_on_from_where_the_clock_stood(dpo, second, contact):
    request = stands(S.COLLECTING, dpo, second, contact)
    request.stop_clock(WHY, by=dpo)
    request.restart_clock(by=dpo)
    assert request.status == S.COLLECTING


def test_b12_an_extension_needs_one_of_two_grounds_reasons_and_its_time(dpo, second, contact):
    """B12."""
    request = stands(S.LOCATING, dpo, second, contact)
    with pytest.raises(Refused, match="two reasons"):
        request.extend("busy", by=dpo, reasons=WHY)
    with pytest.raises(Refused, match="Say why"):
        request.extend("complex", by=dpo, reasons=" ")
    day = london_today() - timedelta(days=40)
    RightsRequest.objects.filter(pk=request.pk).update(received_on=day)
    with pytest.raises(Refused, match="first month is over"):
        request.extend("complex", by=dpo, reasons=WHY)
    RightsRequest.objects.filter(pk=request.pk).update(received_on=london_today())

    request.extend("complex", by=dpo, reasons=WHY)

    assert request.limits().is_extended
    assert request.statutory_on > request.promised_on == request.due_on
    with pytest.raises(WrongState, match="once already"):
        request.extend("many", by=dpo, reasons=WHY)


def test_b18_a_date_is_corrected_with_a_reason_and_its_history_stays(dpo, second, contact, worker):
    """B18: before and after the answer alike."""
    request = stands(S.RELEASED, dpo, second, contact)
    was, day = request.received_on, request.received_on - timedelta(days=3)
    with pytest.raises(Refused, match="was wrong"):
        request.correct_date("received_on", day, by=dpo, why="")
    with pytest.raises(Refused, match="Only a data protection officer"):
        request.correct_date("received_on", day, by=worker, why=WHY)
    with pytest.raises(Refused, match="future"):
        request.correct_date("received_on", was + timedelta(days=400), by=dpo, why=WHY)
    with pytest.raises(Refused, match="no such date"):
        request.correct_date("decided_on", day, by=dpo, why=WHY)

    request.correct_date("received_on", day, by=dpo, why=WHY)

    step = request.steps.select_related("request__key").order_by("number").last()
    assert (step.field, step.was, step.became, step.why) == ("received_on", was, day, WHY)
    assert request.received_on == day
    assert request.status == S.RELEASED


def test_d16_the_same_twice_in_a_week_is_one_and_after_the_answer_has_its_own_clock(
    dpo, second, contact
):
    """D16."""
    today = london_today()
    first = take_in(by=dpo, received_on=today - timedelta(days=6))
    again = take_in(by=dpo)
    other = take_in(Kind.ERASE, by=dpo)
    late = take_in(by=dpo)
    RightsRequest.objects.filter(pk=late.pk).update(received_on=today - timedelta(days=30))
    for wrong in (other, late):
        with pytest.raises(Refused):
            again.join_to(wrong, by=dpo)
    with pytest.raises(Refused, match="later is joined to the earlier"):
        first.join_to(again, by=dpo)

    again.join_to(first, by=dpo)

    assert (again.status, again.duplicate_of, again.is_open()) == (S.DUPLICATE_OF, first, False)
    answered = stands(S.RELEASED, dpo, second, contact)
    repeat = take_in(by=dpo)
    with pytest.raises(Refused):
        repeat.join_to(answered, by=dpo)
    assert repeat.due_on > today


def test_d16_manifestly_excessive_is_for_the_dpo_to_say_with_reasons(dpo, second, worker):
    """D16: of fifty in a day each is taken in, and refused by two people on its ground."""
    requests = [take_in(by=worker) for _ in range(50)]
    one = requests[0]
    one.acknowledge(by=dpo)
    with pytest.raises(Refused):
        one.propose("refused", by=worker, reasons=WHY, refusal="excessive")
    with pytest.raises(Refused, match="Say why"):
        one.propose("refused", by=dpo, reasons="too many", refusal="excessive")
    with pytest.raises(Refused, match="which ground"):
        one.propose("refused", by=dpo, reasons=WHY)

    one.propose("refused", by=dpo, reasons=WHY, refusal="excessive")
    one.approve(by=second)

    assert (one.status, one.refusal) == (S.REFUSED, "excessive")
    assert one.reasons == WHY


def test_d17_a_copy_comes_before_the_deletion(dpo, second, contact):
    """D17."""
    code = with_code(contact)
    copy = take_in(by=dpo)
    copy.find_by_code(code, by=dpo)
    erase = take_in(Kind.ERASE, by=dpo)
    erase.acknowledge(by=dpo)
    erase.find_by_code(code, by=dpo)
    erase.need_no_proof("code", by=dpo)
    erase.locate(by=dpo)
    erase.collect(by=dpo)
    erase.start_review(by=dpo)
    decided(erase, dpo)
    erase.propose("released", by=dpo, reasons=WHY)
    assert erase.copy_owed() == copy
    with pytest.raises(Refused, match="Answer that first"):
        erase.approve(by=second)

    copy.withdraw(by=dpo, why=WHY)
    erase.approve(by=second)

    assert erase.status == S.RELEASED


def test_d21_a_complaint_without_a_name_runs_its_clock_and_is_answered(dpo, second, worker):
    """D21: said to a worker, by somebody whom nobody knows."""
    made = take_in(Kind.COMPLAINT, by=worker, words="You gave my number away.")
    assert made.due_on >= london_today() + timedelta(days=30)
    acknowledge_by = made.due_on

    made.acknowledge(by=dpo)
    assert made.due_on == london_today() + timedelta(days=28)
    made.propose("released", by=dpo, reasons=WHY)
    made.approve(by=second)
    made.send_letter("released", letter(made), by=dpo)
    made.close(by=dpo)

    assert (made.status, acknowledge_by > london_today()) == (S.CLOSED, True)


def test_the_trail_and_the_table_hold_no_word_of_a_request(dpo, second, contact):
    request = stands(S.CLOSED, dpo, second, contact)
    events = AuditEvent.objects.about(request)
    assert events.filter(action=Action.RIGHTS_MOVED).count() == request.steps.count() - 1
    assert WHY not in str(list(events.values_list("detail", flat=True)))
    with connection.cursor() as cursor:
        for table in ("rightsrequest", "rightsstep", "rightsletter", "concern", "rightspause"):
            cursor.execute(f"SELECT row_to_json(r)::text FROM privacy_{table} r")
            assert not [row for (row,) in cursor.fetchall() if "good reason" in row]


def test_s_173_nothing_is_kept_for_a_request_that_is_closed(dpo, second, contact):
    request = stands(S.RELEASED, dpo, second, contact)
    assert Contact.objects.get(pk=contact.pk).held
    with pytest.raises(Refused, match="not been told yet"):
        request.close(by=dpo)

    request.send_letter("released", letter(request), by=dpo)
    request.close(by=dpo)

    assert not Contact.objects.get(pk=contact.pk).held
