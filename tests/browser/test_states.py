"""Pages when there is something on them, and when something is wrong: sound for everyone (P05)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.utils import timezone

from contacts.models import (
    Contact,
    ContactTopic,
    LegalBasis,
    NoteReview,
    Signpost,
    Signposting,
    Step,
)
from contacts.vocabulary import Basis, Condition, NoConsent, NoteKind, Outcome, StepKind
from helpline import context
from helpline.demo import figures, people, story
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.models import RoleGrant
from helpline.foundation.staff.roles import Role
from privacy.models import Brake
from safeguarding.models import Hold
from tests.browser.looking import faults
from tests.partners import make_key
from tests.serving import away

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "They said somebody is looking for them and may ask us for help again soon."
LONG = "A long sentence about nothing in particular, with averyveryveryveryverylongword in it. " * 4

POSTED = """([fields, length]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/privacy/";
  for (let n = 0; n < fields; n += 1) {
    const box = document.createElement("textarea");
    box.name = `n${n}`;
    box.value = "x".repeat(length);
    form.append(box);
  }
  document.body.append(form);
  form.submit();
}"""


@pytest.fixture
def cast(site):
    """The demonstration's people."""
    return people.arrive()


@pytest.fixture
def call(cast):
    """A call with something on every card, and a note that came back."""
    worker, supervisor = cast[Role.WORKER], cast[Role.SUPERVISOR]
    call = Contact.objects.start(service="helpline", channel="phone", by=worker)
    for kind in (NoteKind.QUESTION, NoteKind.NEED, NoteKind.WORDS, NoteKind.OPTION, NoteKind.VIEW):
        call.add_note(LONG, by=worker, kind=kind)
    first = call.add_note("She rang twice.", by=worker)
    call.add_note("She rang once.", by=worker, corrects=first)
    call.add_note("Ring 07700 900123.", by=worker, why="They asked us to.", identifying=["phone"])
    for kind in StepKind:
        Step.objects.say(call, kind, by=worker)
    ContactTopic.objects.change(call, added={"family", "school"}, removed=set())
    place = Signpost.objects.create(name="Night shelter", offers=LONG[:300], reached_by="0" * 60)
    Signposting.objects.point(call, place, by=worker)
    safeguarding = {"basis": Basis.RECOGNISED, "condition": Condition.SAFEGUARDING}
    because = {"no_consent": NoConsent.PREJUDICE, "under_18": True, "reason": LONG}
    LegalBasis.objects.discern(call, by=worker, **safeguarding, **because)
    back = call.add_note("He was difficult.", by=worker)
    NoteReview.objects.review(back, by=supervisor, question=LONG)
    return call


@pytest.fixture
def held(call, cast):
    """That call held twice, one hold long overdue, one waiting; and one that was released."""
    supervisor, lead = cast[Role.SUPERVISOR], cast[Role.LEAD]
    said = {"kind": Hold.Kind.SAFEGUARDING, "ground": Hold.Ground.HARMED_NOW, "reason": REASON}
    review = add_months(london_today(), 3)
    holds = [Hold.objects.place(call, by=supervisor, review_on=review, **said) for _ in range(3)]
    holds[0].approve(by=lead)
    holds[1].release(by=lead, reason="They are safe and have said so twice.")
    Hold.objects.filter(pk=holds[0].pk).update(review_on=london_today() - timedelta(days=70))
    return call


def test_p05_the_desk_with_something_on_every_card(call, enter):
    worker = enter("worker")
    worker.goto(call.get_absolute_url())
    worker.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
    assert faults(worker) == []

    call.end(by=people.member("worker"), outcome=Outcome.COULD_NOT_HELP, explained=LONG)
    worker.reload()
    worker.get_by_text("We could not help", exact=True).wait_for()
    assert faults(worker) == []


def test_p05_notes_that_wait_came_back_and_were_answered(call, cast, enter):
    worker, supervisor = enter("worker"), enter("supervisor")
    worker.goto("/staff/contacts/notes/back/")
    worker.get_by_label("Your answer").wait_for()
    assert faults(worker) == []

    NoteReview.objects.get().reply(LONG, by=cast[Role.WORKER])
    supervisor.goto("/staff/contacts/notes/")
    supervisor.get_by_text("Send back with a question").first.click()
    supervisor.get_by_role("heading", name="Answered").wait_for()
    assert faults(supervisor) == []


def test_p05_places_to_turn_to_with_a_mistake(call, enter):
    page = enter("supervisor")
    page.goto("/staff/contacts/signposts/")
    page.get_by_label("Who").evaluate("field => field.form.noValidate = true")
    page.get_by_role("button", name="Add").click()
    page.get_by_text("This field is required").first.wait_for()
    assert faults(page) == []


def test_p05_holds_in_every_state(held, enter):
    lead, dpo = enter("lead"), enter("dpo")
    lead.goto("/staff/holds/")
    lead.get_by_text("Released in the last week").wait_for()
    assert faults(lead) == []
    lead.goto(held.get_absolute_url())
    lead.get_by_text("Earlier holds").click()
    assert faults(lead) == []

    for path in ("/staff/retention/", "/staff/retention/trustees/"):
        dpo.goto(path)
        assert faults(dpo) == [], path


def test_p05_a_hold_with_a_mistake_and_its_release(held, enter):
    lead = enter("lead")
    for page in (f"{held.get_absolute_url()}hold/", f"/staff/holds/{waiting_hold()}/release/"):
        lead.goto(page)
        lead.get_by_role("textbox").first.evaluate("field => field.form.noValidate = true")
        lead.locator("main form button").click()
        lead.get_by_text("This field is required").first.wait_for()
        assert faults(lead) == [], page


def waiting_hold():
    return Hold.objects.get(status=Hold.Status.PLACED).pk


def test_p05_a_purge_that_stopped_itself_and_a_role_that_waits(cast, enter):
    Brake.objects.pull(Brake.Reason.values[0], due=1200, living=4000)
    RoleGrant.objects.ask(cast[Role.WORKER], Role.SUPERVISOR, by=cast[Role.ADMINISTRATOR])
    lead, dpo = enter("lead"), enter("dpo")
    lead.goto("/staff/retention/stop/")
    lead.locator("main").get_by_role("button").click()
    lead.get_by_text("One more person is needed").first.wait_for()
    assert faults(lead) == []
    for page in ("/staff/retention/", "/staff/approvals/"):
        dpo.goto(page)
        assert dpo.locator("main").get_by_role("button").first.is_visible()
        assert faults(dpo) == [], page


def test_p05_an_old_chat_with_a_name_answers_and_a_line_that_does_not_open(cast, enter):
    story.import_chat(0, timezone.now() - timedelta(days=30))
    chat = Contact.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contacts_line SET text = '\\x00' WHERE number = 2")
    page = enter("supervisor")
    page.goto(chat.get_absolute_url())
    page.get_by_text("This line cannot be opened.").wait_for()
    page.get_by_text("Otter").wait_for()
    assert faults(page) == []


def test_p05_figures_before_there_are_any(cast, enter):
    page = enter("dpo")
    page.goto("/staff/figures/")
    assert faults(page) == []

    figures.tell()
    page.reload()
    assert page.get_by_role("img").count() == 1
    assert faults(page) == []


def test_p05_partner_systems_with_keys_and_a_mistake(cast, enter, refused):
    refused.add("/staff/partners/new/")
    by = cast[Role.ADMINISTRATOR]
    key, _token = make_key(by, name="City police, missing persons unit, data exchange")
    make_key(by, name="Ended")[0].end(by=by)
    page = enter("administrator")
    page.goto("/staff/partners/")
    page.get_by_label("System").evaluate("field => field.form.noValidate = true")
    page.get_by_role("button", name="Make the key").click()
    page.get_by_text("This field is required").first.wait_for()
    assert faults(page) == []
    page.goto(f"/staff/partners/{key.pk}/end/")
    assert faults(page) == []


# When something is wrong --------------------------------------------------------------------------


def test_p05_a_refusal_at_the_desk_is_a_page_like_any_other(call, cast, enter, refused):
    """403, 404, 409 and 503 as staff meet them, and 500 as anybody does."""
    page = enter("worker")
    waiting = Contact.objects.arrive(service="helpline", channel="chat")
    taken = f"/staff/contacts/{waiting.pk}/take/"
    refused |= {"/staff/none/", "/staff/contacts/start/", taken, call.get_absolute_url()}
    assert page.goto("/staff/none/").status == 404
    assert faults(page) == []

    page.goto("/staff/contacts/start/")
    page.locator("main [name=csrfmiddlewaretoken]").evaluate("field => field.value = 'x'")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("heading", name="This form had gone stale").wait_for()
    assert faults(page) == []

    def somebody_is_faster(route):
        waiting.take(by=cast[Role.SUPERVISOR])
        route.continue_()

    page.route("**/take/", somebody_is_faster)
    page.goto("/staff/contacts/waiting/")
    page.locator("main").get_by_role("button", name="Take").click()
    page.get_by_role("heading", name="That was not done").wait_for()
    assert faults(page) == []

    for table, status in (("audit_auditevent", 503), ("contacts_note", 500)):
        with away(table):
            assert page.goto(call.get_absolute_url()).status == status
        assert faults(page) == []


def test_p05_a_refusal_at_the_door_is_a_page_like_any_other(page, refused):
    """413 before anything of ours runs, 403 without a token, and 429 after too many tries."""
    refused |= {"/privacy/", "/favicon.ico", "/staff/account/password/reset/"}
    page.goto("/")
    for fields, length, status in ((1, 300_000, 413), (1, 1, 403)):
        with page.expect_navigation() as answer:
            page.evaluate(POSTED, [fields, length])
        assert answer.value.status == status
        assert faults(page) == [], status
        page.goto("/")

    for _ in range(6):
        page.goto("/staff/account/password/reset/")
        page.get_by_role("textbox").fill("somebody@helpline.example")
        page.get_by_role("button").first.click()
    page.get_by_role("heading", name="Please wait a moment").wait_for()
    assert faults(page) == []


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "409", "429", "500", "503"])
def test_p05_a_fault_on_a_public_page(page, name):
    drawn = render_to_string(f"{name}.html", context.facts() | {"reason": "Somebody was faster."})
    page.route("**/fault/", lambda route: route.fulfill(body=drawn, content_type="text/html"))
    page.goto("/fault/")
    page.locator("h1").wait_for()
    assert faults(page) == []
