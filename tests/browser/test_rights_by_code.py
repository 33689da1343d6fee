"""Rights without a name: seven words delete what they open; a nickname opens nothing (S2-67)."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import Contact
from helpline.demo import people
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.roles import Role
from privacy.erasure import erasing
from privacy.models import RightsRequest
from privacy.rights.kinds import Kind, Status
from safeguarding.models import Hold
from tests.browser.looking import faults, sideways
from tests.browser.saying import BOX
from tests.visiting import cleared, opened

pytestmark = pytest.mark.django_db(transaction=True)

SMALL = {"width": 320, "height": 640}
SAID = "my dad shouts and i do not want him to find this"
NICKNAME = "Otter"
REASON = "She said that he will come back tonight, and that she is alone."
both = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


def well(page, scripts: bool = True) -> None:
    """Nothing that axe minds, which needs scripts, and nothing wider than a small phone."""
    if scripts:
        assert faults(page) == [], page.url
        page.set_viewport_size(SMALL)
    assert sideways(page) <= 0, page.url


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def chatted(room, site):
    """Somebody chats, writes down their seven words and leaves; what they hold then."""
    people.arrive()
    cleared(), opened()

    def chat(scripts: bool) -> tuple[Contact, str]:
        page = room(locale="en-GB", viewport=SMALL, java_script_enabled=scripts).new_page()
        page.goto("/chat/")
        page.get_by_label("A nickname, if you like").fill(NICKNAME)
        press(page, "Start a chat")
        page.get_by_label(BOX).fill(SAID)
        press(page, "Send")
        page.get_by_role("log").get_by_text(SAID).wait_for()
        Contact.objects.get().take(by=(worker := people.member(Role.WORKER)))
        contact = Contact.objects.with_key().get()
        contact.say("worker", "I am here.")
        page.goto("/chat/")
        page.get_by_text("Come back to this chat later").locator("visible=true").click()
        press(page, "Show my words")
        expect(page.locator(".words li")).to_have_count(7)
        words = " ".join(page.locator(".words li").all_inner_texts())
        contact.end(by=worker)
        page.context.close()
        return contact, re.sub(r"[^a-z ]+", " ", words)

    return chat


@pytest.fixture
def back(room, refused):
    """Somebody comes back on another device with their words, to what is theirs."""
    refused |= {"/back/", "/back/yours/delete/"}  # wrong words, on purpose

    def come(words: str, scripts: bool):
        page = room(locale="en-GB", viewport=SMALL, java_script_enabled=scripts).new_page()
        page.goto("/your-data/")
        page.get_by_role("link", name="come back with your seven words").click()
        page.get_by_label("Your seven words").fill(words.upper())
        press(page, "Open my chat")
        page.get_by_role("link", name="See what you can do").click()
        page.get_by_role("heading", name="What is yours").wait_for()
        return page

    return come


def delete(page, when: str, words: str, scripts: bool) -> None:
    """The form at the end of the page; wrong words first, which lose no choice."""
    page.get_by_label(when).check()
    page.get_by_label("Your seven words, once more").fill("not these words")
    press(page, "Delete")
    page.get_by_text("These are not the seven words").wait_for()
    assert page.get_by_label(when).is_checked()
    well(page, scripts)
    page.get_by_label("Your seven words, once more").fill(words)
    press(page, "Delete")
    page.get_by_role("heading", name="We have what you asked").wait_for()
    well(page, scripts)


@both
def test_s2_67_p10_what_the_words_open_is_deleted_at_once(chatted, back, room, scripts):
    """S2-67, P10: on a small phone, with nothing but the words; then the words open nothing."""
    _contact, words = chatted(scripts)
    page = back(words, scripts)
    well(page, scripts)
    delete(page, "Now. It cannot be undone.", words, scripts)
    page.get_by_text("What could be deleted at once is gone.").wait_for()
    page.get_by_text("for up to 35 days").wait_for()
    assert not Contact.objects.exists()
    assert not RightsRequest.objects.exists()

    page.goto("/back/")
    page.get_by_label("Your seven words").fill(words)
    press(page, "Open my chat")
    page.get_by_text("These words open nothing").wait_for()
    well(page, scripts)


@both
def test_p10_there_are_24_hours_to_change_ones_mind(chatted, back, scripts):
    """S2-67, P10: kept when they say so, gone after a day when they say it again."""
    _contact, words = chatted(scripts)
    page = back(words, scripts)
    delete(page, "In 24 hours.", words, scripts)
    page.get_by_text("It is deleted in 24 hours.").wait_for()
    page = back(words, scripts)
    page.get_by_role("heading", name="It will be deleted").wait_for()
    well(page, scripts)
    press(page, "Do not delete it")
    page.get_by_role("heading", name="What is yours").wait_for()
    assert page.get_by_role("heading", name="It will be deleted").count() == 0
    later = timezone.now() + timedelta(hours=25)
    assert erasing.run_due(later) == 0

    delete(page, "In 24 hours.", words, scripts)
    assert erasing.run_due(timezone.now() + timedelta(hours=23)) == 0
    assert erasing.run_due(later) == 1
    assert not Contact.objects.exists()


@both
def test_c20_the_first_answer_is_neutral_when_something_stops_it(chatted, back, enter, scripts):
    """C20, S2-67: no word of a hold; the DPO has the task, and the reasons come under the words."""
    contact, words = chatted(scripts)
    Hold.objects.place(
        contact,
        by=people.member(Role.SUPERVISOR),
        kind=Hold.Kind.SAFEGUARDING,
        ground=Hold.Ground.LIFE_IN_DANGER,
        reason=REASON,
        review_on=london_today() + timedelta(days=30),
    )
    page = back(words, scripts)
    delete(page, "Now. It cannot be undone.", words, scripts)
    told = page.locator("main").inner_text().lower()
    assert not any(word in told for word in ("hold", "held", "safe", "worr", "refus", "cannot"))
    assert "within a month" in told
    assert Contact.objects.get().lines.exists()

    dpo = enter("dpo")
    dpo.goto("/staff/rights/")
    dpo.get_by_role("link", name="Deletion").click()
    dpo.get_by_text("Delete what my seven words open.").wait_for()
    request = RightsRequest.objects.get()
    assert (request.kind, request.status) == (Kind.ERASE, Status.RECEIVED)
    page = back(words, scripts)
    page.get_by_text("We answer here, on this page, by").wait_for()
    well(page, scripts)


# A nickname alone ---------------------------------------------------------------------------------


def asks(page, nickname: str) -> str:
    """Somebody asks for what was said under a nickname; the words for the answer."""
    page.goto("/your-data/")
    page.get_by_label("In your own words").fill(f"I called myself {nickname}. Send me the chat.")
    page.get_by_label("What helps us find it").fill("Last week, in the evening, about my dad")
    press(page, "Send")
    page.get_by_role("heading", name="We have it").wait_for()
    return page.locator(".figure__value").inner_text()


def not_told(dpo, lead) -> None:
    """The oldest open request is answered: we cannot tell, as a second person agrees."""
    dpo.goto("/staff/rights/")
    dpo.get_by_role("link", name="Copy of their data").first.click()
    press(dpo, "They know that we have it")
    dpo.locator("summary", has_text="Prepare the answer").click()
    dpo.get_by_label("The answer").select_option(label="Not identifiable")
    dpo.locator("#propose-reasons").fill("A nickname and a week, and no seven words.")
    press(dpo, "Prepare the answer")
    dpo.get_by_text("Somebody else approves it now.").wait_for()
    request = urlsplit(dpo.url).path
    lead.goto(request)
    press(lead, "Approve this answer")
    lead.get_by_text("It is approved.").wait_for()
    dpo.goto(request)
    dpo.get_by_label("Write to them").select_option(label="We cannot tell")
    press(dpo, "Write")
    press(dpo, "Write it down as sent")
    press(dpo, "Close it")
    dpo.get_by_text("It is closed.").first.wait_for()


def test_d01_a_nickname_brings_the_same_answer_whether_or_not_there_is_a_chat(chatted, enter, room):
    """D01, Art 11: the same pages before and after, from the form to the letter."""
    chatted(scripts=True)
    dpo, lead = enter("dpo"), enter("lead")
    answers = []
    for nickname in (NICKNAME, "Nobody-ever"):
        page = room(locale="en-GB", viewport=SMALL).new_page()
        words = asks(page, nickname)
        not_told(dpo, lead)
        page.goto("/your-data/answer/")
        page.get_by_label("Your seven words").fill(words)
        press(page, "Read it")
        page.get_by_role("heading", name="What you asked of us").wait_for()
        well(page)
        answers.append(page.locator("main").inner_text())
    assert answers[0] == answers[1]
    assert "reads the same whether or not we hold anything" in answers[0]
    assert NICKNAME not in answers[0]
    assert not RightsRequest.objects.to_answer().exists()
