"""Pages on which supervisors keep the chatbot and the opening hours, and the chatbot's own."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from contacts import bot, bot_words
from contacts.bot import Choice, Script
from contacts.keeping import comparing, flow, previewing
from contacts.models import BotScript, Closure, Contact, Day, Line, Opening, Visit
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff
from tests.bots import SMALL, always_open, publish, publish_first, said

pytestmark = pytest.mark.django_db
ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7|add:7 }}{text}'


@pytest.fixture
def keeper(supervisor, signed_in) -> Client:
    """The supervisor's browser."""
    return signed_in(supervisor)


@pytest.fixture
def draft(supervisor) -> BotScript:
    return BotScript.objects.draft("helpline", by=supervisor, like=publish())


def page(client, name, *args, **query) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def press(client, name, *args, query="", **fields):
    return client.post(reverse(name, args=args) + query, fields)


def fields_of(script, step_id) -> dict:
    """What the form of a step would send unchanged."""
    step = script.script.step(step_id)
    found = {"text": step.text, "next": step.next, "place": step.place, "seen": script.seen}
    for row, choice in enumerate(step.choices):
        found |= {f"label_{row}": choice.label, f"next_{row}": choice.next}
        found |= {f"not_safe_{row}": "on"} if choice.not_safe else {}
    return found


def edit(client, script, step_id, **changes):
    given = fields_of(script, step_id) | changes
    return press(client, "chatbot_step", script.pk, query=f"?step={step_id}", **given)


# The chatbot --------------------------------------------------------------------------------------


def test_versions_are_listed_and_a_draft_is_begun_from_any(keeper):
    old = publish()
    assert "Version 1" in page(keeper, "chatbot")
    answer = press(keeper, "chatbot_draft", old.pk)
    draft = BotScript.objects.draft_of("helpline")
    assert answer.url == reverse("chatbot_script", args=[draft.pk])
    assert draft.steps == old.steps
    assert press(keeper, "chatbot", service="helpline").status_code == 409


def test_a_service_without_a_script_says_so_and_begins_an_empty_one(keeper):
    assert "people wait for a person at once" in page(keeper, "chatbot")
    answer = press(keeper, "chatbot", service="is-this-ok")
    assert "no steps yet" in keeper.get(answer.url).content.decode()
    assert press(keeper, "chatbot", service="elsewhere").status_code == 200
    assert BotScript.objects.count() == 1


def test_old_versions_stay_readable_and_cannot_be_edited(keeper, draft, supervisor):
    draft.publish(by=supervisor, seen=draft.seen)
    old = BotScript.objects.get(number=1)
    shown = page(keeper, "chatbot_script", old.pk)
    assert "Start a draft from this one" in shown
    assert "Take out" not in shown
    assert keeper.get(reverse("chatbot_step", args=[old.pk])).status_code == 404


def test_a_step_is_edited_with_its_buttons_and_where_they_lead(keeper, draft):
    answer = edit(keeper, draft, "what", label_1="On my phone", next_1="end", text="What is it?")
    assert answer.url.endswith("#step-what")
    draft.refresh_from_db()
    step = draft.script.step("what")
    assert (step.text, step.choices[1]) == ("What is it?", Choice("On my phone", "end"))
    assert draft.steps[2:] == [bot.written(each) for each in SMALL[2:]]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": " "}, "It says nothing yet."),
        ({"text": "x" * 1001}, "1000 characters at most"),
        ({"label_0": "", "label_1": ""}, "2 to 8 buttons. This one has 1."),
        ({"label_1": "at HOME"}, "Button 2 says the same as another."),
        ({"label_0": "x" * 81}, "at most 80 characters"),
        ({"next_0": "nowhere"}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(keeper, draft, changes, words):
    before = draft.steps
    answer = edit(keeper, draft, "what", **{"text": "What happened?"} | changes)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert words in html.replace("&#x27;", "'")
    assert changes.get("text", "What happened?").strip() in html
    assert BotScript.objects.get(pk=draft.pk).steps == before


def test_two_editors_never_overwrite_each_other_and_what_was_typed_is_kept(
    keeper, draft, other_supervisor, signed_in
):
    late = fields_of(draft, "words") | {"text": "Mine."}
    edit(signed_in(other_supervisor), draft, "words", text="Theirs.")
    query = "?step=words"
    answer = press(keeper, "chatbot_step", draft.pk, query=query, **late)
    html = answer.content.decode()
    assert "Somebody else changed this draft" in html
    assert "It says now: “Theirs.”" in html
    assert "Mine." in html

    draft.refresh_from_db()
    assert draft.script.step("words").text == "Theirs."
    assert draft.seen in html.replace("&#x2B;", "+")
    press(keeper, "chatbot_step", draft.pk, query=query, **late | {"seen": draft.seen})
    draft.refresh_from_db()
    assert draft.script.step("words").text == "Mine."


def test_a_step_is_added_behind_another_which_then_leads_to_it(keeper, draft):
    query = "?kind=say&after=hello"
    assert (
        "New step" in keeper.get(reverse("chatbot_step", args=[draft.pk]) + query).content.decode()
    )
    press(keeper, "chatbot_step", draft.pk, query=query, text="Hi", next="what", seen=draft.seen)
    draft.refresh_from_db()
    steps = draft.script.steps
    assert [step.id for step in steps[:3]] == ["hello", "say-1", "what"]
    assert (steps[0].next, steps[1].next) == ("say-1", "what")
    assert draft.problems() == []


@pytest.mark.parametrize("kind", bot.Kind.values)
def test_a_step_of_every_kind_can_be_written(keeper, draft, kind):
    query = f"?kind={kind}&after=bye"
    assert bot.Kind(kind).label in page(keeper, "chatbot_step", draft.pk, kind=kind, after="bye")
    given = {"label_0": "a", "label_1": "b", "place": "emergency", "seen": draft.seen}
    press(keeper, "chatbot_step", draft.pk, query=query, text="Words", **given)
    draft.refresh_from_db()
    assert draft.script.steps[-1].kind == kind


def test_a_step_is_moved_and_taken_out_and_the_others_lead_past_it(keeper, draft):
    press(keeper, "chatbot_move", draft.pk, step="words", up="yes", seen=draft.seen)
    draft.refresh_from_db()
    assert [step.id for step in draft.script.steps[:3]] == ["hello", "words", "what"]
    press(keeper, "chatbot_remove", draft.pk, step="words", seen=draft.seen)
    draft.refresh_from_db()
    what = draft.script.step("what")
    assert draft.script.step("words") is None
    assert (what.next, what.choices[1].next) == ("end", "end")
    assert draft.problems() == []


@pytest.mark.parametrize("fields", [{"step": "hello", "up": "yes"}, {"step": "bye"}, {"step": "x"}])
def test_a_step_at_the_edge_stays(keeper, draft, fields):
    press(keeper, "chatbot_move", draft.pk, seen=draft.seen, **fields)
    before = draft.steps
    draft.refresh_from_db()
    assert draft.steps == before
    assert press(keeper, "chatbot_remove", draft.pk, step="x", seen=draft.seen).status_code == 302


def test_a_page_that_is_out_of_date_moves_and_removes_nothing(keeper, draft):
    for name in ("chatbot_move", "chatbot_remove"):
        answer = press(keeper, name, draft.pk, step="words", up="yes", seen="2020-01-01T00:00:00")
        assert answer.status_code == 409
    before = draft.steps
    draft.refresh_from_db()
    assert draft.steps == before


def test_the_picture_and_the_list_show_every_step_and_arrow(draft):
    drawn = flow.picture(draft.script)
    listed = flow.listed(draft)
    assert len(drawn.boxes) == len(listed) == len(SMALL)
    assert len(drawn.arrows) == 7
    assert drawn.boxes[1].not_safe
    assert listed[1].buttons[2].to.words == "to a person at once"
    assert listed[1].to.words.startswith("3. Tell me more")


def test_what_is_wrong_is_told_at_its_step_until_it_is_right(keeper, draft, supervisor):
    steps = [step._replace(next="") if step.id == "hello" else step for step in SMALL]
    draft.edit(steps, by=supervisor, seen=draft.seen)
    html = page(keeper, "chatbot_script", draft.pk)
    assert "1 thing to put right" in html
    assert "It does not lead anywhere yet." in html
    html = page(keeper, "chatbot_publish", draft.pk)
    assert "It does not lead anywhere yet." in html
    assert "Publish it" not in html
    assert press(keeper, "chatbot_publish", draft.pk, seen=draft.seen).status_code == 409


def test_publishing_shows_what_changed_and_is_confirmed(keeper, draft):
    edit(keeper, draft, "words", text="Say more if you like.")
    draft.refresh_from_db()
    html = page(keeper, "chatbot_publish", draft.pk)
    assert "Tell me more." in html
    assert "Say more if you like." in html
    assert BotScript.objects.published("helpline").number == 1
    press(keeper, "chatbot_publish", draft.pk, seen=draft.seen)
    assert BotScript.objects.published("helpline") == draft
    assert AuditEvent.objects.filter(action=Action.BOT_PUBLISHED).count() == 1


def test_changes_name_what_is_new_gone_changed_and_only_that():
    def told(before, after):
        return [change.what for change in comparing.changes(before, after)]

    whole = Script([bot.written(step) for step in SMALL])
    moved = Script([bot.written(SMALL[n]) for n in (0, 1, 3, 2, 4, 5, 6)])
    less = Script([bot.written(step) for step in SMALL[:-1]])
    said = Script([bot.written(step) for step in [SMALL[0]._replace(text="Hi."), *SMALL[1:]]])
    assert told(whole, whole) == []
    assert told(whole, said) == ["Step 1 is changed"]
    assert told(whole, moved) == ["The steps stand in another order"]
    assert told(whole, less) == ["A step is gone"]
    assert told(less, whole) == ["Step 7 is new"]


def test_a_draft_is_thrown_away(keeper, draft):
    press(keeper, "chatbot_discard", draft.pk)
    assert BotScript.objects.draft_of("helpline") is None


def test_a_supervisor_of_another_service_sees_none_of_it(keeper, draft, supervisor):
    Staff.objects.filter(pk=supervisor.pk).update(services=["is-this-ok"])
    assert keeper.get(reverse("chatbot_script", args=[draft.pk])).status_code == 404
    assert "Version" not in page(keeper, "chatbot").partition("<tbody")[2]


# Preview ------------------------------------------------------------------------------------------


def step_of(html: str) -> str:
    return html.partition('name="step" value="')[2].partition('"')[0]


def test_a_preview_walks_as_a_person_would_and_stores_nothing(keeper, draft):
    html = page(keeper, "chatbot_preview", draft.pk)
    assert (step_of(html), "Hello, I am a chatbot." in html) == ("what", True)
    nonce = uuid.uuid4()
    answer = press(keeper, "chatbot_preview", draft.pk, step="what", choice="1", nonce=nonce)
    html = answer.content.decode()
    assert (step_of(html), 'name="given" value="c:1"' in html) == ("words", True)
    given = {"given": ["c:1"], "step": "words", "text": "his <b>name</b>", "nonce": nonce}
    html = press(keeper, "chatbot_preview", draft.pk, **given).content.decode()
    assert "his &lt;b&gt;name&lt;/b&gt;" in html
    assert "waits for a person, in turn" in html
    assert not Contact.objects.exists()
    assert not Line.objects.exists()


def test_a_preview_shows_the_closed_hours_and_not_safe(keeper, draft):
    nonce = uuid.uuid4()
    answer = press(keeper, "chatbot_preview", draft.pk, not_safe="yes", hours="closed", nonce=nonce)
    html = answer.content.decode()
    assert "ahead of everybody" in html
    assert html.index("116 123") < html.index("Nobody is here to chat")


def test_a_preview_keeps_what_cannot_be_sent(keeper, draft):
    given = {"given": ["c:1"], "step": "words", "text": "x" * 4001, "nonce": uuid.uuid4()}
    html = press(keeper, "chatbot_preview", draft.pk, **given).content.decode()
    assert "x" * 4001 in html
    assert "too long" in html


@pytest.mark.parametrize("given", ["c:9", "c:x", "t:", "s:", "p:", "n:", "", "z:z"])
def test_whatever_a_preview_is_sent_it_walks(draft, given):
    turn = previewing.replayed(draft.script, [given] * 9, is_open=False)
    assert turn.lines


# H01 ----------------------------------------------------------------------------------------------


def attacking(step: bot.Step) -> bot.Step:
    """The same step, all of whose words try to be more than words."""
    labels = (f"{number}{ATTACK}"[:80] for number in range(len(step.choices)))
    choices = tuple(
        each._replace(label=label) for each, label in zip(step.choices, labels, strict=True)
    )
    return step._replace(text=ATTACK, choices=choices)


def test_h01_texts_of_a_script_are_inert_wherever_they_are_shown(keeper, draft, supervisor):
    texts = [attacking(step) for step in SMALL]
    draft.edit(texts, by=supervisor, seen=draft.seen)
    pages = [
        page(keeper, "chatbot_script", draft.pk),
        page(keeper, "chatbot_step", draft.pk, step="what"),
        page(keeper, "chatbot_preview", draft.pk),
        page(keeper, "chatbot_publish", draft.pk),
    ]
    draft.publish(by=supervisor, seen=draft.seen)
    person = begun()
    person.post("/chat/answer/", {"choice": "0", "step": "what", "nonce": uuid.uuid4()})
    for html in [*pages, person.get("/chat/").content.decode()]:
        assert "&lt;script&gt;alert(1)" in html
        assert "<script>alert" not in html
        assert "<img src=x" not in html


# The person's page --------------------------------------------------------------------------------


def begun() -> Client:
    """A person's browser, in a chat."""
    person = Client()
    person.get("/chat/")
    person.post("/chat/")
    return person


@pytest.fixture
def person() -> Client:
    always_open()
    publish()
    return begun()


def test_a_person_answers_by_plain_forms(person):
    html = person.get("/chat/").content.decode()
    assert step_of(html) == "what"
    answer = person.post("/chat/answer/", {"step": "what", "choice": "1", "nonce": uuid.uuid4()})
    assert answer.url == "/chat/"
    person.post("/chat/answer/", {"step": "words", "skip": "yes", "nonce": uuid.uuid4()})
    contact = Contact.objects.get()
    assert contact.status == Contact.Status.WAITING
    assert 'id="bot"' not in person.get("/chat/").content.decode()
    assert [words for who, words in said(contact.visit) if who == "person"] == ["Online", "Skip"]


@pytest.mark.parametrize(("text", "words"), [("", "Write something"), ("x" * 4001, "too long")])
def test_what_cannot_be_sent_comes_back_in_its_box(person, text, words):
    person.post("/chat/answer/", {"step": "what", "choice": "1", "nonce": uuid.uuid4()})
    given = {"step": "words", "text": text, "nonce": uuid.uuid4()}
    html = person.post("/chat/answer/", given).content.decode()
    assert words in html
    assert f">\n{text}</textarea>" in html
    script = person.post("/chat/answer/", given, headers={"X-Script": "1"})
    assert (script.status_code, 'role="alert"' in script.content.decode()) == (422, True)
    assert Visit.objects.get().bot_step == "words"


def test_a_script_is_answered_briefly(person):
    given = {"step": "what", "choice": "1", "nonce": uuid.uuid4()}
    assert person.post("/chat/answer/", given, headers={"X-Script": "1"}).status_code == 204
    stranger = Client(headers={"X-Script": "1"})
    assert stranger.post("/chat/answer/", given).status_code == 404
    assert Client().post("/chat/answer/", given).url == "/chat/"


@pytest.mark.parametrize("nonce", ["", "no-uuid"])
def test_a_form_without_its_nonce_answers_nothing(person, nonce):
    person.post("/chat/answer/", {"step": "what", "choice": "1", "nonce": nonce})
    assert Visit.objects.get().bot_step == "what"


def test_the_first_script_asks_what_the_service_is_there_for():
    publish_first("helpline")
    html = begun().get("/chat/").content.decode()
    assert "I am a chatbot, not a person." in html
    assert bot_words.SKIP in html


# Opening hours ------------------------------------------------------------------------------------


def hours(client, **changes):
    given = {"service": "helpline", "days": ["0", "1"], "opens": "09:00", "closes": "17:00"}
    return press(client, "hours", **given | changes)


def test_hours_are_added_changed_and_removed(keeper):
    assert "closed" in page(keeper, "hours")
    assert hours(keeper).url == reverse("hours")
    first = Opening.objects.get(day=Day.MONDAY)
    assert "9 am to 5 pm" in page(keeper, "hours")
    assert "9 am to 5 pm" in page(keeper, "hours_span", first.pk)
    press(keeper, "hours_span", first.pk, opens="10:00", closes="00:00")
    assert "10 am to midnight" in page(keeper, "hours")
    press(keeper, "hours_span_remove", first.pk)
    assert [each.day for each in Opening.objects.all()] == [Day.TUESDAY]
    assert AuditEvent.objects.filter(action=Action.HOURS_CHANGED).count() == 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"closes": "09:00"}, "It would close before it opens."),
        ({"closes": "02:00"}, "It would close before it opens."),
        ({"opens": "16:59", "closes": "18:00"}, "Tuesday: These times overlap others"),
        ({"days": []}, "This field is required"),
        ({"days": ["8"]}, "not one of the available choices"),
        ({"opens": "noon"}, "Enter a valid time"),
        ({"service": "elsewhere"}, "not one of the available choices"),
    ],
)
def test_empty_overlapping_and_impossible_hours_are_refused_beside_their_field(
    keeper, changes, words
):
    hours(keeper, days=["1"])
    answer = hours(keeper, **changes)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert Opening.objects.count() == 1


def test_a_changed_span_may_not_overlap_either(keeper):
    hours(keeper, days=["0"])
    hours(keeper, days=["0"], opens="18:00", closes="20:00")
    later = Opening.objects.get(opens__hour=18)
    html = press(keeper, "hours_span", later.pk, opens="16:00", closes="20:00").content.decode()
    assert "These times overlap" in html


def test_a_day_is_closed_with_a_reason_and_opened_again(keeper):
    day = london_today() + timedelta(days=3)
    given = {"closing-service": "helpline", "closing-on": day, "closing-why": "<b>training</b>"}
    press(keeper, "hours_close", **given)
    html = page(keeper, "hours")
    assert "&lt;b&gt;training&lt;/b&gt;" in html
    assert "closed on that day already" in press(keeper, "hours_close", **given).content.decode()
    press(keeper, "hours_closure_remove", Closure.objects.get().pk)
    assert not Closure.objects.exists()


def test_a_day_that_is_over_cannot_be_closed(keeper):
    day = london_today() - timedelta(days=1)
    given = {"closing-service": "helpline", "closing-on": day}
    assert "This day is over." in press(keeper, "hours_close", **given).content.decode()
    assert not Closure.objects.exists()


def test_a_contact_with_the_chatbot_is_listed_for_its_supervisor(keeper, person):
    html = keeper.get("/staff/contacts/team/").content.decode()
    assert "With the chatbot" in html
    assert keeper.get(Contact.objects.get().get_absolute_url()).status_code == 200
