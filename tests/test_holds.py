"""A hold keeps words beyond 18 months, for a reason that somebody wrote down (S2-37, S2-38)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact, Line
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, day_words, london_today
from helpline.foundation.staff.models import Team
from helpline.foundation.staff.roles import Role
from helpline.foundation.states import Refused, WrongState
from privacy import retention
from privacy.models import PurgeRun
from privacy.rights import holding
from safeguarding.models import HeldContact, Hold
from tests.due import contacts_of

pytestmark = pytest.mark.django_db
REASON = "She said he will come back tonight"
DAY = timedelta(days=1)


@pytest.fixture
def over(db):
    """A contact whose 18 months ended today."""
    (contact,) = contacts_of(1, began=add_months(london_today(), -18))
    return contact


def place(contact, by, *, kind=Hold.Kind.SAFEGUARDING, reason=REASON, in_days=30) -> Hold:
    return Hold.objects.place(
        contact,
        by=by,
        kind=kind,
        ground=Hold.Ground.LIFE_IN_DANGER,
        reason=reason,
        review_on=london_today() + timedelta(days=in_days),
    )


def gone_on(day) -> int:
    """How many a purge on that day destroys; it must have run, not been stopped by the brake."""
    run = retention.purge_all(day)
    assert run.result == PurgeRun.Result.DONE
    return run.purged


# Placing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Hold.Kind)
def test_c02_a_hold_of_any_kind_keeps_it_and_the_run_says_so(over, supervisor, kind):
    place(over, supervisor, kind=kind)
    for day in (0, 400, 4000):
        assert gone_on(london_today() + day * DAY) == 0
    run = PurgeRun.objects.latest("started_at")
    assert run.held == 1
    assert run.held_by_kind == {kind.value: 1}
    assert Line.objects.filter(contact=over).count() == 3


def test_c02_a_run_counts_contacts_and_not_holds(supervisor):
    first, second, young = [*contacts_of(2), *contacts_of(1, began=london_today())]
    for contact in (first, second, young):
        place(contact, supervisor)
    place(first, supervisor)
    place(first, supervisor, kind=Hold.Kind.RIGHTS)
    run = retention.purge_all(london_today())
    assert run.held == 2
    assert run.held_by_kind == {"rights": 1, "safeguarding": 2}


@pytest.mark.parametrize("reason", ["", "too short", " " * 30, "x" * 19 + "  "])
def test_a_hold_needs_a_reason_of_20_characters(over, supervisor, reason):
    with pytest.raises(Refused, match="20 characters"):
        place(over, supervisor, reason=reason)
    assert not Hold.objects.exists()
    assert gone_on(london_today()) == 1


@pytest.mark.parametrize(("in_days", "fine"), [(0, False), (1, True), (150, True), (190, False)])
def test_a_review_is_at_most_six_months_away(over, supervisor, in_days, fine):
    if fine:
        assert place(over, supervisor, in_days=in_days).status == Hold.Status.PLACED
    else:
        with pytest.raises(Refused, match="6 months"):
            place(over, supervisor, in_days=in_days)


def test_a_hold_is_written_down_without_its_words(over, supervisor):
    hold = place(over, supervisor)
    event = AuditEvent.objects.about(over).get(action=Action.HOLD_PLACED)
    assert event.actor == str(supervisor.pk)
    assert event.detail == {"kind": "safeguarding", "hold": str(hold.pk)}
    assert HeldContact.objects.select_related("contact__key").get().reason == REASON


def test_what_has_gone_cannot_be_held(over, supervisor):
    retention.purge_all(london_today())
    with pytest.raises(WrongState, match="already been deleted"):
        place(over, supervisor)
    assert not Hold.objects.exists()


# The second person -------------------------------------------------------------------------------


def test_another_person_approves_it(over, supervisor, lead):
    hold = place(over, supervisor)
    hold.approve(by=lead)
    hold.refresh_from_db()
    assert (hold.status, hold.approved_by) == (Hold.Status.APPROVED, lead)
    assert AuditEvent.objects.about(over).filter(action=Action.HOLD_APPROVED).count() == 1


def test_f13_nobody_approves_their_own_hold_on_any_account(over, supervisor, make_staff):
    hold = place(over, supervisor)
    twin = make_staff("twin", Role.LEAD, person=supervisor)
    for same in (supervisor, twin):
        with pytest.raises(Refused, match="second person"):
            hold.approve(by=same)
    hold.refresh_from_db()
    assert hold.approved_by is None
    assert not AuditEvent.objects.filter(action=Action.HOLD_APPROVED).exists()


def test_the_database_wants_another_account_as_well(over, supervisor):
    hold = place(over, supervisor)
    with pytest.raises(IntegrityError, match="hold_approved_by_another"), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(
            approved_by=supervisor, approved_at=timezone.now(), status="approved"
        )


def test_it_is_approved_only_once(over, supervisor, lead, other_supervisor):
    hold = place(over, supervisor)
    stale = Hold.objects.get(pk=hold.pk)
    hold.approve(by=lead)
    with pytest.raises(WrongState):
        stale.approve(by=other_supervisor)
    assert Hold.objects.get().approved_by == lead


def test_unapproved_it_is_red_after_72_hours_and_still_holds(over, supervisor):
    hold = place(over, supervisor)
    assert not hold.is_late()
    with time_machine.travel(timezone.now() + timedelta(hours=72, minutes=1)):
        assert hold.is_late()
    assert gone_on(london_today() + 4 * DAY) == 0


# Reviews -----------------------------------------------------------------------------------------


def test_c04_an_overdue_review_is_red_and_keeps_the_words(over, supervisor, lead):
    hold = place(over, supervisor)
    hold.approve(by=lead)
    assert not hold.is_late()
    with time_machine.travel(timezone.now() + 31 * DAY):
        assert hold.review_is_overdue()
        assert hold.is_late()
    assert gone_on(london_today() + 400 * DAY) == 0
    assert Line.objects.filter(contact=over).exists()


def test_a_review_says_by_when_next(over, supervisor, lead):
    hold = place(over, supervisor)
    later = london_today() + 60 * DAY
    hold.review(by=lead, review_on=later)
    hold.refresh_from_db()
    assert (hold.review_on, hold.reviewed_by) == (later, lead)
    with pytest.raises(Refused):
        hold.review(by=lead, review_on=london_today() + 400 * DAY)


def test_a_review_from_an_old_page_does_not_undo_an_approval(over, supervisor, lead):
    hold = place(over, supervisor)
    stale = Hold.objects.get(pk=hold.pk)
    hold.approve(by=lead)
    with pytest.raises(WrongState):
        stale.review(by=lead, review_on=london_today() + 60 * DAY)
    assert Hold.objects.get().status == Hold.Status.APPROVED


def test_c04_a_review_missed_twice_is_one_for_the_trustees(over, supervisor, lead):
    """Late by a month, or late once more after a review that was late."""
    hold = place(over, supervisor, in_days=30)
    due = london_today() + 30 * DAY
    missed = Hold.objects.review_missed_twice
    assert not missed(due + DAY)
    assert not missed(add_months(due, 1))
    assert missed(add_months(due, 1) + DAY).get() == hold

    with time_machine.travel(timezone.now() + 31 * DAY):
        hold.review(by=lead, review_on=london_today() + 10 * DAY)
    assert hold.reviews_missed == 1
    assert not missed(due + 11 * DAY)
    assert missed(due + 12 * DAY).exists()


def test_a_review_in_time_is_no_miss(over, supervisor, lead):
    hold = place(over, supervisor)
    hold.review(by=lead, review_on=london_today() + 10 * DAY)
    assert hold.reviews_missed == 0
    assert not Hold.objects.review_missed_twice(london_today() + 11 * DAY)


def test_c04_lead_and_dpo_see_the_overdue_in_red_and_the_trustees_no_name(
    over, supervisor, lead, dpo, signed_in
):
    place(over, supervisor)
    with time_machine.travel(timezone.now() + 70 * DAY):
        red = f'tag--bad">{day_words(london_today() - 40 * DAY)}'
        assert red in text_of(signed_in(lead), "holds")
        board = text_of(signed_in(dpo), "retention")
        listed = text_of(signed_in(dpo), "trustees")
    assert red in board
    assert reverse("trustees") in board
    assert "Somebody’s life may be in danger" in listed
    main = listed.partition("<main")[2]
    for told in (over.handle_words, str(over.pk), REASON, supervisor.alias):
        assert told not in main


def text_of(client, name, *args) -> str:
    return client.get(reverse(name, args=args)).content.decode()


# Who ---------------------------------------------------------------------------------------------


def test_s2_69_a_hold_is_approved_in_its_own_team_or_by_the_lead(
    team, make_contact, make_staff, signed_in, lead
):
    """Nobody signs for words that they may not read."""
    near = make_staff("near", Role.SUPERVISOR, teams=[team])
    far = make_staff("far", Role.SUPERVISOR, teams=[Team.objects.create(name="Night team")])
    contact = make_contact("x", team=team)
    hold = place(contact, make_staff("first", Role.SUPERVISOR, teams=[team]))
    path = reverse("hold_approve", args=[hold.pk])

    assert contact.handle_words not in text_of(signed_in(far), "holds")
    assert signed_in(far).post(path).status_code == 404
    assert Hold.objects.get().status == Hold.Status.PLACED
    for person in (near, lead):
        assert Contact.objects.visible_to(person).get() == contact
        assert contact.handle_words in text_of(signed_in(person), "holds")
    assert signed_in(near).post(path).status_code == 302
    assert Hold.objects.get().approved_by == near


# Release -----------------------------------------------------------------------------------------


@pytest.fixture
def released(over, supervisor, lead):
    """A hold on a contact that is over its time, released today."""
    hold = place(over, supervisor)
    hold.approve(by=lead)
    assert Contact.objects.unexpired().filter(pk=over.pk).exists()
    hold.release(by=lead, reason="She is safe and has moved away")
    return hold


def test_c03_released_it_is_unreadable_at_once_and_destroyed_after_seven_days(released, over):
    assert not Contact.objects.unexpired().filter(pk=over.pk).exists()
    for day in range(7):
        assert gone_on(london_today() + day * DAY) == 0
    assert gone_on(london_today() + 7 * DAY) == 1
    assert not Hold.objects.exists()
    assert not Contact.objects.exists()


def test_a_new_hold_within_seven_days_restores(released, over, supervisor, lead):
    sixth = london_today() + 6 * DAY
    with time_machine.travel(timezone.now() + 6 * DAY):
        again = place(over, supervisor)
        assert Contact.objects.unexpired().filter(pk=over.pk).exists()
    lines = Line.objects.opened(Contact.objects.with_key().get(pk=over.pk))
    assert [line.words for line in lines] == ["words 1", "words 2", "words 3"]
    assert gone_on(sixth + 300 * DAY) == 0

    with time_machine.travel(timezone.now() + 6 * DAY):
        again.release(by=lead, reason="She is safe and has moved away")
    assert gone_on(sixth + 6 * DAY) == 0
    assert gone_on(sixth + 7 * DAY) == 1


@pytest.mark.parametrize("by_accident", [True, False])
def test_c03_c19_a_request_that_ends_does_not_shorten_the_seven_days_of_another_hold(
    over, supervisor, lead, by_accident
):
    request = holding.hold(over, by=None)
    if by_accident:
        place(over, supervisor).release(by=lead, reason="She has moved and is safe")
    holding.let_go(request, over, by=lead)
    assert gone_on(london_today() + 6 * DAY) == (0 if by_accident else 1)
    assert gone_on(london_today() + 7 * DAY) == (1 if by_accident else 0)


def test_released_within_its_18_months_it_goes_on_its_own_day(supervisor, lead):
    (contact,) = contacts_of(1, began=add_months(london_today(), -17))
    place(contact, supervisor).release(by=lead, reason="She is safe and has moved away")
    contact.refresh_from_db()
    assert contact.is_unexpired()
    assert gone_on(contact.purge_on - DAY) == 0
    assert gone_on(contact.purge_on) == 1


def test_one_of_two_holds_released_the_other_holds(over, supervisor, lead):
    first, second = place(over, supervisor), place(over, supervisor, kind=Hold.Kind.LEGAL)
    first.release(by=lead, reason="She is safe and has moved away")
    assert gone_on(london_today() + 30 * DAY) == 0
    second.release(by=lead, reason="The court has decided the claim")
    assert gone_on(london_today() + 30 * DAY) == 1


def test_a_release_is_written_down_and_needs_a_reason(over, supervisor, lead):
    hold = place(over, supervisor)
    with pytest.raises(Refused, match="20 characters"):
        hold.release(by=lead, reason="because")
    hold.release(by=lead, reason="She is safe and has moved away")
    found = HeldContact.objects.select_related("contact__key", "hold").get()
    assert (found.hold.status, found.hold.released_by, found.key_id) == ("released", lead, None)
    assert found.release_reason == "She is safe and has moved away"
    assert found.reason == REASON
    assert AuditEvent.objects.about(over).filter(action=Action.HOLD_RELEASED).count() == 1


def test_why_a_hold_was_released_stands_on_the_contact_for_those_whom_holds_concern(
    contact, worker, supervisor, lead, signed_in
):
    place(contact, supervisor).release(by=lead, reason="She is safe and has moved away")
    told = text_of(signed_in(supervisor), "contact", contact.pk)
    assert "Earlier holds" in told
    assert "She is safe and has moved away" in told
    assert REASON in told
    assert "Earlier holds" not in text_of(signed_in(worker), "contact", contact.pk)


@pytest.mark.parametrize("verb", ["approve", "release", "review"])
def test_a_released_hold_stays_released(released, supervisor, other_supervisor, verb):
    acts = {
        "approve": lambda hold: hold.approve(by=other_supervisor),
        "release": lambda hold: hold.release(by=supervisor, reason="Once more, with good reason"),
        "review": lambda hold: hold.review(by=supervisor, review_on=london_today() + DAY),
    }
    with pytest.raises(WrongState):
        acts[verb](Hold.objects.get())
    assert Hold.objects.get().status == Hold.Status.RELEASED


def test_a_hold_in_force_always_names_the_key(over, supervisor):
    place(over, supervisor)
    with pytest.raises(IntegrityError, match="hold_in_force_keeps_the_key"), transaction.atomic():
        HeldContact.objects.update(key=None)
