"""The worker's console: taking, answering, asking, joining, passing on and ending chats."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts.chat import said
from contacts.chat.showing import state_of
from contacts.models import (
    ChatLimit,
    Consent,
    Contact,
    Draft,
    Guidance,
    Joining,
    QuickReply,
    Rank,
    SentAnyway,
    Speaker,
    Visit,
)
from contacts.vocabulary import NoteKind
from helpline import context
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import moment_words
from helpline.foundation.staff.models import Session
from helpline.foundation.states import Refused, WrongState
from tests.chatting import a_chat, fresh, said_in

pytestmark = pytest.mark.django_db

PAGE_QUERIES = 28  # with the rail, the reading and the three cards
SAY_QUERIES = 22


@pytest.fixture
def console(signed_in, worker):
    return signed_in(worker)


def text_of(client, visit=None, **query) -> str:
    page = reverse("chats_one", args=[visit.pk]) if visit else reverse("chats")
    return client.get(page, query).content.decode()


def say(client, visit, words, *, htmx=True, nonce=None, **more):
    said = {"text": words, "nonce": nonce or uuid.uuid4()} | more
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(reverse("chats_say", args=[visit.pk]), said, headers=headers)


def press(client, name, visit, **said):
    return client.post(reverse(name, args=[visit.pk]), said)


def recorded(action) -> list[dict]:
    return [event.detail for event in AuditEvent.objects.filter(action=action)]


# Taking ---------------------------------------------------------------------------------------


def test_take_next_gives_who_is_not_safe_then_who_came_back_then_the_longest_wait(console, worker):
    first, second, back, unsafe = (a_chat("x") for _ in range(4))
    Contact.objects.filter(pk=back.pk).update(rank=Rank.BACK)
    unsafe.ask_for_person(not_safe=True)
    ChatLimit.objects.choose(worker, 6)

    taken = [console.post(reverse("chats_next")).url for _ in range(5)]

    order = [unsafe, back, first, second]
    assert taken[:4] == [reverse("chats_one", args=[visit.pk]) for visit in order]
    assert taken[4] == reverse("chats")


def test_beyond_ones_limit_only_who_is_not_safe_can_be_taken(console, worker):
    for _ in range(3):
        a_chat("x", worker=worker)
    waiting = a_chat("x")
    answer = console.post(reverse("chats_next"))
    assert answer.status_code == 409
    assert "3 at once is the limit" in answer.content.decode()
    assert press(console, "contact_take", waiting).status_code == 409

    a_chat("x", not_safe=True)
    assert console.post(reverse("chats_next")).status_code == 302
    assert Contact.objects.chats_of(worker).count() == 4
    assert fresh(waiting).status == Contact.Status.WAITING


@pytest.mark.parametrize(("wanted", "then"), [("1", 1), ("6", 6), ("0", 3), ("7", 3), ("x", 3)])
def test_a_limit_is_ones_own_between_one_and_six(console, worker, wanted, then):
    console.post(reverse("chats_limit"), {"at_most": wanted})
    assert ChatLimit.objects.of(worker) == then


@pytest.mark.parametrize("number", [0, 7])
def test_a_limit_nobody_can_keep_up_with_is_refused(worker, number):
    with pytest.raises(Refused):
        ChatLimit.objects.choose(worker, number)


def test_the_rail_shows_who_waits_and_never_what_they_said(console):
    ordinary, unsafe = a_chat("my words"), a_chat("other words", not_safe=True)
    text = text_of(console)
    for visit in (ordinary, unsafe):
        assert visit.contact.handle_words in text
    assert "my words" not in text
    assert "other words" not in text
    assert "Not safe" in text


def test_who_is_not_safe_shouts_on_every_page_of_those_who_can_answer(signed_in, worker, dpo):
    client = signed_in(worker)
    elsewhere = reverse("contact_list", args=["mine"])
    assert "nav__now" not in client.get(elsewhere).content.decode()
    a_chat("x", not_safe=True)
    client.post(reverse("chats_here"))  # whoever does something sees fresh counts
    assert "nav__now" in client.get(elsewhere).content.decode()
    assert "nav__now" not in signed_in(dpo).get(reverse("retention")).content.decode()


# Reading --------------------------------------------------------------------------------------


def test_the_console_shows_lines_record_consent_and_is_a_reading(console, worker):
    visit = a_chat("my dad shouts", worker=worker, nickname="Otter")
    Consent.objects.answered(visit.contact, "given", wording=1)
    text = text_of(console, visit)
    for words in ("my dad shouts", "Otter", "Agreed", "(wording 1)", "Keep until"):
        assert words in text
    assert reverse("contact", args=[visit.pk]) in text
    assert AuditEvent.objects.about(visit.contact).readings().count() == 1


def test_new_lines_are_marked_until_their_chat_is_opened(console, worker):
    one, other = a_chat("a", "b", worker=worker), a_chat("c", worker=worker)
    assert "2 new" in text_of(console)
    text_of(console, one)
    text = text_of(console, other)
    assert " new</span>" not in text
    one.say("again", nonce=uuid.uuid4())
    assert "1 new" in text_of(console, other)


def test_what_the_open_console_has_shown_is_not_new(console, worker, colleague, signed_in):
    visit = a_chat("a", "b", "c", worker=worker)
    seen = {"seen": f"{visit.pk}:2"}
    signed_in(colleague).post(reverse("chats_here"), seen)
    assert "3 new" in text_of(console)
    console.post(reverse("chats_here"), seen)
    assert "1 new" in text_of(console)


@pytest.mark.parametrize(
    "seen", ["", "x", "x:1", ":", ",,,", "²:³", "0:0", "0f8fad5b-d9cb-469f-a165-70867728950e:9999"]
)
def test_positions_that_make_no_sense_change_nothing(console, worker, seen):
    a_chat("a", worker=worker)
    assert console.post(reverse("chats_here"), {"seen": seen}).status_code == 204
    assert "1 new" in text_of(console)


def test_a_colleagues_chat_does_not_exist_and_a_supervisor_sees_who_is_away(
    signed_in, worker, colleague, supervisor
):
    visit = a_chat("secret", worker=worker)
    assert signed_in(colleague).get(reverse("chats_one", args=[visit.pk])).status_code == 404
    Visit.objects.filter(pk=visit.pk).update(worker_here_at=timezone.now() - timedelta(seconds=61))
    text = text_of(signed_in(supervisor))
    assert visit.contact.handle_words in text
    assert re.search(rf"{worker.alias} <b class=\"seat__away\">away", text)
    assert f"{worker.alias} is away" in text_of(signed_in(supervisor), visit)


def test_s2_68_earlier_chats_are_there_only_with_the_code_and_each_opening_is_in_the_trail(
    console, worker, colleague, signed_in
):
    """S2-68: listed and readable while the worker has the later chat of the same thread."""
    before, stranger = a_chat("long ago"), a_chat("other person")
    Contact.objects.filter(pk__in=[before.pk, stranger.pk]).update(
        status="ended", waiting_since=None, ended_at=timezone.now(), started_at=days_ago(9)
    )
    before.new_code()
    now = a_chat("back again", worker=worker)
    assert "Earlier chats" not in text_of(console, now)

    Contact.objects.filter(pk=now.pk).update(thread=before.contact.thread)
    text = text_of(console, now)
    assert moment_words(days_ago(9)) in text
    assert "Never read them back" in text
    page = console.get(reverse("contact", args=[before.pk])).content.decode()
    assert "long ago" in page
    assert "Never read it back" in page
    assert "Add a note" not in page
    assert AuditEvent.objects.about(before.contact).readings().count() == 1
    assert press(console, "contact_note", before, text="x", kind="fact").status_code == 404
    assert console.get(reverse("contact", args=[stranger.pk])).status_code == 404
    assert signed_in(colleague).get(reverse("contact", args=[before.pk])).status_code == 404

    fresh(now).end(by=worker)
    assert console.get(reverse("contact", args=[before.pk])).status_code == 404


def days_ago(days):
    return timezone.now().replace(second=0, microsecond=0) - timedelta(days=days)


# Saying ---------------------------------------------------------------------------------------


def test_h13_a_line_is_said_once_however_often_its_form_comes(console, worker):
    """H13: and the box comes back empty, with a nonce of its own."""
    visit, nonce = a_chat("hi", worker=worker), uuid.uuid4()
    for _ in range(2):
        text = say(console, visit, "Hello.", nonce=nonce).content.decode()
    assert said_in(visit) == [("person", "hi"), ("worker", "Hello.")]
    assert "Sent." in text
    assert str(nonce) not in text


def test_h13_a_changed_line_is_said_although_its_form_came_before(console, worker):
    """The answer to the first went astray: it is stored, and so is the change."""
    visit, nonce = a_chat("hi", worker=worker), uuid.uuid4()
    for words in ("I am here.", "I am here. Stay there."):
        say(console, visit, words, nonce=nonce)
    assert [words for _who, words in said_in(visit)][1:] == ["I am here.", "I am here. Stay there."]


def test_without_scripts_a_line_is_said_and_the_page_comes_back(console, worker):
    visit = a_chat("hi", worker=worker)
    assert say(console, visit, "Hello.", htmx=False).url == reverse("chats_one", args=[visit.pk])
    text = say(console, visit, "  ", htmx=False).content.decode()
    assert "Write something first." in text
    assert "Hello." in text


@pytest.mark.parametrize("words", ["", "   ", "x" * 4001, "nul \x00"])
def test_what_cannot_be_sent_stays_in_its_box(console, worker, words):
    visit = a_chat("hi", worker=worker)
    text = say(console, visit, words).content.decode()
    assert "Not sent." in text
    assert words.replace("\x00", "")[:3999].strip() in text
    assert len(said_in(visit)) == 1


def test_nobody_speaks_in_a_chat_that_is_not_theirs_or_is_over(
    console, worker, supervisor, signed_in
):
    visit = a_chat("hi", worker=worker)
    assert say(signed_in(supervisor), visit, "I read along").status_code == 409
    fresh(visit).end(by=worker)
    answer = say(console, visit, "too late")
    assert answer.status_code == 409
    assert len(said_in(visit)) == 1


def test_a_draft_is_kept_sealed_until_the_line_is_sent(console, worker):
    visit = a_chat("hi", worker=worker)
    press(console, "chats_draft", visit, text="half a thought")
    assert "half a thought" in text_of(console, visit)
    assert b"half" not in bytes(Draft.objects.values_list("text", flat=True).get())
    say(console, visit, "whole")
    assert not Draft.objects.exists()


def test_h14_a_private_number_is_stopped_with_the_reason_and_sent_with_one(
    console, worker, supervisor, signed_in
):
    """H14, S1-12: the supervisors and the trail learn the kinds, and supervisors see the line."""
    visit, words = a_chat("hi", worker=worker), "You can reach me: 07700 900123, or @robin_22"
    text = say(console, visit, words).content.decode()
    assert "a phone number that is not on our list" in text
    assert "Why you send it anyway" in text
    assert words in text
    assert "Why you send it anyway" in say(console, visit, words, why="because").content.decode()
    assert len(said_in(visit)) == 1

    reason = "They asked for the shelter they know."
    nonce = uuid.uuid4()
    for _ in range(2):
        say(console, visit, words, why=reason, nonce=nonce)
    assert said_in(visit)[-1] == ("worker", words)
    assert sorted(SentAnyway.objects.get().kinds) == ["handle", "phone-number"]
    assert sorted(detail["kind"] for detail in recorded(Action.SENT_ANYWAY)) == [
        "handle",
        "phone-number",
    ]
    assert b"shelter" not in bytes(SentAnyway.objects.values_list("reason", flat=True).get())

    boss = signed_in(supervisor)
    board = boss.get(reverse("sent_anyway")).content.decode()
    assert reason in board
    assert worker.alias in board
    press(boss, "sent_anyway_seen", SentAnyway.objects.get())
    assert reason not in boss.get(reverse("sent_anyway")).content.decode()
    with pytest.raises(WrongState):
        SentAnyway.objects.get().see(by=supervisor)
    assert len(recorded(Action.SENT_ANYWAY_SEEN)) == 1


def test_s1_13_an_invitation_to_meet_is_stopped(console, worker):
    """S1-13."""
    visit = a_chat("hi", worker=worker)
    assert "an invitation to meet" in say(console, visit, "Shall we meet?").content.decode()
    assert len(said_in(visit)) == 1


def test_a_supervisor_does_not_wave_through_their_own_line(supervisor, other_supervisor):
    visit = a_chat("hi", worker=supervisor)
    line = {"nonce": uuid.uuid4(), "kinds": ["meeting"], "reason": "x", "by": supervisor}
    SentAnyway.objects.say(visit.contact, "meet me", **line)
    assert not SentAnyway.objects.to_see(supervisor).exists()
    assert SentAnyway.objects.to_see(other_supervisor).exists()


def test_writing_carries_no_words_and_only_in_ones_own_chat(console, worker, colleague, signed_in):
    visit = a_chat("hi", worker=worker)
    assert press(console, "chats_writing", visit).status_code == 204
    assert press(signed_in(colleague), "chats_writing", visit).status_code == 404


# Guidance and joining -------------------------------------------------------------------------


def test_s1_14_a_worker_asks_and_a_supervisor_answers_in_the_console(
    console, worker, supervisor, other_supervisor, signed_in
):
    """S1-14: sealed, within the team, in the trail, and never seen by the person."""
    visit = a_chat("hi", worker=worker)
    press(console, "chats_ask", visit, question="Should I ring the police?")
    boss = signed_in(supervisor)
    board = boss.get(reverse("guidance")).content.decode()
    assert "Should I ring the police?" in board
    assert AuditEvent.objects.about(visit.contact).readings().filter(actor=supervisor.pk).exists()

    guidance = Guidance.objects.get()
    long = {"answer": "x" * 4001}
    assert "x" * 4000 in press(boss, "guidance_answer", guidance, **long).content.decode()
    press(boss, "guidance_answer", guidance, answer="Ask them first.")
    assert "Ask them first." in text_of(console, visit)
    with pytest.raises(WrongState):
        guidance.give("Too late.", by=other_supervisor)
    for column in ("question", "answer"):
        assert b"police" not in (
            sealed := bytes(Guidance.objects.values_list(column, flat=True).get())
        )
        assert b"first" not in sealed
    assert len(recorded(Action.GUIDANCE_ASKED)) == len(recorded(Action.GUIDANCE_ANSWERED)) == 1
    assert said_in(visit) == [("person", "hi")]


def test_a_question_that_is_too_long_is_not_lost(console, worker):
    visit = a_chat("hi", worker=worker)
    press(console, "chats_ask", visit, question="why " * 501)
    assert "why why" in text_of(console, visit)
    assert not Guidance.objects.exists()


def test_nobody_answers_their_own_question(supervisor, other_supervisor):
    visit = a_chat("hi", worker=supervisor)
    Guidance.objects.ask(visit.contact, "What now?", by=supervisor)
    assert not Guidance.objects.to_answer(supervisor).exists()
    assert Guidance.objects.to_answer(other_supervisor).exists()


def test_a_supervisor_joins_speaks_and_leaves_and_the_person_is_told(worker, supervisor, signed_in):
    visit, boss = a_chat("hi", worker=worker), signed_in(supervisor)
    for _ in range(2):
        press(boss, "chats_join", visit)
    assert f"{supervisor.alias} has joined" in text_of(signed_in(worker), visit)
    assert said.BESIDE in state_of(Visit.objects.get())
    say(boss, visit, "Hello, I am here too.")
    for _ in range(2):
        press(boss, "chats_leave", visit)
    assert said_in(visit)[1:] == [
        ("system", said.JOINED),
        ("worker", "Hello, I am here too."),
        ("system", said.LEFT),
    ]
    assert said.BESIDE not in state_of(Visit.objects.get())
    assert say(boss, visit, "not any more").status_code == 409
    assert len(recorded(Action.CHAT_JOINED)) == len(recorded(Action.CHAT_LEFT)) == 1


def test_the_end_of_a_chat_is_the_end_of_every_joining(worker, supervisor):
    visit = a_chat("hi", worker=worker)
    Joining.objects.join(visit.contact, by=supervisor)
    fresh(visit).end(by=worker)
    assert not Joining.objects.now().exists()
    with pytest.raises(WrongState):
        Joining.objects.join(visit.contact, by=supervisor)


def test_nobody_joins_their_own_chat(supervisor):
    visit = a_chat("hi", worker=supervisor)
    with pytest.raises(Refused):
        Joining.objects.join(visit.contact, by=supervisor)


# Quick replies --------------------------------------------------------------------------------


def test_quick_replies_are_ones_own_or_kept_by_supervisors(
    console, worker, colleague, supervisor, signed_in
):
    reply = {"title": "Hello", "text": "Hello, I am {cursor}.", "stage": "any"}
    console.post(reverse("replies"), reply | {"shared": "on"})
    mine = QuickReply.objects.get()
    assert mine.owner == worker  # a worker keeps no shared ones, whatever is posted
    boss = signed_in(supervisor)
    boss.post(reverse("replies"), reply | {"title": "For all", "shared": "on"})
    shared = QuickReply.objects.get(owner=None)

    assert list(QuickReply.objects.for_staff(colleague)) == [shared]
    visit = a_chat("hi", worker=worker)
    text = text_of(console, visit)
    assert "Hello, I am {cursor}." in text
    assert "What stays between us" in text
    assert "Hello, I am ." in text_of(console, visit, reply=mine.pk).split("<textarea")[1]

    console.post(reverse("reply_change", args=[mine.pk]), reply | {"title": "Hi"})
    assert QuickReply.objects.get(owner=worker).title == "Hi"
    assert press(console, "reply_remove", shared).status_code == 404
    assert press(boss, "reply_remove", mine).status_code == 404
    press(console, "reply_remove", mine)
    assert list(QuickReply.objects.all()) == [shared]
    assert len(recorded(Action.QUICK_REPLY_CHANGED)) == 4


def test_shared_replies_are_refused_to_who_may_not_keep_them(worker):
    with pytest.raises(Refused):
        QuickReply.objects.add(by=worker, shared=True, title="x", text="y")


# The end --------------------------------------------------------------------------------------


def test_a_chat_ends_in_one_step_with_outcome_topics_and_basis(console, worker):
    visit = a_chat("hi", worker=worker)
    ending = {"outcome": "listened", "topics": ["family"], "shown": "", "seen": 1}
    ending |= {"basis-basis": "legitimate", "basis-condition": "none", "basis-no_consent": ""}
    assert press(console, "chats_end", visit, **ending).status_code == 302
    contact = fresh(visit)
    assert (contact.status, contact.outcome) == ("ended", "listened")
    assert contact.topics.get().topic == "family"
    assert contact.bases.get().basis == "legitimate"
    assert "What it was about" not in text_of(console)


def test_only_how_it_ended_is_asked_for(console, worker):
    visit = a_chat("hi", worker=worker)
    assert press(console, "chats_end", visit).status_code == 200
    press(console, "chats_end", visit, outcome="listened", seen=1)
    assert fresh(visit).status == "ended"


@pytest.mark.parametrize("seen", ["1", "", "no number"])
def test_what_they_write_while_a_chat_is_being_ended_is_read_first(console, worker, seen):
    """Nothing is recorded meanwhile, and what was filled in is still there."""
    visit = a_chat("bye", worker=worker)
    assert 'name="seen" value="1"' in press(console, "chats_end", visit).content.decode()
    visit.say("wait, he is back", nonce=uuid.uuid4())
    ending = {"outcome": "listened", "topics": ["family"], "their_view": "Glad.", "seen": seen}
    page = press(console, "chats_end", visit, **ending).content.decode()
    assert "wait, he is back" in page
    assert "They have written meanwhile." in page
    assert all(each in page for each in ("Glad.", 'name="seen" value="2"'))
    assert (fresh(visit).status, visit.contact.topics.count()) == ("open", 0)
    assert recorded(Action.CONTACT_ENDED) == []
    press(console, "chats_end", visit, **ending | {"seen": 2})
    assert fresh(visit).status == "ended"


def test_an_end_that_could_not_be_recorded_hides_no_line_that_came_meanwhile(console, worker):
    visit = a_chat("bye", worker=worker)
    visit.say("wait, he is back", nonce=uuid.uuid4())
    assert "wait, he is back" in press(console, "chats_end", visit, seen=1).content.decode()
    assert fresh(visit).status == "open"


def test_the_contacts_own_page_ends_no_chat_with_a_line_it_has_not_shown(console, worker):
    visit = a_chat("bye", worker=worker)
    visit.say("wait, he is back", nonce=uuid.uuid4())
    said = {"outcome": "listened", "their_view": "Glad.", "seen": 1}
    page = press(console, "contact_end", visit, **said).content.decode()
    assert all(each in page for each in ("They have written meanwhile.", "Glad.", 'value="2"'))
    assert fresh(visit).status == "open"
    press(console, "contact_end", visit, **said | {"seen": 2})
    assert fresh(visit).status == "ended"


def test_when_the_basis_is_refused_nothing_of_the_end_is_kept(console, worker):
    visit = a_chat("hi", worker=worker)
    ending = {"outcome": "listened", "topics": ["family"], "basis-basis": "recognised", "seen": 1}
    answer = press(console, "chats_end", visit, **ending, **{"basis-condition": "safeguarding"})
    assert "Say why consent could not be had." in answer.content.decode()
    assert fresh(visit).status == "open"
    assert not visit.contact.topics.exists()


def test_the_author_of_an_ended_chat_opens_it_for_24_hours(console, worker):
    visit = a_chat("hi", worker=worker)
    fresh(visit).end(by=worker)
    assert "talk-box" not in text_of(console, visit)
    Contact.objects.filter(pk=visit.pk).update(ended_at=timezone.now() - timedelta(hours=25))
    assert console.get(reverse("chats_one", args=[visit.pk])).status_code == 404


# H06, and what a page costs -------------------------------------------------------------------


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\u2062"])
def test_h06_invisible_characters_are_marked_for_staff(console, worker, hidden):
    """H06: in lines, nickname and notes; and what somebody types stays as they typed it."""
    visit = a_chat(f"safe{hidden}exe.txt", worker=worker, nickname=f"ann{hidden}a")
    visit.contact.add_note(f"they said{hidden}", by=worker)
    press(console, "chats_draft", visit, text=f"half{hidden}")
    text = text_of(console, visit)
    mark = re.compile("⟦(turned|hidden)⟧")
    assert len(mark.findall(text.split("<textarea")[0])) >= 1
    assert len(mark.findall(text)) >= 3
    assert f"half{hidden}" in text
    assert text.count(hidden) == 1


def test_h06_emoji_and_joiners_stay_what_they_are(console, worker):
    family = "👨\u200d👩\u200d👧 क्\u200dष"
    assert family in text_of(console, a_chat(family, worker=worker))


def test_a_console_costs_the_same_few_queries_however_much_there_is(
    signed_in, supervisor, worker, monkeypatch
):
    monkeypatch.setattr(context, "COUNTS_SERVE", 600)  # those are held with the lists
    client = signed_in(supervisor)
    visit = a_chat("x", worker=supervisor)
    text_of(client, visit)
    few = queries(lambda: text_of(client, visit))
    ChatLimit.objects.choose(supervisor, 6)
    for _ in range(5):
        a_chat("x", worker=supervisor)
        a_chat("x", not_safe=True).contact.take(by=worker)
        a_chat("x")
    for _ in range(50):
        visit.contact.say(Speaker.PERSON, "x")
    many = queries(lambda: text_of(client, visit))
    assert many <= few <= PAGE_QUERIES


def test_a_line_costs_few_queries(console, worker):
    visit = a_chat("x", worker=worker)
    say(console, visit, "once")
    assert queries(lambda: say(console, visit, "again")) <= SAY_QUERIES


def queries(work) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def test_i05_a_sign_of_the_console_is_no_activity_of_its_session(console, worker):
    a_chat("x", worker=worker)
    before = timezone.now() - timedelta(minutes=5)
    Session.objects.update(seen_at=before)
    console.post(reverse("chats_here"), headers={"X-Poll": "1"})
    assert Session.objects.get().seen_at == before


def test_a_handover_note_is_never_among_the_lines(worker, colleague):
    visit = a_chat("hi", worker=worker)
    visit.pass_on(to=colleague, note="They are with a friend.", by=worker)
    assert visit.contact.notes.get().kind == NoteKind.HANDOVER
    assert said_in(visit)[1:] == [("system", said.PASSED_ON)]
