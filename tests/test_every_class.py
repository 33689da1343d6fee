"""Every class of the retention schedule ends: what is a day short of its end is there after the
jobs of beat have run, and what is a day past it is not (rules 2.6)."""

from datetime import date, datetime, timedelta
from html import unescape
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from contacts.channels import Channel
from contacts.models import (
    ActionRequest,
    Address,
    ChatLimit,
    Contact,
    Correspondence,
    Figure,
    HandOver,
    Line,
    Pause,
    ServiceUser,
    VendorCopy,
)
from helpline.celery import app
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.models import Invitation, PartnerAnswer, PartnerKey, Session, Staff
from helpline.foundation.staff.roles import Role, Service
from helpline.foundation.vault.models import DataKey
from privacy import schedule
from privacy.models import Brake, Bundle, Disposal, Erasure, Evidence, PurgeRun, RightsRequest
from privacy.models.bundle import KEPT as BUNDLES_KEPT
from privacy.rights.kinds import Status
from safeguarding.authorities import drawn as authorities
from safeguarding.escalations import drawn as worries
from safeguarding.location import drawn as locations
from safeguarding.models import (
    AuthorityRequest,
    Escalation,
    LocationFound,
    LocationRequest,
    OnCall,
    Presence,
)
from tests import authorities as asked_by_others
from tests import rights
from tests.asking import ask
from tests.due import noon
from tests.known import make_record
from tests.worries import brought_to, raised

pytestmark = pytest.mark.django_db(transaction=True)
ENDS = (  # of the beat schedule, what brings something to its end
    "privacy.tasks.purge_what_is_due",
    "privacy.tasks.end_facts",
    "privacy.tasks.forget_evidence",
    "privacy.tasks.end_bundles",
    "contacts.tasks.forget_addresses",
    "contacts.tasks.end_left_behind",
    "safeguarding.tasks.sweep_alerts",
    "helpline.foundation.staff.tasks.end_sessions",
    "helpline.foundation.staff.tasks.forget_partners",
    "helpline.foundation.outbox.tasks.forget_what_was_sent",
)
A_MONTH = timedelta(days=30)


def beat_comes_round() -> None:
    """The jobs themselves, as beat has them."""
    known = {job["task"] for job in app.conf.beat_schedule.values()}
    for job in ENDS:
        assert job in known
        import_string(job)()


# One planter for everything that has an end of its own: `end` is the day on which that comes, and
# what it returns says whether the planted record is still there.


def words(w, end):
    contact = w.make_contact("my dad shouts", ended=True)
    Contact.objects.update(purge_on=end)
    return lambda: Line.objects.filter(contact=contact.pk).exists()


def asked(w, end):
    ask(w.contact, w.worker)
    ActionRequest.objects.update(purge_on=end)
    return ActionRequest.objects.exists


def person(w, end):
    make_record(w.contact, w.worker)
    ServiceUser.objects.update(last_contact_on=add_months(end, -schedule.PEOPLE.months))
    return ServiceUser.objects.exists


def copy(w, end):
    chat = w.make_contact("hello", "we pass it on", worker=w.worker, service=Service.IS_THIS_OK)
    HandOver.objects.hand_over(chat, by=w.worker, told_in=2)
    HandOver.objects.update(purge_on=end)
    return HandOver.objects.exists


def worry(w, end):
    brought_to(raised(w.contact, w.worker), worries.Status.CLOSED, by=w.supervisor)
    Escalation.objects.update(keep_until=end)
    return Escalation.objects.exists


def request(w, end):
    rights.stands(Status.CLOSED, w.dpo, w.lead, w.contact)
    RightsRequest.objects.update(closed_on=add_months(end, -schedule.RIGHTS.months))
    return RightsRequest.objects.exists


def deletion(w, end):
    Erasure.objects.ask([w.contact], when=timezone.now()).call_off()
    Erasure.objects.update(not_before=noon(add_months(end, -schedule.RIGHTS.months)))
    return Erasure.objects.exists


def proof(w, end):
    made = rights.take_in(by=w.dpo)
    made.ask_identity(rights.WHY, by=w.dpo)
    made.receive_identity("passport", by=w.dpo, details="the one with the torn corner")
    Evidence.objects.update(seen_on=end - A_MONTH, forget_on=end)
    return Evidence.objects.filter(details__isnull=False).exists


def bundle(w, end):
    made = rights.stands(Status.RELEASED, w.dpo, w.lead, w.contact)
    Bundle.objects.begin(made, by=w.dpo)
    Bundle.objects.update(gone_on=end, made_at=noon(end - BUNDLES_KEPT))
    return Bundle.objects.filter(key__isnull=False).exists


def address(w, end):
    heard = Address.objects.heard(Channel.TEXT, "+447700900123")
    Correspondence.objects.begin(heard, service=Service.HELPLINE, channel=Channel.TEXT)
    Address.objects.update(heard_on=end - A_MONTH)
    return Address.objects.exists


def authority(w, end):
    made = asked_by_others.logged(w.supervisor)
    asked_by_others.brought_to(made, authorities.Status.ANSWERED, by=w.supervisor, lead=w.lead)
    AuthorityRequest.objects.update(keep_until=end)
    return AuthorityRequest.objects.exists


def location_at(w, status):
    about = asked_by_others.worry(asked_by_others.call(w.make_contact, w.worker), w.worker)
    made = asked_by_others.asked(about, w.supervisor)
    asked_by_others.located(made, status, by=w.supervisor, lead=w.lead)


def location(w, end):
    location_at(w, locations.Status.STOPPED)
    LocationRequest.objects.update(keep_until=end)
    return LocationRequest.objects.exists


def found(w, end):
    location_at(w, locations.Status.FOUND)
    LocationFound.objects.update(received_on=end - A_MONTH)
    return LocationFound.objects.exists


def before_six_years(end: date) -> datetime:
    return noon(add_months(end, -schedule.FACTS.months))


def certificate(w, end):
    run = PurgeRun.objects.create(result=PurgeRun.Result.DONE, finished_at=before_six_years(end))
    Disposal.objects.create(run=run, retention_class=schedule.WORDS.name)
    return Disposal.objects.filter(run=run.pk).exists


def stop(w, end):
    at = before_six_years(end)
    Brake.objects.create(reason="clocks", due=1, living=1, pulled_at=at, status="spent")
    return Brake.objects.exists


def shift(w, end):
    at, day = before_six_years(end), timedelta(hours=8)
    post = OnCall._meta.get_field("post").choices[0][0]
    said = {"service": Service.HELPLINE, "post": post, "staff": w.lead}
    OnCall.objects.create(begins=at - day, ends=at, **said)
    return OnCall.objects.exists


def colleague(w, end):
    leaver = w.make_staff("leaver", Role.WORKER)
    leaver.deactivate(by=w.admin)
    left = noon(add_months(end, -schedule.STAFF.months))
    Staff.objects.filter(pk=leaver.pk).update(left_at=left)
    return Staff.objects.filter(pk=leaver.pk).exclude(name="").exists


def chat_limit(w, end):
    colleague(w, end)
    leaver = Staff.objects.get(name="Leaver")
    ChatLimit.objects.choose(leaver, 2)
    return ChatLimit.objects.exists


def session(w, end):
    w.signed_in(w.worker)
    Session.objects.update(seen_at=a_day_or_now(end))
    return Session.objects.exists


def a_day_or_now(end: date, lives=timedelta(days=1)) -> datetime:
    """When something was last used that lives for so long and ends on that day."""
    return (
        timezone.now() + (end - london_today()) - lives if end < london_today() else timezone.now()
    )


def invitation(w, end):
    Invitation.objects.invite("new@helpline.example", Role.WORKER, by=w.admin)
    Invitation.objects.get().accept(name="New", alias="new", password="a long enough one")
    Invitation.objects.update(expires_at=timezone.now() + (end - london_today()))
    return Invitation.objects.exists


def partner_key(w, end):
    until = london_today() + timedelta(days=9)
    PartnerKey.objects.make(
        name="Rota", service=Service.HELPLINE, scopes=["figures:read"], until=until, by=w.admin
    )
    PartnerKey.objects.update(until=end - A_MONTH)
    return PartnerKey.objects.exists


def partner_answer(w, end):
    partner_key(w, end + A_MONTH)
    PartnerAnswer.objects.once(PartnerKey.objects.get(), "token", "said", lambda: "done")
    PartnerAnswer.objects.update(answered_at=a_day_or_now(end))
    return PartnerAnswer.objects.exists


def sign_of_a_page(w, end):
    Presence.objects.sign(w.worker)
    Presence.objects.update(here_at=a_day_or_now(end))
    return Presence.objects.exists


def pause(w, end):
    Pause.objects.begin(Pause.Kind.BREAK, by=w.worker)
    Pause.objects.update(since=a_day_or_now(end))
    return Pause.objects.exists


def letter(w, end):
    said = {"template": "emails/invitation.txt", "context": {"link": "https://helpline.example"}}
    Message.objects.put(to="new@helpline.example", subject="An invitation", **said)
    Message.objects.update(sent_at=timezone.now() + (end - london_today()) - A_MONTH)
    return Message.objects.exists


def copy_at_a_supplier(w, end):
    VendorCopy.objects.remember("twilio", "SM1")
    VendorCopy.objects.get().gone()
    VendorCopy.objects.update(gone_at=timezone.now() + (end - london_today()) - A_MONTH)
    return VendorCopy.objects.exists


def key(w, end):
    contact = w.make_contact("my dad shouts", ended=True)
    Contact.objects.update(purge_on=end)
    return DataKey.objects.filter(pk=contact.key_id).exists


PLANTERS = {
    schedule.WORDS: [words],
    schedule.ASKED: [asked],
    schedule.PEOPLE: [person],
    schedule.HANDED_OVER: [copy],
    schedule.SAFEGUARDING: [worry],
    schedule.RIGHTS: [request, deletion],
    schedule.EVIDENCE: [proof],
    schedule.BUNDLES: [bundle],
    schedule.ADDRESSES: [address],
    schedule.AUTHORITIES: [authority],
    schedule.LOCATIONS: [location],
    schedule.FOUND: [found],
    schedule.FACTS: [certificate, stop, shift],  # the trail's events: see test_seals
    schedule.STAFF: [colleague, chat_limit],
    schedule.SECURITY: [
        *(session, invitation, partner_key, partner_answer, sign_of_a_page, pause),
    ],
    schedule.SENT: [letter, copy_at_a_supplier],
    schedule.KEYS: [key],
}
EVERY = [(kept, plant) for kept, planters in PLANTERS.items() for plant in planters]


@pytest.fixture
def w(make_contact, make_staff, signed_in, worker, supervisor, lead, dpo, admin):
    """The people and the contact that planters need."""
    contact = make_contact("my dad shouts", "that is hard", worker=worker)
    cast = {"worker": worker, "supervisor": supervisor, "lead": lead, "dpo": dpo, "admin": admin}
    makers = {"make_contact": make_contact, "make_staff": make_staff, "signed_in": signed_in}
    return SimpleNamespace(contact=contact, **makers, **cast)


def test_every_class_that_the_schedule_uses_has_a_planter():
    """A class without one here is a class of which nobody has shown that it ends."""
    used = {rule.kept for rule in schedule.SCHEDULE}
    assert used - set(PLANTERS) == {schedule.FIGURES}, "figures are about nobody, and stay"


@pytest.mark.parametrize(("left", "stays"), [(1, True), (-1, False)])
@pytest.mark.parametrize(
    ("kept", "plant"), EVERY, ids=[f"{plant.__name__} in {kept.name}" for kept, plant in EVERY]
)
def test_a_day_short_of_its_end_it_is_there_and_a_day_past_it_is_not(w, kept, plant, left, stays):
    is_there = plant(w, london_today() + timedelta(days=left))
    assert is_there(), "nothing was planted"
    beat_comes_round()
    assert is_there() is stays


def test_the_dpo_reads_every_class_with_all_that_is_in_it_and_why(w):
    page = unescape(w.signed_in(w.dpo).get(reverse("retention_schedule")).content.decode())
    for rule in schedule.SCHEDULE:
        for words in (rule.kept.name, rule.kept.starts, rule.kept.then, rule.because):
            assert words in page
    assert page.count("<section") == len({rule.kept for rule in schedule.SCHEDULE})


def test_figures_were_made_when_the_contact_ended_and_stay_when_it_goes(w):
    """Reports do not change when data goes."""
    w.contact.end(by=w.worker, outcome="listened")
    before = list(Figure.objects.values())
    assert before
    Contact.objects.update(purge_on=london_today())
    beat_comes_round()
    assert not Contact.objects.exists()
    assert list(Figure.objects.values()) == before
