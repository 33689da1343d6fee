"""People who chose to be known: when a record may exist, what belongs to it, how it ends."""

from datetime import timedelta

import pytest
from django.db import connection

from contacts.models import (
    Answer,
    Contact,
    Entry,
    Link,
    LostBasis,
    RecordBasis,
    ServiceUser,
    SupportPlan,
    Thread,
)
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.models import DataKey
from privacy import ledger, records, retention
from privacy.models import PurgeRun
from tests.known import DETAILS, OTHER_BASIS, agreed, make_link, make_record

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(contact, worker) -> ServiceUser:
    return make_record(contact, worker)


def everything_written() -> str:
    """Every row of every table of ours, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        said = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            said += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    return "\n".join(said)


def test_l01_a_record_without_consent_or_another_basis_is_refused(contact, worker):
    with pytest.raises(Refused):
        ServiceUser.objects.keep(contact, by=worker, details=DETAILS)
    assert not ServiceUser.objects.exists()
    assert DataKey.objects.count() == 1  # the contact's own


def test_l01_a_no_is_no_basis_and_neither_is_an_older_yes(contact, worker):
    yes = agreed(contact, worker)
    no = agreed(contact, worker, Answer.REFUSED)
    for consent in (yes, no):
        with pytest.raises(Refused):
            ServiceUser.objects.keep(contact, by=worker, details={}, consent=consent)


def test_l01_somebody_elses_consent_is_none(contact, make_contact, worker):
    other = make_contact("hello", worker=worker)
    with pytest.raises(Refused):
        ServiceUser.objects.keep(contact, by=worker, details={}, consent=agreed(other, worker))


@pytest.mark.parametrize("left_out", ["basis", "no_consent", "reason"])
def test_l01_another_basis_says_which_and_why_consent_could_not_be_had(contact, worker, left_out):
    basis = OTHER_BASIS | {left_out: ""}
    with pytest.raises(Refused):
        ServiceUser.objects.keep(contact, by=worker, details={}, basis=basis)


def test_l01_another_basis_is_recorded_by_a_named_worker_at_the_time(contact, worker):
    kept = ServiceUser.objects.keep(contact, by=worker, details={}, basis=OTHER_BASIS)
    row = RecordBasis.objects.select_related("service_user__key").get(service_user=kept)
    assert (row.recorded_by, row.no_consent) == (worker, "cannot")
    assert row.reason == OTHER_BASIS["reason"]


def test_a_record_begins_only_while_in_contact(make_contact, worker):
    over = make_contact("bye", worker=worker, ended=True)
    with pytest.raises(WrongState):
        ServiceUser.objects.keep(over, by=worker, details={}, basis=OTHER_BASIS)


def test_a09_a_record_may_hold_nothing_at_all(contact, worker):
    kept = ServiceUser.objects.keep(contact, by=worker, details={}, consent=agreed(contact, worker))
    assert [getattr(kept, name) for name in ServiceUser.DETAILS] == [None] * 5


def test_who_nobody_asked_whether_they_may_be_called_may_not_be(contact, worker):
    safe = make_record(contact, worker, names="Ann").safe_contact()
    assert not safe["asked"]
    assert not any(yes for _, yes in safe["ways"])


def test_how_it_is_safe_to_get_in_touch_is_told_in_one_place(record):
    safe = record.safe_contact()
    assert dict(safe["ways"])["call"]
    assert not dict(safe["ways"])["leave a voicemail"]
    assert (safe["word"], safe["announce_as"]) == ("periwinkle", "it is about the boiler")


def test_what_they_take_back_is_empty_and_finds_them_no_more(record, worker):
    record.change({"phone": ""}, by=worker)
    row = ServiceUser.objects.with_key().get()
    assert (row.phone, row.phone_hash) == (None, None)
    assert row.email == DETAILS["email"]


def test_a_record_takes_no_fact_that_it_has_no_place_for(record, worker):
    with pytest.raises(Refused):
        record.change({"religion": "x"}, by=worker)


@pytest.mark.parametrize("asked", [None, "", "because I say so"])
def test_a10_no_contact_is_linked_without_a_recorded_act_of_the_person(
    record, contact, worker, asked
):
    before = AuditEvent.objects.count()
    with pytest.raises(Refused):
        Link.objects.link(contact, record, by=worker, asked=asked)
    assert not Link.objects.exists()
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("line", [None, 2, 99])
def test_a10_in_a_chat_it_is_a_line_of_their_own(record, contact, worker, line):
    with pytest.raises(Refused):
        make_link(contact, record, worker, asked="chat", line=line)
    make_link(contact, record, worker, asked="chat", line=1)
    assert Link.objects.of(contact).get().line == 1


def test_a_contact_belongs_to_one_record_at_most(record, contact, worker):
    make_link(contact, record, worker)
    with pytest.raises(WrongState):
        make_link(contact, record, worker)


def test_a_thread_with_a_contact_of_another_record_is_not_linked(
    record, contact, make_contact, worker
):
    later = make_contact(worker=worker)
    Contact.objects.filter(pk__in=[contact.pk, later.pk]).update(thread=Thread.objects.create())
    contact.refresh_from_db(), later.refresh_from_db()
    make_link(contact, record, worker)
    with pytest.raises(WrongState, match="already"):
        make_link(later, make_record(later, worker), worker, whole_thread=True)
    make_link(later, record, worker, whole_thread=True)


def test_a_linked_contact_stays_what_it_was(record, contact, make_contact, worker):
    """Nothing is merged: words, keys, handles, numbers and 18 months stay apart."""
    other = make_contact("again me", worker=worker)
    before = list(Contact.objects.order_by("pk").values())
    make_link(contact, record, worker)
    make_link(other, record, worker)
    assert list(Contact.objects.order_by("pk").values()) == before
    assert contact.say("worker", "hello again") == 3
    assert other.lines.count() == 1


def test_unlinking_restores_anonymity(record, contact, worker):
    """Afterwards no row of the whole database holds both: not even the trail."""
    link = make_link(contact, record, worker, asked="chat", line=1)
    Entry.objects.write(record, "We found a bed.", by=worker, contact=contact)
    link.unlink(by=worker)
    rows = everything_written().splitlines()
    assert not [row for row in rows if str(contact.pk) in row and str(record.pk) in row]
    assert not record.entries.exists()
    assert not RecordBasis.objects.exclude(consent=None).exists()
    with pytest.raises(WrongState):
        link.unlink(by=worker)


def test_the_trail_never_says_which_contact_a_record_was_linked_to(record, contact, worker):
    make_link(contact, record, worker)
    events = AuditEvent.objects.filter(action__startswith="record-")
    assert events.count() == 2
    assert not [e for e in events if str(contact.pk) in f"{e.subject_id}{e.detail}"]


def test_a_whole_thread_is_linked_only_where_there_is_one(record, contact, make_contact, worker):
    with pytest.raises(Refused):
        make_link(contact, record, worker, whole_thread=True)
    contact.thread = Thread.objects.create()
    contact.save(update_fields=["thread"])
    earlier = make_contact("before", worker=worker)
    Contact.objects.filter(pk=earlier.pk).update(thread=contact.thread)
    make_link(contact, record, worker, whole_thread=True)
    assert Link.objects.of(Contact.objects.get(pk=earlier.pk)).exists()
    assert Link.objects.get().contact_id is None


def test_s0_11_how_they_were_helped_outlives_the_words_of_the_contact(record, contact, worker):
    make_link(contact, record, worker)
    Entry.objects.write(record, "We found a bed.", by=worker, contact=contact)
    Contact.objects.filter(pk=contact.pk).update(purge_on=london_today())
    retention.purge_all(london_today())

    assert not Contact.objects.filter(pk=contact.pk).exists()
    entry = Entry.objects.select_related("service_user__key").get()
    assert (entry.words, entry.contact_id, entry.channel) == ("We found a bed.", None, "chat")
    assert not Link.objects.exists()


def test_an_entry_about_a_contact_that_is_not_linked_is_refused(record, contact, worker):
    with pytest.raises(Refused):
        Entry.objects.write(record, "We found a bed.", by=worker, contact=contact)


@pytest.mark.parametrize(("kept", "status"), [(True, "kept"), (False, "taken-back")])
def test_a_promise_is_open_until_it_is_kept_or_they_know(record, worker, kept, status):
    promise = Entry.objects.write(record, "We ring back.", by=worker, due_on=london_today())
    assert list(Entry.objects.promises_open()) == [promise]
    promise.settle(by=worker, kept=kept)
    assert promise.status == status
    assert not Entry.objects.promises_open()
    with pytest.raises(WrongState):
        promise.settle(by=worker, kept=True)


def test_a_support_plan_opens_a_way_and_closes_none(record, worker, make_contact):
    """It has no field that could refuse anybody, and nothing asks it before a contact is taken."""
    words = {"times": "Tuesdays", "helps": "Talking about the dog."}
    SupportPlan.objects.agree(record, by=worker, worker=worker, **words)
    plan = SupportPlan.objects.select_related("service_user__key").get()
    assert (plan.times, plan.helps) == tuple(words.values())
    make_contact("it is me again").take(by=worker)
    with pytest.raises(WrongState):
        SupportPlan.objects.agree(record, by=worker, worker=None, blocked="yes", **words)


def test_consent_taken_back_closes_the_record_and_unlinks_everything_at_once(
    record, contact, worker
):
    make_link(contact, record, worker)
    assert record.lose_consent(by=worker)
    row = ServiceUser.objects.get()
    assert (row.status, row.phone_hash, row.email_hash, row.near) == ("leaving", None, None, [])
    assert not Link.objects.exists()
    assert not ServiceUser.objects.visible_to(worker).exists()
    with pytest.raises(WrongState):
        record.change({"names": "x"}, by=worker)


@pytest.mark.parametrize("where", ["the contact", "another that they joined"])
def test_taking_back_reaches_a_record_that_was_never_linked(
    record, contact, make_contact, worker, where
):
    other = make_contact("it is me again", worker=worker)
    Contact.objects.filter(pk__in=[contact.pk, other.pk]).update(thread=Thread.objects.create())
    taken_back = contact if where == "the contact" else other
    taken_back.refresh_from_db()
    agreed(taken_back, worker, Answer.WITHDRAWN)
    assert ServiceUser.objects.get().status == "leaving"
    assert LostBasis.objects.get(what="record").status == "removed"
    retention.purge_all(london_today())
    assert not ServiceUser.objects.exists()


def test_taking_back_reaches_no_record_of_anybody_else(record, make_contact, worker):
    other = make_contact("hello", worker=worker)
    theirs = make_record(other, worker)
    agreed(other, worker, Answer.WITHDRAWN)
    assert ServiceUser.objects.kept().get() == record != theirs


def test_d14_another_basis_written_down_at_the_time_keeps_the_record(record, contact, worker):
    RecordBasis.objects.found(record, contact, by=worker, consent=None, basis=OTHER_BASIS)
    assert not record.lose_consent(by=worker)
    assert ServiceUser.objects.kept().get() == record
    lost = RecordBasis.objects.exclude(lost_at=None).get()
    assert (lost.basis, lost.wording) == ("consent", 1)


def test_the_next_purge_destroys_a_record_without_a_basis_and_its_key(record, contact, worker):
    Entry.objects.write(record, "We found a bed.", by=worker)
    record.lose_consent(by=worker)
    retention.purge_all(london_today())
    assert not ServiceUser.objects.exists()
    assert not RecordBasis.objects.exists()
    assert not DataKey.objects.filter(pk=record.key_id).exists()
    assert Contact.objects.get().pk == contact.pk


def test_a_record_ends_six_years_after_the_last_contact_and_not_a_day_before(record):
    six_years_ago = add_months(london_today(), -72)
    ServiceUser.objects.update(last_contact_on=six_years_ago + timedelta(days=1))
    assert records.end_all(london_today(), PurgeRun.objects.create()) == 0
    ServiceUser.objects.update(last_contact_on=six_years_ago)
    assert not ServiceUser.objects.kept().exists()
    assert records.end_all(london_today(), PurgeRun.objects.create()) == 1


def test_c17_a_restored_record_is_destroyed_again(record, worker):
    """The ledger holds its random id among those of contacts."""
    rows = list(ServiceUser.objects.values_list("pk", "key"))
    record.lose_consent(by=worker)
    retention.purge_all(london_today())
    (entry,) = ledger.entries()
    assert entry.contacts == [pk for pk, _ in rows]

    key = DataKey.new()
    ServiceUser.objects.create(
        pk=record.pk, service="helpline", key=key, last_contact_on=london_today()
    )
    retention.replay(entry, london_today(), PurgeRun.objects.create())
    assert not ServiceUser.objects.exists()
    assert not DataKey.objects.filter(pk=key.pk).exists()


def test_its_words_do_not_open_in_another_record(record, make_contact, worker):
    other = make_record(make_contact("x", worker=worker), worker, names="Bob")
    stolen = ServiceUser.objects.filter(pk=record.pk).values_list("names", flat=True)[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contacts_serviceuser SET names = %s WHERE id = %s", [bytes(stolen), other.pk]
        )
    with pytest.raises(Exception, match="moved or damaged"):
        str(ServiceUser.objects.with_key().get(pk=other.pk).names)
