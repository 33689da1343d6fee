"""Every item is decided about by itself, with its test answered in words, and can be taken back."""

from datetime import timedelta

import pytest

from helpline.foundation.audit.models import AuditEvent, record_reading
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.states import Refused, WrongState
from privacy.bundle.contents import Cut
from privacy.models import ReviewItem
from privacy.models.review import release_own
from privacy.review import sources
from privacy.review.deciding import Choice, Deciding, Health, lacking
from privacy.review.exemptions import Exemption, open_to
from privacy.review.gathering import gather
from privacy.review.kinds import ItemKind
from privacy.rights.kinds import Asker, Nation, Status
from tests.reviewing import in_review, standing
from tests.worries import CONCERN, raised

pytestmark = pytest.mark.django_db

TODAY = london_today()
WORDS = "Marcus hits me when mum is out"
TEST = "He has not agreed and does not know that it was told to us."
THIRD = {"exemption": Exemption.THIRD_PARTY, "test": TEST, "who": "Marcus", "known": "nothing"}
ALLOWED = open_to(parent=False, scotland=False)


def deciding(choice=Choice.WITHHOLD, words=WORDS, health=Health.NONE, **more) -> Deciding:
    return Deciding(choice, words, health, **more)


@pytest.fixture
def request_(contact, worker, dpo):
    contact.add_note("They are calmer now.", by=worker)
    return in_review(contact, by=dpo)


@pytest.fixture
def line(request_) -> ReviewItem:
    return request_.items.filter(kind=ItemKind.LINE).first()


# What is on the list ------------------------------------------------------------------------------


def test_everything_in_the_scope_is_on_the_list_once(contact, worker, supervisor, dpo):
    contact.add_note("They are calmer now.", by=worker)
    raised(contact, worker, concern=CONCERN)
    record_reading(contact, by=supervisor, shared=True)
    request = in_review(contact, by=dpo)
    kinds = sorted(request.items.values_list("kind", flat=True))
    assert kinds == ["assessment", "decision", "line", "line", "note", "reading"]
    assert gather(request, by=dpo) == 0
    contact.say("person", "one thing more")
    assert gather(request, by=dpo) == 1


def test_each_kind_shows_its_words_to_whoever_reviews(contact, worker, supervisor, dpo):
    contact.add_note("They are calmer now.", by=worker)
    raised(contact, worker, concern=CONCERN, said="I have had enough")
    record_reading(contact, by=supervisor, shared=True)
    request = in_review(contact, by=dpo)
    told = {
        item.kind: sources.opened(item.kind, [item])[item.pk] for item in request.items.all()[::-1]
    }
    assert told[ItemKind.LINE].words == "my dad shouts"
    assert told[ItemKind.NOTE].words == "They are calmer now."
    assert told[ItemKind.NOTE].who == worker.alias
    assert "I have had enough" in told[ItemKind.ASSESSMENT].words
    assert told[ItemKind.READING].words.startswith("Supervisor, ")
    assert supervisor.alias not in told[ItemKind.READING].words


def test_gathering_ends_with_the_review(request_, dpo):
    standing(request_, Status.APPROVAL)
    with pytest.raises(WrongState):
        gather(request_, by=dpo)


# What a decision needs ----------------------------------------------------------------------------


def test_d05_a_third_party_is_withheld_with_the_test_answered_in_words(line, dpo):
    line.decide(deciding(**THIRD), by=dpo)
    line.refresh_from_db()
    assert (line.choice, line.exemption, line.decided_by) == ("withhold", "s2p16", dpo)
    assert line.in_force().test == TEST


@pytest.mark.parametrize("lacks", ["test", "who", "known", "exemption"])
def test_d05_d09_nothing_stays_back_without_its_answers(line, dpo, lacks):
    with pytest.raises(Refused):
        line.decide(deciding(**THIRD | {lacks: ""}), by=dpo)
    assert not ReviewItem.objects.get(pk=line.pk).choice
    assert not line.changes.exists()


def test_d09_crime_needs_its_prejudice_in_words():
    said = deciding(exemption=Exemption.CRIME, test="it would")
    assert any("prejudice" in each for each in lacking(said, TODAY, ALLOWED))


@pytest.mark.parametrize("choice", [Choice.RELEASE, Choice.REDACT])
def test_d07_health_told_by_others_is_banned_without_an_opinion(choice):
    cuts = [Cut(0, 6, "somebody else")] if choice == Choice.REDACT else []
    more = dict(THIRD, cuts=cuts) if choice == Choice.REDACT else {}
    said = deciding(choice, health=Health.OTHERS, **more)
    assert any("Sch 3 para 6" in each for each in lacking(said, TODAY, ALLOWED))
    for opinion, allowed in [
        (TODAY, True),
        (add_months(TODAY, -6), True),
        (add_months(TODAY, -6) - timedelta(days=5), False),
    ]:
        assert (not lacking(said._replace(opinion_on=opinion), TODAY, ALLOWED)) is allowed
    assert lacking(said._replace(health=Health.OWN), TODAY, ALLOWED) == []


def test_d07_whoever_decides_says_each_time_whether_it_is_about_health():
    assert lacking(deciding(Choice.RELEASE, health=""), TODAY, ALLOWED)


def test_d08_social_work_is_for_designated_charities_alone(settings):
    assert Exemption.SOCIAL_WORK not in open_to(parent=True, scotland=False)
    settings.DESIGNATED_FOR_SOCIAL_WORK = True
    assert Exemption.SOCIAL_WORK in open_to(parent=True, scotland=False)


def test_d04_a_parents_request_has_exemptions_that_others_have_not(contact, dpo):
    mine = {Exemption.EXPECTATION, Exemption.CHILD_ABUSE}
    assert not mine & set(open_to(parent=False, scotland=False))
    assert mine <= set(open_to(parent=True, scotland=False))
    assert Exemption.CHILD_ABUSE not in open_to(parent=True, scotland=True)
    request = in_review(contact, by=dpo, asker=Asker.PARENT, nation=Nation.SCOTLAND)
    said = deciding(exemption=Exemption.CHILD_ABUSE, test=TEST)
    with pytest.raises(Refused, match="Choose the exemption"):
        request.items.first().decide(said, by=dpo)


@pytest.mark.parametrize(
    "cuts",
    [
        [],
        [Cut(0, 99, "x")],
        [Cut(3, 3, "x")],
        [Cut(0, 6, "x"), Cut(4, 9, "x")],
        [Cut(0, len(WORDS), "x")],
    ],
)
def test_d06_cuts_lie_within_the_words_and_leave_some(cuts):
    assert lacking(deciding(Choice.REDACT, cuts=cuts, **THIRD), TODAY, ALLOWED)


def test_what_leaves_whole_has_no_exemption():
    assert lacking(deciding(Choice.RELEASE, **THIRD), TODAY, ALLOWED)


# Taking back, and looking again -------------------------------------------------------------------


def test_a_decision_can_be_taken_back_and_the_history_stays(line, dpo):
    line.decide(deciding(Choice.RELEASE), by=dpo)
    line.decide(deciding(**THIRD), by=dpo)
    line.undo(by=dpo)
    assert ReviewItem.objects.get(pk=line.pk).choice == Choice.RELEASE
    line.undo(by=dpo)
    assert ReviewItem.objects.get(pk=line.pk).choice == ""
    with pytest.raises(WrongState, match="nothing to take back"):
        line.undo(by=dpo)
    assert line.changes.count() == 4


def test_what_changed_between_two_reviews_is_listed(request_, line, dpo, lead):
    for item in request_.items.all():
        item.decide(deciding(Choice.RELEASE), by=dpo)
    assert not ReviewItem.objects.changed_since(request_).exists()
    standing(request_, Status.APPROVAL)
    request_.note(Status.APPROVAL, by=dpo)
    standing(request_, Status.REVIEW)
    line.decide(deciding(**THIRD), by=dpo)
    assert list(ReviewItem.objects.changed_since(request_)) == [line]


def test_only_what_the_person_said_can_be_released_together(request_, dpo):
    items = list(request_.items.all())
    assert release_own(items, by=dpo) == 1
    assert request_.items.undecided().count() == len(items) - 1
    assert release_own(list(request_.items.all()), by=dpo) == 0


def test_nothing_is_decided_outside_a_review(request_, line, dpo):
    standing(request_, Status.COLLECTING)
    for attempt in (
        lambda: line.decide(deciding(Choice.RELEASE), by=dpo),
        lambda: line.undo(by=dpo),
    ):
        with pytest.raises(WrongState, match="not in review"):
            attempt()


def test_the_trail_has_the_decision_and_none_of_its_words(request_, line, dpo):
    line.decide(deciding(**THIRD), by=dpo)
    event = AuditEvent.objects.about(request_).latest("at")
    assert "Marcus" not in str(list(AuditEvent.objects.values_list("detail", flat=True)))
    assert event.subject_id == str(request_.pk)


def test_every_kind_of_item_has_a_source():
    assert set(sources.SOURCES) == set(ItemKind)
