"""What a supplier that may not be used stops, and what goes on: texts and e-mail (S2-60, C16)."""

import io
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.management.commands import receive_email
from contacts.models import Address, Contact, Dispatch, Received, Speaker, Supplier, VendorCopy
from contacts.suppliers import using
from contacts.written import adapters, sending
from helpline import ready
from tests.providers import supplied
from tests.suppliers import WHY, approved, overdue
from tests.test_suppliers import shown
from tests.texting import NUMBER, SECRET, a_mail, text_in, texted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def gateway(settings):
    settings.TEXTS_BY, settings.TEXTS_SECRET, settings.MAIL_BY = "signed", SECRET, ""
    settings.SITE_URL = "http://127.0.0.1:8000"
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture(params=["suspended", "overdue"])
def shut(request, dpo):
    """A call that makes the supplier of an adapter unusable, in either way."""

    def shut(adapter="signed"):
        days = 91 if request.param == "overdue" else 0
        supplier = overdue(dpo, days, adapters=[adapter])
        if request.param == "suspended":
            supplier.suspend(by=dpo, why=WHY)

    return shut


def test_s2_60_nobody_begins_by_text_and_nothing_of_it_is_stored(client, shut, caplog):
    shut()
    assert text_in(client, "canary of mine").status_code == 503
    for model in (Contact, Address, Received, Dispatch):
        assert not model.objects.exists()
    assert "“Suppliers”" in caplog.text
    assert "canary" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_s2_60_a_conversation_that_had_begun_is_finished(client, worker, shut, settings):
    contact = texted("hello")
    contact.take(by=worker)
    Dispatch.objects.all().delete()
    shut()
    assert text_in(client, "are you there?").status_code == 204
    contact.say(Speaker.WORKER, "Yes, I am.")
    with supplied() as (gateway, url):
        settings.TEXTS_URL = url
        assert sending.send_all() == (1, 0)
    assert gateway.taken == [{"to": NUMBER, "text": "Yes, I am."}]
    assert Contact.objects.count() == 1


def test_s2_60_after_it_has_ended_no_other_begins(client, worker, shut):
    contact = texted("hello")
    Contact.objects.filter(pk=contact.pk).update(
        status="ended", ended_at=timezone.now(), waiting_since=None
    )
    shut()
    assert text_in(client, "hello again").status_code == 503


def test_s2_60_once_it_is_approved_again_the_same_text_is_taken(client, dpo):
    supplier = approved(dpo, adapters=["signed"])
    supplier.suspend(by=dpo, why=WHY)
    assert text_in(client, "hello").status_code == 503
    supplier.approve(by=dpo, why=WHY)
    assert text_in(client, "hello").status_code == 204


def piped(monkeypatch, raw: bytes) -> tuple[int, str]:
    """The exit code of the mail server's pipe, and what it was told."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    command = receive_email.Command(stdout=io.StringIO(), stderr=io.StringIO())
    try:
        command.handle()
    except SystemExit as ending:
        return ending.code, command.stderr.getvalue()
    return 0, ""


def test_s2_60_an_email_stays_with_the_mail_server_and_it_is_told_what_to_do(monkeypatch, shut):
    shut("smtp")
    code, said = piped(monkeypatch, a_mail())
    assert code == receive_email.LATER
    assert "“Suppliers”" in said
    assert not Contact.objects.exists()


def test_s2_60_who_carries_texts_says_nothing_about_email(monkeypatch, shut):
    shut("signed")
    assert piped(monkeypatch, a_mail()) == (0, "")
    assert Contact.objects.get().channel == "email"


def test_s2_60_e_mail_needs_both_its_suppliers(settings):
    settings.MAIL_BY = "mailgun"
    assert adapters.used_by("email") == ["mailgun", "smtp"]
    assert adapters.used_by("text") == ["signed"]


def test_s2_60_each_start_says_which_adapter_stays_shut_and_starts_the_rest(capsys, shut, keys):
    shut()
    ready.or_exit()
    assert capsys.readouterr().err.count("“Suppliers”") == 1


def test_s2_60_a_start_with_everything_in_order_says_nothing(capsys, dpo, settings):
    settings.SECURE = True
    approved(dpo, adapters=["signed", "smtp"])
    ready.or_exit()
    assert capsys.readouterr().err == ""
    Supplier.objects.update(adapters=["smtp"])
    assert len(using.stopped(adapters.in_use())) == 1


# What is still to be deleted there (C16) ----------------------------------------------------------


@pytest.mark.parametrize(("hours", "late"), [(71, False), (73, True)])
def test_c16_the_page_of_a_supplier_shows_what_is_not_gone_there_and_red_after_72_hours(
    dpo, signed_in, hours, late
):
    supplier = approved(dpo, adapters=["twilio"])
    for provider in ("twilio", "twilio", "signed"):
        VendorCopy.objects.remember(provider, "SM1")
    VendorCopy.objects.update(put_at=timezone.now() - timedelta(hours=hours))
    VendorCopy.objects.filter(provider="twilio").first().gone()
    page = shown(signed_in(dpo), "supplier", supplier.pk)
    assert "<dd>1" in page
    assert ("1 for more than 72 hours" in page) == late
    assert ("Not deleted there" in page) == late
