"""One hold covers several contacts: all of them or none, and each keeps its own key (S2-37)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact, Line, Thread
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.models import Team
from helpline.foundation.staff.roles import Role
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.models import DataKey
from privacy import retention
from safeguarding import board, choosing
from safeguarding.models import MOST_COVERED, HeldContact, Hold
from tests.due import TODAY, contacts_of
from tests.known import make_link, make_record
from tests.racing import outcome, rivals, somebody_waits, until
from tests.test_holds import DAY, REASON, text_of
from tests.test_purge_races import is_gone, is_whole

RELEASED = "She is safe and has moved away"


def place(contacts, by, **said) -> Hold:
    """One hold on all of these contacts."""
    first, *also = contacts
    said = {
        "kind": Hold.Kind.SAFEGUARDING,
        "ground": Hold.Ground.HARMED_NOW,
        "reason": REASON,
        "review_on": add_months(london_today(), 1),
    } | said
    return Hold.objects.place(first, by=by, also=also, **said)


@pytest.fixture
def over(db) -> list[Contact]:
    """Three contacts whose 18 months ended today."""
    return contacts_of(3, began=add_months(london_today(), -18))


def gone_on(day) -> int:
    return retention.purge_all(day).purged


# All or none -------------------------------------------------------------------------------------


def test_c02_all_that_it_covers_stay_with_words_and_keys(over, supervisor):
    place(over[:2], supervisor)
    assert gone_on(london_today() + 400 * DAY) == 1
    assert is_whole(over[0])
    assert is_whole(over[1])
    assert Line.objects.filter(contact__in=over[:2]).count() == 6


def test_the_run_counts_what_is_held_and_not_holds(over, supervisor):
    place(over, supervisor, kind=Hold.Kind.BREACH)
    run = retention.purge_all(london_today())
    assert (run.held, run.held_by_kind) == (3, {"breach": 3})


def test_c03_released_all_are_unreadable_at_once_and_gone_after_seven_days(over, supervisor, lead):
    hold = place(over, supervisor)
    hold.release(by=lead, reason=RELEASED)
    assert not Contact.objects.unexpired().exists()
    assert gone_on(london_today() + 6 * DAY) == 0
    assert gone_on(london_today() + 7 * DAY) == 3
    assert not Hold.objects.exists()
    assert not HeldContact.objects.exists()


def test_c03_a_new_hold_restores_those_that_it_covers(over, supervisor, lead):
    place(over, supervisor).release(by=lead, reason=RELEASED)
    with time_machine.travel(timezone.now() + 6 * DAY):
        place(over[:2], supervisor)
    assert gone_on(london_today() + 8 * DAY) == 1
    assert is_whole(over[0])
    assert is_whole(over[1])


def test_a_released_hold_goes_with_the_last_contact_that_it_covered(over, supervisor, lead):
    (young,) = contacts_of(1, began=add_months(london_today(), -17))
    hold = place([over[0], young], supervisor)
    hold.release(by=lead, reason=RELEASED)
    assert gone_on(london_today() + 7 * DAY) == 3
    held = HeldContact.objects.select_related("contact__key").get(hold=hold)
    assert (held.contact, held.reason, held.release_reason) == (young, REASON, RELEASED)
    gone_on(young.purge_on)
    assert not Hold.objects.exists()


def test_one_contact_in_two_holds_stays_until_both_are_released(over, supervisor, lead):
    both = [place(over[:2], supervisor), place(over[1:], supervisor, kind=Hold.Kind.LEGAL)]
    both[0].release(by=lead, reason=RELEASED)
    assert gone_on(london_today() + 30 * DAY) == 1
    assert is_whole(over[1])
    assert is_whole(over[2])


def test_if_one_of_them_has_gone_none_is_held(over, supervisor):
    Contact.objects.filter(pk=over[0].pk).update(purge_on=london_today() + 40 * DAY)
    gone_on(london_today())
    with pytest.raises(WrongState, match="already been deleted"):
        place(over, supervisor)
    assert not Hold.objects.exists()
    assert not Contact.objects.get().held
    assert not AuditEvent.objects.filter(action=Action.HOLD_PLACED).exists()


@pytest.mark.django_db(transaction=True)
def test_c09_the_purge_has_one_of_the_rows_first_and_nothing_is_held(supervisor):
    due, kept = contacts_of(2)
    Contact.objects.filter(pk=kept.pk).update(purge_on=london_today() + 40 * DAY)
    with rivals() as start:
        with transaction.atomic():
            locked = retention.going(Contact.objects.select_for_update().filter(pk=due.pk))
            retention.destroy(locked, TODAY, retention.PurgeRun.objects.create())
            placing = start(place, [kept, due], supervisor)
            until(somebody_waits)
        assert isinstance(outcome(placing), WrongState)
    assert is_gone(due, due.key_id)
    assert not Contact.objects.get(pk=kept.pk).held
    assert not Hold.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_hold_the_same_contacts_in_another_order_both_succeed(supervisor, lead):
    contacts = contacts_of(4)
    with rivals(2) as start:
        racing = [start(place, contacts, supervisor), start(place, contacts[::-1], lead)]
        assert all(isinstance(outcome(each), Hold) for each in racing)
    assert HeldContact.objects.in_force().count() == 8


@pytest.mark.django_db(transaction=True)
def test_postgresql_itself_refuses_to_destroy_the_key_of_any_of_them(over, supervisor):
    place(over, supervisor)
    keys = [contact.key_id for contact in over]
    Contact.objects.update(held=False)
    for contact in over:
        Contact.objects.filter(pk=contact.pk).update(key=DataKey.new())
    for key in keys:
        with pytest.raises(IntegrityError, match='table "safeguarding_heldcontact"'):
            DataKey.objects.destroy([key])


# What it may say ---------------------------------------------------------------------------------


def test_contacts_of_two_services_are_held_apart(make_contact, supervisor):
    ours, theirs = make_contact("one"), make_contact("two", service="is-this-ok")
    with pytest.raises(Refused, match="different services"):
        place([ours, theirs], supervisor)
    assert not Hold.objects.exists()
    assert not Contact.objects.filter(held=True).exists()


def test_one_hold_covers_so_many_and_not_more(supervisor):
    with pytest.raises(Refused, match=str(MOST_COVERED)):
        place(contacts_of(MOST_COVERED + 1), supervisor)
    assert not Hold.objects.exists()


@pytest.mark.parametrize("ground", [g for g in Hold.Ground if g not in Hold.ABOUT_SAFETY])
def test_s2_37_a_safeguarding_hold_has_a_ground_about_safety(over, supervisor, ground):
    with pytest.raises(Refused, match="about somebody’s safety"):
        place(over, supervisor, ground=ground)
    hold = place(over, supervisor, ground=ground, kind=Hold.Kind.LEGAL)
    with pytest.raises(IntegrityError, match="about_safety"), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(kind="safeguarding")


def test_s2_37_who_believes_it_is_named_and_is_not_the_second_person(
    over, supervisor, worker, lead, make_staff
):
    hold = place(over, supervisor, believed_by=worker)
    assert (hold.believed_by, hold.placed_by) == (worker, supervisor)
    twin = make_staff("twin", Role.LEAD, person=worker)
    for same in (worker, twin, supervisor):
        with pytest.raises(Refused, match="second person"):
            hold.approve(by=same)
    hold.approve(by=lead)
    assert Hold.objects.get().approved_by == lead


def test_who_places_it_believes_it_unless_another_is_named(over, supervisor):
    assert place(over, supervisor).believed_by == supervisor


def test_every_contact_has_the_fact_in_its_trail(over, supervisor, lead):
    hold = place(over, supervisor)
    hold.approve(by=lead)
    hold.review(by=lead, review_on=london_today() + 9 * DAY)
    hold.release(by=lead, reason=RELEASED)
    for contact in over:
        said = [event.action for event in AuditEvent.objects.about(contact)]
        wanted = {"hold-placed", "hold-approved", "hold-reviewed", "hold-released"}
        assert set(said) == wanted
        assert len(said) == 4


def test_it_never_renews_itself(over, supervisor, lead):
    """Its review day stays where a person put it, however often the purge runs past it."""
    hold = place(over, supervisor)
    for days in (31, 200, 900):
        gone_on(london_today() + days * DAY)
    hold.refresh_from_db()
    assert (hold.review_on, hold.reviews_missed) == (add_months(london_today(), 1), 0)


# Who ---------------------------------------------------------------------------------------------


def test_s2_69_a_supervisor_answers_for_a_hold_only_if_every_contact_is_theirs(
    team, make_contact, make_staff, lead
):
    near = make_staff("near", Role.SUPERVISOR, teams=[team])
    night = Team.objects.create(name="Night team")
    both = [make_contact("one", team=team), make_contact("two", team=night)]
    hold = place(both, lead)
    assert not Hold.objects.visible_to(near).exists()
    assert Hold.objects.visible_to(lead).get() == hold


# Choosing them -----------------------------------------------------------------------------------


def test_contacts_of_the_same_thread_and_record_are_offered(
    contact, make_contact, worker, team, supervisor
):
    thread = Thread.objects.create()
    joined = make_contact("earlier", worker=worker, team=team)
    Contact.objects.filter(pk__in=[contact.pk, joined.pk]).update(thread=thread)
    contact.refresh_from_db()
    other = make_contact("by phone", worker=worker, team=team)
    record = make_record(contact, worker)
    make_link(contact, record, worker)
    make_link(other, record, worker)
    make_contact("somebody else", worker=worker, team=team)
    assert set(choosing.of_the_same_person(contact, supervisor)) == {joined, other}


def test_what_was_in_the_same_hold_is_offered_when_it_is_held_again(over, supervisor, lead):
    place(over, supervisor).release(by=lead, reason=RELEASED)
    assert set(choosing.of_the_same_person(over[0], supervisor)) == set(over[1:])
    with time_machine.travel(timezone.now() + 8 * DAY):
        assert not choosing.of_the_same_person(over[0], supervisor).exists()


def filled(**said) -> dict:
    return {
        "kind": "safeguarding",
        "ground": "harmed-now",
        "reason": REASON,
        "review_on": str(london_today() + 20 * DAY),
    } | said


def test_several_are_held_by_ticks_and_by_handles(
    contact, make_contact, worker, team, supervisor, signed_in
):
    joined, named = (make_contact("x", worker=worker, team=team) for _ in range(2))
    thread = Thread.objects.create()
    Contact.objects.filter(pk__in=[contact.pk, joined.pk]).update(thread=thread)
    path = reverse("hold_place", args=[contact.pk])
    page = signed_in(supervisor).get(path).content.decode()
    assert joined.handle_words in page
    assert "checked" not in page

    handles = f"{named.handle_words}, {contact.handle}"
    said = filled(also=[str(joined.pk)], others=handles, believed_by=str(worker.pk))
    answer = signed_in(supervisor).post(path, said, follow=True)
    assert "3 contacts are held" in answer.content.decode()
    hold = Hold.objects.get()
    assert set(hold.contacts.all()) == {contact, joined, named}
    assert hold.believed_by == worker


def test_of_two_services_it_says_why_and_keeps_what_was_typed(
    contact, make_contact, make_staff, team, signed_in
):
    both = make_staff("both", Role.SUPERVISOR, teams=[team])
    other = make_contact("x", team=team, service="is-this-ok")
    assert choosing.called(other.handle, both) == other
    path = reverse("hold_place", args=[contact.pk])
    answer = signed_in(both).post(path, filled(others=other.handle))
    assert answer.status_code == 409
    assert "of different services" in answer.content.decode()
    assert REASON in answer.content.decode()
    assert not Hold.objects.exists()


def test_a_release_that_came_too_late_says_so_and_keeps_its_reason(
    contact, supervisor, lead, signed_in
):
    held = place([contact], supervisor)
    held.approve(by=lead)
    held.release(by=lead, reason=RELEASED)
    typed = "Her mother rang, and she is at home."
    answer = signed_in(lead).post(reverse("hold_release", args=[held.pk]), {"reason": typed})
    assert answer.status_code == 409
    assert typed in answer.content.decode()


def test_a_handle_that_is_not_theirs_is_as_one_that_is_not_there(
    contact, make_contact, supervisor, signed_in
):
    far = make_contact("x", team=Team.objects.create(name="Night team"))
    path = reverse("hold_place", args=[contact.pk])
    for typed in (far.handle, "brave-teapot-1"):
        said = filled(others=f"{contact.handle}, {typed}")
        page = signed_in(supervisor).post(path, said).content.decode()
        assert f"You can read no contact called “{typed}”." in page
        assert REASON in page
    assert not Hold.objects.exists()


# The board ---------------------------------------------------------------------------------------


def test_c04_the_board_stands_by_review_day_and_pages_by_what_was_seen(
    supervisor, lead, signed_in, monkeypatch
):
    monkeypatch.setattr(board, "PAGE", 2)
    contacts = contacts_of(5, began=london_today())
    for contact, days in zip(contacts, [30, 10, 20, 10, 40], strict=True):
        place([contact], supervisor, review_on=london_today() + days * DAY).approve(by=lead)
    wanted = [hold.pk for hold in Hold.objects.by_review_day()]
    seen, position = [], ""
    for _ in range(3):
        page, position = board.page_of(supervisor, position)
        seen += [row.pk for row in page]
    assert (seen, position) == (wanted, "")
    first = text_of(signed_in(supervisor), "holds")
    assert "In force, by the day of the next review" in first
    assert "?after=" in first


def test_an_invented_position_is_a_404(supervisor, signed_in):
    for position in ("x", "20260101-", "20261301-" + "0" * 32):
        path = reverse("holds") + f"?after={position}"
        assert signed_in(supervisor).get(path).status_code == 404


def test_the_board_costs_as_many_queries_with_many_holds(
    supervisor, lead, signed_in, django_assert_max_num_queries
):
    for _ in range(12):
        place(contacts_of(2, began=london_today()), supervisor).approve(by=lead)
    client = signed_in(supervisor)
    text_of(client, "holds")
    with django_assert_max_num_queries(24):
        text_of(client, "holds")


def test_a_row_names_three_and_counts_the_others(supervisor, lead, signed_in):
    contacts = contacts_of(5, began=london_today())
    place(contacts, supervisor)
    page = text_of(signed_in(lead), "holds")
    assert sum(contact.handle_words in page for contact in contacts) == 3
    assert "and 2 more" in page


def test_the_contact_says_what_else_its_hold_covers(contact, make_contact, supervisor, signed_in):
    other = make_contact("two")
    place([contact, other], supervisor)
    page = text_of(signed_in(supervisor), "contact", contact.pk)
    assert REASON in page
    assert other.handle_words in page


def test_unapproved_ones_stand_above_the_board(supervisor, lead, signed_in):
    place(contacts_of(1, began=london_today()), supervisor)
    with time_machine.travel(timezone.now() + timedelta(hours=73)):
        page = text_of(signed_in(lead), "holds")
    assert "Waiting for a second person" in page
    assert 'tag--bad">Waiting' in page
