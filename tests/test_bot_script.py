"""The chatbot's script: which rules it keeps, who may change it, and what is written down of it."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from contacts import bot_words
from contacts.bot import Choice, Kind, Problem, Script, Step, problems, read, written
from contacts.first_scripts import HOURS, SCRIPTS
from contacts.models import BotScript, Day, Opening
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.roles import Service
from helpline.foundation.states import Refused, WrongState
from tests.bots import SMALL, publish
from tests.racing import outcome, rivals, somebody_waits, until
from tests.reading import grade, sentences
from tests.test_plain_words import HARDEST_BLOCK, HARDEST_PAGE, JARGON, LONGEST_SENTENCE

pytestmark = pytest.mark.django_db
WHAT = 1  # where the small script asks its first question


def wrong(*steps: Step, places=()) -> list[Problem]:
    return problems(Script([written(step) for step in steps]), set(places))


def changed(number: int, **changes) -> list[Step]:
    """The small script with one step changed."""
    steps = list(SMALL)
    steps[number] = steps[number]._replace(**changes)
    return steps


# Rules --------------------------------------------------------------------------------------------


def test_the_small_script_keeps_every_rule():
    assert wrong(*SMALL) == []


def test_a_step_is_stored_and_read_without_loss():
    assert [read(written(step)) for step in SMALL] == SMALL


TOO_MANY = tuple(Choice(f"b{n}", "words") for n in range(8)) + SMALL[WHAT].choices[-1:]
LOOP = [
    Step("one", Kind.SAY, "One.", "two"),
    Step("two", Kind.SAY, "Two.", "one"),
]
NO_END = [
    Step("one", Kind.ASK, "One?", "two"),
    Step("two", Kind.ASK, "Two?", "one"),
]


@pytest.mark.parametrize(
    ("steps", "field", "words"),
    [
        ([], "", "no steps yet"),
        (changed(0, text=" "), "text", "says nothing"),
        (changed(0, text="x" * 1001), "text", "too long"),
        (changed(0, next="nowhere"), "next", "lead anywhere"),
        (changed(0, id="Not a slug"), "id", "small letters"),
        (changed(0, id="x" * 41), "id", "small letters"),
        (changed(0, id="what"), "id", "same name"),
        (changed(0, kind="guess"), "kind", "Nobody knows"),
        (changed(3, place="gone"), "place", "not on the list"),
        (changed(WHAT, choices=SMALL[WHAT].choices[:1]), "choices", "buttons. This one has 1"),
        (changed(WHAT, choices=TOO_MANY), "choices", "This one has 9"),
        (changed(WHAT, choices=(Choice(" ", "end"), *TOO_MANY[-2:])), "button-1", "Button 1 says"),
        (changed(WHAT, choices=(Choice("x" * 81, "end"), *TOO_MANY[-2:])), "button-1", "80 charac"),
        (changed(WHAT, choices=(*TOO_MANY[-2:], Choice("B7", "end"))), "button-3", "same as an"),
        (changed(WHAT, choices=(Choice("a", "x"), *TOO_MANY[-2:])), "next-1", "Button 1 does not"),
        (changed(WHAT, choices=(Choice("a", "help"), Choice("b", "words"))), "", "not safe"),
        ([*SMALL, Step("alone", Kind.GOODBYE, "Bye.")], "", "Nothing leads to"),
        (LOOP, "next", "circles"),
        (NO_END, "next", "ever comes to a person"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_told_at_its_step_in_words(steps, field, words):
    found = wrong(*steps)
    assert any(each.field == field and words in each.words for each in found), found


def test_a_place_on_the_list_may_be_named():
    assert wrong(*changed(3, place="a-place"), places=["a-place"]) == []


def test_the_longest_text_and_eight_buttons_are_allowed():
    assert wrong(*changed(0, text="x" * 1000)) == []
    assert wrong(*changed(WHAT, choices=(Choice("a", "help"), *TOO_MANY[2:]))) == []


# Versions -----------------------------------------------------------------------------------------


@pytest.fixture
def in_use() -> BotScript:
    return publish()


@pytest.fixture
def draft(in_use, supervisor) -> BotScript:
    return BotScript.objects.draft(in_use.service, by=supervisor, like=in_use)


def acts(script) -> list:
    found = AuditEvent.objects.about(script)
    return sorted((event.action, event.detail.get("change", "")) for event in found)


def test_a_draft_is_begun_edited_and_published_and_each_is_recorded(draft, in_use, supervisor):
    draft.edit(changed(0, text="Hi."), by=supervisor, seen=draft.seen)
    draft.publish(by=supervisor, seen=draft.seen)
    in_use.refresh_from_db()
    assert (draft.number, draft.status, in_use.status) == (2, "published", "retired")
    assert BotScript.objects.published(draft.service).steps[0]["text"] == "Hi."
    assert acts(draft) == [
        (Action.BOT_CHANGED, "begun"),
        (Action.BOT_CHANGED, "edited"),
        (Action.BOT_PUBLISHED, ""),
    ]


def test_a_service_has_one_draft(draft, supervisor):
    with pytest.raises(WrongState, match="a draft already"):
        BotScript.objects.draft(draft.service, by=supervisor)
    draft.discard(by=supervisor)
    assert BotScript.objects.draft(draft.service, by=supervisor).steps == []


def test_of_two_editors_the_later_overwrites_nothing(draft, supervisor, other_supervisor):
    seen = draft.seen
    stale = BotScript.objects.get(pk=draft.pk)
    draft.edit(changed(0, text="Mine."), by=supervisor, seen=seen)
    for act in (
        lambda: stale.edit(changed(0, text="Theirs."), by=other_supervisor, seen=seen),
        lambda: stale.publish(by=other_supervisor, seen=seen),
        lambda: stale.edit(SMALL, by=other_supervisor, seen="not a time"),
    ):
        with pytest.raises(WrongState, match="meanwhile"):
            act()
    stale.refresh_from_db()
    assert (stale.steps[0]["text"], stale.status) == ("Mine.", "draft")


@pytest.mark.django_db(transaction=True)
def test_who_publishes_while_another_edits_is_told(draft, supervisor, other_supervisor):
    seen = draft.seen
    with rivals() as start:
        with transaction.atomic():
            draft.edit(changed(0, text="Mine."), by=supervisor, seen=seen)
            late = start(BotScript.objects.get(pk=draft.pk).publish, by=other_supervisor, seen=seen)
            until(somebody_waits)
        assert isinstance(outcome(late), WrongState)
    assert BotScript.objects.published(draft.service) != draft


def test_a_broken_draft_is_not_published(draft, in_use, supervisor):
    draft.edit(changed(0, text=""), by=supervisor, seen=draft.seen)
    with pytest.raises(Refused, match="not right yet"):
        draft.publish(by=supervisor, seen=draft.seen)
    assert BotScript.objects.published(draft.service) == in_use


@pytest.mark.parametrize("verb", ["edit", "publish", "discard"])
def test_what_is_in_use_or_was_is_never_changed(in_use, draft, supervisor, verb):
    draft.publish(by=supervisor, seen=draft.seen)
    act = {
        "edit": lambda script: script.edit([], by=supervisor, seen=script.seen),
        "publish": lambda script: script.publish(by=supervisor, seen=script.seen),
        "discard": lambda script: script.discard(by=supervisor),
    }[verb]
    for script in (draft, in_use):
        before = BotScript.objects.filter(pk=script.pk).values().get(), acts(script)
        with pytest.raises(WrongState), transaction.atomic():
            act(script)
        assert (BotScript.objects.filter(pk=script.pk).values().get(), acts(script)) == before


def test_the_database_allows_one_script_in_use(in_use):
    with pytest.raises(IntegrityError), transaction.atomic():
        BotScript.objects.create(service=in_use.service, number=9, status="published")


# The first ones -----------------------------------------------------------------------------------

every_service = pytest.mark.parametrize("service", Service)
FIXED = [
    bot_words.COMING, bot_words.IN_DANGER, bot_words.closed("tomorrow at 4 pm"),
    bot_words.FIRST_IN_LINE, bot_words.OFFER, bot_words.read_when("tomorrow at 4 pm"),
    bot_words.AT_ANY_TIME, bot_words.ONLY_BUTTONS, bot_words.SOMEBODY_IS_HERE,
]  # fmt: skip


@every_service
def test_each_service_begins_with_a_script_and_hours(service):
    begin = __import__("contacts.migrations.0011_first_hours_and_scripts", fromlist=["begin"]).begin
    with connection.schema_editor() as editor:
        begin(apps, editor)
        begin(apps, editor)  # as after it was undone: what is there stays
    script = BotScript.objects.published(service)
    assert (script.number, script.published_by, script.problems()) == (1, None, [])
    mine = Opening.objects.filter(service=service)
    assert {each.day for each in mine} == set(Day)
    assert {(each.opens, each.closes) for each in mine} == {HOURS[service]}


@every_service
def test_s2_20_the_first_script_says_who_speaks_and_what_stays_private(service):
    texts = " ".join(step["text"] for step in SCRIPTS[service][:3])
    for words in ("chatbot, not a person", "between you and us", "Confidentiality", "skip any"):
        assert words in texts


@every_service
def test_every_question_of_the_first_script_has_a_way_to_say_not_safe(service):
    asked = [step for step in Script(SCRIPTS[service]).steps if step.kind == Kind.CHOOSE]
    assert len(asked) >= 4
    assert all(any(each.not_safe for each in step.choices) for step in asked)


@every_service
def test_p11_a_child_of_eleven_can_read_the_script(service):
    script = Script(SCRIPTS[service])
    texts = [step.text for step in script.steps]
    labels = [choice.label for step in script.steps for choice in step.choices]
    assert_plain(texts)
    assert_plain([" ".join(texts), *labels])


def test_p11_and_what_the_bot_says_in_every_script():
    assert_plain(FIXED)


def assert_plain(texts: list[str]) -> None:
    assert grade(texts) <= HARDEST_PAGE
    long = [text for text in texts if sum(map(len, sentences(text))) >= 12]
    assert not [text for text in long if grade([text]) > HARDEST_BLOCK]
    words = [sentence for text in texts for sentence in sentences(text)]
    assert not [sentence for sentence in words if len(sentence) > LONGEST_SENTENCE]
    said = " ".join(texts).lower()
    assert not [word for word in JARGON if word in said]
