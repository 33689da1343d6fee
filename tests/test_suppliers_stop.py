"""What a supplier that may not be used stops, and what goes on (S2-60, L07, C16)."""

import io
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.management.commands import receive_email
from contacts.models import (
    Address,
    AskedToDelete,
    Contact,
    Dispatch,
    Speaker,
    Supplier,
    VendorCopy,
)
from contacts.suppliers import connected, using
from contacts.suppliers.kinds import Term
from contacts.suppliers.reminding import remind
from contacts.written import sending
from helpline import ready
from helpline.foundation.outbox.models import Message
from helpline.foundation.states import Refused
from tests.providers import supplied
from tests.suppliers import FINDINGS, WHY, approved, overdue
from tests.test_suppliers import shown
from tests.texting import NUMBER, a_mail, text_in, texted, transcript

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gateway")]


@pytest.fixture(params=["suspended", "overdue"])
def shut(request, dpo):
    """A call that makes the supplier of an adapter unusable, in either way."""

    def shut(adapter="signed") -> Supplier:
        days = 91 if request.param == "overdue" else 0
        supplier = overdue(dpo, days, adapters=[adapter])
        if request.param == "suspended":
            supplier.suspend(by=dpo, why=WHY)
        return supplier

    return shut


@pytest.fixture
def opened(dpo):
    """A call after which it may be used again."""

    def opened(supplier: Supplier) -> None:
        if supplier.status == Supplier.Status.SUSPENDED:
            supplier.approve(by=dpo, why=WHY)
        supplier.review(by=dpo, terms=list(Term.values), findings=FINDINGS)

    return opened


def test_l07_what_comes_by_it_is_kept_and_waits_and_nothing_goes_out(client, shut, caplog):
    shut()
    assert text_in(client, "canary of mine").status_code == 204
    contact = Contact.objects.get()
    assert (contact.status, transcript(contact)) == ("waiting", [("person", "canary of mine")])
    assert not Dispatch.objects.exists()
    assert "“Suppliers”" in caplog.text
    assert "canary" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_l07_it_is_answered_once_its_supplier_is_approved(client, worker, shut, opened, settings):
    supplier = shut()
    text_in(client, "hello")
    contact = Contact.objects.with_key().get()
    contact.take(by=worker)
    with pytest.raises(Refused, match="until the data protection officer has approved"):
        contact.say(Speaker.WORKER, "Yes, I am here.")
    assert [who for who, _words in transcript(contact)] == ["person"]

    opened(supplier)
    contact.say(Speaker.WORKER, "Yes, I am here.")
    with supplied() as (gateway, url):
        settings.TEXTS_URL = url
        assert sending.send_all() == (1, 0)
    assert gateway.texts() == ["Yes, I am here."]


@pytest.mark.parametrize("words", ["STOP", "DELETE", "CODE"])
def test_l07_what_means_something_to_us_does_so_then_too_and_is_not_answered(client, shut, words):
    shut()
    assert [text_in(client, each).status_code for each in ("hello", words)] == [204, 204]
    contact = Contact.objects.get()
    assert not Dispatch.objects.exists()
    assert Address.objects.get().stopped == (words == "STOP")
    assert AskedToDelete.objects.filter(contact=contact).exists() == (words == "DELETE")
    assert transcript(contact) == [("person", "hello"), ("person", words)]


def test_l07_the_officer_hears_that_people_wait_and_is_shown_it(client, dpo, shut, signed_in):
    supplier = shut()
    Supplier.objects.update(reminded_at=timezone.now() - timedelta(hours=25))
    if supplier.status == Supplier.Status.SUSPENDED:
        assert not Supplier.objects.in_need(timezone.now()).exists()
    text_in(client, "hello")
    assert [remind(timezone.now()) for _ in range(2)] == [1, 0]
    assert "People wait" in shown(signed_in(dpo), "supplier", supplier.pk)


def test_l07_whoever_carries_something_else_is_no_reason_to_write(client, dpo, shut, signed_in):
    shut()
    text_in(client, "hello")
    other = approved(dpo, name="Another", adapters=["printers"])
    other.suspend(by=dpo, why=WHY)
    assert other not in Supplier.objects.in_need(timezone.now())
    assert "People wait" not in shown(signed_in(dpo), "supplier", other.pk)


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


def test_s2_60_after_it_has_ended_the_next_waits(client, worker, shut):
    contact = texted("hello")
    Contact.objects.filter(pk=contact.pk).update(
        status="ended", ended_at=timezone.now(), waiting_since=None
    )
    shut()
    assert text_in(client, "hello again").status_code == 204
    shut_now = Contact.objects.exclude(pk=contact.pk).get().correspondence
    assert (shut_now.shut, contact.correspondence.shut) == (True, False)
    assert not Dispatch.objects.filter(contact=shut_now.pk).exists()


def piped(monkeypatch, raw: bytes) -> tuple[int, str]:
    """The exit code of the mail server's pipe, and what it was told."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    command = receive_email.Command(stdout=io.StringIO(), stderr=io.StringIO())
    try:
        command.handle()
    except SystemExit as ending:
        return ending.code, command.stderr.getvalue()
    return 0, ""


def test_l07_an_email_is_kept_as_well_and_not_answered(monkeypatch, shut):
    shut("smtp")
    assert piped(monkeypatch, a_mail()) == (0, "")
    assert Contact.objects.get().correspondence.shut
    assert not Dispatch.objects.exists()


def test_s2_60_who_carries_texts_says_nothing_about_email(monkeypatch, shut):
    shut("signed")
    assert piped(monkeypatch, a_mail()) == (0, "")
    assert not Contact.objects.get(channel="email").correspondence.shut
    assert Dispatch.objects.exists()


def test_s2_60_e_mail_needs_both_its_suppliers(settings):
    settings.MAIL_BY = "mailgun"
    assert connected.used_by("email") == ["mailgun", "smtp"]
    assert connected.used_by("text") == ["signed"]


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
    assert len(using.stopped(connected.in_use())) == 1


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


def test_c16_after_72_hours_the_officer_hears_of_it_once_a_day(dpo):
    supplier = approved(dpo, adapters=["twilio"])
    VendorCopy.objects.remember("twilio", "SM1")
    now = timezone.now()
    assert remind(now + timedelta(hours=71)) == 0
    assert not Supplier.objects.in_need(now + timedelta(hours=71)).exists()
    later = now + timedelta(hours=73)
    assert [remind(later), remind(later), remind(later + timedelta(hours=25))] == [1, 0, 1]
    assert Supplier.objects.in_need(later).get() == supplier
    assert Message.objects.count() == 2


def test_c16_of_what_is_gone_there_nobody_hears(dpo):
    approved(dpo, adapters=["twilio"])
    VendorCopy.objects.remember("twilio", "SM1")
    VendorCopy.objects.get().gone()
    assert remind(timezone.now() + timedelta(hours=73)) == 0


def test_c16_the_retention_board_shows_what_is_not_gone_and_what_is_late(dpo, signed_in):
    VendorCopy.objects.remember("twilio", "SM1")
    assert "asked for in vain" not in shown(signed_in(dpo), "retention")
    VendorCopy.objects.update(put_at=timezone.now() - timedelta(hours=73))
    assert "1 asked for in vain for 72 hours" in shown(signed_in(dpo), "retention")
