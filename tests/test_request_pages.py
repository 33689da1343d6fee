"""The pages on which it is noted what people agree to and ask for: what shows, what does not."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from contacts.acts import moves
from contacts.models import ActionRequest, Consent, Contact, LostBasis, Purpose, Thread
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.outbox.models import Message
from tests.asking import DETAILS, LOST, agreed, approved, ask, given

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = [DETAILS["name"], DETAILS["born"], DETAILS["reach"]]


@pytest.fixture
def browser(signed_in, worker):
    return signed_in(worker)


@pytest.fixture
def action(contact, worker) -> ActionRequest:
    return given(ask(contact, worker), worker)


def page(client, name, *args, **query) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def do(client, action, verb, **said):
    return client.post(reverse("action_move", args=[action.pk]), {"do": verb} | said)


def test_an_answer_is_asked_in_our_words_and_kept_with_their_version(browser, contact):
    shown = page(browser, "contact_consents", contact.pk)
    assert "keep a record with your name" in shown
    assert "checked" not in shown.replace("is_checked", "")
    answer = {"purpose": "record", "wording": 1, "answer": "given", "how": "voice"}
    browser.post(reverse("contact_consents", args=[contact.pk]), answer)
    row = Consent.objects.get()
    assert (row.purpose, row.answer, row.wording) == ("record", "given", 1)
    assert "version 1 of 25 November 2026" in page(browser, "contact_consents", contact.pk)


def test_an_answer_without_an_answer_is_asked_again(browser, contact):
    path = reverse("contact_consents", args=[contact.pk])
    shown = browser.post(path, {"purpose": "record", "wording": 1, "how": "voice"})
    assert "This field is required" in shown.content.decode()
    assert not Consent.objects.exists()


@pytest.fixture
def joined(contact, make_contact, worker) -> Contact:
    """An earlier contact of the same person, in which something was noted with their answer."""
    earlier = make_contact("the first time", worker=worker)
    Contact.objects.filter(pk__in=[contact.pk, earlier.pk]).update(thread=Thread.objects.create())
    earlier.refresh_from_db(fields=["thread"])
    said = {"understanding": "understood", "understood": "told it back in her own words"}
    Consent.objects.answered(earlier, "given", wording=1, purpose="survey", by=worker, **said)
    return earlier


def test_f10_who_reads_what_was_noted_in_a_joined_contact_stands_in_its_trail(
    browser, contact, joined, make_contact, worker
):
    plain = make_contact("nothing was noted here", worker=worker)
    Contact.objects.filter(pk=plain.pk).update(thread=joined.thread)
    assert "told it back in her own words" in page(browser, "contact_consents", contact.pk)
    for each, read in ((contact, 1), (joined, 1), (plain, 0)):
        events = AuditEvent.objects.about(each).filter(action=Action.TRANSCRIPT_READ)
        assert events.count() == read


def test_s2_36_what_was_noted_is_not_opened_when_its_contact_is_over(browser, contact, joined):
    Contact.objects.filter(pk=joined.pk).update(purge_on=timezone.localdate())
    shown = page(browser, "contact_consents", contact.pk)
    assert "told it back in her own words" not in shown
    assert not AuditEvent.objects.about(joined).filter(action=Action.TRANSCRIPT_READ).exists()


def test_taking_back_is_one_press(browser, contact, worker):
    Consent.objects.answered(contact, "given", wording=1, purpose=Purpose.RECORD, by=worker)
    path = reverse("contact_withdraw", args=[contact.pk])
    browser.post(path, {"purpose": "record", "how": "voice"})
    assert Consent.objects.standing(contact)["record"].answer == "withdrawn"


def test_d14_what_goes_and_what_stays_is_shown_and_told(browser, contact, worker):
    Consent.objects.answered(contact, "given", wording=1, by=worker)
    path = reverse("contact_withdraw", args=[contact.pk])
    browser.post(path, {"purpose": "chat", "how": "voice", "told": "on"})
    shown = page(browser, "contact_consents", contact.pk)
    assert "What was said and noted" in shown
    assert "They were told." in shown


def test_l02_every_version_of_every_wording_can_be_read(browser, dpo, signed_in):
    for client in (browser, signed_in(dpo)):
        shown = page(client, "wordings")
        assert all(purpose.label in shown for purpose in Purpose)
        assert shown.count("in force since") == len(Purpose)


def test_what_has_to_go_is_settled_by_two(signed_in, dpo, lead, contact, worker):
    Consent.objects.answered(contact, "given", wording=1, by=worker)
    Consent.objects.withdraw(contact, Purpose.CHAT, by=worker, how="voice")
    row = LostBasis.objects.get(what="words")
    path = reverse("lost_basis_settle", args=[row.pk])
    first, second = signed_in(dpo), signed_in(lead)
    assert first.post(path, {"do": "remove"}).status_code == 409
    first.post(path, {"do": "agree"})
    assert first.post(path, {"do": "remove"}).status_code == 409
    second.post(path, {"do": "remove"})
    assert "Nothing is left to remove" in page(first, "lost_bases")


def test_s0_09_asking_takes_their_words_and_their_agreement(browser, contact):
    path = reverse("contact_ask", args=[contact.pk])
    asked = {"kind": "pass-message", "asked": "Tell my mum I am safe", "side": "away"}
    refused = browser.post(path, asked | {"how": "voice"})
    assert refused.status_code == 200
    assert not ActionRequest.objects.exists()
    went = browser.post(path, asked | {"how": "voice", "agrees": "on"})
    action = ActionRequest.objects.get()
    assert went.url == reverse("action_details", args=[action.pk])
    assert Consent.objects.get().purpose == "message"


def test_e14_no_page_offers_or_takes_a_meeting(browser, contact):
    path = reverse("contact_ask", args=[contact.pk])
    shown = browser.post(
        path, {"kind": "meet", "asked": "x", "side": "away", "how": "voice", "agrees": "on"}
    )
    assert "Select a valid choice" in shown.content.decode()
    assert not ActionRequest.objects.exists()


def details(**changes) -> dict:
    return DETAILS | changes


def test_a09_a_missing_detail_asks_for_a_reason_and_nothing_typed_is_lost(browser, contact, worker):
    action = ask(contact, worker)
    path = reverse("action_details", args=[action.pk])
    shown = browser.post(path, details(born="")).content.decode()
    assert "say why we go on without one" in shown
    assert DETAILS["name"] in shown
    went = browser.post(path, details(born="", without="They do not want to say it."))
    assert went.status_code == 302


def test_words_that_could_lead_to_them_are_asked_about(browser, contact, worker):
    action = ask(contact, worker)
    path = reverse("action_details", args=[action.pk])
    leading = details(words="I am at SW1A 1AA, ring 07700 900456.")
    assert "Ask whether they want that said" in browser.post(path, leading).content.decode()
    assert browser.post(path, leading | {"meant": "on"}).status_code == 302


def test_who_they_are_is_shut_until_somebody_says_why(browser, action, worker):
    shown = page(browser, "action", action.pk)
    assert not [words for words in SECRET if words in shown]
    path = reverse("action_show", args=[action.pk])
    assert browser.post(path).status_code == 409
    opened = browser.post(path, {"why": "to-pass-on"}).content.decode()
    assert all(words in opened for words in SECRET)
    event = AuditEvent.objects.get(action=Action.ACTION_DETAILS_SHOWN)
    assert (event.detail, event.actor) == ({"why": "to-pass-on"}, str(worker.pk))


def test_the_form_of_details_is_a_showing_and_is_recorded(browser, action):
    assert DETAILS["name"] in page(browser, "action_details", action.pk)
    assert AuditEvent.objects.filter(action=Action.ACTION_DETAILS_SHOWN).count() == 1


def test_a_page_that_cannot_be_recorded_is_not_shown(browser, action, monkeypatch):
    def broken(*args, **detail):
        raise DatabaseError

    monkeypatch.setattr(type(AuditEvent.objects.all()), "record", broken)
    path = reverse("action_show", args=[action.pk])
    answer = browser.post(path, {"why": "to-pass-on"})
    assert answer.status_code == 503
    assert DETAILS["name"] not in answer.content.decode()


def test_a_wish_not_to_be_found_stands_above_everything(browser, action, contact, worker):
    Consent.objects.answered(contact, "refused", wording=1, purpose=Purpose.FOUND, by=worker)
    for name, pk in [
        *(("contact", contact.pk), ("contact_consents", contact.pk)),
        *(("action", action.pk), ("action_details", action.pk)),
    ]:
        shown = page(browser, name, pk)
        main = shown.index("They do not wish to be found.")
        assert main < shown.index("<h2" if name != "action_details" else "<fieldset"), name


def test_what_is_open_shows_on_their_next_contact(browser, action, make_contact, worker):
    later = make_contact("me again", worker=worker)
    assert "Pass a message" not in page(browser, "contact", later.pk)
    thread = Thread.objects.create()
    for each in (later, action.contact):
        type(later).objects.filter(pk=each.pk).update(thread=thread)
    shown = page(browser, "contact", later.pk)
    assert "Pass a message" in shown
    assert action.get_absolute_url() in shown


def test_e15_only_what_was_read_is_approved(signed_in, supervisor, action, worker):
    action.agree(by=worker, mark=action.mark())
    action.check_recipient("fact", by=worker, mark=action.recipient_mark())
    client = signed_in(supervisor)
    path = reverse("action_approve", args=[action.pk])
    assert "Approve it" in page(client, "action", action.pk)
    assert client.post(path).status_code == 409
    assert client.post(path, {"mark": "0" * 64}).status_code == 409
    client.post(path, {"mark": action.mark()})
    action.refresh_from_db()
    assert (action.status, action.approved_by) == ("approved", supervisor)


def test_the_whole_letter_is_on_the_page_that_approves_it(signed_in, supervisor, action, worker):
    action.agree(by=worker, mark=action.mark())
    shown = page(signed_in(supervisor), "action", action.pk)
    assert LOST in shown
    assert "We keep your answer for them." in shown
    assert DETAILS["route_to"] in shown


def test_a_form_with_errors_keeps_what_was_typed(browser, action):
    shown = do(browser, action, "hand-over", words="").content.decode()
    assert "This field is required" in shown
    assert do(browser, action, "dance").status_code == 409


def test_a_call_back_is_rung_with_the_rules_in_front_of_the_number(browser, contact, worker):
    action = agreed(
        ask(contact, worker, kind="call-back"), worker, safety="Only when she is at work."
    )
    opened = browser.post(
        reverse("action_show", args=[action.pk]), {"why": "to-ring"}
    ).content.decode()
    assert opened.index("Only when she is at work.") < opened.index(DETAILS["reach"])
    assert opened.index("No voicemail") < opened.index(DETAILS["reach"])
    assert "tel:" not in opened
    do(browser, action, "tried", came="no-answer", words="Engaged.")
    assert "1 of 3 tries so far" in page(browser, "action", action.pk)


def test_the_board_says_when_and_how_often_and_never_who(
    browser, contact, worker, colleague, signed_in
):
    action = agreed(ask(contact, worker, kind="call-back"), worker)
    for client in (browser, signed_in(colleague)):
        shown = page(client, "callbacks")
        assert action.reference.replace("-", " ") in shown
        assert not [words for words in SECRET if words in shown]
    assert action.get_absolute_url() not in page(signed_in(colleague), "callbacks")
    with time_machine.travel(timezone.now() + timedelta(hours=6)):
        assert "Late" in page(signed_in(worker), "callbacks")


def test_an_answer_by_reference_shows_nothing_of_the_other_side(
    signed_in, colleague, action, worker, supervisor
):
    action.agree(by=worker, mark=action.mark())
    action.check_recipient("published", by=worker, mark=action.recipient_mark())
    action.approve(by=supervisor, mark=action.mark())
    action.send(by=worker)
    client, path = signed_in(colleague), reverse("action_reply")
    said = {"reference": action.reference.replace("-", " ").upper(), "words": "He can come home."}
    answer = client.post(path, said, follow=True).content.decode()
    assert "kept for the person" in answer
    for words in [*SECRET, *DETAILS.values(), action.contact.handle_words]:
        if words not in {"email", "mother"}:
            assert words not in answer
    assert ActionRequest.objects.get().status == "done"
    wrong = client.post(path, {"reference": "no-such-111", "words": "x"}).content.decode()
    assert "no message with this reference" in wrong


def test_f10_details_are_opened_only_once_it_is_written_down(browser, action, monkeypatch):
    """F10: the words open after the trail has them, and are not opened when it fails."""
    shown = AuditEvent.objects.filter(action=Action.ACTION_DETAILS_SHOWN)
    known = []
    monkeypatch.setattr(moves, "given", lambda found: known.append(shown.count()) or {})
    path = reverse("action_details", args=[action.pk])
    browser.get(path)
    browser.post(path, {"route": "nobody knows"})
    assert known == [1, 2]


def test_a_lead_sees_who_asked_in_a_contact_that_is_held_and_does_nothing_with_it(
    signed_in, lead, action, contact, supervisor
):
    client, path = signed_in(lead), action.get_absolute_url()
    assert client.get(path).status_code == 404
    Contact.objects.filter(pk=contact.pk).update(held=True)
    shown = client.get(path).content.decode()
    assert "What comes next" not in shown
    assert path in client.get(contact.get_absolute_url()).content.decode()
    show = reverse("action_show", args=[action.pk])
    assert DETAILS["name"] in client.post(show, {"why": "to-check"}).content.decode()
    assert AuditEvent.objects.get(action=Action.ACTION_DETAILS_SHOWN).detail == {"why": "to-check"}
    assert client.post(reverse("action_move", args=[action.pk]), {"do": "stop"}).status_code == 404


def test_the_page_of_a_request_has_the_navigation_of_every_page(browser, action):
    shown = browser.get(action.get_absolute_url()).content.decode()
    assert f'href="{reverse("actions")}" aria-current="page"' in shown
    action.give(by=action.owner, side="away")
    assert "They are the one who is away" in page(browser, "action", action.pk)


def test_both_sides_are_seen_by_the_lead_alone_and_with_a_reason(
    signed_in, lead, action, worker, colleague, make_contact
):
    action.give(by=worker, side="away")
    family = ask(make_contact("my son", worker=colleague), colleague, side="family")
    given(family, colleague, name="Marguerite", recipient="fairweather quillon", side="family")
    client, path = signed_in(lead), reverse("both_sides")
    name = {"name": "Quillon Fairweather"}
    assert "What there is" not in client.post(path, name | {"why": "curious"}).content.decode()
    shown = client.post(path, name | {"why": "safety"})
    shown = shown.content.decode()
    assert "They are the one who is away" in shown
    assert "They miss somebody" in shown
    assert AuditEvent.objects.get(action=Action.BOTH_SIDES_LOOKED_UP).detail == {"why": "safety"}
    assert signed_in(worker).get(path).status_code == 404


def test_the_list_says_what_is_next_for_whom(signed_in, supervisor, worker, contact):
    waiting = agreed(ask(contact, worker), worker)
    shown = page(signed_in(supervisor), "actions")
    assert "To approve" in shown
    assert waiting.get_absolute_url() in shown
    assert "Yours" in page(signed_in(worker), "actions")


def test_a_letter_leaves_from_the_page(browser, contact, worker, supervisor, mailoutbox):
    action = approved(ask(contact, worker), worker, supervisor)
    do(browser, action, "send")
    Message.objects.send_next()
    assert mailoutbox[0].to == [DETAILS["route_to"]]
