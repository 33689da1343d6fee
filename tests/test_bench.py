"""What the benchmarks store by COPY fits the tables as they are: each can be run any day."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from contacts.matching import Told
from contacts.models import Contact, Line, ServiceUser
from privacy.models import RightsRequest
from safeguarding.models import Escalation
from tests.bench import asking, filling, matching, worrying

pytestmark = pytest.mark.django_db
FEW = 3


def test_contacts_with_their_lines():
    now = timezone.now()
    filling.fill(FEW, lines=2, first=now - timedelta(days=2), last=now - timedelta(days=1))
    contact = Contact.objects.with_key().first()
    assert Contact.objects.count() == FEW
    assert [line.words for line in Line.objects.opened(contact)] == list(filling.WORDS[1:3])


def test_records_of_people_who_are_known():
    told = Told(names="Robin Okafor", born="1990-02-03", phone="07700900123")
    with connection.cursor() as cursor:
        ((pk, _told),) = matching.copied(cursor, [told])
    record = ServiceUser.objects.select_related("key").get()
    assert (record.pk, record.names, record.phone) == (pk, told.names, told.phone)


def test_escalations(supervisor):
    worrying.fill(FEW, supervisor)
    assert Escalation.objects.count() == FEW


def test_requests():
    asking.fill(FEW)
    request = RightsRequest.objects.with_key().first()
    assert request.words == asking.WORDS.decode()
    assert RightsRequest.objects.count() == FEW
