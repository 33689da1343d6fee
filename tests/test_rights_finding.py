"""Where the data protection officer looks for what a request is about, and that whoever asks learns
nothing from it (S2-46, Art 11)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts import codes
from contacts.models import Contact, Thread
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from privacy.models import RightsRequest
from privacy.rights.kinds import Found, Status
from tests.known import DETAILS, make_link, make_record
from tests.rights import WHY, letter, take_in, with_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(contact, worker):
    made = make_record(contact, worker)
    make_link(contact, made, worker)
    return made


@pytest.fixture
def asked(dpo) -> RightsRequest:
    return take_in(by=dpo)


@pytest.fixture
def desk(dpo, signed_in):
    return signed_in(dpo)


def sheet(request) -> str:
    return reverse("rights_find", args=[request.pk])


FACTS = {"names": DETAILS["names"], "phone": "+44 7700 900461"}


def test_a_record_is_found_by_two_facts_and_everything_of_it_is_kept(
    desk, asked, record, contact, dpo
):
    page = desk.post(sheet(asked), {"do": "record", **FACTS}).content.decode()
    assert f'value="{record.pk}"' in page
    assert not asked.concerns.exists(), "nothing is part of it by being looked at"
    event = AuditEvent.objects.get(action=Action.PEOPLE_LOOKED_FOR)
    assert (event.actor, event.detail) == (
        str(dpo.pk),
        {"why": "correct", "facts": "names.phone"},
    )

    answer = desk.post(sheet(asked), {"do": "this-record", "record": record.pk})

    assert answer.url == asked.get_absolute_url()
    asked.refresh_from_db()
    assert asked.service_user == record
    assert (asked.concerns.get().contact, asked.concerns.get().found) == (contact, Found.RECORD)
    assert Contact.objects.get(pk=contact.pk).held


@pytest.mark.parametrize(
    "told",
    [
        {"names": "Nobody Of This Name", "phone": "07700 900999"},
        {"names": DETAILS["names"], "phone": "07700 900999"},
    ],
)
def test_one_fact_that_agrees_finds_nobody(desk, asked, record, told):
    page = desk.post(sheet(asked), {"do": "record", **told}).content.decode()
    assert "No record fits." in page
    assert str(record.pk) not in page


def test_a_name_alone_is_not_looked_for_and_stays_typed(desk, asked, record):
    answer = desk.post(sheet(asked), {"do": "record", "names": DETAILS["names"]})
    assert "two facts" in answer.content.decode()
    assert DETAILS["names"] in answer.content.decode()
    assert not AuditEvent.objects.filter(action=Action.PEOPLE_LOOKED_FOR).exists()


def test_no_fact_stands_in_an_address(desk, asked, record):
    """A form that is read by GET would leave a name in the history of a browser."""
    page = desk.get(sheet(asked), FACTS).content.decode()
    assert "No record fits." not in page
    assert str(record.pk) not in page


@pytest.mark.parametrize("record_id", ["", "x", "6f1f2f1e-0000-4000-8000-000000000000"])
def test_a_record_that_is_not_there_is_a_404(desk, asked, record_id):
    answer = desk.post(sheet(asked), {"do": "this-record", "record": record_id})
    assert answer.status_code == 404


def test_a_second_record_is_refused(desk, asked, record, contact, worker):
    other = make_record(contact, worker, names="Somebody Else")
    desk.post(sheet(asked), {"do": "this-record", "record": record.pk})
    answer = desk.post(sheet(asked), {"do": "this-record", "record": other.pk})
    assert answer.status_code == 409


# Codes -------------------------------------------------------------------------------------------


def purged_code(contact) -> str:
    code = with_code(contact)
    Contact.objects.filter(pk=contact.pk).update(purge_on=london_today())
    return code


def gone_code(contact) -> str:
    code = with_code(contact)
    thread = contact.thread_id
    Contact.objects.filter(pk=contact.pk).update(thread=None)
    Thread.objects.filter(pk=thread).delete()
    return code


def typo(contact) -> str:
    return with_code(contact).rpartition(" ")[0] + " zebrafish"


NO_CODES = [lambda contact: codes.new(), purged_code, gone_code, typo]


@pytest.mark.parametrize("code_of", NO_CODES, ids=["wrong", "due", "purged", "typo in one word"])
def test_d02_for_the_dpo_they_open_nothing_and_say_so_alike(desk, asked, make_contact, code_of):
    """D02: found or not is said to the DPO, and why not to nobody."""
    code = code_of(make_contact("my dad shouts", ended=True))
    answer = desk.post(sheet(asked), {"do": "code", "words": code})
    assert answer.status_code == 409
    assert "These words open nothing." in answer.content.decode()
    assert not asked.concerns.exists()


def test_d02_for_the_person_every_wrong_code_is_the_same_page_and_the_same_query(make_contact):
    """D02: wrong, due, purged and mistyped words meet one answer; the right ones in any spelling
    are taken."""
    typed = [code_of(make_contact("my dad shouts", ended=True)) for code_of in NO_CODES]
    seen = set()
    for words in typed:
        browser = Client()
        browser.get(reverse("back"))
        with CaptureQueriesContext(connection) as queries:
            answer = browser.post(reverse("back"), {"words": words})
        seen.add((answer.status_code, without_token(answer), len(queries)))
    assert len(seen) == 1
    assert next(iter(seen))[0] == 422


def without_token(answer) -> str:
    text = answer.content.decode()
    return "\n".join(line for line in text.splitlines() if "csrf" not in line)


# What whoever asks is told -----------------------------------------------------------------------


def answer_read(dpo, second) -> tuple:
    """A request with a nickname and a day, from the form to the answer read with its words."""
    browser = Client()
    browser.get("/your-data/")
    said = {"kind": "access", "asker": "self", "words": "", "reach": ""}
    said["recalled"] = "I am Otter, it was on 3 March 2026 in the evening."
    words = browser.post("/your-data/", said).context["words"]
    request = RightsRequest.objects.with_key().followed_up(words).get()
    request.acknowledge(by=dpo)
    request.propose(Status.NOT_IDENTIFIABLE, by=dpo, reasons=WHY)
    request.approve(by=second)
    request.send_letter(request.proposed, letter(request), by=dpo)
    with CaptureQueriesContext(connection) as queries:
        read = browser.post("/your-data/answer/", {"words": words})
    return read.status_code, without_token(read), [q["sql"].split(" ")[0] for q in queries]


def test_d01_the_answer_is_the_same_words_by_the_same_queries_with_and_without_such_a_chat(
    make_contact, dpo, second
):
    """D01, Art 11: from the form to the letter, byte for byte."""
    answer_read(dpo, second)  # what a process reads once, it has read
    without = answer_read(dpo, second)
    make_contact("my dad shouts", nickname="Otter", ended=True)
    assert answer_read(dpo, second) == without
    assert "whether or not we hold anything" in " ".join(without[1].split())


def test_d01_the_worksheet_asks_the_same_whether_or_not_something_fits(desk, asked, make_contact):
    """D01: also for the DPO the way is one."""
    counts = []
    for nickname in (None, "Otter"):
        if nickname:
            make_contact("my dad shouts", nickname=nickname, ended=True)
        desk.get(sheet(asked), {"channel": "chat"})
        with CaptureQueriesContext(connection) as queries:
            desk.get(sheet(asked), {"channel": "chat"})
        counts.append(len(queries))
    assert counts[0] == counts[1]
