"""What a person and a worker say reaches the other in order and once, on bad lines too."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import Contact, Line, Speaker, Visit
from helpline.foundation import live
from tests.browser.saying import BOX, said

pytestmark = pytest.mark.django_db(transaction=True)


def lines(page) -> list[str]:
    return page.locator(".line__text").all_inner_texts()


def test_lines_appear_by_themselves_in_order_and_once(talking, contact):
    for number in range(3, 8):
        contact.say(Speaker.WORKER, f"line {number}")
    expect(talking.locator("#line-7")).to_be_visible()
    said(talking, "thank you", 8)
    assert lines(talking) == [
        "hello",
        "hi, take your time",
        *(f"line {number}" for number in range(3, 8)),
        "thank you",
    ]
    assert talking.get_by_label(BOX).input_value() == ""


def test_what_was_said_meanwhile_is_caught_up_without_loss_or_repeat(talking, contact):
    talking.context.set_offline(True)
    for number in range(3, 6):
        contact.say(Speaker.WORKER, f"line {number}")
    talking.context.set_offline(False)
    expect(talking.locator("#line-5")).to_be_visible(timeout=30_000)
    assert lines(talking)[2:] == ["line 3", "line 4", "line 5"]


def test_a_lost_connection_is_said_and_what_is_typed_is_kept(talking):
    talking.get_by_label(BOX).fill("half a sent")
    talking.context.set_offline(True)
    expect(talking.locator(".chat__trouble")).to_contain_text("onnect", timeout=30_000)
    assert talking.get_by_label(BOX).input_value() == "half a sent"


def test_h13_a_line_that_failed_says_so_and_goes_out_once(page, talking):
    talking.route("**/chat/say/", lambda route: route.abort())
    talking.get_by_label(BOX).fill("did this arrive?")
    talking.get_by_label(BOX).press("Enter")
    expect(talking.locator(".line--failed")).to_contain_text("Not sent.")
    talking.unroute("**/chat/say/")
    talking.get_by_role("button", name="Send again").click()
    expect(talking.locator("#line-3")).to_contain_text("did this arrive?")
    expect(talking.locator(".line--pending")).to_have_count(0)
    assert Line.objects.filter(number=3).count() == 1


def test_h13_an_answer_that_was_lost_makes_no_double(talking):
    def swallow(route):
        route.fetch()  # it arrives, but nobody hears of it
        route.abort()

    talking.route("**/chat/say/", swallow)
    talking.get_by_label(BOX).fill("only once")
    talking.get_by_label(BOX).press("Enter")
    expect(talking.locator("#line-3")).to_contain_text("only once")
    expect(talking.locator(".line")).to_have_count(3)
    talking.unroute("**/chat/say/")
    said(talking, "next", 4)
    assert lines(talking) == ["hello", "hi, take your time", "only once", "next"]


def test_what_is_too_long_stays_in_the_box_with_the_reason(talking):
    box = talking.get_by_label(BOX)
    box.fill("x" * 3900)
    expect(talking.locator(".chat__count")).to_have_text("100 characters left.")
    box.fill("x" * 4001)
    expect(talking.locator(".chat__count")).to_contain_text("1 characters too many")
    box.press("Enter")
    expect(talking.locator(".chat__alert")).to_contain_text("too long to send at once")
    assert len(box.input_value()) == 4001
    expect(talking.locator(".line")).to_have_count(2)


def test_shift_and_enter_begin_a_new_line(talking):
    box = talking.get_by_label(BOX)
    box.press_sequentially("one")
    box.press("Shift+Enter")
    box.press_sequentially("two")
    box.press("Enter")
    expect(talking.locator("#line-3")).to_contain_text("one\ntwo")


def test_what_comes_while_the_page_looks_is_looked_for_once_more(chatting, contact, worker):
    """S2-68: the way back is offered although the answer on its way did not know of it yet."""
    said(chatting, "hello", 1)
    held = []

    def overtaken(route):
        old = route.fetch()
        contact.say(Speaker.WORKER, "hi")
        held.append((route, old))

    chatting.route("**/chat/screen/**", overtaken, times=1)
    contact.take(by=worker)
    expect(chatting.locator("#line-2")).to_contain_text("hi")
    for route, old in held:
        route.fulfill(response=old)
    expect(chatting.locator("summary").get_by_text("Come back to this chat later")).to_be_visible()


def test_writing_is_told_both_ways_and_carries_no_text(talking, contact):
    sent = []
    talking.on("request", lambda request: sent.append((request.url, request.post_data or "")))
    live.ring(live.WRITING, f"worker:{contact.pk}")
    expect(talking.locator(".chat__writing")).to_have_text("The helpline worker is writing…")
    with talking.expect_request("**/chat/writing/"):
        talking.get_by_label(BOX).press_sequentially("something private", delay=20)
    signs = [data for url, data in sent if url.endswith("/writing/")]
    assert len(signs) == 1, "at most one in four seconds"
    assert "private" not in "".join(data for _url, data in sent)


def test_s0_01_nothing_that_is_typed_and_not_sent_leaves_the_browser(talking):
    sent = []
    talking.on("request", lambda request: sent.append(request.post_data or request.url))
    talking.get_by_label(BOX).press_sequentially("my father", delay=5)
    with talking.expect_response("**/chat/screen/**"):
        talking.get_by_role("button", name="Yes, you may").click()
    expect(talking.get_by_text("You said yes")).to_be_visible()
    assert talking.get_by_label(BOX).input_value() == "my father"
    assert not [data for data in sent if "father" in data]


def test_signs_of_the_page_keep_its_person_here(talking):
    Visit.objects.update(here_at=timezone.now() - timedelta(minutes=5))
    with talking.expect_response("**/chat/here/", timeout=30_000):
        pass
    assert Visit.objects.get().is_here()


def test_the_chat_goes_on_when_streams_are_refused(chatting, contact, worker):
    chatting.route("**/live/chat/**", lambda route: route.abort())
    chatting.reload()
    said(chatting, "is anybody there?", 1)
    contact.take(by=worker)
    contact.say(Speaker.WORKER, "yes, I am")
    expect(chatting.locator("#line-2")).to_contain_text("yes, I am", timeout=60_000)


def test_the_end_of_a_chat_keeps_what_was_in_the_box(talking, contact, worker):
    talking.get_by_label(BOX).fill("one more thing")
    Contact.objects.get(pk=contact.pk).end(by=worker)
    expect(talking.get_by_role("heading", name="Thank you for talking to us")).to_be_visible()
    expect(talking.locator(".line--failed")).to_contain_text("one more thing")
