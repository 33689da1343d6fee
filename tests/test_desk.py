"""A call from ring to end: everything can be written down, nothing has to be."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from contacts import checking, vocabulary
from contacts.channels import Channel
from contacts.desk_forms import PLACES, BasisForm, EndForm, NoteForm, SignpostingForm, TopicsForm
from contacts.forms import StartForm
from contacts.models import (
    Contact,
    ContactTopic,
    Figure,
    LegalBasis,
    Note,
    NoteReview,
    Pause,
    Signpost,
    TopicFigure,
)
from contacts.vocabulary import Basis, Condition, NoConsent, NoteKind, Outcome
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today, this_minute
from helpline.foundation.states import Refused, WrongState
from safeguarding.models import Hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(signed_in, worker, contact):
    """The worker at the desk: `desk(page, **said)` posts one card of the open contact."""
    client = signed_in(worker)

    def post(page, *, htmx=True, **said):
        headers = {"HX-Request": "true"} if htmx else {}
        said |= {"seen": contact.last_line} if page == "contact_end" else {}
        return client.post(reverse(page, args=[contact.pk]), said, headers=headers)

    return post


def recorded(action) -> list[dict]:
    return [event.detail for event in AuditEvent.objects.filter(action=action)]


def test_a09_a_contact_is_worked_and_ended_with_every_field_blank(desk, contact):
    """A09, S0-03, S0-07: only how it ended is asked."""
    answer = desk("contact_end", htmx=False, outcome="listened")
    assert answer.status_code == 302
    assert Contact.objects.get().status == Contact.Status.ENDED


def test_a09_no_form_of_the_desk_requires_anything_about_the_person(worker):
    """A09, S0-03, S0-07: required is only what a form is for."""
    forms = [
        StartForm(staff=worker),
        *(NoteForm(place=place) for place in PLACES),
        TopicsForm(),
        SignpostingForm(),
        BasisForm(),
        EndForm(),
    ]
    required = {name for form in forms for name, field in form.fields.items() if field.required}
    about_our_work = {"channel", "service", "kind", "text", "signpost", "basis", "condition"}
    assert required == about_our_work | {"outcome"}


@pytest.mark.parametrize("channel", Channel)
def test_a09_a_contact_with_only_a_note_is_whole(worker, channel):
    contact = Contact.objects.start(service="helpline", channel=channel, by=worker)
    contact.add_note("Asked how to pass on a message.", by=worker)
    contact.end(by=worker)
    found = Contact.objects.get()
    assert (found.status, found.nickname, found.outcome) == (Contact.Status.ENDED, None, "")
    assert found.notes.count() == 1


def test_s0_27_that_confidentiality_was_explained_is_written_down_once(desk, contact):
    """S0-27, S0-16."""
    for _ in range(2):
        assert (
            "Confidentiality explained"
            in desk("contact_step", kind="confidentiality").content.decode()
        )
    desk("contact_step", kind="device-safety")
    assert sorted(contact.steps.values_list("kind", flat=True)) == [
        "confidentiality",
        "device-safety",
    ]
    assert len(recorded(Action.STEP_SAID)) == 2


def test_s1_16_facts_their_words_and_views_are_kept_apart(desk, contact):
    """S1-08, S1-16, S1-04: needs in their words, and options that are options."""
    for place, kind in [
        ("notes", "fact"),
        ("notes", "view"),
        ("wanted", "need"),
        ("given", "option"),
    ]:
        assert desk("contact_note", place=place, kind=kind, text=f"a {kind}").status_code == 200
    kinds = set(contact.notes.values_list("kind", flat=True))
    assert kinds == {"fact", "view", "need", "option"}


def test_a_kind_of_another_card_is_refused(desk, contact):
    assert (
        "valid choice"
        in desk("contact_note", place="given", kind="fact", text="x").content.decode()
    )
    assert desk("contact_note", place="elsewhere", kind="fact", text="x").status_code == 404
    assert not contact.notes.exists()


def test_s1_16_a_correction_keeps_the_old_text_and_happens_once(desk, contact, worker, colleague):
    first = contact.add_note("she rang twice", by=worker)
    text = desk(
        "contact_note", place="notes", kind="fact", text="she rang once", corrects=first.pk
    ).content.decode()
    assert "she rang once" in text
    assert "she rang twice" in text
    assert "What it said before" in text
    with pytest.raises(WrongState, match="corrected this note"):
        contact.add_note("she rang never", by=colleague, corrects=first)


def test_a_note_of_another_contact_cannot_be_corrected_here(desk, worker, make_contact):
    foreign = make_contact("x", worker=worker).add_note("y", by=worker)
    said = {"place": "notes", "kind": "fact", "text": "z", "corrects": foreign.pk}
    assert desk("contact_note", **said).status_code == 404


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("ring 07700 900123 after six", "phone-number"),
        ("he is at SW1A 1AA", "postcode"),
        ("QQ 12 34 56 C", "ni-number"),
        ("born 3 May 2009", "date-of-birth"),
        ("write to a.b@example.org", "e-mail"),
    ],
)
def test_a15_what_could_say_who_somebody_is_asks_whether_it_is_needed(desk, contact, words, kind):
    """A15: saved with a reason, and the trail knows the choice, never the value."""
    asked = desk("contact_note", place="notes", kind="fact", text=words).content.decode()
    assert checking.SAID[kind] in asked
    assert words in asked
    assert not contact.notes.exists()

    reason = "They asked us to ring them back."
    desk("contact_note", place="notes", kind="fact", text=words, why=reason)
    assert contact.notes.count() == 1
    assert recorded(Action.IDENTIFIER_KEPT) == [{"kind": kind}]


@pytest.mark.parametrize(
    "words",
    [
        "they left at 9:40",
        "room 12 on the 3rd floor",
        "on 22 November 2026 she came back",
        "age 15",
    ],
)
def test_a15_ordinary_words_are_not_asked_about(words):
    assert checking.identifying(words) == []


def test_h15_a_judging_word_is_a_soft_warning(desk, contact):
    """H15, S0-05: saving once more keeps it."""
    said = {"place": "notes", "kind": "view", "text": "seems attention seeking"}
    assert "as if we judged them" in desk("contact_note", **said).content.decode()
    assert not contact.notes.exists()
    desk("contact_note", **said, judged="on")
    assert contact.notes.count() == 1


def test_s0_05_no_pick_list_judges_anybody():
    """S0-05, S1-13: and none offers to meet face to face."""
    lists = [kind for kind in vars(vocabulary).values() if hasattr(kind, "choices")]
    labels = [str(label) for kind in lists for _, label in kind.choices]
    assert labels
    assert not [label for label in labels if checking.judging(label)]
    assert not [label for label in labels if "meet" in label.lower() or "face" in label.lower()]


def test_two_people_tick_topics_and_neither_loses_a_tick(desk, contact):
    """Nobody ever overwrites another."""
    desk("contact_topics", shown="", topics=["family", "school"])
    desk("contact_topics", shown="", topics=["care"])  # opened before the first was saved
    desk("contact_topics", shown="family,care,school", topics=["care", "school"])
    assert sorted(ContactTopic.objects.values_list("topic", flat=True)) == ["care", "school"]


def test_a_signpost_comes_from_the_list_that_staff_keep(desk, contact, supervisor, signed_in):
    client = signed_in(supervisor)
    entry = {"name": "Night shelter", "offers": "A bed tonight", "reached_by": "020 7946 0000"}
    client.post(reverse("signposts"), entry)
    place = Signpost.objects.get()
    assert "Night shelter" in desk("contact_signpost", signpost=place.pk).content.decode()
    assert contact.signpostings.count() == 1

    client.post(reverse("signpost_drop", args=[place.pk]))
    assert desk("contact_signpost", signpost=place.pk).status_code == 200
    assert contact.signpostings.count() == 1
    assert not Signpost.objects.current().exists()


def test_s2_26_the_basis_is_recorded_now_by_whom_and_never_back_dated(desk, contact, worker):
    before = this_minute()
    desk(
        "contact_basis",
        basis="recognised",
        condition="safeguarding",
        no_consent="prejudice",
        under_18="on",
        reason="A child who is afraid.",
        recorded_at="2020-01-01",
        late="",
    )
    basis = LegalBasis.objects.get()
    assert basis.recorded_by == worker
    assert basis.recorded_at >= before
    assert not basis.late


def test_s2_26_a_basis_recorded_after_the_contact_is_marked_late_and_asks_why(contact, worker):
    contact.end(by=worker)
    Contact.objects.update(ended_at=timezone.now() - timedelta(hours=2))
    said = {"basis": Basis.LEGITIMATE, "condition": Condition.NONE}
    with pytest.raises(Refused, match="late"):
        LegalBasis.objects.discern(contact, by=worker, **said)
    late = LegalBasis.objects.discern(
        contact, by=worker, reason="The system was down at the time.", **said
    )
    assert late.late
    assert recorded(Action.BASIS_RECORDED)[0]["late"] is True


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"basis": Basis.VITAL}, "consent could not be had"),
        ({"basis": Basis.CONSENT, "no_consent": NoConsent.CANNOT}, "They agreed"),
        (
            {
                "basis": Basis.RECOGNISED,
                "condition": Condition.SAFEGUARDING,
                "no_consent": NoConsent.CANNOT,
                "needs_care": True,
                "at_risk": True,
            },
            "under 18",
        ),
    ],
)
def test_a_basis_the_law_does_not_know_is_refused(contact, worker, said, why):
    with pytest.raises(Refused, match=why):
        LegalBasis.objects.discern(contact, by=worker, **said)
    assert not LegalBasis.objects.exists()


def test_l06_could_not_help_cannot_be_saved_without_what_was_explained(desk, contact, worker):
    """L06, S1-07: neither by the page nor by the verb."""
    assert "could not help" in desk("contact_end", outcome="could-not-help").content.decode()
    with pytest.raises(Refused):
        contact.end(by=worker, outcome=Outcome.COULD_NOT_HELP, explained=" ")
    assert Contact.objects.get().status == Contact.Status.OPEN

    desk(
        "contact_end", outcome="could-not-help", explained="We do not do debt; told them who does."
    )
    assert Contact.objects.get().outcome == Outcome.COULD_NOT_HELP
    assert Note.objects.get().kind == NoteKind.EXPLAINED


def test_s1_03_what_they_think_of_the_decision_is_part_of_it(desk, contact):
    """S1-03: the component of every decision page."""
    desk("contact_end", outcome="listened", their_view="They would have liked to go on.")
    assert Note.objects.get().kind == NoteKind.THEIR_VIEW


def test_an_ended_contact_is_counted_by_outcome_and_topics(desk, contact):
    desk("contact_topics", shown="", topics=["family", "school"])
    desk("contact_end", outcome="informed")
    assert Figure.objects.get().outcome == "informed"
    assert sorted(TopicFigure.objects.values_list("topic", "contacts")) == [
        ("family", 1),
        ("school", 1),
    ]


def test_after_a_call_the_time_is_the_workers_own_and_nobody_keeps_it(desk, worker, signed_in):
    desk("contact_end", outcome="listened")
    assert Pause.objects.get().kind == Pause.Kind.AFTER_CALL
    signed_in(worker).post(reverse("pause"), {"kind": ""})
    assert not Pause.objects.exists()
    assert not AuditEvent.objects.filter(action__contains="pause").exists()


def test_s1_16_a_supervisor_sends_a_note_back_and_its_author_answers(
    contact, worker, supervisor, signed_in
):
    note = contact.add_note("He said that he is fine.", by=worker)
    boss = signed_in(supervisor)
    assert "He said that he is fine." in boss.get(reverse("notes_review")).content.decode()
    boss.post(reverse("note_review", args=[note.pk]), {"question": "Who is he?"})

    mine = signed_in(worker)
    assert "Who is he?" in mine.get(reverse("notes_back")).content.decode()
    review = NoteReview.objects.get()
    mine.post(reverse("note_answer", args=[review.pk]), {"answer": "His uncle."})
    assert NoteReview.objects.get().answered_at
    assert "Who is he?" not in mine.get(reverse("notes_back")).content.decode()
    assert boss.post(reverse("note_review", args=[note.pk])).status_code == 404


def test_nobody_reviews_their_own_note(contact, supervisor):
    note = contact.add_note("x", by=supervisor)
    with pytest.raises(Refused):
        NoteReview.objects.review(note, by=supervisor)


def test_everything_typed_at_the_desk_is_sealed(desk, contact, worker):
    """D-04, S1-18: no word of it is anywhere in clear."""
    canary = "zebrafish"
    for place, kind in [
        ("notes", "words"),
        ("wanted", "need"),
        ("given", "advice"),
        ("question", "question"),
    ]:
        desk("contact_note", place=place, kind=kind, text=f"{canary} {place}")
        desk("contact_draft", place=place, text=f"{canary} draft")
    desk("contact_basis", basis="legitimate", condition="none", reason=canary)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"SELECT count(*) FROM {table} t WHERE t::text ILIKE %s", [f"%{canary}%"]
            )
            assert cursor.fetchone()[0] == 0, table


def test_a_card_with_a_mistake_works_without_scripts_too(desk, contact):
    answer = desk("contact_note", htmx=False, place="wanted", kind="need", text="ring 07700 900123")
    text = answer.content.decode()
    assert "<html" in text
    assert "ring 07700 900123" in text
    assert "Take it out, or say why" in text


def test_a_note_sent_back_is_gone_for_its_author_with_its_contact(
    contact, worker, supervisor, signed_in
):
    """C10, S2-36: from the midnight of its date on, though no job ran."""
    note = contact.add_note("He said that he is fine.", by=worker)
    NoteReview.objects.review(note, by=supervisor, question="Who is he?")
    Contact.objects.update(purge_on=london_today())
    assert "fine" not in signed_in(worker).get(reverse("notes_back")).content.decode()


def test_f10_a_card_that_answers_with_notes_is_a_reading(contact, worker, supervisor, signed_in):
    """F10: also for whoever presses a button only to see what comes back."""
    contact.add_note("He said that he is fine.", by=worker)
    said = {"place": "notes", "kind": "fact", "text": ""}
    signed_in(supervisor).post(
        reverse("contact_note", args=[contact.pk]), said, headers={"HX-Request": "true"}
    )
    readings = AuditEvent.objects.about(contact).readings()
    assert list(readings.values_list("actor", flat=True)) == [str(supervisor.pk)]


def test_why_a_contact_is_held_is_for_those_whom_holds_concern(
    contact, worker, supervisor, signed_in
):
    reason = "Whether Robin has told a friend about this contact."
    day = london_today() + timedelta(days=30)
    held = {"kind": "breach", "ground": "investigation", "reason": reason, "review_on": day}
    Hold.objects.place(contact, by=supervisor, **held)
    assert reason not in signed_in(worker).get(contact.get_absolute_url()).content.decode()
    assert reason in signed_in(supervisor).get(contact.get_absolute_url()).content.decode()


def test_a_correction_leaves_the_note_in_the_making_alone(desk, contact, worker):
    first = contact.add_note("she rang twice", by=worker)
    desk("contact_draft", place="notes", text="half typed")
    said = {"place": "notes", "kind": "fact", "text": "she rang once", "corrects": first.pk}
    assert "half typed" in desk("contact_note", **said).content.decode()


def test_a_correction_that_came_too_late_is_kept_as_a_draft(desk, contact, worker, colleague):
    first = contact.add_note("she rang twice", by=worker)
    contact.add_note("she rang once", by=colleague, corrects=first)
    said = {"place": "notes", "kind": "fact", "text": "she rang never", "corrects": first.pk}
    answer = desk("contact_note", **said)
    assert answer.status_code == 409
    assert contact.drafts.count() == 1


def test_a15_the_end_asks_about_recognisable_words_too(desk, contact):
    said = {"outcome": "could-not-help", "explained": "told her to ring 07700 900123"}
    assert "Take it out, or say why" in desk("contact_end", **said).content.decode()
    desk("contact_end", **said, why="It is the shelter that she asked about.")
    assert recorded(Action.IDENTIFIER_KEPT) == [{"kind": "phone-number"}]


def test_nothing_is_said_in_a_contact_after_its_end(desk, contact, worker):
    contact.end(by=worker, outcome=Outcome.LISTENED)
    assert desk("contact_step", kind="confidentiality").status_code == 409
    assert not contact.steps.exists()


def test_a_topic_ticked_after_the_end_is_counted_too(desk, contact, worker):
    contact.end(by=worker)
    desk("contact_topics", shown="", topics=["family"])
    assert TopicFigure.objects.get().contacts == 1
