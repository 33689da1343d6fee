"""Break-glass: 999 was called, and it is written down with the database alone (E10)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Role
from helpline.foundation.states import Refused
from safeguarding.escalations.drawn import Status
from safeguarding.escalations.kinds import Kind, StepKind, Urgency
from safeguarding.models import Disclosure, EmergencyCall, Escalation, Task
from safeguarding.sharing.kinds import TaskKind
from tests.ports import free_port
from tests.worries import WHY, brought_to, raised

pytestmark = pytest.mark.django_db
SAID = "A person has taken tablets at flat 3, and is alone."


@pytest.fixture
def nothing_but_the_database(settings):
    """Redis and the mail server are away, and every supervisor and lead is out of reach."""
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": nowhere}}
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    Staff.objects.holding(Role.SUPERVISOR, Role.LEAD).update(is_active=False)


def test_e10_any_worker_writes_it_down_with_the_database_alone(
    contact, worker, supervisor, lead, signed_in, nothing_but_the_database
):
    client = signed_in(worker)
    page = client.get(reverse("contact_emergency", args=[contact.pk]))
    answer = client.post(page.request["PATH_INFO"], {"service": "ambulance", "said": SAID})
    assert (page.status_code, answer.status_code) == (200, 302)
    call = EmergencyCall.objects.select_related("escalation__key").get()
    assert (call.said, call.by) == (SAID, worker)
    assert not Message.objects.exists()
    assert not Disclosure.objects.exists()
    assert mail.outbox == []


def test_e10_a_call_is_written_down_also_when_its_contact_went_meanwhile(
    contact, worker, supervisor, signed_in
):
    client, where = signed_in(worker), reverse("contact_emergency", args=[contact.pk])
    assert 'name="came_to" value="helpline"' in client.get(where).content.decode()
    client.get(contact.get_absolute_url())  # whoever read it is known to the trail
    Contact.objects.filter(pk=contact.pk).delete()
    typed = {"service": "ambulance", "said": SAID}
    asked = client.post(where, typed).content.decode()
    assert SAID in asked
    assert "Which service of ours they came to" in asked
    answer = client.post(where, typed | {"came_to": "helpline"}, follow=True)
    assert "It is written down." in answer.content.decode()
    call = EmergencyCall.objects.select_related("escalation__key").get()
    assert (call.said, call.escalation.contact, call.escalation.service) == (SAID, None, "helpline")
    assert client.get(where).status_code == 404
    stranger = signed_in(supervisor).post(where, typed | {"came_to": "helpline"})
    assert stranger.status_code == 404
    assert EmergencyCall.objects.count() == 1


def test_e10_a_call_about_a_contact_that_went_to_a_colleague_stays_with_it(
    contact, worker, colleague, signed_in
):
    """While they telephoned it was passed on, or fell back to the queue."""
    where = reverse("contact_emergency", args=[contact.pk])
    client = signed_in(worker)
    client.get(contact.get_absolute_url())
    Contact.objects.filter(pk=contact.pk).update(worker=colleague)
    assert client.get(where).status_code == 404
    client.post(where, {"service": "ambulance", "said": SAID, "came_to": "helpline"})
    assert EmergencyCall.objects.select_related("escalation").get().escalation.contact == contact


def test_e10_it_is_two_clicks_from_a_contact_and_from_an_escalation(contact, worker, signed_in):
    client = signed_in(worker)
    where = reverse("contact_emergency", args=[contact.pk])
    assert where in client.get(contact.get_absolute_url()).content.decode()
    form = client.get(where).content.decode()
    assert form.partition("<main")[2].partition("</main>")[0].count("button--main") == 1
    escalation = raised(contact, worker)
    assert client.get(reverse("escalation_emergency", args=[escalation.pk])).status_code == 200


def test_e10_a_supervisor_looks_at_it_within_24_hours_and_nobody_at_their_own(
    contact, worker, make_staff, supervisor, team
):
    call = EmergencyCall.objects.write_down(by=worker, on=contact, said=SAID)
    review = Task.objects.get(kind=TaskKind.REVIEW_CALL)
    assert review.due_at - call.written_at == pytest.approx(
        timedelta(hours=24), abs=timedelta(minutes=1)
    )
    same = make_staff("again", Role.SUPERVISOR, teams=[team], person=worker)
    with pytest.raises(Refused, match="second person"):
        review.settle("done", by=same, words=WHY)
    with pytest.raises(Refused, match="can always be looked at"):
        review.settle("impossible", by=supervisor, words=WHY)
    review.settle("done", by=supervisor, words=WHY)
    assert [task.kind for task in Task.objects.open()] == [TaskKind.TELL_PERSON]


def test_e10_it_raises_an_immediate_escalation_unless_one_is_open(contact, worker):
    EmergencyCall.objects.write_down(by=worker, on=contact, said=SAID)
    escalation = Escalation.objects.get()
    assert (escalation.kind, escalation.urgency) == (Kind.IN_DANGER_NOW, Urgency.IMMEDIATE)
    EmergencyCall.objects.write_down(by=worker, on=contact, said="They ask where exactly.")
    assert Escalation.objects.get().calls.count() == 2


def test_e10_whoever_looks_into_it_reads_of_the_call_before_what_comes_next(
    contact, worker, supervisor, signed_in
):
    said = {"said": SAID, "answered": "Incident 4711"}
    call = EmergencyCall.objects.write_down(by=worker, on=contact, **said)
    page = signed_in(supervisor).get(call.escalation.get_absolute_url()).content.decode()
    before = page.partition("What comes next")[0]
    for known in (SAID, "Incident 4711", "999 was called: Police", worker.alias):
        assert known in before
    assert "999 was called" in page.partition("history-title")[2]
    steps = call.escalation.steps.order_by("number").values_list("kind", "by")
    assert list(steps) == [(StepKind.RAISED, worker.pk), (StepKind.CALLED, worker.pk)]


def test_e10_what_can_wait_is_not_taken_for_it(contact, worker):
    waits = raised(contact, worker, urgency=Urgency.PLANNED)
    call = EmergencyCall.objects.write_down(by=worker, on=contact, said=SAID)
    assert call.escalation != waits
    assert call.escalation.urgency == Urgency.IMMEDIATE
    assert call.escalation.alerts.exists()


@pytest.mark.parametrize("about", ["contact", "nobody"])
def test_e10_on_what_is_closed_it_raises_a_new_one(contact, worker, lead, about):
    there = contact if about == "contact" else None
    closed = raised(there, worker, service="helpline")
    brought_to(closed, Status.CLOSED, by=lead)
    call = EmergencyCall.objects.write_down(by=worker, on=closed, said=SAID)
    assert call.escalation != closed
    assert (call.escalation.status, call.escalation.contact) == (Status.RAISED, there)
    assert call.escalation.alerts.exists()


@pytest.mark.parametrize("minutes", [29, 31])
def test_written_down_after_half_an_hour_it_counts_as_late(contact, worker, minutes):
    at = timezone.now() - timedelta(minutes=minutes)
    call = EmergencyCall.objects.write_down(by=worker, on=contact, said=SAID, called_at=at)
    assert call.was_late() is (minutes > 30)


def test_it_needs_what_was_said_and_a_time_that_is_over(contact, worker, dpo, signed_in):
    with pytest.raises(Refused, match="what was said"):
        EmergencyCall.objects.write_down(by=worker, on=contact, said=" ")
    later = timezone.now() + timedelta(hours=1)
    with pytest.raises(Refused, match="still to come"):
        EmergencyCall.objects.write_down(by=worker, on=contact, said=SAID, called_at=later)
    with pytest.raises(Refused, match="Those who speak with people"):
        EmergencyCall.objects.write_down(by=dpo, on=contact, said=SAID)
    typed = {"service": "ambulance", "said": SAID, "called_at": later.strftime("%Y-%m-%dT%H:%M")}
    answer = signed_in(worker).post(reverse("contact_emergency", args=[contact.pk]), typed)
    assert answer.status_code == 409
    assert SAID in answer.content.decode()
    assert not Escalation.objects.exists()


def test_what_was_written_down_is_never_changed(contact, worker):
    EmergencyCall.objects.write_down(by=worker, on=contact, said=SAID)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        EmergencyCall.objects.update(service="fire")


def test_e10_what_to_do_on_paper_names_nobody_and_the_one_number(worker, signed_in):
    page = signed_in(worker).get(reverse("emergency_paper")).content.decode()
    assert "Ring 999." in page
    assert "nobody’s permission" in page
