"""Suppliers: reviewed in time, approved with a whole contract, and nothing new without (S2-60)."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from contacts.models import Supplier, SupplierStep
from contacts.suppliers.kinds import Carries, Term, months_between_reviews
from contacts.suppliers.reminding import remind
from contacts.suppliers.using import why_not
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import LONDON, add_months, london_today
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.roles import Role
from helpline.foundation.states import Refused, WrongState
from helpline.places import unreviewed
from tests.suppliers import FINDINGS, WHY, approved, entered, overdue

pytestmark = pytest.mark.django_db
Status = Supplier.Status
VERBS = {
    Status.APPROVED: Supplier.approve,
    Status.CONDITIONAL: Supplier.approve_on_conditions,
    Status.SUSPENDED: Supplier.suspend,
}
ALMOST_ALL = [term for term in Term.values if term != Term.AUDITS]


def standing(status: Status, by) -> Supplier:
    """A supplier that has come to a standing by its own verbs."""
    supplier = entered(by)
    if status != Status.SUSPENDED:
        VERBS[status](supplier, by=by, why=WHY)
    return supplier


def done(supplier) -> list[str]:
    return list(supplier.steps.order_by("at").values_list("kind", flat=True))


# The register -------------------------------------------------------------------------------------


@pytest.mark.parametrize("carries", Carries.values)
def test_s2_60_what_people_say_live_is_reviewed_every_six_months_and_the_rest_every_year(carries):
    live = carries in {"texts", "telephony", "chat"}
    assert months_between_reviews([carries]) == (6 if live else 12)
    assert months_between_reviews(["hosting", carries]) == (6 if live else 12)


def test_s2_60_the_next_day_follows_from_the_last_review(dpo):
    day = london_today() - timedelta(days=30)
    supplier = entered(dpo, reviewed_on=day, carries=["email"])
    assert supplier.next_review_on == add_months(day, 12)
    assert supplier.status == Status.SUSPENDED
    assert done(supplier) == ["added"]
    assert AuditEvent.objects.about(supplier).get().action == Action.SUPPLIER_ADDED


@pytest.mark.parametrize(
    "changes",
    [
        {"carries": []},
        {"name": ""},
        {"place": ""},
        {"findings": "ok"},
        {"reviewed_on": date(2999, 1, 1)},
    ],
)
def test_s2_60_an_entry_says_who_what_where_and_what_was_found(dpo, changes):
    with pytest.raises(Refused):
        entered(dpo, **changes)
    assert not Supplier.objects.exists()
    assert not AuditEvent.objects.filter(action=Action.SUPPLIER_ADDED).exists()


@pytest.mark.parametrize("role", set(Role) - {Role.DPO})
def test_s2_60_nobody_but_the_data_protection_officer_keeps_it(dpo, make_staff, role):
    other, supplier = make_staff("another", role), entered(dpo)
    for act in (
        lambda: entered(other),
        lambda: supplier.review(by=other, terms=ALMOST_ALL, findings=FINDINGS),
        lambda: supplier.approve(by=other, why=WHY),
        lambda: supplier.approve_on_conditions(by=other, why=WHY),
        lambda: supplier.suspend(by=other, why=WHY),
    ):
        with pytest.raises(Refused, match="keeps this register"):
            act()
    assert done(supplier) == ["added"]


def test_s2_60_a_review_moves_the_next_one_and_corrects_the_entry(dpo):
    supplier = overdue(dpo, 10)
    supplier.review(
        by=dpo, terms=Term.values, findings=FINDINGS, carries=["email"], place="Iceland"
    )
    assert supplier.next_review_on == add_months(london_today(), 12)
    assert (supplier.place, supplier.status) == ("Iceland", Status.APPROVED)
    assert done(supplier) == ["added", "approved", "reviewed"]


def test_s2_60_a_review_that_finds_a_term_missing_leaves_it_approved_on_conditions(dpo):
    supplier = approved(dpo)
    supplier.review(by=dpo, terms=ALMOST_ALL, findings="They let nobody look any more.")
    assert supplier.status == Status.CONDITIONAL
    assert done(supplier) == ["added", "approved", "conditional", "reviewed"]
    assert supplier.lacks() == [Term.AUDITS.label]


@pytest.mark.parametrize("status", [Status.CONDITIONAL, Status.SUSPENDED])
def test_s2_60_a_review_by_itself_approves_nobody(dpo, status):
    supplier = standing(status, dpo)
    supplier.review(by=dpo, terms=Term.values, findings=FINDINGS)
    assert supplier.status == status


def test_s2_60_a_review_without_findings_leaves_nothing_behind(dpo):
    supplier = overdue(dpo, 10)
    with pytest.raises(Refused, match="at least 10"):
        supplier.review(by=dpo, terms=[], findings="fine")
    supplier.refresh_from_db()
    assert supplier.is_overdue(london_today())
    assert supplier.terms == Term.values


# Its standing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("after", Status)
def test_s2_60_it_moves_from_each_standing_to_each_other_and_says_who_and_why(dpo, before, after):
    supplier = standing(before, dpo)
    if before == after:
        with pytest.raises(WrongState):
            VERBS[after](supplier, by=dpo, why=WHY)
        return
    VERBS[after](supplier, by=dpo, why=WHY)
    step = supplier.steps.order_by("-at").first()
    assert supplier.status == after
    assert (step.kind, step.words, step.by) == (after, WHY, dpo)
    moves = AuditEvent.objects.about(supplier).filter(action=Action.SUPPLIER_MOVED)
    assert {"to": after} in [move.detail for move in moves]


@pytest.mark.parametrize("after", Status)
def test_s2_60_without_a_reason_nothing_moves(dpo, after):
    supplier = standing(Status.CONDITIONAL if after != Status.CONDITIONAL else "approved", dpo)
    before = supplier.status, done(supplier)
    with pytest.raises(Refused, match="at least 10"):
        VERBS[after](supplier, by=dpo, why="  no    ")
    supplier.refresh_from_db()
    assert (supplier.status, done(supplier)) == before


@pytest.mark.parametrize("changes", [{"terms": ALMOST_ALL}, {"contract_on": None}])
def test_s2_60_without_a_contract_of_eight_terms_it_is_approved_on_conditions_at_most(dpo, changes):
    supplier = entered(dpo, **changes)
    with pytest.raises(Refused, match="lacks a required term"):
        supplier.approve(by=dpo, why=WHY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Supplier.objects.update(status="approved")
    supplier.approve_on_conditions(by=dpo, why=WHY)


# What stops ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", Status)
def test_s2_60_nothing_new_goes_through_a_suspended_supplier(dpo, status):
    standing(status, dpo)
    if status != Status.SUSPENDED:
        assert why_not("twilio") == ""
        return
    said = why_not("twilio")
    assert "twilio is suspended" in said
    assert "approve it under “Suppliers”" in said
    assert why_not("smtp") == ""


@pytest.mark.parametrize(("days", "usable"), [(0, True), (1, True), (90, True), (91, False)])
def test_s2_60_nor_through_one_whose_review_is_over_ninety_days_late(dpo, days, usable):
    overdue(dpo, days)
    if usable:
        assert why_not("twilio") == ""
        return
    assert "more than 90 days overdue" in why_not("twilio")


def test_s2_60_how_late_a_review_may_be_is_a_setting(dpo, settings):
    overdue(dpo, 8)
    settings.SUPPLIER_REVIEW_GRACE = timedelta(days=7)
    assert "more than 7 days" in why_not("twilio")


def test_s2_60_a_review_opens_it_again(dpo):
    supplier = overdue(dpo, 91)
    supplier.review(by=dpo, terms=Term.values, findings=FINDINGS)
    assert why_not("twilio") == ""


def test_s2_60_it_stops_at_midnight_in_london(dpo):
    supplier = approved(dpo)
    supplier.next_review_on = date(2027, 3, 28)  # 90 days later it is summer
    last = datetime(2027, 6, 26, 23, 59, tzinfo=LONDON)
    assert supplier.unusable_since(last) is None
    assert supplier.unusable_since(last + timedelta(minutes=1)) == datetime(
        2027, 6, 27, tzinfo=LONDON
    )


def test_s2_60_an_adapter_without_a_supplier_is_for_ones_own_machine_alone(dpo, settings):
    assert why_not("twilio") == ""
    settings.SECURE = True
    assert "twilio has no supplier in the register" in why_not("twilio")
    approved(dpo)
    assert why_not("twilio") == ""


def test_s2_60_of_two_suppliers_behind_one_adapter_both_count(dpo):
    approved(dpo)
    approved(dpo, name="Another").suspend(by=dpo, why=WHY)
    assert "suspended" in why_not("twilio")


# Who hears of it ----------------------------------------------------------------------------------


def test_s2_60_the_officer_hears_of_overdue_reviews_once_a_day_without_a_word(
    dpo, admin, mailoutbox
):
    overdue(dpo, 1, name="Secret carrier")
    overdue(dpo, 40)
    now = timezone.now()
    assert remind(now) == 2
    assert remind(now + timedelta(hours=23, minutes=59)) == 0
    assert remind(now + timedelta(hours=24, minutes=1)) == 2
    while Message.objects.send_next():
        pass
    assert [letter.to for letter in mailoutbox] == [[dpo.email], [dpo.email]]
    assert not any("carrier" in letter.body + letter.subject for letter in mailoutbox)


def test_s2_60_of_what_is_not_overdue_nobody_hears(dpo):
    overdue(dpo, 0)
    assert remind(timezone.now()) == 0
    assert not Message.objects.exists()


def test_s2_60_the_navigation_counts_overdue_reviews(dpo, admin):
    overdue(dpo, 0)
    overdue(dpo, 1)
    assert unreviewed(admin).count() == 1


# The pages ----------------------------------------------------------------------------------------


@pytest.fixture
def officer(dpo, signed_in):
    return signed_in(dpo)


def shown(client, name, *args) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_s2_60_an_empty_register_says_what_comes_next(officer, admin, signed_in):
    assert "Add the first" in shown(officer, "suppliers")
    assert "Add the first" not in shown(signed_in(admin), "suppliers")


def test_s2_60_the_list_shows_what_is_overdue_first(officer, dpo):
    approved(dpo, name="In time")
    overdue(dpo, 3, name="Too late")
    page = shown(officer, "suppliers")
    assert page.index("Too late") < page.index("In time")
    assert page.count(">Overdue<") == 1


def filled(**changes) -> dict:
    today = london_today().isoformat()
    return {
        "name": "A carrier",
        "carries": ["email"],
        "adapters": ["smtp"],
        "place": "Ireland",
        "sub_processors": "",
        "contract_on": today,
        "terms": Term.values,
        "reviewed_on": today,
        "findings": FINDINGS,
    } | changes


def test_s2_60_the_officer_adds_approves_reviews_and_suspends(officer):
    made = officer.post(reverse("supplier_new"), filled())
    supplier = Supplier.objects.get()
    assert made.url == reverse("supplier", args=[supplier.pk])
    path = reverse("supplier_move", args=[supplier.pk])
    assert officer.post(path, {"to": "approved", "why": WHY, "sure": "on"}).status_code == 302
    review = reverse("supplier_review", args=[supplier.pk])
    assert officer.post(review, filled(place="Iceland")).status_code == 302
    assert officer.post(path, {"to": "suspended", "why": WHY, "sure": "on"}).status_code == 302
    assert done(supplier) == ["added", "approved", "reviewed", "suspended"]
    page = shown(officer, "supplier", supplier.pk)
    assert "Iceland" in page
    assert WHY in page


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("supplier_new", filled(reviewed_on="2999-01-01", place="Far away")),
        ("supplier_review", filled(findings="ok", place="Far away")),
        ("supplier_move", {"to": "suspended", "why": "Far away from us"}),
    ],
)
def test_s2_60_a_mistake_keeps_what_was_typed_and_changes_nothing(officer, dpo, name, wrong):
    supplier = approved(dpo)
    before = SupplierStep.objects.count()
    path = reverse(name, args=[] if name == "supplier_new" else [supplier.pk])
    answer = officer.post(path, wrong)
    assert answer.status_code == 200
    assert "Far away" in answer.content.decode()
    assert SupplierStep.objects.count() == before


def test_s2_60_who_comes_too_late_keeps_the_words(officer, dpo, monkeypatch):
    supplier = approved(dpo)
    verb = Supplier.suspend

    def later(self, *, by, why):
        verb(Supplier.objects.get(pk=self.pk), by=dpo, why="Somebody was quicker.")
        verb(self, by=by, why=why)

    monkeypatch.setattr(Supplier, "suspend", later)
    asked = {"to": "suspended", "why": "Far away from us", "sure": "on"}
    answer = officer.post(reverse("supplier_move", args=[supplier.pk]), asked)
    assert answer.status_code == 409
    assert "Far away from us" in answer.content.decode()


def test_s2_60_what_lacks_a_term_is_not_offered_to_be_approved(officer, dpo):
    supplier = entered(dpo, terms=ALMOST_ALL, contract_on=None)
    page = shown(officer, "supplier_move", supplier.pk)
    assert 'value="approved"' not in page
    assert "The day on which it was made" in page


def test_s2_60_who_sees_the_register_does_not_change_it(dpo, admin, signed_in):
    supplier = approved(dpo)
    page = shown(signed_in(admin), "supplier", supplier.pk)
    assert "Approve or suspend" not in page


@pytest.mark.parametrize(("name", "queries"), [("suppliers", 1), ("supplier", 2)])
def test_the_pages_ask_the_same_number_of_questions_however_long_the_register(
    officer, dpo, django_assert_max_num_queries, name, queries
):
    suppliers = [approved(dpo, name=f"Carrier {n}") for n in range(5)]
    path = reverse(name, args=[suppliers[0].pk] if name == "supplier" else [])
    officer.get(path)
    with django_assert_max_num_queries(queries + 12):  # twelve for who is signed in and the sides
        officer.get(path)
