"""What the helpline answers by itself: once, honestly, and never to a machine without an end."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from contacts.models import Address, AskedToDelete, Contact, Dispatch, Piece, Reveal, Visit
from contacts.models.hours import MIDNIGHT, Day, Opening
from contacts.written import mail, wordings
from contacts.written.arriving import SERVICE, join_what_came, take_in
from helpline.foundation.calendar import london_today
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.models import DataKey
from privacy import retention
from privacy.models import RightsRequest
from privacy.rights import texted as requests_texted
from privacy.rights.kinds import Status
from tests.texting import MAILBOX, a_mail, mailed, texted, transcript

pytestmark = pytest.mark.django_db


def answers(contact) -> list[str]:
    return [words for who, words in transcript(contact) if who == "system"]


def test_s0_15_the_first_answer_says_that_texts_can_show_on_a_bill():
    contact = texted("hello")
    assert len(answers(contact)) == 1
    assert "phone bill" in answers(contact)[0]
    assert "999" in answers(contact)[0]
    assert "phone bill" not in answers(mailed("hello"))[0]


def test_out_of_hours_it_is_kept_and_told_once_failure_6():
    contact = texted("one")
    texted("two")
    assert [words for who, words in transcript(contact) if who == "person"] == ["one", "two"]
    assert len(answers(contact)) == 1
    assert contact.status == Contact.Status.WAITING


def test_stop_is_confirmed_and_then_nothing_is_sent_failure_7(worker):
    contact = texted("hello")
    texted("STOP")
    assert answers(contact)[-1].startswith("We won’t write to you")
    assert list(Dispatch.objects.order_by("number").values_list("status", flat=True)) == [
        "withdrawn",
        "waiting",
    ]
    contact.take(by=worker)
    with pytest.raises(Refused, match="stop writing"):
        contact.say("worker", "are you there?")
    texted("stop.")
    assert len([each for each in answers(contact) if "won’t write" in each]) == 1


def test_words_to_come_back_with_that_stop_kept_here_are_destroyed():
    """A message that never leaves holds no secret any more."""
    texted("CODE")
    assert Dispatch.objects.filter(words__isnull=False).exists()
    texted("STOP")
    assert not Dispatch.objects.filter(status="withdrawn", words__isnull=False).exists()


def test_who_writes_again_after_stop_is_answered(worker):
    contact = texted("hello")
    texted("STOP")
    texted("I need you after all")
    contact.take(by=worker)
    contact.say("worker", "I am here")
    assert Dispatch.objects.filter(status="waiting").count() == 2


@pytest.mark.parametrize(
    ("words", "then"), [("CODE", wordings.CODE_SENT), ("DELETE", wordings.DELETE)]
)
def test_the_first_word_after_stop_is_answered_failure_7(words, then):
    """They have written again, and that is the answer to it."""
    contact = texted("hello")
    texted("STOP")
    texted(words)
    assert answers(contact)[-1] == then
    assert Dispatch.objects.filter(status="waiting").count() == 2
    texted("STOP")
    assert Address.objects.get().stopped
    assert answers(contact)[-1] == wordings.STOPPED


@pytest.mark.parametrize("words", ["please stop him", "stop it", "delete my photos he said"])
def test_a_plea_is_no_keyword(words):
    contact = texted(words)
    assert not AskedToDelete.objects.exists()
    assert not Address.objects.get().stopped
    assert ("person", words) in transcript(contact)


def test_delete_opens_one_request_and_says_what_happens_next():
    contact = texted("hello")
    texted("DELETE")
    texted("delete")
    assert len([each for each in answers(contact) if "data protection officer" in each]) == 1
    assert requests_texted.open_all() == 1
    assert requests_texted.open_all() == 0
    request = RightsRequest.objects.with_key().get()
    assert (request.kind, request.route, request.said_in_id) == ("erase", "text", contact.pk)
    assert transcript(contact)


def test_the_code_is_sent_and_stands_in_no_transcript():
    contact = texted("CODE")
    secret = Dispatch.objects.select_related("contact__key").get()
    words = secret.said()
    code = words.partition(": ")[2].partition(".")[0]
    assert len(code.split()) == 7
    assert code not in " ".join(words for _who, words in transcript(contact))

    other = texted(code, "+447700900199")
    assert other.pk != contact.pk
    assert Contact.objects.get(pk=other.pk).thread == Contact.objects.get(pk=contact.pk).thread
    assert code not in " ".join(words for _who, words in transcript(other))


@pytest.mark.parametrize("answered", [True, False])
def test_delete_sent_again_is_a_new_request_once_the_first_is_answered(answered):
    contact = texted("DELETE")
    assert requests_texted.open_all() == 1
    if answered:
        RightsRequest.objects.update(status=Status.WITHDRAWN)
    texted("DELETE")
    texted("DELETE")
    assert requests_texted.open_all() == 1
    assert RightsRequest.objects.filter(said_in=contact).count() == 1 + answered
    assert RightsRequest.objects.to_answer().count() == 1
    assert len([each for each in answers(contact) if "data protection officer" in each]) == 2


@pytest.mark.parametrize(
    ("subject", "body", "left"),
    [
        ("my words", "{}\r\n\r\nSent from my iPhone", ["my words"]),
        ("my words", "{}\r\n-- \r\nSam", ["my words"]),
        ("{}", "hello, it is me", ["hello, it is me"]),
        ("", "{}", []),
        ("{}", "", []),
    ],
)
def test_the_code_in_an_e_mail_stands_in_no_transcript_whatever_is_above_it(subject, body, left):
    first = texted("CODE")
    secret = Dispatch.objects.select_related("contact__key").get().said()
    code = secret.partition(": ")[2].partition(".")[0]
    take_in(mail.read(a_mail(body.replace("{}", code), Subject=subject.replace("{}", code))))

    contact = Contact.objects.with_key().get(channel="email")
    assert [words for who, words in transcript(contact) if who == "person"] == left
    assert code not in " ".join(words for _who, words in transcript(contact))
    assert contact.thread == Contact.objects.get(pk=first.pk).thread is not None


@pytest.mark.parametrize("subject", ["Please", "", "Re: Your message"])
@pytest.mark.parametrize("word", ["STOP", "delete"])
def test_a_keyword_is_known_below_a_subject_too(subject, word):
    contact = mailed("hello")
    take_in(mail.read(a_mail(word, Subject=subject)))
    assert Address.objects.get().stopped == (word == "STOP")
    assert AskedToDelete.objects.filter(contact=contact).exists() == (word == "delete")


def test_i08_after_three_automatic_answers_we_are_silent_until_a_worker_answers(worker):
    contact = texted("DELETE")
    for _ in range(5):
        texted("CODE")
    assert Address.objects.get().by_itself == 3
    assert len(answers(contact)) == 3
    contact.take(by=worker)
    contact.say("worker", "hello")
    assert Address.objects.get().by_itself == 0


def test_i08_a_machine_is_answered_never_and_after_three_not_kept():
    contact = mailed("hello")
    told = len(answers(contact))
    for number in range(6):
        mailed(f"I am away {number}", automatic=True)
    said = [words for who, words in transcript(contact) if who == "person"]
    assert len(said) == 4
    assert len(answers(contact)) == told


def test_s0_16_what_a_machine_answers_is_no_reason_to_write_to_them(worker):
    """S0-16, I08: nobody has said anything, nothing is owed, and their silence goes on."""
    contact = mailed("hello")
    contact.take(by=worker)
    contact.say("worker", "yes")
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        contact = mailed("I am away until Monday", automatic=True)
        way = contact.correspondence
        assert (way.unanswered, way.goes_on_elsewhere()) == (False, False)
        with pytest.raises(Refused, match="have not just written"):
            contact.say("worker", "are you there?")
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        assert Address.objects.silent(london_today()).exists()


def test_a_machine_begins_no_conversation():
    assert mailed("newsletter", automatic=True) is None
    assert not Contact.objects.exists()


def test_a_part_that_never_comes_is_marked_and_the_rest_said():
    contact = texted("first", whole="w", part=1, parts=2)
    assert [who for who, _ in transcript(contact)].count("person") == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert join_what_came(timezone.now()) == 1
        assert join_what_came(timezone.now()) == 0
    assert ("person", "first[a part of this text did not arrive]") in transcript(contact)


def test_parts_that_cannot_be_opened_keep_no_other_text_from_being_said():
    broken = texted("first", whole="w", part=1, parts=2)
    other = texted("second", "+447700900124", whole="v", part=1, parts=2)
    Piece.objects.filter(contact=broken).update(text=b"x" * 60)
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert join_what_came(timezone.now()) == 1
    assert ("person", "second[a part of this text did not arrive]") in transcript(other)


def later(minutes=3) -> int:
    """How many texts are said as far as they came, so many minutes on."""
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        return join_what_came(timezone.now())


def person(contact) -> list[str]:
    return [words for who, words in transcript(contact) if who == "person"]


@pytest.mark.parametrize("rest_comes", [True, False])
def test_a_text_whose_conversation_ends_between_its_parts_is_said_in_the_next(worker, rest_comes):
    ended = texted("hello")
    ended.take(by=worker)
    texted("he is ", whole="w", part=1, parts=2)
    ended.end(by=worker, outcome="informed")
    if rest_comes:
        texted("outside", whole="w", part=2, parts=2)
    assert later() == (not rest_comes)
    assert later() == 0

    following = Contact.objects.with_key().exclude(pk=ended.pk).get()
    came = "he is outside" if rest_comes else "he is [a part of this text did not arrive]"
    assert person(following) == [came]
    assert following.status == Contact.Status.WAITING
    assert person(ended) == ["hello"]
    assert not Piece.objects.exists()


def test_only_parts_of_the_same_person_are_joined():
    """Two whose number cannot be answered are nobody that we could tell from another."""
    for words, part in [("mine ", 1), ("theirs", 2)]:
        texted(words, "", whole="w", part=part, parts=2)
    assert later() == 2
    said = [person(each) for each in Contact.objects.with_key().order_by("waiting_since")]
    missing = "[a part of this text did not arrive]"
    assert said == [[f"mine {missing}"], [f"{missing}theirs"]]


def test_who_writes_again_in_parts_after_stop_is_answered():
    contact = texted("hello")
    texted("STOP")
    texted("I need ", whole="w", part=1, parts=2)
    assert later() == 1
    assert not Address.objects.get().stopped
    assert Contact.objects.get(pk=contact.pk).correspondence.why_not() == ""


@pytest.mark.parametrize("rest_comes", [True, False])
def test_a_first_text_in_parts_is_answered_like_any_other(rest_comes):
    contact = texted("he is ", whole="w", part=1, parts=2)
    assert answers(contact) == []
    if rest_comes:
        texted("outside", whole="w", part=2, parts=2)
    assert later() == (not rest_comes)
    assert len(answers(contact)) == 1
    texted("are you there?")
    assert len(answers(contact)) == 1


def test_in_opening_hours_too_it_is_told_that_somebody_answers():
    day_and_night = {"service": SERVICE, "opens": MIDNIGHT, "closes": MIDNIGHT}
    Opening.objects.bulk_create(Opening(day=day, **day_and_night) for day in Day)
    contact = texted("he is ", whole="w", part=1, parts=2)
    texted("outside", whole="w", part=2, parts=2)
    texted("are you there?")
    assert len(answers(contact)) == 1
    assert "Someone will answer you here" in answers(contact)[0]


def test_answered_conversations_stay_with_their_worker_and_others_go_back(worker):
    answered, waits = texted("one"), texted("two", "+447700900124")
    for contact in (answered, waits):
        contact.take(by=worker)
    answered.say("worker", "yes")
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        assert Visit.objects.take_back() == 1
    answered.refresh_from_db()
    waits.refresh_from_db()
    assert (answered.status, waits.status) == ("open", "waiting")


# The vault ----------------------------------------------------------------------------------------


def test_after_30_days_of_silence_the_address_and_its_key_are_destroyed():
    contact = mailed("hello")
    key = Address.objects.get().key_id
    day = london_today() + timedelta(days=30)
    assert Address.objects.silent(day - timedelta(days=1)).forget() == 0
    assert Address.objects.silent(day).forget() == 1
    assert not DataKey.objects.filter(pk=key).exists()
    assert transcript(contact)[0] == ("person", "hello")
    way = Contact.objects.get(pk=contact.pk).correspondence
    assert way.address is None
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        assert "is held any more" in way.why_not()


def test_who_asked_us_to_keep_it_is_not_forgotten(worker):
    contact = mailed("hello")
    contact.take(by=worker)
    contact.correspondence.keep_address(True, by=worker)
    assert not Address.objects.silent(london_today() + timedelta(days=99)).exists()


@pytest.mark.django_db(transaction=True)
def test_the_purge_takes_the_address_of_the_last_conversation_with_it(worker):
    contact = mailed("hello")
    contact.take(by=worker)
    contact.correspondence.keep_address(True, by=worker)
    Contact.objects.filter(pk=contact.pk).update(purge_on=london_today())
    retention.purge_all(london_today())
    assert not Contact.objects.filter(pk=contact.pk).exists()
    assert not Address.objects.exists()
    assert not Dispatch.objects.exists()
    assert not DataKey.objects.exists()


def test_an_address_is_seen_once_after_a_second_person_has_agreed(supervisor, lead, worker):
    contact = mailed("hello")
    asked = Reveal.objects.ask(contact, "A child may be in danger.", by=supervisor)
    with pytest.raises(Refused):
        asked.decide(True, by=supervisor)
    asked.decide(True, by=lead)
    with pytest.raises(Refused):
        asked.see(by=lead)


@pytest.mark.django_db(transaction=True)
def test_what_was_agreed_is_shown_to_whoever_asked_and_a_second_time_to_nobody(supervisor, lead):
    contact = mailed("hello")
    asked = Reveal.objects.ask(contact, "A child may be in danger.", by=supervisor)
    asked.decide(True, by=lead)
    assert asked.see(by=supervisor) == MAILBOX
    with pytest.raises(WrongState):
        asked.see(by=supervisor)


def test_once_it_is_destroyed_only_their_code_goes_on_with_what_was_said():
    """From the same number it is another conversation, until they send their seven words."""
    first = texted("it is about my brother")
    texted("CODE")
    secret = (
        Dispatch.objects.filter(words__isnull=False).select_related("contact__key").get().said()
    )
    code = secret.partition(": ")[2].partition(".")[0]
    assert Address.objects.silent(london_today() + timedelta(days=30)).forget() == 1

    again = texted("hello, it is me")
    assert again.pk != first.pk
    assert again.thread is None
    assert first.pk != texted(code).pk == again.pk
    threads = {Contact.objects.get(pk=each.pk).thread for each in (first, again)}
    assert len(threads) == 1
    assert None not in threads
