"""Escalations as staff meet them: raised in two presses, looked into on one page."""

import pytest
from django.urls import reverse

from contacts.channels import Channel
from contacts.models import Contact
from helpline.foundation.audit.models import AuditEvent
from safeguarding.escalations.drawn import Status
from safeguarding.escalations.kinds import Decision, Kind, Urgency
from safeguarding.models import EmergencyCall, Escalation
from tests.worries import CONCERN, WHY, brought_to, raised

pytestmark = pytest.mark.django_db(transaction=True)
ASIDE = {"HX-Request": "true"}


@pytest.fixture
def escalation(contact, worker) -> Escalation:
    return raised(contact, worker, said="I have the tablets here", concern=CONCERN)


def page(client, name, *args, **query) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def move(client, escalation, do, **said):
    return client.post(reverse("escalation_move", args=[escalation.pk]), {"do": do} | said)


def test_one_press_on_the_form_raises_it_without_a_word(signed_in, worker, contact):
    client, path = signed_in(worker), reverse("contact_escalate", args=[contact.pk])
    shown = client.get(path).content.decode()
    assert 'name="kind" value="suicide"' in shown
    assert client.post(path, {"kind": "suicide"}).status_code == 302
    made = Escalation.objects.get()
    assert (made.kind, made.urgency, made.raised_by) == ("suicide", Urgency.IMMEDIATE, worker)


@pytest.mark.parametrize(
    ("kind", "urgency"), [("neglect", Urgency.TODAY), ("missing-now", Urgency.IMMEDIATE)]
)
def test_how_soon_is_as_usual_for_the_kind_unless_it_is_said(
    signed_in, worker, contact, kind, urgency
):
    client, path = signed_in(worker), reverse("contact_escalate", args=[contact.pk])
    client.post(path, {"kind": kind})
    client.post(path, {"kind": kind, "urgency": "planned"})
    made = Escalation.objects.order_by("raised_at").values_list("urgency", flat=True)
    assert list(made) == [urgency, Urgency.PLANNED]


def test_words_that_are_too_long_are_kept_and_nothing_is_raised(signed_in, worker, contact):
    path = reverse("contact_escalate", args=[contact.pk])
    said = {"kind": "suicide", "said": "tablets " * 600}
    shown = signed_in(worker).post(path, said).content.decode()
    assert "tablets tablets" in shown
    assert not Escalation.objects.exists()


def test_it_is_raised_about_no_contact_in_ones_own_service(signed_in, worker):
    path = reverse("escalation_new")
    signed_in(worker).post(path, {"kind": "other", "service": "helpline", "concern": CONCERN})
    made = Escalation.objects.get()
    assert (made.contact, made.service, made.assessments.count()) == (None, "helpline", 1)


def test_beside_a_chat_it_answers_with_a_fragment_and_room_for_words(signed_in, worker, contact):
    client, path = signed_in(worker), reverse("contact_escalate", args=[contact.pk])
    fragment = client.post(path, {"kind": "suicide"}, headers=ASIDE).content.decode()
    assert "<html" not in fragment
    made = Escalation.objects.get()
    assert reverse("escalation_move", args=[made.pk]) in fragment
    said = {"do": "add", "said": "I have the tablets here"}
    told = client.post(reverse("escalation_move", args=[made.pk]), said, headers=ASIDE)
    assert "It is added" in told.content.decode()
    assert made.assessments.count() == 1
    assert Escalation.objects.get().status == Status.RAISED


def test_s2_64_for_a_web_chat_both_pages_say_that_we_cannot_find_the_person(
    signed_in, worker, contact, make_contact
):
    client, said = signed_in(worker), "We cannot find this person."
    by_phone = make_contact("hello", worker=worker, channel=Channel.PHONE)
    for about, expected in ((contact, True), (by_phone, False)):
        assert (said in page(client, "contact_escalate", about.pk)) is expected
        assert (said in page(client, "escalation", raised(about, worker).pk)) is expected


def test_f10_opening_it_is_written_down_before_anything_is_opened(signed_in, worker, escalation):
    shown = page(signed_in(worker), "escalation", escalation.pk)
    assert "I have the tablets here" in shown
    assert AuditEvent.objects.about(escalation).readings().count() == 1


def test_every_verb_is_a_form_on_the_page_from_raised_to_closed_and_back(
    signed_in, lead, escalation
):
    client = signed_in(lead)
    for do, said in [
        ("acknowledge", {}),
        ("assess", {"concern": CONCERN}),
        ("decide", {"decision": Decision.DISCLOSE, "why": WHY}),
        ("act", {}),
        ("could-not-inform", {"why": WHY}),
        ("look-back", {"why": WHY}),
        ("close", {"why": WHY}),
        ("reopen", {"why": WHY}),
    ]:
        assert f'value="{do}"' in page(client, "escalation", escalation.pk)
        assert move(client, escalation, do, **said).status_code == 302
    assert Escalation.objects.get().status == Status.ASSESSING


def test_a_reason_that_is_refused_stays_in_its_form(signed_in, lead, escalation):
    brought_to(escalation, Status.REVIEW, by=lead)
    answer = move(signed_in(lead), escalation, "close", why="all fine")
    shown = answer.content.decode()
    assert "all fine" in shown
    assert "at least 20" in shown
    assert Escalation.objects.get().status == Status.REVIEW


def test_a_reason_that_came_too_late_is_given_back(signed_in, lead, escalation):
    brought_to(escalation, Status.REVIEW, by=lead)
    escalation.close(by=lead, why=WHY)
    late = "They rang again and are with a friend now."
    answer = move(signed_in(lead), escalation, "close", why=late)
    assert answer.status_code == 409
    assert "What you typed is not saved" in answer.content.decode()
    assert late in answer.content.decode()


def test_a_press_that_came_too_late_says_why_though_nothing_was_typed(
    signed_in, lead, supervisor, escalation
):
    escalation.acknowledge(by=lead)
    answer = move(signed_in(supervisor), escalation, "acknowledge")
    assert answer.status_code == 409
    assert "That was not done" in answer.content.decode()
    assert "What you typed" not in answer.content.decode()


def test_a_worker_adds_what_they_know_and_decides_nothing(signed_in, worker, escalation):
    client = signed_in(worker)
    shown = page(client, "escalation", escalation.pk)
    assert 'value="add"' in shown
    assert 'value="acknowledge"' not in shown
    assert move(client, escalation, "acknowledge").status_code == 409
    assert move(client, escalation, "add", wants="To talk to my sister").status_code == 302
    assert "To talk to my sister" in page(client, "escalation", escalation.pk)
    assert Escalation.objects.get().status == Status.RAISED


def test_nothing_is_added_without_a_word_or_after_the_end(signed_in, worker, lead, escalation):
    client = signed_in(worker)
    assert "Write down something" in move(client, escalation, "add").content.decode()
    brought_to(escalation, Status.CLOSED, by=lead)
    assert move(client, escalation, "add", wants="x").status_code == 409
    assert escalation.assessments.count() == 2


def test_what_changed_since_the_last_time_is_marked(signed_in, supervisor, escalation):
    brought_to(escalation, Status.ASSESSING, by=supervisor)
    escalation.assess(by=supervisor, concern="They are calmer", protective="A friend is there")
    shown = page(signed_in(supervisor), "escalation", escalation.pk)
    newest = shown.partition("judged-title")[2].partition("</details>")[0]
    assert [newest.count(f">{mark}<") for mark in ("Changed", "New")] == [1, 1]


def test_the_way_leaves_out_what_a_decision_of_nothing_more_leaves_out(signed_in, lead, escalation):
    brought_to(escalation, Status.DECIDED, by=lead, decision=Decision.NO_ACTION)
    shown = page(signed_in(lead), "escalation", escalation.pk)
    assert "Being acted on" not in shown
    assert 'value="act"' not in shown


def test_police_are_told_facts_and_what_is_not_known_is_asked(signed_in, supervisor, escalation):
    shown = page(signed_in(supervisor), "escalation", escalation.pk)
    asked = shown.partition("real and immediate risk to life or of serious harm, or a crime")[2]
    assert CONCERN in asked
    assert "Not known yet. Ask." in asked


def test_e13_raising_asks_nothing_of_consent_conduct_or_record(signed_in, worker, contact):
    """Not even that the chat goes on: only that whoever raises it may see the contact."""
    contact.end(by=worker, outcome="could-not-help", explained="We end it here.")
    answer = signed_in(worker).post(
        reverse("contact_escalate", args=[contact.pk]), {"kind": Kind.SUICIDE}
    )
    assert answer.status_code == 302
    assert Escalation.objects.get().urgency == Urgency.IMMEDIATE
    assert not Contact.objects.get().consents.exists()


TYPED = {"kind": "suicide", "service": "helpline", "concern": CONCERN}
GONE = "The contact is gone"


@pytest.mark.parametrize("headers", [{}, ASIDE], ids=["page", "beside the chat"])
def test_e13_a_worry_is_raised_also_when_its_contact_went_while_it_was_written(
    signed_in, worker, contact, headers
):
    client, path = signed_in(worker), reverse("contact_escalate", args=[contact.pk])
    page(client, "contact", contact.pk)
    assert 'name="service" value="helpline"' in client.get(path).content.decode()
    Contact.objects.filter(pk=contact.pk).delete()
    answer = client.post(path, TYPED, headers=headers, follow=True)
    assert GONE in answer.content.decode()
    made = Escalation.objects.get()
    assert (made.contact, made.service, made.raised_by) == (None, "helpline", worker)
    assert (made.urgency, made.assessments.count()) == (Urgency.IMMEDIATE, 1)
    assert client.get(path).status_code == 404


def test_e13_a_worry_about_a_contact_that_went_to_a_colleague_stays_with_it(
    signed_in, worker, colleague, contact
):
    client, path = signed_in(worker), reverse("contact_escalate", args=[contact.pk])
    page(client, "contact", contact.pk)
    Contact.objects.filter(pk=contact.pk).update(worker=colleague)
    answer = client.post(path, TYPED, follow=True)
    assert GONE not in answer.content.decode()
    assert Escalation.objects.get().contact == contact


@pytest.mark.parametrize("wrong", [{"service": ""}, {"said": "x" * 5000}])
@pytest.mark.parametrize("headers", [{}, ASIDE], ids=["page", "beside the chat"])
def test_what_cannot_be_raised_of_it_yet_keeps_its_words_and_leads_on(
    signed_in, worker, contact, headers, wrong
):
    client, path = signed_in(worker), reverse("contact_escalate", args=[contact.pk])
    page(client, "contact", contact.pk)
    Contact.objects.filter(pk=contact.pk).delete()
    shown = client.post(path, TYPED | wrong, headers=headers).content.decode()
    assert CONCERN in shown
    assert f'action="{reverse("escalation_new")}"' in shown
    assert not Escalation.objects.exists()


def test_a_contact_that_goes_in_the_same_moment_loses_no_worry_either(worker, contact):
    Contact.objects.filter(pk=contact.pk).delete()
    raise_it = Escalation.objects.escalate_though_gone
    made = raise_it(contact, by=worker, kind=Kind.NEGLECT, urgency=Urgency.TODAY)
    assert (made.contact, made.service) == (None, contact.service)
    call = EmergencyCall.objects.write_down(by=worker, on=contact, said="Tablets, flat 3.")
    assert (call.escalation.contact, call.escalation.urgency) == (None, Urgency.IMMEDIATE)


def test_f01_whoever_never_had_it_raises_nothing_about_it(signed_in, colleague, contact):
    client, path = signed_in(colleague), reverse("contact_escalate", args=[contact.pk])
    assert client.post(path, TYPED).status_code == 404
    Contact.objects.filter(pk=contact.pk).delete()
    assert client.post(path, TYPED).status_code == 404
    assert not Escalation.objects.exists()


def test_the_contacts_page_shows_what_is_open_about_it(signed_in, worker, escalation, contact):
    shown = page(signed_in(worker), "contact", contact.pk)
    assert escalation.name_words in shown
    assert escalation.get_absolute_url() in shown


def test_what_is_open_stands_on_the_board_with_its_limit(signed_in, supervisor, escalation):
    shown = page(signed_in(supervisor), "escalations")
    assert escalation.name_words in shown
    assert "Acknowledge within 4 min" in shown
    assert "I have the tablets here" not in shown


@pytest.mark.parametrize("decision", ["meet", "visit", "face-to-face"])
def test_e14_no_decision_meets_anybody(signed_in, lead, escalation, decision):
    brought_to(escalation, Status.ASSESSING, by=lead)
    answer = move(signed_in(lead), escalation, "decide", decision=decision, why=WHY)
    assert WHY in answer.content.decode()
    assert Escalation.objects.get().status == Status.ASSESSING


def test_what_else_can_be_done_is_offered_to_whoever_may_do_it(
    signed_in, worker, supervisor, escalation, contact
):
    hold = reverse("hold_place", args=[contact.pk])
    for staff, offered in ((worker, False), (supervisor, True)):
        assert (hold in page(signed_in(staff), "escalation", escalation.pk)) is offered
