"""Whom outside we asked about somebody, and whether they could know who it was (S1-15)."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.states import Refused, WrongState
from safeguarding.escalations.drawn import Status
from safeguarding.models import Consultation
from tests.worries import CONCERN, brought_to, raised

pytestmark = pytest.mark.django_db
SAID = {
    "profession": "social-work",
    "body": "Duty desk of a county",
    "asked": "What would happen if somebody of 15 rang you?",
    "answered": "They would be seen today.",
}


@pytest.fixture
def escalation(contact, worker):
    return raised(contact, worker, concern=CONCERN)


def note(escalation, by, **changes) -> Consultation:
    made = Consultation.objects.note(escalation, by=by, **{"anonymised": True, **SAID, **changes})
    return Consultation.objects.select_related("escalation__key").get(pk=made.pk)


def test_s1_15_what_was_asked_without_a_name_is_written_down(escalation, worker):
    made = note(escalation, worker)
    assert (made.body, made.asked, made.answered) == tuple(SAID[k] for k in list(SAID)[1:])
    assert made.anonymised


def test_s1_15_with_a_name_it_says_why(escalation, supervisor):
    with pytest.raises(Refused, match="20 characters"):
        note(escalation, supervisor, anonymised=False, why_named="had to")
    made = note(
        escalation, supervisor, anonymised=False, why_named="They know the family and asked for it."
    )
    assert made.why_named
    with pytest.raises(IntegrityError, match="says_why"), transaction.atomic():
        Consultation.objects.filter(pk=made.pk).update(why_named=None)


@pytest.mark.parametrize("lacks", ["body", "asked", "answered"])
def test_it_is_whole_or_refused(escalation, worker, lacks):
    with pytest.raises(Refused, match="Say whom"):
        note(escalation, worker, **{lacks: " "})
    assert not Consultation.objects.exists()


def test_nothing_is_added_to_a_closed_one(escalation, lead):
    brought_to(escalation, Status.CLOSED, by=lead)
    with pytest.raises(WrongState, match="closed"):
        note(escalation, lead)


def test_the_page_writes_it_and_shows_it_and_keeps_what_was_refused(escalation, worker, signed_in):
    client, where = signed_in(worker), reverse("escalation_consult", args=[escalation.pk])
    refused = client.post(where, SAID | {"named": "yes", "why_named": ""})
    assert refused.status_code == 422
    assert SAID["asked"] in refused.content.decode()
    assert client.post(where, SAID | {"named": "no"}).status_code == 302
    assert SAID["answered"] in client.get(where).content.decode()


def test_the_trail_holds_no_word_of_it(escalation, worker):
    note(escalation, worker)
    assert "county" not in str(list(AuditEvent.objects.values_list("detail", flat=True)))
