"""What people ask us to do: only at their own wish, in their words, and nothing else leaves."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from contacts.acts import kinds, reminding
from contacts.acts.kinds import Kind
from contacts.models import (
    ActionRequest,
    ActionStep,
    Consent,
    Contact,
    How,
    LostBasis,
    Purpose,
    Thread,
)
from contacts.models.action import name_index
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.roles import Role
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import CannotOpen
from privacy import retention
from privacy.models import PurgeRun
from tests.asking import DETAILS, LOST, agreed, approved, ask, given

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_(contact, worker) -> ActionRequest:
    """A message for somebody’s mother, just asked for."""
    return ask(contact, worker)


def fresh(action) -> ActionRequest:
    return ActionRequest.objects.with_key().get(pk=action.pk)


def test_s0_09_it_keeps_who_asked_when_and_in_which_words(request_, worker, contact):
    assert (request_.contact, request_.taken_by, request_.owner) == (contact, worker, worker)
    assert request_.asked_at.second == 0
    assert request_.asked_words == "Could you tell my mum that I am safe?"
    assert request_.purge_on == contact.purge_on


def test_s0_09_nobody_is_asked_for_who_has_not_agreed(contact, worker):
    with pytest.raises(Refused, match="not agreed"):
        ActionRequest.objects.ask(contact, Kind.PASS_MESSAGE, by=worker, words="Tell my mum.")
    assert not ActionRequest.objects.exists()


def test_s0_09_nobody_asks_who_has_not_spoken_with_us(make_contact, worker):
    waiting = make_contact("hello")
    Consent.objects.answered(waiting, "given", wording=1, purpose=Purpose.MESSAGE)
    with pytest.raises(Refused, match="Nobody has spoken"):
        ActionRequest.objects.ask(waiting, Kind.PASS_MESSAGE, by=worker, words="Tell my mum.")


def test_their_exact_words_are_required(contact, worker):
    with pytest.raises(Refused, match="own words"):
        ask(contact, worker, words="  ")


def test_a09_s0_10_it_goes_on_without_a_detail_only_with_a_reason(request_, worker):
    """“Usually” name, date of birth and contact details; nothing of it is asked anywhere else."""
    given(request_, worker, born="", reach="")
    with pytest.raises(Refused, match="why it goes on without"):
        request_.agree(by=worker, mark=request_.mark())
    request_.give(by=worker, without="They would rather not say when they were born.")
    request_.agree(by=worker, mark=request_.mark())
    assert request_.status == "agreed"


@pytest.mark.parametrize("missing", ["recipient", "route_to", "words"])
def test_nothing_is_agreed_while_something_is_missing(request_, worker, missing):
    given(request_, worker, **{missing: ""})
    with pytest.raises(Refused, match="still missing"):
        request_.agree(by=worker, mark=request_.mark())


def test_e14_s1_13_there_is_no_kind_that_meets_somebody(contact, worker):
    """By the verb, and by any other way into the database."""
    assert not [kind for kind in Kind.values if "meet" in kind or "visit" in kind or "face" in kind]
    with pytest.raises(ValueError, match="face-to-face"):
        ask(contact, worker, kind="face-to-face")
    action = ask(contact, worker)
    with pytest.raises(IntegrityError, match="face_to_face"), transaction.atomic():
        ActionRequest.objects.filter(pk=action.pk).update(kind="face-to-face")
    copy = fresh(action)
    copy.pk, copy.reference, copy.key, copy.kind = uuid.uuid4(), "x", DataKey.new(), "meeting"
    copy.asked_words = "words"
    with pytest.raises(IntegrityError, match="face_to_face"), transaction.atomic():
        ActionRequest.objects.bulk_create([copy])


def test_what_is_read_out_is_what_is_agreed(request_, worker):
    given(request_, worker)
    heard = request_.mark()
    request_.give(by=worker, words="Something else.")
    with pytest.raises(WrongState, match="changed since"):
        request_.agree(by=worker, mark=heard)


def test_agreed_words_cannot_be_changed_without_agreeing_again(request_, worker):
    agreed(request_, worker)
    with pytest.raises(WrongState, match="Open it again"):
        request_.give(by=worker, words="Something else.")
    request_.reopen(by=worker)
    assert (request_.agreed_mark, request_.status) == ("", "asked")


def test_e15_an_unchecked_recipient_is_not_approved(request_, worker, supervisor):
    agreed(request_, worker)
    with pytest.raises(Refused, match="made sure"):
        request_.approve(by=supervisor, mark=request_.mark())


def test_e15_another_recipient_has_to_be_checked_again(request_, worker):
    given(request_, worker)
    request_.check_recipient("published", by=worker, mark=request_.recipient_mark())
    request_.give(by=worker, route_to="another@home.example")
    assert request_.checked == ""


def test_whoever_prepared_it_does_not_approve_it(request_, worker, make_staff, team):
    both = make_staff("both", Role.WORKER, Role.SUPERVISOR, teams=[team], person=worker)
    agreed(request_, worker)
    request_.check_recipient("published", by=worker, mark=request_.recipient_mark())
    with pytest.raises(Refused, match="second person"):
        request_.approve(by=both, mark=request_.mark())


def test_e15_what_was_not_agreed_is_not_approved(request_, worker, supervisor):
    agreed(request_, worker)
    request_.check_recipient("published", by=worker, mark=request_.recipient_mark())
    with pytest.raises(WrongState, match="not what was agreed"):
        request_.approve(by=supervisor, mark="something else")


def change_behind(action, **columns) -> None:
    """Change sealed columns past every verb, as a fault in the code could."""
    row = ActionRequest.objects.select_related("key").get(pk=action.pk)
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=list(columns))


@pytest.mark.parametrize("column", ["words", "route_to", "recipient"])
def test_e15_what_differs_from_what_was_approved_is_not_sent(request_, worker, supervisor, column):
    approved(request_, worker, supervisor)
    change_behind(request_, **{column: "other@home.example"})
    with pytest.raises(Refused, match="not what was approved"):
        request_.send(by=worker)
    assert not Message.objects.exists()
    assert fresh(request_).status == "approved"


def test_e15_the_database_lets_nothing_go_that_was_not_approved_as_agreed(request_, worker):
    agreed(request_, worker)
    with pytest.raises(IntegrityError, match="approved_as_agreed"), transaction.atomic():
        ActionRequest.objects.filter(pk=request_.pk).update(status="under-way")


def test_e15_a_letter_changed_in_the_outbox_does_not_leave(
    request_, worker, supervisor, mailoutbox
):
    approved(request_, worker, supervisor)
    request_.send(by=worker)
    message = Message.objects.select_related("key").get()
    message.body = "Something else."
    message.save(update_fields=["body"])
    assert Message.objects.send_next() is False
    assert mailoutbox == []


@pytest.mark.parametrize(
    "address",
    [
        "marguerite@home.example\r\nBcc: everybody@press.example",
        "marguerite@home.example, other@home.example",
        "Marguerite <marguerite@home.example>",
        "07700 900123",
    ],
)
def test_h05_what_is_no_single_address_is_refused(request_, worker, address):
    given(request_, worker, route_to=address)
    with pytest.raises(Refused, match="not an e-mail address"):
        request_.agree(by=worker, mark=request_.mark())


def test_h05_line_breaks_in_the_words_stay_words(request_, worker, supervisor, mailoutbox):
    approved(request_, worker, supervisor, words="Hello\r\nBcc: everybody@press.example")
    request_.send(by=worker)
    assert Message.objects.send_next() is True
    (letter,) = mailoutbox
    assert letter.recipients() == [DETAILS["route_to"]]
    assert letter.message()["Bcc"] is None


def test_what_leaves_is_what_was_read(request_, worker, supervisor, mailoutbox):
    approved(request_, worker, supervisor)
    read = request_.letter().body
    request_.send(by=worker)
    Message.objects.send_next()
    assert mailoutbox[0].body == read
    assert LOST in read
    assert request_.reference.replace("-", " ") in read


def test_it_says_nothing_of_who_or_where_they_are(request_, worker):
    given(request_, worker)
    letter = request_.letter()
    whole = letter.subject + letter.body
    for secret in ("Quillon", "07700", "2004", request_.contact.handle_words, "message from"):
        assert secret not in whole


def test_a_call_is_made_from_no_letter(request_, worker, supervisor):
    approved(request_, worker, supervisor, route="phone", route_to="01632 960001")
    with pytest.raises(Refused, match="telephone"):
        request_.send(by=worker)


def done(action, worker, supervisor, **changes) -> ActionRequest:
    approved(action, worker, supervisor, route="phone", route_to="01632 960001", **changes)
    action.tried("reached", by=worker)
    action.finish("passed", by=worker, words="She cried and is glad.")
    return action


def test_from_asking_to_telling(request_, worker, supervisor):
    done(request_, worker, supervisor)
    request_.answered("Tell him that his room is as he left it.", by=worker)
    request_.tell("in-contact", by=worker, read=request_.last_step())
    assert request_.status == "told"
    kinds_ = [step.kind for step in request_.steps.all()]
    assert kinds_ == [
        *("asked", "given", "agreed", "checked", "approved", "reached", "finished", "reply"),
        "told",
    ]


def test_an_answer_that_comes_later_is_told_again(request_, worker, supervisor):
    done(request_, worker, supervisor)
    request_.tell("in-contact", by=worker, read=request_.last_step())
    request_.answered("He can come home.", by=worker)
    assert (request_.status, request_.due_at is None) == ("done", False)


def test_who_gave_no_way_is_told_only_when_they_return(request_, worker, supervisor):
    done(request_, worker, supervisor, reach="", without="They do not want to be rung.")
    with pytest.raises(Refused, match="no way to reach"):
        request_.tell("called", by=worker, read=request_.last_step())
    request_.keep(by=worker)
    assert (request_.kept, request_.due_at, request_.status) == (True, None, "done")
    request_.tell("in-contact", by=worker, read=request_.last_step())
    assert request_.status == "told"


def test_a_letter_that_waits_is_stopped_and_one_that_left_is_not(
    request_, worker, supervisor, mailoutbox
):
    approved(request_, worker, supervisor)
    request_.send(by=worker)
    request_.stop(by=worker, words="They changed their mind.")
    assert Message.objects.send_next() is None
    assert request_.status == "stopped"

    second = approved(ask(request_.contact, worker), worker, supervisor)
    second.send(by=worker)
    Message.objects.send_next()
    with pytest.raises(WrongState, match="left already"):
        second.stop(by=worker)
    assert len(mailoutbox) == 1


@pytest.fixture
def call_back(contact, worker) -> ActionRequest:
    """Somebody wants to be rung within the next hours."""
    return agreed(ask(contact, worker, kind="call-back"), worker)


def test_a_call_back_is_tried_three_times_at_most(call_back, worker):
    for _ in range(3):
        call_back.tried("no-answer", by=worker)
    with pytest.raises(Refused, match="three times"):
        call_back.tried("no-answer", by=worker)
    assert [s.attempt for s in ActionStep.objects.exclude(attempt=None)] == [1, 2, 3]


def test_nobody_is_rung_outside_the_hours_that_are_safe(call_back, worker):
    minute = timedelta(minutes=1)
    for moment in (call_back.window_to + minute, call_back.window_from - minute):
        with time_machine.travel(moment), pytest.raises(Refused, match="not safe"):
            call_back.tried("no-answer", by=worker)


def test_no_voicemail_is_left_that_they_do_not_want(call_back, contact, worker):
    with pytest.raises(Refused, match="do not want a voicemail"):
        call_back.tried("voicemail", by=worker)
    wanted = agreed(ask(contact, worker, kind="call-back"), worker, voicemail=True)
    wanted.tried("voicemail", by=worker)
    assert wanted.status == "under-way"


def test_a_call_back_needs_hours_a_number_and_how_we_say_who_we_are(contact, worker):
    action = given(ask(contact, worker, kind="call-back"), worker, announce="")
    with pytest.raises(Refused, match="how we say who we are"):
        action.agree(by=worker, mark=action.mark())


def test_who_was_rung_back_knows(call_back, worker):
    call_back.tried("reached", by=worker)
    call_back.finish("passed", by=worker)
    assert call_back.status == "told"


def test_the_board_shows_who_waits_longest_and_is_late_first(call_back, contact, worker):
    later = given(ask(contact, worker, kind="call-back"), worker)
    later.give(by=worker, window_to=later.window_to + timedelta(hours=9))
    later.agree(by=worker, mark=later.mark())
    board = ActionRequest.objects.in_reach_of(worker).call_backs()
    assert [each.pk for each in board] == [call_back.pk, later.pk]
    with time_machine.travel(call_back.window_to + timedelta(minutes=1)):
        assert [each.is_late() for each in board.all()] == [True, False]


def test_it_is_handed_over_with_what_they_need_to_know(request_, worker, colleague):
    with pytest.raises(Refused, match="needs to know"):
        request_.hand_over(by=worker, to=colleague, words="")
    request_.hand_over(by=worker, to=colleague, words="She rings at nine tonight.")
    assert request_.owner == colleague
    assert ActionRequest.objects.visible_to(colleague).get() == request_


def test_it_is_not_handed_to_somebody_who_may_not_see_it(request_, worker, make_staff, dpo):
    with pytest.raises(Refused, match="cannot go on"):
        request_.hand_over(by=worker, to=dpo, words="She rings at nine tonight.")


def test_what_nobody_owns_is_taken_on_once(request_, worker, colleague):
    request_.hand_over(by=worker, to=None, words="Whoever is here at nine.")
    stale = fresh(request_)
    request_.take_on(by=colleague)
    with pytest.raises(WrongState, match="faster"):
        stale.take_on(by=worker)


def test_an_owner_hears_of_what_is_late_once_a_day_and_without_a_word_of_it(
    request_, worker, mailoutbox
):
    now = timezone.now()
    assert reminding.remind(now) == 0
    late = now + timedelta(hours=25)
    assert reminding.remind(late) == 1
    assert reminding.remind(late + timedelta(hours=1)) == 0
    Message.objects.send_next()
    (mail,) = mailoutbox
    assert mail.to == [worker.email]
    assert "message" not in (mail.subject + mail.body).casefold()
    assert reminding.remind(late + timedelta(hours=25)) == 1


def letters_to(mailoutbox) -> list[str]:
    while Message.objects.send_next():
        pass
    return sorted(mail.to[0] for mail in mailoutbox)


def test_of_what_nobody_owns_the_supervisors_of_its_team_hear_once_a_day(
    request_, worker, supervisor, other_supervisor, make_staff, mailoutbox
):
    make_staff("elsewhere", Role.SUPERVISOR)
    ask(request_.contact, worker, "call-back")
    for action in ActionRequest.objects.with_key():
        action.hand_over(by=worker, to=None, words="Whoever is in on Friday.")
    late = timezone.now() + timedelta(hours=25)
    assert reminding.remind(late) == 2
    assert reminding.remind(late + timedelta(hours=1)) == 0
    assert letters_to(mailoutbox) == sorted([supervisor.email, other_supervisor.email])
    assert "message" not in mailoutbox[0].body.casefold()


def test_of_what_is_owned_by_somebody_who_has_left_the_supervisors_hear(
    request_, worker, make_staff, mailoutbox
):
    """A team without a supervisor of its own is looked after by those of the service."""
    elsewhere = make_staff("elsewhere", Role.SUPERVISOR)
    make_staff("other service", Role.SUPERVISOR, services=["is-this-ok"])
    type(worker).objects.filter(pk=worker.pk).update(is_active=False)
    assert reminding.remind(timezone.now() + timedelta(hours=25)) == 1
    assert letters_to(mailoutbox) == [elsewhere.email]


# Who sees what ------------------------------------------------------------------------------------


def test_it_shows_on_the_next_contact_that_they_joined(request_, worker, make_contact, colleague):
    thread = Thread.objects.create()
    later = make_contact("back again", worker=colleague)
    assert not ActionRequest.objects.of_person(later).exists()
    assert not ActionRequest.objects.visible_to(colleague).exists()
    Contact.objects.filter(pk__in=[request_.contact_id, later.pk]).update(thread=thread)
    later.refresh_from_db()
    assert ActionRequest.objects.of_person(later).get() == request_
    assert ActionRequest.objects.visible_to(colleague).get() == request_


def test_the_two_sides_of_an_absence_never_meet(contact, make_contact, worker, colleague):
    """Rules 2.8.8: the same name on both sides leads nobody but the lead from one to the other."""
    away = given(ask(contact, worker, side="away"), worker)
    family = ask(make_contact("my son", worker=colleague), colleague, side="family")
    given(family, colleague, recipient="FAIRWEATHER, Quillon", name="Marguerite", side="family")
    away.give(by=worker, side="away")
    assert list(ActionRequest.objects.visible_to(worker)) == [away]
    assert list(ActionRequest.objects.visible_to(colleague)) == [family]
    assert list(ActionRequest.objects.of_person(family.contact)) == [family]
    assert fresh(away).away == fresh(family).away is not None


def test_a_name_is_one_name_however_it_is_written_and_none_is_none():
    assert name_index("Quillon Fairweather") == name_index("FAIRWEATHER,  quillon")
    assert name_index("Quillon") != name_index("Quillon Fairweather")
    assert name_index(" - ") is None


def test_who_does_not_wish_to_be_found_is_not_led_to_by_words(request_, worker):
    Consent.objects.answered(request_.contact, "refused", wording=1, purpose=Purpose.FOUND)
    given(request_, worker, words="Ring me on 07700 900456.")
    with pytest.raises(Refused, match="do not wish to be found"):
        request_.agree(by=worker, mark=request_.mark())


# What is kept -------------------------------------------------------------------------------------


def test_everything_they_gave_is_sealed(request_, worker):
    given(request_, worker)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(a)::text FROM contacts_actionrequest a")
        stored = cursor.fetchone()[0]
    for words in [*DETAILS.values(), request_.asked_words]:
        if words != "email":
            assert words not in stored
            assert words.encode().hex() not in stored
    with pytest.raises(CannotOpen):
        str(ActionRequest.objects.get(pk=request_.pk).name)


def test_taking_back_stops_it_at_once_and_its_details_are_queued(request_, worker, dpo):
    agreed(request_, worker)
    Consent.objects.withdraw(request_.contact, Purpose.MESSAGE, by=worker, how=How.VOICE)
    assert fresh(request_).status == "stopped"
    row = LostBasis.objects.select_related("contact", "action").get()
    assert (row.what, row.status) == ("action", "queued")
    key = request_.key_id
    row.remove(by=dpo)
    assert not DataKey.objects.filter(pk=key).exists()
    bare = ActionRequest.objects.get(pk=request_.pk)
    assert (bare.name, bare.words, bare.reference, bare.steps.count()) == (None, None, None, 0)


def test_what_has_left_cannot_be_called_back(request_, worker, supervisor, mailoutbox):
    approved(request_, worker, supervisor)
    request_.send(by=worker)
    Message.objects.send_next()
    Consent.objects.withdraw(request_.contact, Purpose.MESSAGE, by=worker, how=How.VOICE)
    assert fresh(request_).status == "under-way"
    row = LostBasis.objects.get()
    assert (row.what, row.status, row.action_id) == ("action", "queued", request_.pk)


def test_taking_back_queues_what_was_given_for_something_that_is_over(request_, worker, supervisor):
    done(request_, worker, supervisor)
    request_.tell("in-contact", by=worker, read=request_.last_step())
    for answer in ("withdrawn", "given", "withdrawn"):
        Consent.objects.answered(request_.contact, answer, wording=1, purpose="message", by=worker)
    assert LostBasis.objects.get().action_id == request_.pk
    assert fresh(request_).status == "told"


def test_nothing_is_done_after_the_day_until_which_they_agreed(request_, worker, supervisor):
    approved(request_, worker, supervisor)
    Consent.objects.update(expires_on=london_today())
    with pytest.raises(Refused, match="do not agree to this any longer"):
        request_.send(by=worker)
    assert not Message.objects.exists()


def run() -> PurgeRun:
    return PurgeRun.objects.create()


def test_it_goes_eighteen_months_after_its_contact_began(request_, worker):
    given(request_, worker)
    key = request_.key_id
    ActionRequest.objects.filter(pk=request_.pk).update(purge_on=london_today())
    assert not ActionRequest.objects.visible_to(worker).exists()
    assert retention.purge_requests(london_today(), run()) == 1
    assert not ActionRequest.objects.exists()
    assert not ActionStep.objects.exists()
    assert not DataKey.objects.filter(pk=key).exists()


def test_it_stays_while_its_contact_is_held(request_):
    ActionRequest.objects.update(purge_on=london_today())
    Contact.objects.filter(pk=request_.contact_id).update(held=True)
    assert retention.purge_requests(london_today(), run()) == 0
    assert ActionRequest.objects.unexpired().exists()


def test_a_contact_that_goes_first_leaves_a_bare_row_for_it(request_, worker):
    Contact.objects.filter(pk=request_.contact_id).update(purge_on=london_today())
    retention.purge_batch(london_today(), run())
    bare = Contact.objects.get(pk=request_.contact_id)
    assert (bare.handle, bare.key) == (None, None)
    assert fresh(request_).asked_words


def test_the_trail_knows_each_step_and_no_words(request_, worker, supervisor):
    done(request_, worker, supervisor)
    events = AuditEvent.objects.filter(action=Action.ACTION_MOVED)
    assert {event.detail["step"] for event in events} >= {"asked", "approved", "reached"}
    assert all(set(event.detail) == {"step"} for event in events)
    assert kinds.MOST_TRIES == 3
