"""What is restricted is kept and not used, by anybody, whichever way they come (D11, Art 18)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts.finding import candidates
from contacts.matching import Told
from contacts.models import (
    Consent,
    Contact,
    Correction,
    HandOver,
    LegalBasis,
    Line,
    Note,
    NoteReview,
    RestrictedUse,
    ServiceUser,
)
from contacts.notes import to_review
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from helpline.foundation.states import Refused, WrongState
from privacy import retention
from privacy.models import Restriction, RightsRequest
from privacy.models.restriction import Ground
from privacy.rights.kinds import Kind, Status
from safeguarding.authorities.kinds import Kind as Authority
from safeguarding.models import Hold
from safeguarding.sharing.sources import sources
from tests.authorities import logged
from tests.known import make_link, make_record
from tests.rights import WHY, letter, stands, take_in
from tests.worries import raised

pytestmark = pytest.mark.django_db
S = Status


@pytest.fixture
def over(make_contact, worker, team):
    """A chat that has ended, with a note."""
    contact = make_contact("my dad shouts", worker=worker, team=team)
    contact.add_note("Her father shouts.", by=worker)
    contact.end(by=worker, outcome="listened")
    return contact


@pytest.fixture
def restricted(over, dpo, second) -> RightsRequest:
    """A request by which that chat is restricted."""
    return stands(S.RELEASED, dpo, second, over, Kind.RESTRICT)


def fresh(record):
    return type(record).objects.with_key().get(pk=record.pk)


def closed(request, by) -> RightsRequest:
    request.send_letter("released", letter(request), by=by)
    request.close(by=by)
    return request


def told(request, by) -> None:
    request.send_letter("lifting", letter(request, "lifting"), by=by)


# What it stops ------------------------------------------------------------------------------------


def test_d11_it_is_found_and_read_by_nobody(restricted, over, worker, supervisor, lead, signed_in):
    """D11: search, lists, quality reading, the worker’s own page."""
    assert fresh(over).restricted
    for staff in (worker, supervisor, lead):
        assert not Contact.objects.readable_by(staff).filter(pk=over.pk).exists()
        assert signed_in(staff).get(over.get_absolute_url()).status_code == 404
    assert not to_review(supervisor).exists()
    shown = signed_in(supervisor).get(reverse("contact_list", args=["ended"])).content.decode()
    assert over.handle not in shown


def test_d11_nothing_of_it_is_changed(restricted, over, worker, supervisor):
    """D11: by the verbs."""
    contact, note = fresh(over), Note.objects.select_related("contact").get()
    edits = [
        lambda: contact.add_note("More.", by=worker),
        lambda: contact.add_note("Better.", by=worker, corrects=note),
        lambda: contact.topics.model.objects.change(contact, added={"family"}, removed=set()),
        lambda: LegalBasis.objects.discern(contact, by=worker, basis="vital", no_consent="cannot"),
        lambda: NoteReview.objects.review(note, by=supervisor),
        lambda: HandOver.objects.hand_over(contact, by=worker, told_in=1),
    ]
    for edit in edits:
        with pytest.raises(Refused, match="restricted"):
            edit()
    assert Note.objects.count() == 1


@pytest.mark.parametrize(
    "around",
    [
        lambda over: Contact.objects.filter(pk=over.pk).update(outcome="informed"),
        lambda over: Contact.objects.filter(pk=over.pk).update(purge_on=london_today()),
        lambda over: Contact.objects.filter(pk=over.pk).update(held=False),
        lambda over: Contact.objects.filter(pk=over.pk).update(status="open", ended_at=None),
        lambda over: Contact.objects.filter(pk=over.pk)._raw_delete("default"),
        lambda over: over.lines.say_next(fresh(over), "person", "more", None),
        lambda over: over.topics.create(contact=over, topic="family"),
        lambda over: Note.objects.update(number=7),
        lambda over: Line.objects.filter(contact=over).update(said_at=timezone.now()),
    ],
)
def test_d11_postgresql_refuses_what_walks_round_the_verbs(restricted, over, around):
    with pytest.raises(IntegrityError), transaction.atomic():
        around(over)


def test_d11_it_is_not_purged_and_its_hold_is_not_released(restricted, over, lead, dpo):
    """D11: also past its 18 months, after the request is closed; the DPO is told."""
    request = closed(restricted, dpo)
    hold = Hold.objects.in_force().get()
    with pytest.raises(Refused, match="restriction"):
        hold.release(by=lead, reason=WHY)
    day = over.purge_on + timedelta(days=1)
    retention.purge_all(day)
    assert fresh(over).lines.exists()
    assert Restriction.objects.past_their_time(day).get().request == request
    request.keep_past(over, by=dpo)
    assert not Restriction.objects.past_their_time(day).exists()


def test_d11_a_hold_that_was_released_before_is_placed_again(over, dpo, second, lead):
    request = stands(S.APPROVAL, dpo, second, over, Kind.RESTRICT)
    Hold.objects.in_force().get().end(by=lead, reason=WHY)
    request.approve(by=second)
    assert fresh(over).restricted
    assert Hold.objects.in_force().count() == 1


def test_d11_a_record_is_not_found_opened_or_changed(contact, worker, supervisor, dpo, second):
    record = make_record(contact, worker)
    request = take_in(Kind.RESTRICT, by=dpo)
    for act in (
        lambda: request.acknowledge(by=dpo),
        lambda: request.need_no_proof("known", by=dpo, because=WHY),
        lambda: request.locate(by=dpo),
        lambda: request.find_by_record(record, by=dpo),
        lambda: request.collect(by=dpo),
        lambda: request.start_review(by=dpo),
        lambda: Restriction.objects.draw_up(request, ground="claims", why=WHY, by=dpo),
        lambda: request.propose("released", by=dpo, reasons=WHY),
        lambda: request.approve(by=second),
    ):
        act()
    record = fresh(record)
    assert record.restricted
    assert not ServiceUser.objects.visible_to(supervisor).exists()
    assert not candidates(Told(record.names, record.born), worker).exists()
    with pytest.raises(Refused, match="restricted"):
        record.change({"safe_times": "never"}, by=worker)
    with pytest.raises(Refused, match="restricted"):
        make_link(contact, record, worker)
    rows = ServiceUser.objects.filter(pk=record.pk)
    for around in (lambda: rows.update(access_needs=b"x"), lambda: rows._raw_delete("default")):
        with pytest.raises((IntegrityError, TypeError)), transaction.atomic():
            around()
    assert not ServiceUser.objects.due(london_today() + timedelta(days=3000)).exists()


def test_art_18_what_the_person_does_themselves_goes_on(restricted, over):
    """They may correct, and take back what they agreed to."""
    Correction.objects.add(fresh(over), "It was my uncle.")
    Consent.objects.answered(fresh(over), "refused", wording=1)
    assert Correction.objects.count() == Consent.objects.count() == 1


# What the law allows ------------------------------------------------------------------------------


def test_d11_safeguarding_may_use_it_with_a_reason_written_first(restricted, over, lead, worker):
    """D11, Art 18(2)."""
    assert not Contact.objects.visible_to(lead).exists()
    with pytest.raises(Refused, match="20 characters"):
        restricted.restriction.use("public", by=lead, why="urgent")
    with pytest.raises(Refused, match="four uses"):
        restricted.restriction.use("curiosity", by=lead, why=WHY)
    with pytest.raises(Refused, match="decides"):
        restricted.restriction.use("public", by=worker, why=WHY)

    restricted.restriction.use("public", by=lead, why="A child may be hurt tonight, says her aunt.")

    assert Contact.objects.visible_to(lead).get() == over
    assert not Contact.objects.visible_to(worker).exists()
    event = AuditEvent.objects.filter(action=Action.RESTRICTED_USED).get()
    assert (event.actor, event.detail["ground"]) == (str(lead.pk), "public")
    assert "aunt" not in str(event.detail)
    RestrictedUse.objects.update(until=timezone.now() - timedelta(minutes=1))
    assert not Contact.objects.visible_to(lead).exists()


def test_d11_nothing_of_it_is_shared_before_a_use_is_written(
    make_contact, worker, team, lead, dpo, second
):
    contact = make_contact("my dad hits me", worker=worker, team=team)
    raised(contact, worker)
    contact.end(by=worker, outcome="listened")
    request = stands(S.RELEASED, dpo, second, contact, Kind.RESTRICT)
    assert sources(fresh(contact)) == []
    request.restriction.use("protection", by=lead, why=WHY)
    assert [source.words for source in sources(fresh(contact))] == ["“my dad hits me”"]


def test_the_list_of_what_is_restricted_says_nothing_of_what_it_holds(
    restricted, over, lead, dpo, second, signed_in
):
    client, where = signed_in(lead), reverse("rights_restricted")
    client.get(where)
    with CaptureQueriesContext(connection) as few:
        shown = client.get(where).content.decode()
    stands(S.RELEASED, dpo, second, over, Kind.RESTRICT)
    with CaptureQueriesContext(connection) as many:
        client.get(where)
    assert len(many) == len(few) <= 12
    assert over.handle_words in shown
    assert "shouts" not in shown
    use = reverse("rights_restricted_use", args=[restricted.pk])
    short = client.post(use, {"ground": "public", "why": "too short, as such"})
    assert short.status_code == 409
    assert "too short, as such" in short.content.decode()
    assert client.post(use, {"ground": "public", "why": WHY}).url == where
    assert client.get(over.get_absolute_url()).status_code == 200


def test_d11_the_worksheet_names_it_and_opens_it_only_for_a_use(
    restricted, over, dpo, second, signed_in
):
    """D11: a request of the same person finds it; nobody reads it by that."""
    request, desk = stands(S.LOCATING, dpo, second, over), signed_in(dpo)
    shown = desk.get(reverse("rights_find", args=[request.pk]), {"channel": "chat"})
    assert "Restricted" in shown.content.decode()
    read = reverse("rights_read", args=[request.pk]) + f"?contact={over.pk}"
    assert desk.get(read).status_code == 404
    restricted.restriction.use("consent", by=dpo, why=WHY)
    assert "my dad shouts" in desk.get(read).content.decode()


# How it begins and ends ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", sorted(set(S) - {S.REVIEW, S.CLOCK_STOPPED}))
def test_a_ground_is_said_while_it_is_reviewed_and_at_no_other_time(status, dpo, second, over):
    request = stands(status, dpo, second, over, Kind.RESTRICT)
    before = Restriction.objects.count()
    with pytest.raises(WrongState):
        Restriction.objects.draw_up(request, ground="claims", why=WHY, by=dpo)
    assert Restriction.objects.count() == before


def test_it_needs_a_ground_a_reason_and_the_right_kind_of_request(dpo, second, over):
    request = stands(S.COLLECTING, dpo, second, over, Kind.RESTRICT)
    request.start_review(by=dpo)
    with pytest.raises(Refused, match="Say on which ground"):
        request.propose("released", by=dpo, reasons=WHY)
    for ground, why in (("whim", WHY), ("claims", "short")):
        with pytest.raises(Refused):
            Restriction.objects.draw_up(request, ground=ground, why=why, by=dpo)
    assert not Restriction.objects.exists()
    for ground in Ground:
        Restriction.objects.draw_up(request, ground=ground, why=WHY, by=dpo)
    assert Restriction.objects.get().ground == Ground.OBJECTION


def test_nobody_is_cut_off_while_they_talk(contact, dpo, second):
    request = stands(S.REVIEW, dpo, second, contact, Kind.RESTRICT)
    with pytest.raises(Refused, match="going on"):
        request.propose("released", by=dpo, reasons=WHY)


def test_d10_it_begins_only_with_a_second_person(over, dpo, second):
    request = stands(S.APPROVAL, dpo, second, over, Kind.RESTRICT)
    assert not fresh(over).restricted
    with pytest.raises(Refused):
        request.approve(by=dpo)
    assert not fresh(over).restricted
    request.approve(by=second)
    assert fresh(over).restricted


def test_refused_it_restricts_nothing(over, dpo, second):
    request = stands(S.REVIEW, dpo, second, over, Kind.RESTRICT)
    request.propose("refused", by=dpo, reasons=WHY, refusal="no-right")
    request.approve(by=second)
    assert not fresh(over).restricted
    assert request.restriction.status == Restriction.Stage.DRAWN


@pytest.mark.parametrize("is_closed", [False, True])
def test_d11_it_is_not_lifted_before_they_are_told(restricted, over, dpo, worker, is_closed):
    """D11, Art 18(3): also when the request has long been closed."""
    if is_closed:
        closed(restricted, dpo)
    with pytest.raises(Refused, match="told before"):
        restricted.restriction.lift(by=dpo, why=WHY)
    assert fresh(over).restricted
    told(restricted, dpo)

    restricted.restriction.lift(by=dpo, why=WHY)

    contact = fresh(over)
    assert (contact.restricted, contact.held) == (False, not is_closed)
    contact.add_note("They agree.", by=worker)
    with pytest.raises(WrongState):
        restricted.restriction.lift(by=dpo, why=WHY)
    with pytest.raises(WrongState):
        restricted.restriction.use("claims", by=dpo, why=WHY)


def test_what_another_request_restricts_stays_restricted(restricted, over, dpo, second):
    other = stands(S.RELEASED, dpo, second, over, Kind.RESTRICT)
    for request in (restricted, other):
        assert fresh(over).restricted
        told(request, dpo)
        request.restriction.lift(by=dpo, why=WHY)
    assert not fresh(over).restricted


def test_only_a_dpo_lifts_it_and_a_letter_about_it_fits_only_meanwhile(
    restricted, over, dpo, lead, second
):
    told(restricted, dpo)
    with pytest.raises(Refused):
        restricted.restriction.lift(by=lead, why=WHY)
    plain = stands(S.REVIEW, dpo, second, over)
    assert not plain.may_write("lifting")


def test_a_closed_request_is_kept_as_long_as_it_restricts(restricted, dpo):
    request = closed(restricted, dpo)
    day = london_today() + timedelta(days=2000)
    assert not RightsRequest.objects.due_for_purge(day).exists()
    told(request, dpo)
    request.restriction.lift(by=dpo, why=WHY)
    assert RightsRequest.objects.due_for_purge(day).get() == request


def test_its_page_leads_from_the_ground_to_lifting_it(over, dpo, second, signed_in):
    request, desk = stands(S.COLLECTING, dpo, second, over, Kind.RESTRICT), signed_in(dpo)
    request.start_review(by=dpo)
    where = reverse("rights_move", args=[request.pk])
    desk.post(where, {"do": "restrict", "ground": "accuracy", "why": WHY})
    desk.post(where, {"do": "propose", "outcome": "released", "reasons": WHY})
    signed_in(second).post(where, {"do": "approve"})
    assert (
        "They are told before it is lifted" in desk.get(request.get_absolute_url()).content.decode()
    )
    request.refresh_from_db()
    told(request, dpo)
    assert desk.post(where, {"do": "lift", "why": WHY}).status_code == 302
    assert not fresh(over).restricted


def test_no_trigger_is_missing():
    """The guards stand in the database itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'restricted\\_%%'")
        assert cursor.fetchone()[0] == 10


# What it never stops ------------------------------------------------------------------------------


def test_e13_a_worry_about_it_is_raised_and_alerts_as_any_other(restricted, over, worker):
    """E13: whatever state anything is in."""
    escalation = raised(fresh(over), worker, said="He said he would come tonight.")
    assert escalation.contact == over
    assert escalation.alerts.exists()
    assert fresh(over).escalated


def test_an_order_about_it_holds_it(restricted, over, lead):
    """Art 18(2): a legal claim needs it; whoever names it wrote that down first."""
    request = logged(lead, Authority.ORDER)
    with pytest.raises(Refused, match="no contact of yours"):
        request.name_contact(over.handle, by=lead)
    restricted.restriction.use("claims", by=lead, why=WHY)
    request.name_contact(over.handle, by=lead)
    assert Hold.objects.in_force().filter(kind="legal").get().contacts.get() == over
