"""A caller asks for a message to be passed: from asking to what came back."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from contacts.models import ActionRequest, Consent, Contact, Purpose
from helpline.demo import people
from tests.asking import agreed, approved, ask
from tests.browser.test_desk import reach

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "I am safe. I will ring when I can."


def the_call() -> Contact:
    """The worker’s call, just answered."""
    worker = people.member("worker")
    contact = Contact.objects.start(service="helpline", channel="phone", by=worker)
    return Contact.objects.with_key().select_related("worker").get(pk=contact.pk)


def press(page, name: str) -> None:
    """Press a button with the keyboard alone."""
    reach(page, name)
    page.keyboard.press("Enter")


def fill(page, label: str, words: str) -> None:
    reach(page, label)
    page.keyboard.type(words)


def test_a_message_is_passed_and_the_caller_hears_what_came_back(site, enter):
    """S0-09, S0-10, E15: with the keyboard, by three people, each in a browser of their own."""
    worker, supervisor, colleague = enter("worker"), enter("supervisor"), enter("supervisor")
    contact = the_call()
    worker.goto(contact.get_absolute_url())
    press(worker, "They ask for something")
    worker.wait_for_url("**/ask/")
    reach(worker, "Pass a message")
    worker.keyboard.press("Space")
    fill(worker, "What they said, in their exact words", "Could you tell my mum I am safe?")
    reach(worker, "They heard our words for it, and they agree")
    worker.keyboard.press("Space")
    press(worker, "Write it down")

    worker.wait_for_url("**/details/")
    for label, words in [
        *(("Their name", "Quillon Fairweather"), ("Their date of birth", "3 May 2004")),
        *(("How to reach them", "07700 900123"), ("For whom it is", "Marguerite")),
        *(("Their number or e-mail address", "01632 960001"), ("The exact words", WORDS)),
    ]:
        fill(worker, label, words)
    press(worker, "Write it down")
    worker.get_by_text("Read it to them, word for word.").wait_for()
    assert "Quillon" not in worker.content()
    press(worker, "They heard it and agree")
    worker.get_by_role("radio", name="Rang back on a published number").check()
    press(worker, "The recipient is checked")
    worker.get_by_text("A supervisor who did not prepare it").wait_for()

    supervisor.goto("/staff/asked/")
    supervisor.get_by_role("link", name="Pass a message").click()
    supervisor.get_by_text(WORDS).wait_for()
    press(supervisor, "Approve it")
    supervisor.get_by_text("It is approved.").wait_for()

    worker.reload()
    worker.get_by_label("Why you need to see it").select_option("to-pass-on")
    press(worker, "Show who they are")
    worker.get_by_text("Quillon Fairweather").wait_for()
    worker.goto(ActionRequest.objects.get().get_absolute_url())
    worker.get_by_role("radio", name="Reached them").check()
    press(worker, "Write down this try")
    worker.get_by_text("It is finished").click()
    worker.get_by_role("radio", name="It was done").check()
    worker.get_by_label("What we tell the person about it").fill("She cried and was glad.")
    press(worker, "Write down what came of it")
    worker.get_by_text("Tell the person what came of it").wait_for()

    colleague.goto("/staff/asked/reply/")
    reference = ActionRequest.objects.get().reference
    colleague.get_by_label("The reference they name").fill(reference.replace("-", " "))
    colleague.get_by_label("What they answered, in their words").fill("Your room is as it was.")
    press(colleague, "Keep the answer")
    colleague.get_by_text("kept for the person").wait_for()

    worker.goto(contact.get_absolute_url())
    worker.get_by_role("link", name="Pass a message").click()
    worker.get_by_text("Your room is as it was.").wait_for()
    worker.get_by_text("She cried and was glad.").wait_for()
    worker.get_by_role("radio", name="While they were in touch with us").check()
    press(worker, "They know")
    worker.get_by_text("They know what came of it.").wait_for()
    assert ActionRequest.objects.get().status == "told"


@pytest.fixture
def told_of(site):
    """Requests at every step, and a wish not to be found."""
    worker, second = people.member("worker"), people.member("supervisor")
    contact = the_call()
    Consent.objects.answered(contact, "refused", wording=1, purpose=Purpose.FOUND, by=worker)
    Consent.objects.answered(contact, "given", wording=1, purpose=Purpose.SURVEY, by=worker)
    agreed(ask(contact, worker), worker)
    approved(ask(contact, worker), worker, second)
    ring = agreed(ask(contact, worker, kind="call-back"), worker)
    ring.tried("no-answer", by=worker)
    ask(contact, worker, kind="referral")
    return contact


def faults(page) -> list:
    """What axe finds at three widths in both schemes, and whatever is wider than its page."""
    found = []
    for width, scheme in [(1366, "light"), (390, "dark"), (320, "light")]:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        ids = page.eval_on_selector_all("[id]", "all => all.map(each => each.id)")
        found += [(width, "one id twice", each) for each in set(ids) if ids.count(each) > 1]
        broken = Axe().run(page).response["violations"]
        found += [(width, rule["id"], rule["nodes"][0]["html"]) for rule in broken]
        wider = page.locator("html").evaluate("it => it.scrollWidth - innerWidth")
        found += [(width, "too wide", wider)] if wider > 0 else []
    return found


def test_the_pages_are_accessible_wide_and_narrow(site, enter, told_of):
    page = enter("worker")
    paths = ["/staff/asked/", "/staff/asked/call-backs/", "/staff/asked/reply/", "/staff/wordings/"]
    paths += [f"{told_of.get_absolute_url()}{end}" for end in ("", "agreed/", "ask/")]
    for action in ActionRequest.objects.all():
        paths += [action.get_absolute_url(), f"{action.get_absolute_url()}details/"]
    wrong = {}
    for path in paths:
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true })")
        wrong[path] = faults(page)
    assert not any(wrong.values()), {path: each for path, each in wrong.items() if each}


@pytest.mark.parametrize(
    ("role", "path"), [("lead", "/staff/asked/both-sides/"), ("dpo", "/staff/taken-back/")]
)
def test_the_pages_of_few_are_accessible(site, enter, told_of, role, path):
    worker = people.member("worker")
    Consent.objects.withdraw(told_of, Purpose.MESSAGE, by=worker, how="voice")
    page = enter(role)
    page.goto(path)
    assert not faults(page)
