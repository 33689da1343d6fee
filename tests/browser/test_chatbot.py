"""The chatbot in a real browser: a supervisor edits and publishes it, and people meet it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from contacts.models import BotScript, Contact, Rank
from tests.bots import always_open, publish, publish_first, said

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(room):
    """Browsers of people who begin a chat, with scripts or without."""

    def come(scripts: bool):
        page = room(locale="en-GB", java_script_enabled=scripts).new_page()
        page.goto("/chat/")
        page.get_by_role("button", name="Start a chat").click()
        return page

    return come


both = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def assert_sound(page) -> None:
    """Nothing that axe complains of, and nothing wider than a phone."""
    for width in (1366, 320):
        page.set_viewport_size({"width": width, "height": 768})
        found = Axe().run(page).response["violations"]
        assert not found, [(rule["id"], rule["nodes"][0]["html"]) for rule in found]
        assert page.locator("html").evaluate("it => it.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1366, "height": 768})


def test_a_supervisor_edits_previews_and_publishes_a_draft(enter):
    """S2-20."""
    publish()
    page = enter("supervisor")
    page.get_by_role("link", name="Chatbot").first.click()
    press(page, "Start a draft for Helpline")
    page.locator("#step-words").get_by_role("link", name="Edit").click()
    page.get_by_label("What the chatbot asks").fill("Say it in your own words.")
    press(page, "Save")
    page.get_by_text("The draft is saved.").wait_for()
    page.locator("#step-help summary").click()
    page.locator("#step-help").get_by_label("What it does").select_option("say")
    press(page, "Write it")
    page.get_by_label("What the chatbot says").fill("They are kind.")
    press(page, "Save")
    press(page, "Down step 6")
    page.wait_for_url("**#step-again")

    page.get_by_role("link", name="Preview").click()
    press(page, "At home")
    page.get_by_text("They are kind.").wait_for()
    press(page, "A person")
    page.get_by_text("The person now waits for a person, in turn.").wait_for()
    assert not Contact.objects.exists()

    page.get_by_role("link", name="Back to the draft").click()
    page.get_by_role("link", name="Publish…").click()
    page.get_by_text("Say it in your own words.").wait_for()
    press(page, "Publish it")
    page.get_by_text("Version 2 is in use for new chats.").wait_for()
    assert BotScript.objects.published("helpline").number == 2


@both
def test_a_person_walks_the_script_skips_and_comes_to_a_person(people, scripts):
    """I07, S2-20."""
    publish_first()
    always_open()
    page = people(scripts)
    page.get_by_text("I am a chatbot, not a person.").wait_for()
    press(page, "I think about leaving")
    page.get_by_label("Your answer").fill("we argue every day")
    press(page, "Send")
    page.get_by_text("How do you feel right now?").first.wait_for()
    for question in ("Are you safe where you are?", "What would you like now?"):
        press(page, "Skip")
        page.get_by_text(question).first.wait_for()
    press(page, "Talk to a person")
    page.get_by_text("I am getting you a person.").wait_for()

    contact = Contact.objects.get()
    mine = [words for who, words in said(contact.visit) if who == "person"]
    assert mine == [
        "I think about leaving",
        "we argue every day",
        "Skip",
        "Skip",
        "Talk to a person",
    ]
    assert (contact.status, contact.rank) == (Contact.Status.WAITING, Rank.ORDINARY)


@both
def test_a_person_who_is_not_safe_is_first_and_by_night_reads_emergency_help(people, scripts):
    """I06, S2-20."""
    publish_first()
    page = people(scripts)
    press(page, "I’m not safe")
    page.get_by_text("call 999").first.wait_for()
    page.get_by_text("116 123: Samaritans").wait_for()
    contact = Contact.objects.get()
    assert (contact.status, contact.rank) == (Contact.Status.WAITING, Rank.NOT_SAFE)


@both
def test_what_was_typed_to_the_chatbot_comes_along_to_a_person(people, scripts):
    """Whoever says in mid-sentence that they are not safe goes on with that sentence."""
    publish_first()
    always_open()
    page = people(scripts)
    press(page, "Something else")
    page.get_by_label("Your answer").fill("he is coming up the st")
    with page.expect_request("**/chat/person/") as asked:
        press(page, "I am not safe right now")
    page.get_by_text("We take you first.").wait_for()
    assert page.get_by_label("Your message").input_value() == "he is coming up the st"
    assert not scripts or "coming" not in asked.value.post_data
    contact = Contact.objects.get()
    assert (contact.status, contact.rank) == (Contact.Status.WAITING, Rank.NOT_SAFE)
    assert "he is coming up the st" not in [words for _who, words in said(contact.visit)]


def test_what_is_typed_to_the_chatbot_stays_while_the_page_looks_for_news(people, refused):
    """Without a stream the page looks again and again."""
    publish_first()
    page = people(scripts=True)
    press(page, "Something else")
    refused.add("/live/chat/")
    page.route("**/live/chat/**", lambda route: route.abort())
    page.get_by_label("Your answer").wait_for()
    page.reload()
    page.get_by_label("Your answer").fill("we argue ev")
    nonce = page.locator("#bot [name=nonce]")
    expect(nonce).not_to_have_value(nonce.input_value(), timeout=30_000)
    assert page.get_by_label("Your answer").input_value() == "we argue ev"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_chatbot_and_the_hours_is_accessible(enter, people, refused, scheme):
    script = publish_first()
    always_open()
    person = people(scripts=True)
    page = enter("supervisor")
    for each in (page, person):
        each.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    assert_sound(person)
    press(person, "Something else")
    person.get_by_label("Your answer").wait_for()
    refused.add("/chat/answer/")
    press(person, "Send")
    person.get_by_role("alert").filter(has_text="Write something first.").wait_for()
    assert_sound(person)
    page.goto("/staff/chatbot/")
    assert_sound(page)
    press(page, "Start a draft for Helpline")
    page.wait_for_url("**/chatbot/*-*/")
    draft = page.url
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    assert_sound(page)
    for path in ("step/?step=what", "step/?kind=signpost", "preview/", "publish/"):
        page.goto(draft + path)
        assert_sound(page)
    page.goto(f"/staff/chatbot/{script.pk}/")
    assert_sound(page)
    page.goto("/staff/hours/")
    assert_sound(page)
    with page.expect_navigation():
        press(page, "Add these hours")
    assert_sound(page)
    page.locator(".spans a").first.click()
    page.wait_for_url("**/hours/*-*/")
    assert_sound(page)


def test_h13_while_an_answer_is_on_its_way_only_not_safe_can_be_pressed(people):
    """The next question is read before its buttons are there: the old ones would answer nothing."""
    publish_first()
    always_open()
    page = people(True)
    page.get_by_text("I am a chatbot, not a person.").wait_for()
    held, holding = [], [True]
    page.route(
        "**/chat/screen/**",
        lambda route: held.append(route) if holding else route.continue_(),
    )
    press(page, "I think about leaving")

    expect(page.locator(".bot__skip")).to_have_attribute("aria-disabled", "true")
    for grave in page.locator(".button--grave").all():
        expect(grave).to_be_enabled()
    holding.clear()
    for route in held:
        route.continue_()

    page.get_by_label("Your answer").wait_for()
    expect(page.locator(".bot__skip")).not_to_have_attribute("aria-disabled", "true")
