"""Before a record's six years are over somebody looks at it; it goes on its day all the same."""

from datetime import timedelta

import pytest
from django.urls import reverse

from contacts.models import ActionRequest, Entry, ServiceUser
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.states import WrongState
from privacy import retention, views
from tests.asking import ask
from tests.known import DETAILS, make_link, make_record

pytestmark = pytest.mark.django_db


def aged(record, days_left: int) -> ServiceUser:
    """The record as if its six years ended in so many days."""
    last = add_months(london_today() + timedelta(days=days_left), -72)
    ServiceUser.objects.filter(pk=record.pk).update(last_contact_on=last)
    return ServiceUser.objects.with_key().get(pk=record.pk)


@pytest.fixture
def record(contact, worker) -> ServiceUser:
    """A record that ends in 30 days."""
    return aged(make_record(contact, worker), 30)


@pytest.mark.parametrize(("days", "shown"), [(88, True), (1, True), (95, False), (400, False)])
def test_what_ends_within_ninety_days_is_to_be_looked_at(record, supervisor, days, shown):
    aged(record, days)
    assert ServiceUser.objects.to_look_at(supervisor).exists() is shown


def test_the_list_says_when_and_what_is_owed_and_never_who(record, worker, supervisor, signed_in):
    Entry.objects.write(record, "We ring on Monday.", by=worker, due_on=london_today())
    aged(record, 30)
    page = signed_in(supervisor).get(reverse("known_ending")).content.decode()
    assert record.get_absolute_url() in page
    assert "tag--bad" in page
    assert not [words for words in DETAILS.values() if str(words) in page]


def test_somebody_looks_once_and_the_trail_knows(record, supervisor, lead, signed_in):
    path = reverse("known_looked_at", args=[record.pk])
    assert signed_in(supervisor).post(path).status_code == 302
    assert signed_in(lead).post(path).status_code == 409
    event = AuditEvent.objects.get(action=Action.RECORD_LOOKED_AT)
    assert (event.actor, event.subject_id) == (str(supervisor.pk), str(record.pk))
    page = signed_in(lead).get(reverse("known_ending")).content.decode()
    assert supervisor.alias in page
    assert "I have looked" not in page


def test_what_does_not_end_soon_is_not_looked_at(contact, worker, supervisor):
    with pytest.raises(WrongState, match="does not end soon"):
        make_record(contact, worker).look_at_before_its_end(by=supervisor)


@pytest.mark.parametrize("looked_at", [True, False])
def test_looked_at_or_not_it_goes_on_its_day_and_nothing_keeps_it_longer(
    record, supervisor, looked_at
):
    if looked_at:
        record.look_at_before_its_end(by=supervisor)
    aged(record, 0)
    retention.purge_all(london_today())
    assert not ServiceUser.objects.exists()


def test_the_board_counts_requests_and_records_beside_contacts(record, contact, worker):
    ask(contact, worker)
    ActionRequest.objects.update(purge_on=london_today() + timedelta(days=5))
    counts = [
        (row["count"], row["requests"], row["records"]) for row in views.due_by(london_today())
    ]
    assert counts == [(0, 0, 0), (0, 1, 0), (0, 1, 1), (0, 1, 1)]


def test_who_is_in_touch_again_is_not_forgotten_and_is_looked_at_anew(
    record, contact, worker, supervisor
):
    record.look_at_before_its_end(by=supervisor)
    make_link(contact, record, worker)
    record.refresh_from_db()
    assert record.ends_on() == add_months(london_today(), 72)
    assert not record.was_looked_at()
    assert not ServiceUser.objects.to_look_at(supervisor).exists()
