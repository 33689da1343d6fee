"""What somebody took back their agreement to goes everywhere it stands, and nothing else does."""

import pytest

from contacts.models import (
    ActionRequest,
    Answer,
    Consent,
    Contact,
    CopiedLine,
    HandOver,
    LostBasis,
    Purpose,
)
from helpline.foundation.calendar import london_today
from helpline.foundation.states import Refused
from helpline.foundation.vault.models import DataKey
from privacy import ledger, retention
from privacy.models import PurgeRun
from tests.asking import ask, given
from tests.test_holds import place

pytestmark = pytest.mark.django_db(transaction=True)


def answer(contact, said, purpose=Purpose.CHAT) -> None:
    """The person’s own answer; each is a row, so that the newest counts."""
    Consent.objects.answered(contact, said, wording=1, purpose=purpose)


def taken_back(contact, purpose=Purpose.CHAT) -> None:
    answer(contact, Answer.GIVEN, purpose)
    answer(contact, Answer.WITHDRAWN, purpose)


def remove_words(dpo, lead) -> None:
    words = LostBasis.objects.get(what="words")
    words.agree(by=dpo)
    words.remove(by=lead)


def purge() -> None:
    retention.purge_all(london_today())


@pytest.fixture
def chat(make_contact, worker, team) -> Contact:
    """A chat with a nickname and answers, which was handed over into casework."""
    chat = make_contact(
        "he says it is a game", "our helpline goes on with this", worker=worker, team=team,
        service="is-this-ok", nickname="Otter",
    )  # fmt: skip
    chat = Contact.objects.with_key().get(pk=chat.pk)
    chat.survey.create(contact=chat, number=1, question="How was it?", answer="fine")
    HandOver.objects.hand_over(chat, by=worker, told_in=2)
    return chat


@pytest.fixture
def details(contact, worker) -> ActionRequest:
    """What they gave for a message that they took back."""
    action = given(ask(contact, worker), worker)
    answer(contact, Answer.WITHDRAWN, Purpose.MESSAGE)
    return action


def test_c17_details_that_were_taken_back_stand_in_the_ledger(details, dpo):
    """C17: a database that is restored has them again, and only the ledger knows that they went."""
    stored = ActionRequest.objects.values().get(pk=details.pk)
    keys = DataKey.objects.filter(pk=details.key_id).values()
    key = keys.get()
    LostBasis.objects.get(what="action").remove(by=dpo)
    assert not keys.exists()
    purge()
    (entry,) = [each for each in ledger.entries() if details.pk in each.contacts]

    DataKey.objects.create(**key)
    ActionRequest.objects.create(**stored)
    retention.replay(entry, london_today(), PurgeRun.objects.create())
    assert not ActionRequest.objects.exists()
    assert not keys.exists()


def test_details_that_wait_to_be_removed_are_not_forgotten_with_their_contact(
    details, contact, dpo, lead
):
    taken_back(contact)
    remove_words(dpo, lead)
    purge()
    assert not LostBasis.objects.exists()
    purge()
    assert not ActionRequest.objects.exists()
    assert not DataKey.objects.filter(pk=details.key_id).exists()


@pytest.mark.parametrize("what", ["nickname", "survey"])
def test_c02_a_hold_keeps_what_was_taken_back(chat, supervisor, dpo, what):
    """C02, S2-37: also what one person alone could remove."""
    taken_back(chat)
    place(chat, supervisor)
    with pytest.raises(Refused, match="hold"):
        LostBasis.objects.get(what=what).remove(by=dpo)
    chat = Contact.objects.with_key().get(pk=chat.pk)
    assert chat.nickname == "Otter"
    assert chat.survey.count() == 1


def test_c02_a_hold_keeps_the_details_that_were_taken_back(details, contact, supervisor, dpo):
    """C02."""
    place(contact, supervisor)
    with pytest.raises(Refused, match="hold"):
        LostBasis.objects.get(what="action").remove(by=dpo)
    assert ActionRequest.objects.with_key().get(pk=details.pk).reach == details.reach


def test_words_that_are_removed_go_from_casework_too(chat, worker, dpo, lead):
    taken_back(chat)
    remove_words(dpo, lead)
    assert not HandOver.objects.visible_to(worker).exists(), "unreadable at once"
    purge()
    assert not CopiedLine.objects.exists()
    assert not HandOver.objects.exists()


def test_c02_a_hold_keeps_the_copy_in_casework_as_it_keeps_the_chat(chat, supervisor, dpo, lead):
    """C02."""
    taken_back(chat)
    place(chat, supervisor)
    remove_words(dpo, lead)
    purge()
    assert CopiedLine.objects.count() == chat.lines.count() == 2


def test_who_agrees_again_keeps_what_waited_to_be_removed(chat, dpo):
    taken_back(chat)
    assert LostBasis.objects.waiting().count() == 3
    answer(chat, Answer.GIVEN)
    assert not LostBasis.objects.waiting().exists()
    assert set(LostBasis.objects.values_list("status", "basis")) == {("stands", "consent")}
    answer(chat, Answer.WITHDRAWN)
    assert LostBasis.objects.waiting().count() == 3


def test_agreeing_to_one_thing_keeps_nothing_of_another(chat):
    taken_back(chat)
    answer(chat, Answer.GIVEN, Purpose.SURVEY)
    assert LostBasis.objects.waiting().count() == 3
