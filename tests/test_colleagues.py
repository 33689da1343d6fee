"""A colleague is asked with the least that the question needs, and who saw it is known (S1-14)."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from contacts.models import ColleagueQuestion, Contact
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.roles import Role
from helpline.foundation.states import Refused, WrongState
from privacy import retention

pytestmark = pytest.mark.django_db
QUESTION = "Does this sound like he will come back?"


def ask(contact, by, of=None, lines=(1,)) -> ColleagueQuestion:
    made = ColleagueQuestion.objects.ask(contact, QUESTION, by=by, of=of, lines=lines)
    return ColleagueQuestion.objects.with_key().get(pk=made.pk)


@pytest.fixture
def other(make_staff, team):
    """A colleague who has no part in the contact."""
    return make_staff("robin", Role.WORKER, teams=[team])


def test_s1_14_a_colleague_sees_the_question_and_the_chosen_lines_and_nothing_else(
    contact, worker, other, signed_in
):
    row = ask(contact, worker, of=other)
    page = signed_in(other).get(row.get_absolute_url()).content.decode()
    assert QUESTION in page
    assert "my dad shouts" in page
    assert "that sounds hard" not in page
    assert contact.handle_words not in page
    assert not Contact.objects.visible_to(other).filter(pk=contact.pk).exists()
    assert signed_in(other).get(contact.get_absolute_url()).status_code == 404


def test_s1_14_whoever_sees_it_is_written_down_first_and_shown(contact, worker, other, signed_in):
    row = ask(contact, worker, of=other)
    signed_in(other).get(row.get_absolute_url())
    readers = AuditEvent.objects.about(row).readings().values_list("actor", flat=True)
    assert list(readers) == [str(other.pk)]
    assert other.alias in signed_in(worker).get(row.get_absolute_url()).content.decode()


def test_nobody_else_sees_it(contact, worker, other, colleague, lead, dpo, supervisor, signed_in):
    row = ask(contact, worker, of=other)
    for staff in (colleague, lead, dpo, supervisor):
        assert signed_in(staff).get(row.get_absolute_url()).status_code == 404, staff.alias
    anybody = ask(contact, worker)
    assert signed_in(supervisor).get(anybody.get_absolute_url()).status_code == 200
    assert signed_in(other).get(anybody.get_absolute_url()).status_code == 404


def test_no_line_is_chosen_beforehand_and_what_is_refused_keeps_what_was_typed(
    contact, worker, signed_in
):
    client, where = signed_in(worker), reverse("contact_colleague", args=[contact.pk])
    assert "checked" not in client.get(where).content.decode().partition("<main")[2]
    page = client.post(where, {"question": QUESTION, "lines": ["1", "99"]})
    assert page.status_code == 422
    assert QUESTION in page.content.decode()


@pytest.mark.parametrize(
    ("question", "lines", "says"),
    [
        ("  ", [1], "what you want to ask"),
        (QUESTION, [99], "never said"),
        (QUESTION, range(30), "at most 20"),
    ],
)
def test_a_question_without_sense_is_refused(contact, worker, question, lines, says):
    with pytest.raises(Refused, match=says):
        ColleagueQuestion.objects.ask(contact, question, by=worker, of=None, lines=lines)
    assert not ColleagueQuestion.objects.exists()


def test_s2_69_only_colleagues_of_the_service_are_asked(contact, worker, make_staff):
    stranger = make_staff("far", Role.WORKER, services=["is-this-ok"])
    for of in (stranger, worker):
        with pytest.raises(Refused, match="works for this service"):
            ask(contact, worker, of=of)


def test_it_is_answered_once_and_never_by_whoever_asked(
    contact, worker, supervisor, other_supervisor
):
    row = ask(contact, worker)
    with pytest.raises(Refused, match="Somebody else answers"):
        row.reply("yes", by=worker)
    row.reply("Ask where he is.", by=supervisor)
    with pytest.raises(WrongState, match="Somebody else has answered"):
        row.reply("No.", by=other_supervisor)
    assert ColleagueQuestion.objects.with_key().get(pk=row.pk).answer == "Ask where he is."


def test_it_closes_a_day_after_the_contact_has_ended(contact, worker, supervisor, signed_in):
    row = ask(contact, worker)
    Contact.objects.filter(pk=contact.pk).update(status="ended", ended_at=timezone.now())
    assert ColleagueQuestion.objects.visible_to(supervisor).exists()
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert not ColleagueQuestion.objects.visible_to(supervisor).exists()
        assert not ColleagueQuestion.objects.visible_to(worker).exists()
    assert row.pk


def test_it_goes_with_the_contact(contact, worker):
    ask(contact, worker)
    Contact.objects.filter(pk=contact.pk).update(purge_on=add_months(london_today(), -1))
    retention.purge_all(london_today())
    assert not ColleagueQuestion.objects.exists()


def test_the_red_number_counts_what_waits_for_this_person(contact, worker, other, supervisor):
    ask(contact, worker, of=other)
    ask(contact, worker)
    waits = ColleagueQuestion.objects.to_answer
    assert (waits(other).count(), waits(supervisor).count(), waits(worker).count()) == (1, 1, 0)
