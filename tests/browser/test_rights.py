"""Somebody asks for a copy of their data: from the form to a file in which nobody else is told."""

import csv
import io
import json
import os
import subprocess
import sys
import unicodedata
from contextlib import contextmanager
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest
from django.conf import settings
from playwright.sync_api import expect

from helpline.celery import app
from helpline.demo import people
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.roles import Role
from privacy.models import Bundle, ReviewItem, RightsRequest
from privacy.rights.kinds import Proof, Status
from tests.browser.looking import faults
from tests.known import DETAILS, make_link, make_record

pytestmark = pytest.mark.django_db(transaction=True)

STEPFATHER = "Marcus Vandermeer"
NUMBER = "07700 900777"
SAID = f"{STEPFATHER} hits me when mum is out, his number is {NUMBER}"
OWN = "thank you, I will ring you again"
WHY = "He has not agreed, and nobody has told him what was said about him here."
DOUBTS = "The name is common, and they write from an address that we do not know."


@pytest.fixture
def told(site, make_contact):
    """A chat in which somebody else is named, of a person who chose to be known."""
    people.arrive()
    worker = people.member(Role.WORKER)
    contact = make_contact(SAID, "that sounds hard. are you safe now?", OWN, worker=worker)
    make_link(contact, make_record(contact, worker), worker)
    contact.end(by=worker)


@contextmanager
def working(keys, queue: str, log):
    """A worker of its own on this test’s database, which takes what is put into one queue."""
    before, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    ours = {"DATABASE_URL": f"{before}/{settings.DATABASES['default']['NAME']}"}
    command = [sys.executable, "-m", "celery", "-A", "helpline.celery", "worker", "--pool", "solo"]
    command += ["-Q", queue, "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    env = os.environ | ours | {"KEYS_DIR": str(keys)}
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=env, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def well(page) -> None:
    """Nothing that axe minds, and nothing wider than a small phone."""
    assert faults(page) == [], page.url


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def unfold(page, name: str):
    """Open what stands under this summary; the part that it opens."""
    part = page.locator("details").filter(has=page.locator("summary", has_text=name)).first
    part.locator("summary").click()
    return part


def says(page, words: str) -> None:
    page.get_by_text(words).first.wait_for()


# From the form to what is certain -----------------------------------------------------------------


def asked(them) -> str:
    """Somebody fills in the form; the words with which they come back."""
    them.goto("/privacy/")
    them.get_by_role("link", name="Ask us here").click()
    well(them)
    them.get_by_label("In your own words").fill("Everything that you have about me, please.")
    them.get_by_label("How it is safe to answer you").fill("text me, after six")
    press(them, "Send")
    them.get_by_role("heading", name="We have it").wait_for()
    well(them)
    return them.locator(".figure__value").inner_text()


def followed(them, words: str) -> None:
    """They read where it stands, with their words."""
    them.goto("/your-data/")
    them.get_by_role("link", name="Read our answer").click()
    them.get_by_label("Your seven words").fill(words)
    press(them, "Read it")
    them.get_by_role("heading", name="What you asked of us").wait_for()


def proved(dpo) -> None:
    """The desk, the request, a doubt, a letter about it, and proof."""
    dpo.goto("/staff/rights/")
    well(dpo)
    dpo.get_by_role("link", name="Copy of their data").click()
    says(dpo, "Everything that you have about me, please.")
    well(dpo)
    press(dpo, "They know that we have it")
    doubt = unfold(dpo, "Ask who they are")
    doubt.get_by_label("Which reasonable doubts").fill(DOUBTS)
    doubt.get_by_role("button", name="Ask who they are").click()
    says(dpo, "No clock runs")
    dpo.get_by_label("Write to them").select_option(label="Who are you?")
    press(dpo, "Write")
    well(dpo)
    letter = dpo.get_by_label("The letter")
    letter.fill(letter.input_value().replace("[Write here.]", DOUBTS))
    press(dpo, "Write it down as sent")


def confirmed(dpo) -> None:
    """Their proof has come, and shows who they are."""
    proof = unfold(dpo, "Their proof has arrived")
    proof.get_by_label("What you have seen").select_option(label="Passport")
    proof.get_by_role("button", name="Their proof has arrived").click()
    day = unfold(dpo, "It proves who they are")
    day.get_by_role("button", name="It proves who they are").click()
    says(dpo, "Our 30 days run from that day.")
    well(dpo)


def located(dpo) -> None:
    """What it is about, by two facts of the record: the record, and the chat that belongs to it."""
    press(dpo, "Begin to look for it")
    dpo.get_by_role("link", name="Find what it is about").click()
    well(dpo)
    by_record = dpo.get_by_role("region", name="By a record")
    by_record.get_by_label("Name").fill(DETAILS["names"])
    by_record.get_by_label("Telephone").fill("07700 900999")
    press(by_record, "Look")
    says(by_record, "No record fits.")
    by_record.get_by_label("Telephone").fill(DETAILS["phone"])
    press(by_record, "Look")
    well(dpo)
    by_record.get_by_role("button", name="It is this record").click()
    says(dpo, "The record and its contacts are part of the request now.")
    press(dpo, "Everything is found")
    press(dpo, "Begin the review")


# What leaves --------------------------------------------------------------------------------------


def item(page, number: int):
    return page.locator(f"#item-{number}")


def reviewed(dpo, refused) -> None:
    """Item by item: somebody else is taken out of one, and every other one leaves."""
    dpo.get_by_role("link", name="Go through it, item by item").click()
    well(dpo)
    press(dpo, "Gather everything")
    unfold(dpo, "Names to look for").get_by_label("one a line").fill(STEPFATHER)
    press(dpo, "Mark these names")
    expect(item(dpo, 1).locator("mark")).to_have_count(2)
    well(dpo)
    refused.add(f"/staff/rights/items/{ReviewItem.objects.get(number=1).pk}/decide/")
    taken_out(dpo)
    by_keys(dpo)
    dpo.wait_for_load_state()
    undecided = dpo.get_by_text("Nothing, until it is decided.")
    for left in reversed(range(undecided.count())):
        leaves(dpo)
        expect(undecided).to_have_count(left)
    says(dpo, "items are decided.")
    well(dpo)


def taken_out(dpo) -> None:
    """The first line leaves without the other person; what is lacking is said, nothing is lost."""
    one = item(dpo, 1)
    one.locator("summary").click()
    one.get_by_label("Leaves in part").check()
    one.get_by_label("Nothing about their health").check()
    one.get_by_label("Exemption", exact=True).select_option(label="It would reveal somebody else")
    for box in (
        one.get_by_role("group", name="Take out what was marked").get_by_role("checkbox").all()
    ):
        box.check()
    one.get_by_label("Whom else is it about?").fill(f"{STEPFATHER}, the stepfather")
    one.get_by_label("What does the person know of it already?").fill("His name and his number.")
    press(one, "Save decision")
    says(one, "Answer in at least 20 characters")
    assert one.get_by_label("Whom else is it about?").input_value().startswith(STEPFATHER)
    well(dpo)
    one.get_by_label("The test of this exemption").fill(WHY)
    press(one, "Save decision")
    expect(item(dpo, 1)).to_contain_text("[removed: about somebody else] hits me when mum is out")
    well(dpo)


def by_keys(dpo) -> None:
    """With the keyboard alone: on to their last line, released, taken back, and released again."""
    expect(item(dpo, 2)).to_be_focused()
    dpo.keyboard.press("j")
    expect(item(dpo, 3)).to_be_focused()
    dpo.keyboard.press("r")
    expect(item(dpo, 3).locator(".tag")).to_have_text("Leaves as it is")
    dpo.keyboard.press("k")
    dpo.keyboard.press("u")
    expect(item(dpo, 3).locator(".tag")).to_have_text("Not decided")
    press(dpo, "Release their own unmarked lines on this page")
    expect(item(dpo, 3).locator(".tag")).to_have_text("Leaves as it is")


def leaves(dpo) -> None:
    """The next item that nobody has decided about leaves as it is."""
    one = dpo.locator(".review").filter(has_text="Not decided").first
    one.locator("summary").click()
    one.get_by_label("Leaves as it is").check()
    one.get_by_label("Nothing about their health").check()
    press(one, "Save decision")


def approved(dpo, lead) -> None:
    """The DPO prepares the answer, and may not approve it; a safeguarding lead does."""
    request = RightsRequest.objects.get()
    dpo.goto(request.get_absolute_url())
    answer = unfold(dpo, "Prepare the answer")
    answer.get_by_label("The answer").select_option(label="Done in part")
    answer.get_by_label("Why").fill("Everything of theirs leaves, without the stepfather.")
    answer.get_by_role("button", name="Prepare the answer").click()
    says(dpo, "Somebody else approves it now.")
    assert dpo.get_by_role("button", name="Approve this answer").count() == 0
    lead.goto("/staff/rights/")
    lead.get_by_role("link", name="Copy of their data").click()
    well(lead)
    lead.get_by_role("link", name="Go through it, item by item").click()
    says(lead, "[removed: about somebody else]")
    well(lead)
    lead.go_back()
    press(lead, "Approve this answer")
    says(lead, "It is approved.")


# The file -----------------------------------------------------------------------------------------


def made(dpo, keys, log) -> tuple[str, str]:
    """The worker makes the file while the page tells how far it is; its link and its words."""
    dpo.get_by_role("link", name="The file for them").click()
    press(dpo, "Make the bundle")
    dpo.get_by_role("progressbar").wait_for()
    well(dpo)
    queue = f"journey-{Bundle.objects.get().pk}"
    app.send_task("privacy.tasks.make_bundles", queue=queue)
    with working(keys, queue, log):
        says(dpo, "Destroyed on")
    assert dpo.get_by_role("progressbar").count() == 0
    well(dpo)
    return link_of(dpo)


def link_of(dpo) -> tuple[str, str]:
    """A link and its words, as the page shows them once."""
    dpo.get_by_role("button", name="ink and words").click()
    expect(dpo.locator("p.code")).to_have_count(2)
    address, words = dpo.locator("p.code").all_inner_texts()
    well(dpo)
    return address, words


def fetched(them, address: str, words: str) -> bytes:
    """The link is opened, wrong words are told, and the right ones bring the file."""
    them.goto(address)
    well(them)
    them.get_by_label("The words you were given").fill("five words that are wrong")
    press(them, "Fetch it")
    says(them, "These words do not open it.")
    well(them)
    them.get_by_label("The words you were given").fill(words)
    with them.expect_download() as download:
        press(them, "Fetch it")
    return download.value.path().read_bytes()


def is_dead(them, address: str, words: str) -> None:
    """The link brings nothing any more, even with the right words."""
    them.goto(address)
    them.get_by_label("The words you were given").fill(words)
    press(them, "Fetch it")
    says(them, "These words do not open it.")


class Text(HTMLParser):
    """Everything that a page says, and everything in its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_data(self, data):
        self.found.append(data)

    def handle_starttag(self, tag, attrs):
        self.found += [value or "" for _name, value in attrs]

    def handle_comment(self, data):
        self.found.append(data)


def strings(value) -> list[str]:
    """Every key and value in what a JSON file holds."""
    if isinstance(value, dict):
        return [each for pair in value.items() for one in pair for each in strings(one)]
    if isinstance(value, list):
        return [each for one in value for each in strings(one)]
    return [str(value)]


def extracted(whole: bytes) -> dict[str, str]:
    """The text of every file of a zip, as it stands there and as a reader would decode it."""
    found = {"the zip itself": whole.decode("latin-1")}
    with ZipFile(io.BytesIO(whole)) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8-sig")
            decoded = {
                "html": lambda text: Text(text).found,
                "json": lambda text: strings(json.loads(text)),
                "csv": lambda text: [each for row in csv.reader(io.StringIO(text)) for each in row],
            }[name.rpartition(".")[2]](text)
            found[name] = "\n".join([name, text, *decoded])
    return found


def plain(words: str) -> str:
    """Letters and digits alone, so that no spacing, case or accent hides a word."""
    return "".join(c for c in unicodedata.normalize("NFKD", words).casefold() if c.isalnum())


def tells_nobody_else(whole: bytes) -> None:
    """D06: no word of or about the third party is in any file, nor what was answered for them."""
    texts = extracted(whole)
    assert set(texts) == {"the zip itself", "read-me.html", "everything.json", "your-own-words.csv"}
    for name, text in texts.items():
        for secret in (*STEPFATHER.split(), NUMBER, WHY, DOUBTS, "stepfather"):
            assert plain(secret) not in plain(text), (name, secret)
        if name != "the zip itself":
            assert "[removed: about somebody else] hits me when mum is out" in text, name
            assert OWN in text, name


def test_a_copy_goes_from_the_form_to_its_person_and_tells_nobody_else(
    told, enter, room, refused, keys, tmp_path
):
    """S2-45, D05, D06, D10, D19, D22: each in a browser of their own."""
    them, dpo, lead = room(locale="en-GB").new_page(), enter("dpo"), enter("lead")
    follow_up = asked(them)
    proved(dpo)
    followed(them, follow_up)
    says(them, DOUBTS)
    well(them)
    confirmed(dpo)
    request = RightsRequest.objects.get()
    assert (request.proof, request.identity_confirmed_on) == (Proof.EVIDENCE, london_today())
    located(dpo)
    reviewed(dpo, refused)
    approved(dpo, lead)
    dpo.reload()
    with open(tmp_path / "worker", "wb") as log:
        address, phrase = made(dpo, keys, log)
    fresh = room(locale="en-GB", accept_downloads=True).new_page()
    refused.add(urlsplit(address).path)
    tells_nobody_else(fetched(fresh, address, phrase))
    is_dead(fresh, address, phrase)

    dpo.get_by_role("link", name="Done").click()
    says(dpo, "Fetched on")
    address, phrase = link_of(dpo)
    Bundle.objects.update(link_until=london_today() - timedelta(days=1))
    refused.add(urlsplit(address).path)
    is_dead(fresh, address, phrase)
    answered(dpo, them, request, follow_up)


def answered(dpo, them, request, follow_up: str) -> None:
    """The letter goes, the request is closed, and whoever asked reads it with their words."""
    dpo.goto(request.get_absolute_url())
    dpo.get_by_label("Write to them").select_option(label="The answer, in part")
    press(dpo, "Write")
    letter = dpo.get_by_label("The letter")
    letter.fill(letter.input_value().replace("[Write here.]", "Somebody else is named in it."))
    press(dpo, "Write it down as sent")
    press(dpo, "Close it")
    says(dpo, "It is closed.")
    well(dpo)
    followed(them, follow_up)
    says(them, "Somebody else is named in it.")
    well(them)
    request.refresh_from_db()
    assert request.status == Status.CLOSED
