"""A process that dies between supplier and database: nothing is lost and nothing is sent twice."""

import os
from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from contacts.models import Dispatch, Speaker
from contacts.written import sending
from tests.killing import KILLED, killers
from tests.ports import free_port
from tests.providers import supplied
from tests.test_letters import NEUTRAL
from tests.test_mail_out import MailServer
from tests.test_outbox import open_on
from tests.texting import SECRET, mailed, texted

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 200 if os.environ.get("HELPLINE_THOROUGH") else 20
POINTS = ["before an answer is handed over", "before an answer is noted"]


def test_j03_killed_between_supplier_and_database_nothing_is_lost_or_sent_twice(settings, worker):
    """Each round one sender dies at one of the points, and the next one finishes its work."""
    with supplied() as (supplier, url), killers() as order:
        given = {"TEXTS_URL": url, "TEXTS_SECRET": SECRET, "TEXTS_ACCOUNT": "AC1"}
        contact = texted("hello")
        contact.take(by=worker)
        Dispatch.objects.all().delete()
        for number in range(ROUNDS):
            by = {"TEXTS_BY": ["signed", "twilio"][number % 2]} | given
            for name, value in by.items():
                setattr(settings, name, value)
            contact.say(Speaker.WORKER, f"answer {number}")
            assert order("answer", at=POINTS[number // 2 % 2], settings=by) == KILLED
            Dispatch.objects.waiting().update(not_before=timezone.now() - timedelta(seconds=1))
            sending.send_all()
        assert supplier.texts() == [f"answer {number}" for number in range(ROUNDS)]
        assert set(Dispatch.objects.values_list("status", flat=True)) == {"sent"}


def test_j03_killed_between_mail_server_and_database_the_same_letter_is_the_same_letter(worker):
    """A mail server cannot be asked, so the letter may go again: under its own Message-ID, by which
    servers and programs know it for one they have."""
    server, at = MailServer(), free_port()
    by = {"EMAIL_BACKEND": NEUTRAL, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": at}
    with open_on(at, server), killers() as order, override_settings(**by):
        contact = mailed("hello")
        contact.take(by=worker)
        Dispatch.objects.all().delete()
        for number in range(ROUNDS):
            contact.say(Speaker.WORKER, f"answer {number}")
            assert order("answer", at=POINTS[number % 2], settings=by) == KILLED
            Dispatch.objects.waiting().update(not_before=timezone.now() - timedelta(seconds=1))
            sending.send_all()
        assert server.delivered() == [f"answer {number}" for number in range(ROUNDS)]
        assert set(Dispatch.objects.values_list("status", flat=True)) == {"sent"}
