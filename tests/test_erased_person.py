"""The record of a person goes with what belongs to it, each on its own basis (D13); what somebody
asks about is kept past its 18 months for them, and not a run longer (C19)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact, Entry, HandOver, Line, Link, ServiceUser
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import day_words, london_today
from helpline.foundation.states import Refused
from helpline.foundation.vault.models import DataKey
from privacy import ledger, letters, retention
from privacy.erasure import erasing
from privacy.erasure.kinds import Choice, Ground, What
from privacy.erasure.planning import draw_up
from privacy.models import Bundle, Disposal, ErasureItem, RightsRequest, RightsStep
from privacy.rights.kinds import Kind, Status
from safeguarding.models import Hold
from tests.known import DETAILS, make_link, make_record
from tests.reviewing import standing
from tests.rights import WHY, decided, known, letter, take_in, told_and_closed, with_code
from tests.test_holds import place
from tests.worries import CONCERN, raised

pytestmark = pytest.mark.django_db
CANARY = "quillonmarzipan"


@pytest.fixture
def record(contact, worker) -> ServiceUser:
    made = make_record(contact, worker)
    Entry.objects.write(made, f"We talked about {CANARY}.", by=worker)
    return made


@pytest.fixture
def linked(make_contact, worker, team, record) -> list[Contact]:
    """Two anonymous chats that the person asked us to put together with their record."""
    made = []
    for words in (f"my dad and {CANARY}", "he came back tonight"):
        chat = make_contact(words, "that is hard", worker=worker, team=team)
        make_link(chat, record, worker)
        chat.end(by=worker)
        made.append(chat)
    return made


@pytest.fixture
def reviewed(record, linked, dpo) -> RightsRequest:
    """A deletion that the person of the record asks for, as far as its review."""
    request = take_in(Kind.ERASE, by=dpo)
    known(request, dpo)
    request.locate(by=dpo)
    request.find_by_record(record, by=dpo)
    request.collect(by=dpo)
    request.start_review(by=dpo)
    return request


def item(plan, which) -> ErasureItem:
    return plan.items.get(which=which.pk)


@pytest.fixture
def erased(reviewed, record, linked, dpo, lead):
    """The record and one chat go; the other stays on a ground. Done, told and closed."""
    plan = draw_up(reviewed, by=dpo)
    _goes, stays = linked
    item(plan, stays).decide(Choice.STAYS, by=dpo, ground=Ground.CLAIMS, why=WHY)
    reviewed.propose(Status.PARTLY_RELEASED, by=dpo, reasons=WHY)
    reviewed.approve(by=lead)
    erasing.run_due(timezone.now())
    plan.refresh_from_db()
    return plan


def test_d13_the_plan_names_the_record_and_each_linked_contact(reviewed, record, linked, dpo):
    """D13."""
    plan = draw_up(reviewed, by=dpo)
    found = {(each.what, each.which) for each in plan.items.all()}
    assert found == {(What.RECORD, record.pk), *((What.CONTACT, each.pk) for each in linked)}


def test_d13_each_goes_or_stays_on_its_own_ground(erased, record, linked):
    """D13: the identified record and a chat are destroyed with their keys; the chat that stays is
    anonymous again."""
    goes, stays = linked
    assert not ServiceUser.objects.filter(pk=record.pk).exists()
    assert not Contact.objects.filter(pk=goes.pk, purged_on=None).exists()
    assert not DataKey.objects.filter(pk__in=[record.key_id, goes.key_id]).exists()

    left = Contact.objects.with_key().get(pk=stays.pk)
    assert next(line.words for line in Line.objects.opened(left)) == "he came back tonight"
    assert not Link.objects.exists()
    gone = {pk for entry in ledger.entries() for pk in entry.contacts}
    assert gone == {record.pk, goes.pk}


def test_d13_the_receipt_and_the_trail_have_no_content(erased, reviewed):
    """D13: counts, ids and grounds; no name, no word, no number."""
    rows = [
        *erased.items.values(),
        *Disposal.objects.values(),
        *AuditEvent.objects.values("action", "subject", "detail"),
        *RightsStep.objects.filter(request=reviewed).values("what", "field"),
    ]
    told = str(rows)
    assert CANARY not in told
    assert not [value for value in DETAILS.values() if isinstance(value, str) and value in told]


def test_d13_the_page_and_the_letter_say_exactly_what_holds_for_copies(
    erased, reviewed, dpo, signed_in
):
    """D13: beyond use now, unreadable in every copy by a day."""
    page = signed_in(dpo).get(reverse("rights_erasure", args=[reviewed.pk])).content.decode()
    by = day_words(london_today() + timedelta(days=35))
    assert f"Beyond use since then, and unreadable in every copy of ours by {by}." in page
    reviewed.refresh_from_db()
    draft = letters.draft(reviewed.proposed, reviewed)
    assert "beyond use" in draft
    assert f"within 35 days: by {by} at the latest." in " ".join(draft.split())


def test_d13_a_letter_about_a_deletion_does_not_leave_without_the_copies(erased, reviewed, dpo):
    """D13, D20."""
    reviewed = RightsRequest.objects.with_key().get(pk=reviewed.pk)
    whole = letter(reviewed)
    short = whole.replace("within 35 days", "soon")
    with pytest.raises(Refused, match="35 days"):
        reviewed.send_letter(reviewed.proposed, short, by=dpo)
    reviewed.send_letter(reviewed.proposed, whole, by=dpo)


# What keeps who they are -------------------------------------------------------------------------


@pytest.fixture
def approved(reviewed, dpo, lead) -> RightsRequest:
    """All of it goes, as two people have decided; nothing has been done yet."""
    draw_up(reviewed, by=dpo)
    reviewed.propose(Status.RELEASED, by=dpo, reasons=WHY)
    reviewed.approve(by=lead)
    return reviewed


def run() -> int:
    return erasing.run_due(timezone.now())


def test_c02_a_hold_after_the_approval_keeps_who_they_are_with_the_chat(
    approved, record, linked, supervisor, lead, dpo, signed_in
):
    """C02, S2-37: the other chat goes; the record waits for the release, and the page says so."""
    held = place(linked[0], supervisor)
    assert run() == 1
    assert ServiceUser.objects.filter(pk=record.pk).exists()
    assert DataKey.objects.filter(pk=record.key_id).exists()
    page = signed_in(dpo).get(reverse("rights_erasure", args=[approved.pk])).content.decode()
    assert page.count("In the way now: A hold keeps it.") == 2
    held.release(by=lead, reason="They are safe now and said so themselves.")
    assert run() == 2
    assert not ServiceUser.objects.exists()


def test_an_open_worry_about_a_chat_keeps_who_they_are(approved, record, linked, worker):
    raised(linked[0], worker, concern=CONCERN)
    assert run() == 1
    assert ServiceUser.objects.filter(pk=record.pk).exists()


def test_another_open_request_about_the_record_keeps_it(approved, record, dpo):
    """C19, D17."""
    other = take_in(Kind.RESTRICT, by=dpo)
    known(other, dpo)
    other.locate(by=dpo)
    other.find_by_record(record, by=dpo)
    assert run() == 0
    assert ServiceUser.objects.filter(pk=record.pk).exists()
    other.withdraw(by=dpo, why=WHY)
    other.close(by=dpo)
    assert run() == 3


def test_a_plan_says_what_keeps_the_record_and_lets_it_stay(
    reviewed, record, linked, dpo, supervisor
):
    """C20: as it does for a chat, until somebody says on which ground."""
    place(linked[0], supervisor)
    plan = draw_up(reviewed, by=dpo)
    assert item(plan, record).choice == Choice.STAYS


@pytest.fixture
def copied(make_contact, worker, dpo, lead) -> HandOver:
    """The casework copy of a chat whose deletion was approved."""
    chat = make_contact("he says it is a game", "our helpline goes on with this", worker=worker,
                        service="is-this-ok")  # fmt: skip
    made = HandOver.objects.hand_over(chat, by=worker, told_in=2)
    chat.end(by=worker)
    request = take_in(Kind.ERASE, by=dpo)
    known(request, dpo)
    request.locate(by=dpo)
    request.find_by_code(with_code(chat), by=dpo)
    request.collect(by=dpo)
    request.start_review(by=dpo)
    draw_up(request, by=dpo)
    request.propose(Status.RELEASED, by=dpo, reasons=WHY)
    request.approve(by=lead)
    return made


def test_c02_a_hold_on_the_chat_keeps_its_copy_in_casework(copied, supervisor, lead):
    """C02, C06."""
    held = place(copied.contact, supervisor)
    assert run() == 0
    assert HandOver.objects.filter(pk=copied.pk).exists()
    held.release(by=lead, reason="They are safe now and said so themselves.")
    assert run() == 2
    assert not HandOver.objects.exists()


@pytest.mark.parametrize("of", ["the record", "its entries", "a copy"])
def test_c24_a_file_goes_with_the_record_or_copy_that_is_in_it(of, approved, copied, record, dpo):
    """C24: it was fetched with a link and words for 90 days after."""
    told = take_in(by=dpo)
    if of == "its entries":
        RightsRequest.objects.filter(pk=told.pk).update(service_user=record)
    else:
        part = record.pk if of == "the record" else copied.pk
        told.items.create(number=1, kind="record", record=part)
    standing(told, Status.CLOSED, closed_on=london_today())
    bundle = Bundle.objects.create(request=told, key=DataKey.new(), made_by=dpo)
    run()
    assert not DataKey.objects.filter(pk=bundle.key_id).exists()
    assert bundle.pk in [pk for entry in ledger.entries() for pk in entry.contacts]


# C19: a copy that is asked for while the 18 months end --------------------------------------------


@pytest.fixture
def asked(make_contact, dpo) -> tuple[RightsRequest, Contact]:
    """A copy is asked for of a chat whose 18 months end before it is answered."""
    chat = make_contact("my dad shouts", "that is hard", ended=True)
    request = take_in(by=dpo)
    known(request, dpo)
    request.locate(by=dpo)
    request.find_by_code(with_code(chat), by=dpo)
    Contact.objects.filter(pk=chat.pk).update(purge_on=london_today())
    return request, chat


def is_there(chat) -> bool:
    return Contact.objects.filter(pk=chat.pk, purged_on=None).exists()


def test_c19_the_purge_leaves_it_and_says_that_a_request_keeps_it(asked):
    """C19, s.173."""
    _, chat = asked
    run = retention.purge_all(london_today())
    assert (run.purged, run.held, run.held_by_kind) == (0, 1, {Hold.Kind.RIGHTS: 1})
    assert is_there(chat)


def test_c19_the_dpo_has_a_task_until_it_is_decided(asked, dpo, signed_in):
    """C19: answer before anything else, or decide that it stays."""
    request, _chat = asked
    client = signed_in(dpo)
    page = client.get(request.get_absolute_url()).content.decode()
    assert "is past its 18 months and is only there for this" in page
    part = {"part": request.concerns.get().pk, "do": "keep"}
    client.post(reverse("rights_scope", args=[request.pk]), part)
    page = client.get(request.get_absolute_url()).content.decode()
    assert "is past its 18 months" not in page
    assert request.concerns.get().kept_by == dpo


def test_c19_from_the_request_to_the_purge_after_it(asked, dpo, lead):
    """C19: the copy is given out, the request closed, and the next run of the purge takes the
    chat: no seven days as after another hold."""
    request, chat = asked
    request.collect(by=dpo)
    request.start_review(by=dpo)
    decided(request, dpo)
    request.propose(Status.RELEASED, by=dpo, reasons=WHY)
    request.approve(by=lead)
    assert retention.purge_all(london_today()).purged == 0, "it has not been told yet"
    told_and_closed(request, dpo)
    assert not Contact.objects.unexpired().filter(pk=chat.pk).exists(), "unreadable at once"
    assert retention.purge_all(london_today()).purged == 1
    assert not is_there(chat)
    assert not DataKey.objects.filter(pk=chat.key_id).exists()
