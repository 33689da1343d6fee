"""What people agree to is asked one by one, kept as it was said, and taken back at once."""

from datetime import timedelta
from hashlib import sha256

import pytest
import time_machine
from django.utils import timezone

from contacts import wordings
from contacts.models import (
    Answer,
    Consent,
    Contact,
    How,
    LegalBasis,
    LostBasis,
    Purpose,
    Thread,
    Understanding,
)
from contacts.vocabulary import Basis, Condition, NoConsent
from contacts.wordings import WORDINGS
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.sealed import CannotOpen
from tests.test_architecture import ROOT

pytestmark = pytest.mark.django_db

FROZEN = {
    "chat/1": "8bfcf0902e6141b3",
    "record/1": "1e498ebd35fa4c65",
    "call-back/1": "528ec77d7c622456",
    "message/1": "3335242e4bd0eb75",
    "share/1": "424d530c1eee5c3c",
    "survey/1": "370fcc09c32e4881",
    "research/1": "d120698899e33f7b",
    "found/1": "50b4496c57762695",
}


def answer(contact, purpose, said=Answer.GIVEN, **noted) -> Consent:
    noted = {"by": contact.worker, "how": How.VOICE} | noted
    return Consent.objects.answered(contact, said, wording=1, purpose=purpose, **noted)


def state(contact) -> dict[str, str]:
    return {purpose: row.answer for purpose, row in Consent.objects.standing(contact).items()}


def test_l02_every_purpose_has_its_own_dated_words():
    assert set(WORDINGS) == set(Purpose.values)
    for wording in WORDINGS.values():
        assert [v.number for v in wording.versions] == list(range(1, len(wording.versions) + 1))
        assert all(v.since and (v.changed or v.number == 1) for v in wording.versions)


def words_of(name: str) -> str:
    purpose, number = name.rsplit("/", 1)
    wording = WORDINGS[purpose]
    return (ROOT / "templates" / wording.template(wording.numbered(int(number)))).read_text()


ALL = [f"{w.purpose}/{v.number}" for w in WORDINGS.values() for v in w.versions]


@pytest.mark.parametrize("name", ALL)
def test_l02_a_published_wording_stays_as_it_was(name):
    """New words are a new version; this print is never changed."""
    assert sha256(words_of(name).encode()).hexdigest()[:16] == FROZEN[name]


@pytest.mark.parametrize("name", [name for name in ALL if not name.startswith("chat/")])
def test_a_wording_names_who_asks_and_that_no_is_fine(name):
    """Named controller, no detriment, and the way back (rules 2.5)."""
    said = words_of(name).replace("&nbsp;", " ")
    assert "{{ organisation }}" in said
    assert "take a yes back" in said or "change their mind" in said


def test_l02_who_agreed_to_old_words_keeps_them(contact, monkeypatch):
    old = answer(contact, Purpose.SURVEY)
    later = wordings.Version(2, london_today(), "Says it more shortly.")
    longer = WORDINGS["survey"]._replace(versions=(*WORDINGS["survey"].versions, later))
    monkeypatch.setitem(WORDINGS, "survey", longer)
    new = Consent.objects.answered(contact, Answer.GIVEN, wording=2, purpose=Purpose.SURVEY)
    old.refresh_from_db()
    assert (old.wording, new.wording) == (1, 2)


def test_a_wording_that_nobody_was_shown_is_refused(contact):
    with pytest.raises(Refused, match="no such wording"):
        Consent.objects.answered(contact, Answer.GIVEN, wording=2)
    assert not Consent.objects.exists()


def test_it_keeps_who_took_it_how_when_and_until_when(contact, worker):
    row = answer(
        contact,
        Purpose.RECORD,
        understanding=Understanding.UNDERSTOOD,
        understood="Said in their own words what a record is.",
        expires_on=london_today() + timedelta(days=30),
    )
    row = Consent.objects.select_related("contact__key").get(pk=row.pk)
    assert (row.taken_by, row.how, row.wording) == (worker, "voice", 1)
    assert row.answered_at.second == 0
    assert row.review_on == add_months(london_today(), 24)
    assert row.understood.startswith("Said in")


def test_what_was_noted_about_understanding_is_sealed(contact):
    row = answer(contact, Purpose.RECORD, understood="kenopsia")
    with pytest.raises(CannotOpen):
        str(Consent.objects.get(pk=row.pk).understood)
    (stored,) = Consent.objects.values_list("understood", flat=True)
    assert b"kenopsia" not in bytes(stored)


def test_a_change_of_mind_is_a_row_of_its_own(contact):
    for said in (Answer.REFUSED, Answer.GIVEN, Answer.WITHDRAWN):
        answer(contact, Purpose.SURVEY, said)
    assert [row.answer for row in contact.consents.all()] == ["refused", "given", "withdrawn"]
    assert state(contact) == {"survey": "withdrawn"}


def test_one_purpose_says_nothing_of_another(contact):
    answer(contact, Purpose.SURVEY)
    answer(contact, Purpose.RECORD, Answer.REFUSED)
    assert state(contact) == {"survey": "given", "record": "refused"}


def test_it_ends_on_the_day_they_named_and_is_asked_again_after_two_years(contact):
    short = answer(contact, Purpose.SURVEY, expires_on=london_today() + timedelta(days=2))
    long = answer(contact, Purpose.RECORD)
    assert short.is_in_force()
    assert not long.is_due_for_review()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert not short.is_in_force()
    with time_machine.travel(timezone.now() + timedelta(days=740)):
        assert long.is_in_force()
        assert long.is_due_for_review()


def test_it_holds_for_the_contacts_they_joined_and_for_nobody_elses(make_contact, worker):
    thread = Thread.objects.create()
    first, second = make_contact(worker=worker), make_contact(worker=worker)
    stranger = make_contact(worker=worker)
    Contact.objects.filter(pk__in=[first.pk, second.pk]).update(thread=thread)
    first.refresh_from_db(), second.refresh_from_db()
    answer(first, Purpose.RECORD)
    assert state(second) == {"record": "given"}
    assert state(stranger) == {}


def test_taking_back_needs_no_reason_and_only_something_to_take_back(contact, worker):
    with pytest.raises(WrongState, match="not agreed"):
        Consent.objects.withdraw(contact, Purpose.SURVEY, by=worker, how=How.VOICE)
    answer(contact, Purpose.SURVEY)
    Consent.objects.withdraw(contact, Purpose.SURVEY, by=worker, how=How.VOICE)
    assert state(contact) == {"survey": "withdrawn"}
    with pytest.raises(WrongState):
        Consent.objects.withdraw(contact, Purpose.SURVEY, by=worker, how=How.VOICE)


def test_the_trail_knows_the_answer_and_no_words(contact, worker):
    answer(contact, Purpose.RECORD, understood="said so")
    event = AuditEvent.objects.get(action=Action.CONSENT_ANSWERED)
    assert event.detail == {"answer": "given", "wording": 1, "purpose": "record"}
    assert event.actor == str(worker.pk)


@pytest.fixture
def chat(make_contact, worker):
    """A chat with a nickname and answers about how we did, kept by consent."""
    chat = make_contact("hello", worker=worker, nickname="Otter")
    chat = Contact.objects.with_key().get(pk=chat.pk)
    chat.survey.create(contact=chat, number=1, question="How was it?", answer="fine")
    answer(chat, Purpose.CHAT)
    return chat


def discern(contact, by, **changes):
    said = {
        "basis": Basis.RECOGNISED,
        "condition": Condition.SAFEGUARDING,
        "no_consent": NoConsent.PREJUDICE,
        "under_18": True,
    }
    return LegalBasis.objects.discern(contact, by=by, **said | changes)


def lost() -> dict[str, str]:
    return dict(LostBasis.objects.values_list("what", "status"))


def test_what_rested_on_consent_alone_is_queued(chat, worker):
    Consent.objects.withdraw(chat, Purpose.CHAT, by=worker, how=How.CHAT)
    assert lost() == {"words": "queued", "nickname": "queued", "survey": "queued"}
    assert {row.due_on for row in LostBasis.objects.all()} == {add_months(london_today(), 1)}


def test_d14_what_stands_on_safeguarding_stays_and_they_are_told(chat, worker):
    discern(chat, worker)
    Consent.objects.withdraw(chat, Purpose.CHAT, by=worker, how=How.CHAT)
    assert lost() == {"words": "stands", "nickname": "queued", "survey": "queued"}
    stays = LostBasis.objects.get(what="words")
    assert (stays.basis, stays.condition, stays.late) == ("recognised", "safeguarding", False)

    stays.tell(by=worker)
    stays.refresh_from_db()
    assert stays.told_at
    with pytest.raises(WrongState):
        stays.tell(by=worker)


def test_d14_consent_itself_is_no_other_basis(chat, worker):
    LegalBasis.objects.discern(chat, by=worker, basis=Basis.CONSENT, condition=Condition.NONE)
    Consent.objects.withdraw(chat, Purpose.CHAT, by=worker, how=How.CHAT)
    assert lost()["words"] == "queued"


def test_d15_a_basis_recorded_two_weeks_later_stays_late(chat, worker):
    chat.end(by=worker, outcome="listened")
    with time_machine.travel(timezone.now() + timedelta(days=14)):
        with pytest.raises(Refused, match="late"):
            discern(chat, worker, reason="")
        row = discern(chat, worker, reason="Their teacher rang us today about the same.")
        Consent.objects.withdraw(chat, Purpose.CHAT, by=worker, how=How.CHAT)
    assert row.late
    assert LostBasis.objects.get(what="words").late
    with pytest.raises(TypeError, match="recorded_at"):
        discern(chat, worker, recorded_at=chat.started_at)


def test_taking_back_goes_through_every_contact_they_joined(chat, make_contact, worker):
    thread = Thread.objects.create()
    later = make_contact("again", worker=worker)
    Contact.objects.filter(pk__in=[chat.pk, later.pk]).update(thread=thread)
    later.refresh_from_db()
    Consent.objects.withdraw(later, Purpose.CHAT, by=worker, how=How.CHAT)
    words = LostBasis.objects.filter(what="words")
    assert {row.contact_id for row in words} == {chat.pk, later.pk}


@pytest.fixture
def two(chat, make_contact, worker):
    """Two chats of one person, each with a yes of its own."""
    later = make_contact("again", worker=worker)
    Contact.objects.filter(pk__in=[chat.pk, later.pk]).update(thread=Thread.objects.create())
    two = [Contact.objects.with_key().get(pk=each.pk) for each in (chat, later)]
    answer(two[1], Purpose.CHAT)
    return two


def taken_back_in(contact) -> set:
    """Of which contacts the words go."""
    Consent.objects.withdraw(contact, Purpose.CHAT, by=contact.worker, how=How.CHAT)
    rows = LostBasis.objects.filter(what="words", status="queued")
    return set(rows.values_list("contact", flat=True))


def test_a_chat_with_a_yes_of_its_own_keeps_it_when_another_is_taken_back(two):
    first, second = two
    assert taken_back_in(second) == {second.pk}
    assert state(first)["chat"] == "given"
    assert state(second)["chat"] == "withdrawn"
    assert taken_back_in(first) == {first.pk, second.pk}


def test_where_no_yes_was_given_all_that_they_joined_is_taken_back(two, make_contact, worker):
    call = make_contact("it is me", worker=worker)
    Contact.objects.filter(pk=call.pk).update(thread=two[0].thread)
    call.refresh_from_db()
    assert state(call)["chat"] == "given"
    assert taken_back_in(call) == {call.pk, *(each.pk for each in two)}
    assert [state(each)["chat"] for each in two] == ["withdrawn", "withdrawn"]
    with pytest.raises(WrongState):
        Consent.objects.withdraw(two[0], Purpose.CHAT, by=worker, how=How.CHAT)


def test_a_yes_that_stands_elsewhere_can_still_be_taken_back(two, make_contact, worker):
    call = make_contact("it is me", worker=worker)
    Contact.objects.filter(pk=call.pk).update(thread=two[0].thread)
    call.refresh_from_db()
    taken_back_in(two[1])
    assert state(call)["chat"] == "given"
    assert taken_back_in(call) == {call.pk, *(each.pk for each in two)}


def test_a_new_yes_keeps_the_words_of_its_own_chat_alone(two):
    first, second = two
    taken_back_in(first)
    answer(second, Purpose.CHAT, Answer.WITHDRAWN)
    answer(second, Purpose.CHAT)
    words = LostBasis.objects.filter(what="words")
    assert dict(words.values_list("contact", "status")) == {first.pk: "queued", second.pk: "stands"}


def test_what_was_queued_is_removed(chat, worker, dpo, lead):
    Consent.objects.withdraw(chat, Purpose.CHAT, by=worker, how=How.CHAT)
    LostBasis.objects.get(what="nickname").remove(by=dpo)
    LostBasis.objects.get(what="survey").remove(by=dpo)
    chat = Contact.objects.with_key().get(pk=chat.pk)
    assert chat.nickname is None
    assert not chat.survey.exists()
    assert chat.is_unexpired()


def test_words_go_only_when_two_people_agree_and_are_unreadable_at_once(chat, worker, dpo, lead):
    Consent.objects.withdraw(chat, Purpose.CHAT, by=worker, how=How.CHAT)
    words = LostBasis.objects.get(what="words")
    with pytest.raises(Refused, match="Somebody else"):
        words.remove(by=dpo)
    words.agree(by=dpo)
    with pytest.raises(Refused, match="second person"):
        words.remove(by=dpo)
    words.remove(by=lead)
    assert not Contact.objects.unexpired().filter(pk=chat.pk).exists()


def test_what_stands_cannot_be_removed_and_what_is_removed_goes_once(chat, worker, dpo):
    discern(chat, worker)
    Consent.objects.withdraw(chat, Purpose.CHAT, by=worker, how=How.CHAT)
    with pytest.raises(WrongState):
        LostBasis.objects.get(what="words").agree(by=dpo)
    nickname = LostBasis.objects.get(what="nickname")
    nickname.remove(by=dpo)
    with pytest.raises(WrongState):
        nickname.remove(by=dpo)


def test_after_a_month_it_is_late(chat, worker):
    Consent.objects.withdraw(chat, Purpose.CHAT, by=worker, how=How.CHAT)
    (row, *_) = LostBasis.objects.waiting()
    assert not row.is_late()
    with time_machine.travel(timezone.now() + timedelta(days=32)):
        assert row.is_late()


def test_l03_who_refuses_everything_is_helped_all_the_same(make_contact, worker):
    waiting = make_contact("hello")
    waiting = Contact.objects.with_key().get(pk=waiting.pk)
    for purpose in Purpose:
        answer(waiting, purpose, Answer.REFUSED, by=None)
    waiting.take(by=worker)
    waiting.say("person", "still here")
    waiting.say("worker", "so are we")
    waiting.add_note("Wants to talk.", by=worker)
    waiting.end(by=worker, outcome="listened")
    assert set(state(waiting)) == set(Purpose.values)
    assert waiting.last_line == 0 or Contact.objects.get(pk=waiting.pk).last_line == 3


def test_nobody_wishes_anything_before_they_say_so(contact):
    assert not Consent.objects.says_not_to_be_found(contact)
    answer(contact, Purpose.FOUND, Answer.REFUSED)
    assert Consent.objects.says_not_to_be_found(contact)
    answer(contact, Purpose.FOUND, Answer.GIVEN)
    assert not Consent.objects.says_not_to_be_found(contact)
