"""The pages of a sharing: they say what is missing, and keep what was typed when it is refused."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.models import Team
from safeguarding.escalations.kinds import Urgency
from safeguarding.gate import Rule
from safeguarding.models import Disclosure, EmergencyCall, Recipient, Task
from safeguarding.sharing.kinds import Status, Way
from tests.sharing import FACT, WHY, brought, considered, fetched, filled, verified, worry

pytestmark = pytest.mark.django_db


@pytest.fixture
def police(supervisor, lead) -> Recipient:
    return verified(supervisor, lead)


@pytest.fixture
def disclosure(contact, worker, supervisor) -> Disclosure:
    return considered(worry(contact, worker, supervisor), supervisor)


@pytest.fixture
def client(signed_in, supervisor):
    return signed_in(supervisor)


def page(client, name: str, record) -> str:
    return client.get(reverse(name, args=[record.pk])).content.decode()


def test_it_says_of_each_of_the_nine_conditions_what_is_missing(client, disclosure):
    said = page(client, "share", disclosure)
    assert said.count("gate__row--open") == len(Rule)
    for rule in Rule:
        assert rule.label in said
    assert "Ready for a second person" not in said


@pytest.mark.parametrize("ground", ["other", "LIFE-IN-DANGER", "because they are sad", "null"])
def test_e02_a_ground_outside_the_six_is_a_400_and_nothing_is_stored(client, disclosure, ground):
    typed = {"ground": ground, "harm_why": "They have gone very quiet since."}
    answer = client.post(reverse("share_why", args=[disclosure.pk]), typed)
    assert answer.status_code == 400
    assert typed["harm_why"] in answer.content.decode()
    assert fetched(disclosure).ground == ""


def test_why_talk_and_to_are_written_down_page_by_page(client, disclosure, police, supervisor):
    why = {"ground": "life-in-danger", "harm": "serious", "harm_to": "person", "harm_why": WHY}
    why |= {"basis": "vital", "condition": "vital", "no_consent": "cannot"}
    talk = {"talk": "tried", "talked_at": "2026-01-05T10:00", "talked_by": supervisor.pk}
    talk |= {"told_why": "You may die", "told_whom": "The police", "their_view": "Do not."}
    to = {"recipient": police.pk, "way": "phone", "purpose": "Go there"}
    for name, typed in [("share_why", why), ("share_talk", talk), ("share_to", to)]:
        assert client.post(reverse(name, args=[disclosure.pk]), typed).status_code == 302
    left = page(client, "share", disclosure)
    assert left.count("gate__row--open") == 2
    assert "Do not." in left


def test_what_is_ticked_is_stored_and_shown_beside_what_stays(client, disclosure, contact, worker):
    where = reverse("share_items", args=[disclosure.pk])
    typed = {"tick-line:1": "on", "why-line:1": "Their own words"}
    assert client.post(where, typed).status_code == 302
    said = client.get(where).content.decode()
    going, staying = said.split('id="staying-title"')
    assert "my dad shouts" in going.split('id="going-title"')[1]
    assert "that sounds hard" in staying
    wrong = client.post(where, {"tick-line:2": "on", "fact": FACT})
    assert wrong.status_code == 400
    assert FACT in wrong.content.decode()
    assert disclosure.items.count() == 1


def test_the_preview_follows_the_ticks_and_stores_nothing(client, disclosure):
    where = reverse("share_items", args=[disclosure.pk])
    answer = client.post(where, {"tick-line:2": "on"}, headers={"HX-Request": "true"})
    going, staying = answer.content.decode().split('id="staying-title"')
    assert "that sounds hard" in going
    assert "my dad shouts" in staying
    assert "<html" not in going
    assert not disclosure.items.exists()


def test_what_a_colleague_ticked_and_this_person_may_not_read_stays_ticked(
    client, disclosure, contact, supervisor, make_staff
):
    """And a note that was corrected meanwhile is not there any more, and stops nobody."""
    note = contact.add_note("An old view", by=supervisor)
    ticked = {"line:1": "Their own words", f"note:{note.pk}": "It says where"}
    disclosure.tick(by=supervisor, ticked=ticked)
    contact.add_note("A new view", by=supervisor, corrects=note)
    where = reverse("share_items", args=[disclosure.pk])
    Contact.objects.filter(pk=contact.pk).update(team=Team.objects.create(name="Night team"))
    said = client.get(where).content.decode()
    assert "my dad shouts" not in said
    assert client.post(where, {"fact": FACT, "fact_why": "They must know"}).status_code == 302
    assert {name.partition(":")[0] for name, _why in fetched(disclosure).reasons()} == {
        "line",
        "fact",
    }


def test_f10_what_is_opened_is_written_down_first(client, disclosure, contact):
    client.get(reverse("share_items", args=[disclosure.pk]))
    read = AuditEvent.objects.filter(action=Action.TRANSCRIPT_READ)
    assert {str(contact.pk), str(disclosure.pk)} <= set(read.values_list("subject_id", flat=True))


def test_what_comes_too_late_is_refused_and_keeps_what_was_typed(
    client, disclosure, supervisor, lead, police
):
    brought(disclosure, Status.PREPARED, by=supervisor, second=lead, recipient=police)
    typed = {"talk": "danger", "talk_why_not": "He reads every message on the phone."}
    answer = client.post(reverse("share_talk", args=[disclosure.pk]), typed)
    assert answer.status_code == 409
    assert typed["talk_why_not"] in answer.content.decode()


def test_a_second_person_approves_what_they_read_and_it_is_sent_with_a_countdown(
    client, signed_in, disclosure, supervisor, lead, police
):
    filled(disclosure, supervisor, police)
    move = reverse("share_move", args=[disclosure.pk])
    client.post(move, {"do": "hand-on"})
    assert "Approve it" not in page(client, "share", disclosure)
    other = signed_in(lead)
    said = page(other, "share", disclosure)
    mark = re.search(r'name="mark" value="(\w+)"', said)[1]
    assert FACT in said
    other.post(reverse("share_approve", args=[disclosure.pk]), {"mark": mark})
    client.post(move, {"do": "disclose"})
    said = page(client, "share", disclosure)
    assert "It leaves at" in said
    client.post(move, {"do": "cancel"})
    assert fetched(disclosure).status == Status.PREPARING
    assert not Message.objects.exists()


@pytest.mark.parametrize("said", [["They are at the station"], ["my dad shouts", "that is hard"]])
def test_s0_21_the_whole_record_is_handed_on_by_a_supervisor_and_leaves_with_the_lead(
    client, signed_in, make_contact, worker, team, supervisor, lead, police, said
):
    text = make_contact(*said, worker=worker, team=team, channel="text")
    sharing = filled(considered(worry(text, worker, supervisor), supervisor), supervisor, police)
    everything = {f"line:{number}": "They must know" for number, _line in enumerate(said, start=1)}
    sharing.tick(by=supervisor, ticked=everything)
    shown = page(client, "share", sharing)
    assert "leaves only with the safeguarding lead" in shown
    assert "Work through what is open" not in shown

    client.post(reverse("share_move", args=[sharing.pk]), {"do": pressed(shown, "hand-on")})
    other = signed_in(lead)
    mark = re.search(r'name="mark" value="(\w+)"', page(other, "share", sharing))[1]
    other.post(reverse("share_approve", args=[sharing.pk]), {"mark": mark})
    shown = page(client, "share", sharing)
    client.post(reverse("share_move", args=[sharing.pk]), {"do": pressed(shown, "disclose")})
    assert fetched(sharing).status == Status.LEAVING


def test_s0_21_while_a_life_is_at_risk_the_lead_alone_sends_a_contact_of_one_message(
    signed_in, make_contact, worker, team, supervisor, lead, police
):
    text = make_contact("I took them", worker=worker, team=team, channel="text")
    escalation = worry(text, worker, supervisor, urgency=Urgency.IMMEDIATE)
    sharing = filled(considered(escalation, lead), lead, police)
    sharing.tick(by=lead, ticked={"line:1": "They must know"})
    client = signed_in(lead)
    for verb in ("hand-on", "disclose"):
        shown = page(client, "share", sharing)
        client.post(reverse("share_move", args=[sharing.pk]), {"do": pressed(shown, verb)})
    assert fetched(sharing).alone


def test_s0_21_while_anything_else_is_missing_nothing_is_handed_on(client, disclosure):
    disclosure.tick(by=disclosure.started_by, ticked={"line:1": "a reason", "line:2": "a reason"})
    assert 'value="hand-on"' not in page(client, "share", disclosure)


def pressed(shown: str, verb: str) -> str:
    """What the button of this verb sends, which has to stand on the page."""
    return re.search(f'name="do" value="({verb})"', shown)[1]


def test_an_unread_approval_and_an_unknown_verb_are_refused(
    client, signed_in, disclosure, supervisor, lead, police
):
    brought(disclosure, Status.PREPARED, by=supervisor, second=lead, recipient=police)
    where = reverse("share_approve", args=[disclosure.pk])
    assert signed_in(lead).post(where, {"mark": "x"}).status_code == 409
    assert signed_in(lead).post(where).status_code == 409
    assert client.post(reverse("share_move", args=[disclosure.pk]), {"do": "x"}).status_code == 409
    assert fetched(disclosure).status == Status.PREPARED


def test_e17_keeping_it_back_stands_on_the_page_with_its_reason(client, disclosure):
    move = reverse("share_move", args=[disclosure.pk])
    typed = {"do": "keep-back", "words": "They are safe with their aunt now."}
    answer = client.post(move, typed)
    assert answer.status_code == 409
    assert typed["words"] in answer.content.decode()


def test_what_is_read_out_opens_with_a_press_and_is_recorded(
    client, disclosure, supervisor, lead, police
):
    brought(disclosure, Status.LEAVING, by=supervisor, second=lead, recipient=police, way=Way.PHONE)
    where = reverse("share_read", args=[disclosure.pk])
    assert client.post(where).status_code == 409
    Disclosure.objects.update(leaves_at=timezone.now())
    said = client.post(where).content.decode()
    assert FACT in said
    assert "01622 690690" in said
    assert disclosure.steps.filter(kind="read").count() == 1


def test_what_nobody_took_goes_back_from_its_page_and_says_why(
    client, disclosure, supervisor, lead, police, settings
):
    settings.SHARING_DELAY = timedelta(0)
    brought(disclosure, Status.LEAVING, by=supervisor, second=lead, recipient=police, way=Way.PHONE)
    client.post(reverse("share_read", args=[disclosure.pk]))
    typed = {"do": pressed(page(client, "share", disclosure), "not-taken"), "words": "engaged"}
    where = reverse("share_move", args=[disclosure.pk])
    assert client.post(where, typed).status_code == 409
    client.post(where, typed | {"words": "The line was engaged each of three times."})
    said = page(client, "share", disclosure)
    assert "engaged each of three times" in said
    assert 'value="keep-back"' in said


def test_e18_a_task_closed_as_impossible_without_a_reason_stays_on_the_board(
    client, disclosure, supervisor, lead, police
):
    brought(disclosure, Status.SHARED, by=supervisor, second=lead, recipient=police)
    task = Task.objects.telling().get()
    where = reverse("task_settle", args=[task.pk])
    answer = client.post(where, {"outcome": "impossible", "words": "no"})
    assert answer.status_code == 409
    assert "Tell the person" in answer.content.decode()
    assert Task.objects.telling().exists()
    assert client.post(where, {"outcome": "impossible", "words": WHY}).status_code == 302
    assert "Nothing is owed" in client.get(reverse("tasks")).content.decode()


def test_a_receipt_that_came_too_late_is_shown_to_be_taken_with_the_reason(
    client, disclosure, supervisor, lead, police
):
    brought(disclosure, Status.SHARED, by=supervisor, second=lead, recipient=police)
    typed = {"do": "keep-back", "words": "They are with their aunt now, and safe."}
    answer = client.post(reverse("share_move", args=[disclosure.pk]), typed)
    assert answer.status_code == 409
    assert typed["words"] in answer.content.decode()
    assert "That was not done" in answer.content.decode()
    assert "It has left already" in answer.content.decode()


def test_words_about_a_task_that_somebody_has_done_are_shown_to_be_taken(
    client, disclosure, supervisor, lead, police
):
    brought(disclosure, Status.SHARED, by=supervisor, second=lead, recipient=police)
    task = Task.objects.telling().get()
    task.settle("done", by=lead, words=WHY)
    typed = {"outcome": "done", "words": "Rang them at six and told them of the police."}
    answer = client.post(reverse("task_settle", args=[task.pk]), typed)
    assert answer.status_code == 409
    assert typed["words"] in answer.content.decode()
    assert "Somebody else has done this already" in answer.content.decode()


def test_e20_a_recipient_is_picked_from_the_list_and_never_typed(client, disclosure, supervisor):
    said = {"body": "x", "found_at": "x", "spoke_to": "x", "rings_at": "101"}
    waits = Recipient.objects.add("police", by=supervisor, **said)
    for to in (waits.pk, "control@kent.police.uk"):
        typed = {"recipient": to, "way": "phone"}
        answer = client.post(reverse("share_to", args=[disclosure.pk]), typed)
        assert answer.status_code == 400
    assert fetched(disclosure).recipient is None


def test_e20_a_look_alike_is_refused_on_the_page_with_what_was_typed(client, police):
    typed = {"kind": "police", "body": "Kent", "mails_to": "control@kemt.police.uk"}
    typed |= {"found_at": "a site", "spoke_to": "somebody"}
    answer = client.post(reverse("recipients"), typed)
    assert answer.status_code == 409
    assert "looks like one on the list" in answer.content.decode()
    assert "control@kemt.police.uk" in answer.content.decode()


def test_e20_whoever_takes_an_entry_off_reads_what_was_stopped_on_its_way_there(
    client, disclosure, supervisor, lead, police, settings
):
    settings.SHARING_DELAY = timedelta(minutes=10)
    brought(disclosure, Status.LEAVING, by=supervisor, second=lead, recipient=police)
    where = reverse("recipient_drop", args=[police.pk])
    said = client.post(where, follow=True).content.decode()
    assert "Nothing goes there any more" in said
    assert f"{disclosure.reference.replace('-', ' ')} was on its way there" in said
    assert not Message.objects.exists()


def test_pages_ask_the_database_as_often_for_many_as_for_few(
    client, disclosure, supervisor, lead, police
):
    brought(disclosure, Status.SHARED, by=supervisor, second=lead, recipient=police)

    def asked(name, *arguments) -> int:
        client.get(reverse(name, args=arguments))
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse(name, args=arguments))
        return len(seen)

    escalation = disclosure.escalation
    pages = [("tasks",), ("recipients",), ("escalation_share", escalation.pk)]
    EmergencyCall.objects.write_down(by=supervisor, on=escalation, said=FACT)
    few = [asked(*each) for each in pages]
    for number in range(5):
        verified(supervisor, lead, body=f"Desk {number}", mails_to="")
        considered(escalation, supervisor)
        EmergencyCall.objects.write_down(by=supervisor, on=escalation, said=FACT)
    assert [asked(*each) for each in pages] == few
    assert max(few) < 25
    assert asked("share", disclosure.pk) < 45
