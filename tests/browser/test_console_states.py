"""The console and the boards beside it in every state they can be in: sound for everyone (P05)."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import (
    ChatLimit,
    Dispatch,
    Guidance,
    Joining,
    QuickReply,
    SentAnyway,
    Speaker,
    Thread,
    Visit,
    empty,
)
from contacts.vocabulary import Outcome
from helpline.demo import people
from helpline.foundation.staff.roles import Role
from tests.browser.looking import LOOKS, broken, sideways
from tests.chatting import a_chat, fresh
from tests.texting import texted

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "A long sentence about nothing in particular, with averyveryveryveryverylongword in it. " * 4
SMALL = (320, 640, "light")
PARTS = ("rail", "talk", "record")  # a phone shows one at a time
SEND = """() => {
  const form = [...document.querySelectorAll("main form")].pop(); // as it is in this moment
  form.noValidate = true;
  [...form.querySelectorAll("button")].pop().click();
}"""
STATES = {}


def state(role: str):
    """One state: its function makes it and returns where it is seen, and what is done there."""

    def named(make):
        STATES[make.__name__] = role, make
        return make

    return named


def one(visit) -> str:
    return f"/staff/chats/{visit.pk}/"


def nothing_done(page) -> None:
    pass


def opened(page) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")


def silent(**time) -> None:
    """Every console has given no sign for so long."""
    Visit.objects.update(worker_here_at=timezone.now() - timedelta(**time))


@state("worker")
def nobody_is_there(worker, boss):
    return "/staff/chats/", nothing_done


@state("worker")
def a_long_queue_of_every_rank(worker, boss):
    a_chat(not_safe=True)
    a_chat("x", worker=boss).pass_on(to=None, note=LONG, by=boss)
    for _ in range(24):
        a_chat("x")
    a_chat()
    Visit.objects.filter(contact__last_line=0).update(here_at=None)
    empty.order(timezone.now())
    return "/staff/chats/", opened


@state("worker")
def as_many_chats_as_one_wants(worker, boss):
    ChatLimit.objects.choose(worker, 2)
    a_chat("x", worker=worker)
    visit = a_chat("hello", LONG, worker=worker, nickname="Otter", thread=Thread.objects.create())
    visit.contact.say("worker", f"See https://example.org/{'a' * 120} when you can.")
    visit.say("right‮ to left", nonce=uuid.uuid4())
    a_chat("x")
    return one(visit), opened


@state("worker")
def passed_on_to_oneself_with_guidance(worker, boss):
    visit = a_chat("hello", worker=boss)
    visit.pass_on(to=worker, note=LONG, by=boss)
    asked = Guidance.objects.ask(fresh(visit), LONG, by=worker)
    asked.give(LONG, by=boss)
    Guidance.objects.ask(fresh(visit), "And then?", by=worker)
    return one(visit), nothing_done


@state("worker")
def a_line_that_was_stopped(worker, boss):
    visit = a_chat("hello", worker=worker)
    return one(visit), stopped


def stopped(page) -> None:
    page.locator("#box").fill("Shall we meet? I am @robin_22, ring 07700 900123")
    page.keyboard.press("Enter")
    page.get_by_text("Not sent. This seems to hold").wait_for()


@state("worker")
def a_line_that_failed(worker, boss):
    visit = a_chat("hello", worker=worker)
    return one(visit), failed


def failed(page) -> None:
    page.route(
        "**/say/", lambda route: route.fulfill(status=503, body="<p>It is not there right now.</p>")
    )
    page.locator("#box").fill(LONG)
    page.keyboard.press("Enter")
    page.get_by_text("Nothing is lost").wait_for()


@state("worker")
def a_line_that_is_too_long(worker, boss):
    return one(a_chat("hello", worker=worker)), too_long


def too_long(page) -> None:
    page.locator("#box").fill("x" * 4001)
    page.keyboard.press("Enter")
    page.get_by_text("too long to send at once").wait_for()


@state("worker")
def a_person_who_left(worker, boss):
    visit = a_chat("hello", worker=worker)
    visit.leave()
    return one(visit), nothing_done


@state("worker")
def chats_that_went_back(worker, boss):
    a_chat("hello", worker=worker), a_chat("hello", worker=worker)
    silent(minutes=4)
    Visit.objects.take_back()
    return "/staff/chats/", nothing_done


@state("worker")
def a_chat_that_ended(worker, boss):
    visit = a_chat("hello", worker=worker)
    fresh(visit).end(by=worker, outcome=Outcome.COULD_NOT_HELP, explained=LONG)
    return one(visit), nothing_done


@state("supervisor")
def a_worker_who_is_away(worker, boss):
    visit = a_chat("hello", worker=worker)
    a_chat("hello", worker=worker)
    silent(seconds=90)
    return one(visit), nothing_done


@state("supervisor")
def a_supervisor_who_has_joined(worker, boss):
    visit = a_chat("hello", worker=worker)
    Joining.objects.join(visit.contact, by=boss)
    return one(visit), nothing_done


@state("worker")
def somebody_has_joined(worker, boss):
    visit = a_chat("hello", worker=worker)
    Joining.objects.join(visit.contact, by=boss)
    return one(visit), nothing_done


@state("supervisor")
def a_waiting_chat_that_is_looked_at(worker, boss):
    return one(a_chat("hello")), nothing_done


@state("worker")
def passing_on_with_a_mistake(worker, boss):
    return f"{one(a_chat('hello', worker=worker))}pass/", sent_empty


@state("worker")
def ending_with_a_mistake(worker, boss):
    return f"{one(a_chat('hello', worker=worker))}end/", sent_empty


@state("worker")
def ending_while_they_write(worker, boss):
    return f"{one(a_chat('bye', worker=worker))}end/", written_meanwhile


def written_meanwhile(page) -> None:
    for words in ("wait, he is back", LONG):
        Visit.objects.get().say(words, nonce=uuid.uuid4())
    page.evaluate(SEND)
    page.get_by_text("They have written meanwhile.").wait_for()


@state("worker")
def answers_that_came_back(worker, boss):
    for number in range(3):
        contact = texted("hello", f"+44770090012{number}")
        contact.take(by=worker)
        contact.say(Speaker.WORKER, "yes")
        if number:
            contact.end(by=worker, outcome=Outcome.LISTENED)
    for dispatch in Dispatch.objects.select_related("contact"):
        dispatch.failed(Dispatch.Why.BOUNCED)
    return "/staff/chats/", nothing_done


def sent_empty(page) -> None:
    page.evaluate(SEND)
    page.locator(".errorlist").first.wait_for()


@state("supervisor")
def no_guidance_asked(worker, boss):
    return "/staff/chats/guidance/", nothing_done


@state("supervisor")
def guidance_asked(worker, boss):
    for words in ("What now?", LONG):
        Guidance.objects.ask(a_chat("hello", worker=worker).contact, words, by=worker)
    return "/staff/chats/guidance/", sent_empty


@state("supervisor")
def nothing_sent_anyway(worker, boss):
    return "/staff/chats/sent-anyway/", nothing_done


@state("supervisor")
def sent_anyway(worker, boss):
    for words, kinds in (
        ("Shall we meet?", ["meeting"]),
        (LONG, ["phone-number", "e-mail", "handle"]),
    ):
        line = {"nonce": uuid.uuid4(), "kinds": kinds, "reason": LONG, "by": worker}
        SentAnyway.objects.say(a_chat("hello", worker=worker).contact, words, **line)
    return "/staff/chats/sent-anyway/", nothing_done


@state("worker")
def quick_replies(worker, boss):
    reply = {"title": "Hello", "text": f"Hello, {{cursor}} {LONG}"}
    QuickReply.objects.add(by=worker, shared=False, **reply)
    QuickReply.objects.add(by=boss, shared=True, **reply)
    return "/staff/chats/replies/", sent_empty


@state("worker")
def a_search_in_quick_replies(worker, boss):
    return one(a_chat("hello", worker=worker)), searched


def searched(page) -> None:
    page.locator("#box").press("/")
    page.keyboard.type("zzz")
    page.get_by_text("No reply has these words.").wait_for()


@pytest.fixture
def made(enter, refused):
    """Make a state by its name, and open it: the page."""
    arrived = people.arrive()

    def make(name: str):
        role, prepare = STATES[name]
        path, act = prepare(arrived[Role.WORKER], arrived[Role.SUPERVISOR])
        refused.add(f"{path}say/")
        page = enter(role)
        page.emulate_media(reduced_motion="reduce")
        page.goto(path)
        act(page)
        return page

    return make


def screens(page):
    """Each screen, and on a phone each part of the console that there is."""
    parts = [part for part in PARTS if page.locator(f"#console-{part}").count()] or [""]
    for width, height, scheme in (*LOOKS, SMALL):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        for part in parts if width < 1000 else [""]:
            page.evaluate("part => { if (part) location.hash = `console-${part}` }", part)
            yield width, scheme, part


@pytest.mark.parametrize("name", STATES)
def test_p05_sound_on_every_screen(made, name):
    page = made(name)
    found = {
        (width, scheme, part): (width > 320 and broken(page), sideways(page))
        for width, scheme, part in screens(page)
    }
    assert not {screen: bad for screen, bad in found.items() if bad[0] or bad[1] > 0}
