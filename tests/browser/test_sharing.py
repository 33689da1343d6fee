"""From a person who is not safe to everything afterwards: shared by two, told, held, released."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from contacts.models import Contact
from helpline.demo import people
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.roles import Role
from privacy.retention import purge_all
from safeguarding.models import Disclosure, Escalation, Hold, Recipient, Task
from safeguarding.sharing.kinds import Status
from tests.bots import always_open, publish_first
from tests.browser.test_escalations import press

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "They wrote that he has a knife and is in the house."
FACT = "A man with a knife is at 3 Mill Lane, with a child."


def police() -> Recipient:
    """The control room, on the list already."""
    tom, helen = people.member(Role.SUPERVISOR), people.member(Role.LEAD)
    said = {"found_at": "kent.police.uk", "spoke_to": "the duty sergeant", "rings_at": "101"}
    entry = Recipient.objects.add("police", by=tom, body="Kent Police, control room", **said)
    entry.approve(by=helen)
    return entry


def choose(page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).check()


def written(page) -> None:
    page.get_by_role("button", name="Write it down").click()
    page.get_by_text("It is written down.").wait_for()


def clean(page) -> None:
    """No rule of accessibility is broken on the page."""
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found] == []


def fits(page) -> None:
    """Nothing is wider than a small phone."""
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.locator("html").evaluate("it => it.scrollWidth") <= 320
    page.set_viewport_size({"width": 1366, "height": 768})


def prepared(tom, escalation) -> None:
    """The supervisor works through the conditions, page by page."""
    tom.goto(escalation.get_absolute_url())
    tom.get_by_role("link", name="Sharing").click()
    tom.get_by_role("button", name="Consider sharing").click()
    tom.get_by_role("link", name="One of the six published grounds").click()
    for name in [
        "A life is in danger",
        "Serious (significant) harm",
        "They are not able to give it",
    ]:
        choose(tom, name)
    choose(tom, "The person who got in touch")
    choose(tom, "A life is in danger and they cannot agree")
    choose(tom, "Vital interests, unable to consent")
    tom.get_by_label("Why you think so").fill(WHY)
    written(tom)
    clean(tom)
    fits(tom)
    tom.get_by_role("link", name="Talk with them first").click()
    choose(tom, "It was not possible")
    tom.get_by_label("If not: why not").fill("They do not answer any more since 20:40.")
    tom.get_by_label("by when somebody tells them").fill("2030-01-01T09:00")
    written(tom)
    tom.get_by_role("link", name="A verified recipient").click()
    tom.get_by_label("Who is told").select_option(label="Kent Police, control room (Police)")
    choose(tom, "By telephone: it is read out")
    written(tom)


def ticked(tom) -> None:
    """One sentence and one line leave; the preview follows while it is typed and ticked."""
    tom.get_by_role("link", name="No more than is needed").click()
    tom.get_by_label("Something written for this").fill(FACT)
    tom.get_by_label("Why it has to leave").first.fill("They must know where to go.")
    tom.locator(".ticks__row", has_text="he has a knife").get_by_role("checkbox").check()
    going = tom.get_by_role("region", name="Leaves")
    going.get_by_text("he has a knife").wait_for()
    going.get_by_text(FACT).wait_for()
    clean(tom)
    row = tom.locator(".ticks__row", has_text="he has a knife")
    row.get_by_label("Why it has to leave").fill("Their own words")
    tom.get_by_role("button", name="Tick these").click()
    tom.get_by_text("Only what is ticked leaves.").wait_for()
    fits(tom)
    tom.get_by_role("link", name="Back", exact=True).click()


def not_safe(them, worker) -> Contact:
    """Somebody opens a chat, says that they are not safe, and is answered at once."""
    them.goto("/")
    them.get_by_role("link", name="Chat with us").first.click()
    them.get_by_role("button", name="Start a chat").click()
    them.get_by_role("button", name="I’m not safe", exact=True).first.click()
    them.get_by_text("You are next.").wait_for()
    worker.goto("/staff/chats/")
    worker.get_by_role("button", name="Take next chat").click()
    worker.locator("#box").wait_for()
    contact = Contact.objects.get()
    for words in ("he has a knife", "my sister does not know"):
        contact.say("person", words)
        worker.get_by_role("log").get_by_text(words).wait_for()
    return contact


def looked_into(tom) -> None:
    """The supervisor sees it come onto the board, takes it on, judges and decides."""
    tom.get_by_role("link", name="Physical abuse").click()
    press(tom, "I am looking at it")
    press(tom, "Write down what you judge", concern=WHY)
    tom.get_by_label("Share what is needed to keep somebody safe").check()
    press(tom, "Decide", why=WHY)
    tom.get_by_text("It is decided.").wait_for()


def told(tom) -> None:
    """The open task to tell the person is done, and the escalation says that they know."""
    tom.goto("/staff/owed/")
    clean(tom)
    fits(tom)
    tom.get_by_text("It is done, or it cannot be done").click()
    choose(tom, "Done")
    tom.get_by_label("How, or why it is not possible").fill("Told on the telephone, at 21:10.")
    written(tom)
    assert not Task.objects.open().exists()
    assert Escalation.objects.get().status == "informed"


def read_out(tom) -> None:
    """Its time has come: it is read out as it was fixed, and somebody has it."""
    Disclosure.objects.update(leaves_at=timezone.now())
    tom.reload()
    tom.get_by_role("button", name="Open what is read out").click()
    tom.get_by_role("heading", name="To read out").wait_for()
    assert FACT in tom.content()
    tom.get_by_role("link", name="Then write down who has it").click()
    tom.get_by_label("Who took it").fill("PC 4471, log 88")
    tom.get_by_role("button", name="They have it").click()
    tom.get_by_text("The receipt is kept.").wait_for()
    assert Disclosure.objects.get().status == Status.SHARED


def held_past_its_date_and_released(tom, helen, contact) -> None:
    """A hold keeps the words past their 18 months; once it is released the purge takes them."""
    tom.goto(f"/staff/contacts/{contact.pk}/hold/")
    tom.get_by_label("Why keeping it helps keep somebody safe").fill(WHY)
    tom.get_by_role("button", name="Hold it").click()
    tom.get_by_text("The contact is held.").wait_for()
    hold = Hold.objects.get()
    helen.goto("/staff/holds/")
    helen.get_by_role("button", name="Approve").click()
    helen.get_by_text("The hold is approved.").wait_for()
    Contact.objects.update(purge_on=london_today())
    purge_all(london_today())
    assert contact.lines.exists()
    helen.goto(f"/staff/holds/{hold.pk}/release/")
    helen.get_by_label("Why it is no longer needed").fill("They are safe with their aunt now.")
    helen.get_by_role("button", name="Release it").click()
    helen.get_by_text("The hold is released.").wait_for()
    Contact.objects.update(spared_until=london_today())
    purge_all(london_today())
    assert not contact.lines.exists()
    assert Disclosure.objects.with_keys().get().package


def test_from_not_safe_to_shared_by_two_told_held_and_gone(site, enter, room):
    """S0-19 to S0-21, S2-06, S1-10, S2-37, E01: each in a browser of their own."""
    worker, tom, helen = enter("worker"), enter("supervisor"), enter("lead")
    publish_first()
    always_open()
    police()
    with tom.expect_response("**/live/escalations/**"):
        tom.goto("/staff/escalations/")
    them = room(locale="en-GB").new_page()
    contact = not_safe(them, worker)
    worker.get_by_role("link", name="Escalate").click()
    worker.get_by_role("button", name="Physical abuse").click()
    worker.get_by_text("Supervisors see it now").wait_for()
    looked_into(tom)
    prepared(tom, Escalation.objects.get())
    ticked(tom)
    tom.get_by_role("button", name="Ready for a second person").click()
    tom.get_by_text("A second person, who wrote nothing in it").wait_for()
    helen.goto(f"/staff/escalations/share/{Disclosure.objects.get().pk}/")
    helen.get_by_text(FACT).first.wait_for()
    assert helen.get_by_text("my sister does not know").count() == 0
    helen.get_by_role("button", name="Approve it").click()
    helen.get_by_text("It is approved.").wait_for()
    tom.reload()
    tom.get_by_role("button", name="Share it now").click()
    tom.get_by_text("It leaves at").wait_for()
    clean(tom)
    fits(tom)
    read_out(tom)
    told(tom)
    contact.end(by=people.member(Role.WORKER))
    them.close()  # a page left open would ask again when nothing is left to answer
    held_past_its_date_and_released(tom, helen, contact)


def test_e10_999_is_written_down_in_two_clicks(site, enter):
    worker = enter("worker")
    robin = people.member(Role.WORKER)
    contact = Contact.objects.start(service="helpline", channel="phone", by=robin)
    worker.goto(contact.get_absolute_url())
    worker.get_by_role("link", name="999 was called").click()
    clean(worker)
    fits(worker)
    worker.get_by_label("What you told them").fill(FACT)
    worker.get_by_role("button", name="Write it down").click()
    worker.get_by_text("A supervisor looks at it within 24 hours.").wait_for()
    assert Escalation.objects.get().calls.count() == 1
    worker.goto("/staff/emergency/")
    clean(worker)
    fits(worker)
