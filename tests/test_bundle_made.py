"""A bundle is made from its review, fetched once with two halves, and gone after 90 days (D19)."""

import io
import json
import re
from datetime import timedelta
from threading import Event
from zipfile import ZipFile

import pytest
import time_machine
from cryptography.exceptions import InvalidTag
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact
from helpline.foundation.audit.models import record_reading
from helpline.foundation.calendar import london_today
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import CannotOpen
from privacy import ledger, retention, tasks
from privacy.bundle import making, telling, writing
from privacy.bundle.contents import Cut
from privacy.erasure import erasing
from privacy.models import Bundle, Erasure, PurgeRun
from privacy.models.bundle import LINK_LIVES, MOST_TRIES, PIECE, BundlePiece, Sink
from privacy.models.review import ReviewChange, release_own
from privacy.review.deciding import Choice, Deciding, Health
from privacy.review.exemptions import Exemption
from privacy.review.gathering import gather
from privacy.review.kinds import ItemKind
from privacy.review.sources import read_now
from privacy.rights.kinds import Status
from safeguarding.models import Disclosure, EmergencyCall, Task
from safeguarding.sharing.kinds import TalkFirst
from tests.known import make_record
from tests.racing import PATIENCE, outcome, rivals, somebody_waits, until
from tests.reviewing import in_review, released, standing
from tests.sharing import brought, considered, verified, worry
from tests.worries import WHY

pytestmark = pytest.mark.django_db
CANARY = "Marcusqzx"
SAFE = "after eight, ring Jane 07700 900312"
SAID = f"{CANARY} hits me when mum is out"
THIRD = {
    "exemption": Exemption.THIRD_PARTY,
    "test": "He has not agreed and does not know that it was told to us.",
    "who": CANARY,
    "known": "that he is called so",
}


@pytest.fixture
def request_(make_contact, worker, dpo, lead):
    contact = make_contact(SAID, "that sounds hard", "thank you", worker=worker)
    request = in_review(contact, by=dpo)
    named, answer, *_ = request.items.all()
    named.decide(
        Deciding(Choice.REDACT, SAID, Health.NONE, cuts=[Cut(0, 9, "somebody else")], **THIRD),
        by=dpo,
    )
    answer.decide(Deciding(Choice.RELEASE, "", Health.NONE), by=dpo)
    release_own(list(request.items.all()), by=dpo)
    released(request, by=lead)
    return request


@pytest.fixture
def bundle(request_, dpo) -> Bundle:
    made = Bundle.objects.begin(request_, by=dpo)
    making.make(made)
    return Bundle.objects.with_key().get(pk=made.pk)


def files(whole: bytes) -> dict[str, str]:
    with ZipFile(io.BytesIO(whole)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def test_d06_no_file_of_the_zip_holds_the_third_party(bundle):
    found = files(b"".join(bundle.opened()))
    assert set(found) == {writing.PAGE, writing.DATA, writing.WORDS}
    for name, text in found.items():
        assert CANARY not in text, name
        assert "[removed: somebody else] hits me" in text, name
    said = json.loads(found[writing.DATA])["chapters"][0]["items"]
    assert [item["words"] for item in said[1:3]] == ["that sounds hard", "thank you"]
    assert said[2]["who"] == "You"


def test_no_file_is_begun_or_made_that_leaves_out_what_nobody_decided_about(request_, dpo):
    """It would say less than was approved, and nobody would know why."""
    begun = Bundle.objects.begin(request_, by=dpo)
    first, second = request_.items.all()[:2]
    ReviewChange.objects.filter(item__in=[first, second]).update(mark="of other words")
    tasks.make_bundles()
    assert Bundle.objects.get(pk=begun.pk).failed
    assert not begun.pieces.exists()
    which = f"decide anew about item {first.number}, {second.number}."
    with pytest.raises(Refused, match=which):
        Bundle.objects.begin(request_, by=dpo)


def test_what_reads_otherwise_since_it_was_approved_is_gone_through_again(
    bundle, request_, dpo, lead, worker
):
    """Its file is destroyed at once; two people answer anew, and their letter is another."""
    _address, phrase = bundle.new_link(by=dpo)
    request_.refresh_from_db()
    with pytest.raises(Refused, match="Say what should be looked at again"):
        request_.review_again(by=dpo, why="")
    with pytest.raises(Refused, match="Only a data protection officer"):
        request_.review_again(by=worker, why=WHY)
    request_.review_again(by=dpo, why=WHY)
    assert (request_.status, request_.decided_on, request_.proposed) == (Status.REVIEW, None, "")
    assert (bundle.fetch(phrase), request_.review_round()) == (None, 1)
    request_.propose(Status.RELEASED, by=dpo, reasons=WHY)
    with pytest.raises(WrongState):
        Bundle.objects.begin(request_, by=dpo)
    request_.approve(by=lead)
    assert Bundle.objects.begin(request_, by=dpo)


@pytest.fixture
def known(make_contact, worker, dpo):
    """A request about a record, of which a sister's number does not leave."""
    contact = make_contact("hello", worker=worker)
    record = make_record(contact, worker, announce_as="A friend of hers", safe_times=SAFE)
    request = in_review(contact, by=dpo)
    standing(request, Status.REVIEW, service_user=record)
    gather(request, by=dpo)
    item = request.items.get(kind=ItemKind.RECORD)
    words = read_now(item)
    start = words.index("Jane")
    cuts = [Cut(start, start + len("Jane 07700 900312"), "somebody else")]
    item.decide(Deciding(Choice.REDACT, words, Health.NONE, cuts=cuts, **THIRD), by=dpo)
    for each in request.items.exclude(pk=item.pk):
        each.decide(Deciding(Choice.RELEASE, "", Health.NONE), by=dpo)
    return request


def leaves(request) -> str:
    """Everything that a bundle of it would say of its items."""
    return str([item for _, item in making.said_in(request.items.to_leave(request.scope()))])


@pytest.mark.parametrize("says", ["Somebody from school, about homework and the play", "X"])
def test_d06_a_cut_holds_only_for_the_words_in_which_it_was_made(
    known, worker, dpo, lead, signed_in, says
):
    """What stands before them can change while the request is open, for their safety."""
    assert "after eight, ring [removed: somebody else]" in leaves(known)
    known.service_user.change({"announce_as": says}, by=worker)
    with pytest.raises(WrongState, match="reads otherwise"):
        leaves(known)
    (number,) = known.items.to_decide(known.scope())
    with pytest.raises(Refused, match=f"1 are not yet, first of them item {number}"):
        known.propose(Status.RELEASED, by=dpo, reasons=WHY)
    page = signed_in(dpo).get(reverse("rights_review", args=[known.pk]))
    assert "Reads otherwise by now" in page.content.decode()
    standing(known, Status.APPROVAL, proposed=Status.RELEASED)
    with pytest.raises(Refused, match="1 are not yet"):
        known.approve(by=lead)


def test_d06_a_cut_from_other_words_is_refused(known, worker, dpo):
    item = known.items.get(kind=ItemKind.RECORD)
    before = read_now(item)
    known.service_user.change({"announce_as": ""}, by=worker)
    said = Deciding(Choice.REDACT, before, Health.NONE, cuts=[Cut(0, 5, "somebody else")], **THIRD)
    with pytest.raises(Refused, match="reads otherwise by now"):
        item.decide(said, by=dpo)


def test_who_has_read_it_leaves_with_whoever_read_it_since(known, supervisor):
    record_reading(known.scope().get(), by=supervisor, shared=True)
    assert known.items.to_decide(known.scope()) == []
    assert "Supervisor, " in leaves(known)


def test_who_has_read_it_stays_whole_or_leaves_whole(known, supervisor, dpo):
    """Whoever reads it next changes nothing that was decided."""
    readers = known.items.filter(kind=ItemKind.READING).last()
    words = read_now(readers)
    cut = Deciding(Choice.REDACT, words, Health.NONE, cuts=[Cut(0, 3, "somebody else")], **THIRD)
    with pytest.raises(Refused, match="leaves whole, or not at all"):
        readers.decide(cut, by=dpo)
    readers.decide(Deciding(Choice.WITHHOLD, "", Health.NONE, **THIRD), by=dpo)
    record_reading(known.scope().get(), by=supervisor, shared=True)
    assert known.items.to_decide(known.scope()) == []
    assert "Supervisor, " not in leaves(known)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_destroyed_while_it_is_made_leaves_no_piece(request_, dpo, monkeypatch):
    """Whoever destroys it waits for whoever makes it."""
    bundle, made = Bundle.objects.begin(request_, by=dpo), making.contents_of
    with rivals() as start:
        begun = []

        def meanwhile(*about):
            begun.append(start(Bundle.objects.get(pk=bundle.pk).destroy))
            until(somebody_waits)
            return made(*about)

        monkeypatch.setattr(making, "contents_of", meanwhile)
        making.make(bundle)
        assert outcome(begun[0]) is None
    assert not BundlePiece.objects.exists()


def test_one_that_cannot_be_made_says_so_and_does_not_stop_the_next(request_, contact, dpo, lead):
    change = request_.items.first().in_force()
    change.cuts = '[[0, 999, "somebody else"]]'
    change.save()
    other = in_review(contact, by=dpo)
    released(other, by=lead)
    broken, whole = (Bundle.objects.begin(each, by=dpo) for each in (request_, other))
    tasks.make_bundles()
    assert Bundle.objects.get(pk=broken.pk).failed
    assert Bundle.objects.get(pk=whole.pk).is_ready()


def test_nothing_leaves_before_a_second_person_has_approved(contact, dpo):
    request = in_review(contact, by=dpo)
    for status in (Status.REVIEW, Status.APPROVAL, Status.COLLECTING):
        standing(request, status)
        with pytest.raises(WrongState):
            Bundle.objects.begin(request, by=dpo)


def test_it_is_sealed_piece_by_piece_and_no_piece_opens_elsewhere(bundle):
    stored = b"".join(bytes(piece.sealed) for piece in bundle.pieces.all())
    assert b"PK\x03\x04" not in stored
    assert writing.PAGE.encode() not in stored
    bundle.pieces.update(number=2)
    with pytest.raises(InvalidTag):
        b"".join(bundle.opened())


def test_it_is_fetched_once_with_both_halves(bundle, dpo):
    token, phrase = bundle.new_link(by=dpo)
    found = Bundle.objects.behind(token)
    assert found.fetch("some other words") is None
    assert set(files(found.fetch(phrase.upper())))
    assert Bundle.objects.behind(token) is None
    assert found.fetch(phrase) is None


def test_d19_a_link_ends_after_14_days_and_after_ten_wrong_passphrases(bundle, dpo):
    token, phrase = bundle.new_link(by=dpo)
    with time_machine.travel(bundle.begun_at + LINK_LIVES + timedelta(days=1)):
        assert Bundle.objects.behind(token) is None
    found = Bundle.objects.behind(token)
    for _ in range(MOST_TRIES):
        assert found.fetch("wrong") is None
    assert found.fetch(phrase) is None
    assert Bundle.objects.behind(token) is None


def test_a_new_link_ends_the_one_before(bundle, dpo):
    token, phrase = bundle.new_link(by=dpo)
    again, other = bundle.new_link(by=dpo)
    assert Bundle.objects.behind(token) is None
    assert Bundle.objects.behind(again).fetch(phrase) is None
    assert Bundle.objects.behind(again).fetch(other)


def test_neither_half_is_stored_in_clear(bundle, dpo):
    token, phrase = bundle.new_link(by=dpo)
    stored = str(Bundle.objects.values_list("link", "passphrase").get())
    assert token not in stored
    assert not set(phrase.split()) & set(stored.split())


def test_c24_after_90_days_it_is_due_and_destroying_it_leaves_that_it_was_made(bundle, dpo):
    day = london_today() + timedelta(days=90)
    assert not Bundle.objects.due_for_purge(day - timedelta(days=1)).exists()
    assert Bundle.objects.due_for_purge(day).get() == bundle
    assert Bundle.objects.end_all(day - timedelta(days=1)) == 0
    assert [Bundle.objects.end_all(day) for _ in range(2)] == [1, 0]
    assert not bundle.pieces.exists()
    with pytest.raises(CannotOpen):
        b"".join(Bundle.objects.with_key().get(pk=bundle.pk).opened())
    with pytest.raises(WrongState):
        Bundle.objects.get(pk=bundle.pk).new_link(by=dpo)


def test_making_it_again_after_a_kill_ends_as_if_nothing_had_happened(bundle):
    before = bundle.pieces.count()
    Bundle.objects.filter(pk=bundle.pk).update(made_at=None)
    making.make(bundle)
    assert bundle.pieces.count() == before
    assert files(b"".join(bundle.opened()))


def test_what_is_made_is_not_made_again(bundle):
    before = [bytes(piece.sealed) for piece in bundle.pieces.order_by("number")]
    making.make(bundle)
    assert [bytes(piece.sealed) for piece in bundle.pieces.order_by("number")] == before


@pytest.mark.django_db(transaction=True)
def test_what_another_is_making_is_left_to_it_and_stops_nobody(request_, contact, dpo, lead):
    """A second connection holds the row for as long as this one looks."""
    other = in_review(contact, by=dpo)
    released(other, by=lead)
    first, second = (Bundle.objects.begin(each, by=dpo) for each in (request_, other))
    held, looked = Event(), Event()

    def holds() -> None:
        with transaction.atomic():
            Bundle.objects.to_make().get(pk=first.pk)
            held.set()
            looked.wait(PATIENCE)

    with rivals() as start:
        holder = start(holds)
        try:
            assert held.wait(PATIENCE)
            making.make(first)
            assert not first.pieces.exists()
            assert Bundle.objects.get(pk=first.pk).made_at is None
            assert Bundle.objects.next_to_make() == second
        finally:
            looked.set()
        holder.result(PATIENCE)
    making.make(first)
    assert Bundle.objects.get(pk=first.pk).is_ready()


def test_how_far_it_is_is_told_while_it_is_made(request_, dpo, signed_in):
    made = Bundle.objects.begin(request_, by=dpo)
    page, where = signed_in(dpo), reverse("rights_bundle_progress", args=[request_.pk])
    assert "Waiting for its turn" in page.get(where).content.decode()
    made.tell_progress(25, 50)
    assert "Being made, 50 %" in page.get(where).content.decode()
    making.make(made)
    assert Bundle.objects.get(pk=made.pk).progress() == (1, 1)


def test_a_person_with_more_chats_costs_no_more_queries(make_contact, worker, dpo, lead):
    asked = []
    for count in (2, 6):
        chats = [make_contact("hello", "hi", worker=worker) for _ in range(count)]
        request = in_review(*chats, by=dpo)
        release_own(list(request.items.all()), by=dpo)
        released(request, by=lead)
        made = Bundle.objects.begin(request, by=dpo)
        with CaptureQueriesContext(connection) as queries:
            making.make(made)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_long_one_has_many_pieces(bundle):
    bundle.pieces.all().delete()
    sink = Sink(bundle)
    sink.write(b"x" * (PIECE * 2 + 5))
    assert sink.finish() == PIECE * 2 + 5
    assert b"".join(bundle.opened()) == b"x" * (PIECE * 2 + 5)
    assert bundle.pieces.count() == 3


@pytest.fixture
def sharing(contact, worker, supervisor, lead) -> Disclosure:
    """Something shared with the police, of which the person does not know."""
    to = verified(supervisor, lead)
    made = considered(worry(contact, worker, lead), lead)
    return brought(made, Disclosure.Status.SHARED, by=lead, second=supervisor, recipient=to)


def test_d22_it_names_everybody_of_whom_the_person_was_told(contact, sharing, worker, lead):
    EmergencyCall.objects.write_down(by=worker, on=contact, said="Alone in flat 3, tablets taken.")
    for task in Task.objects.telling():
        task.settle("done", by=lead, words=WHY)
    police, call = telling.recipients([contact]).rows
    assert police.startswith("Kent Police, control room, ")
    assert call.startswith("Police, by 999, ")


@pytest.mark.parametrize("ended", ["", "impossible"])
@pytest.mark.parametrize("talk", [TalkFirst.DANGER, TalkFirst.PREJUDICE])
def test_s1_10_of_what_they_have_not_been_told_nothing_shows(
    contact, sharing, worker, lead, talk, ended
):
    """Neither a name nor another sentence than somebody reads of whom nothing was shared."""
    Disclosure.objects.filter(pk=sharing.pk).update(talk=talk)
    EmergencyCall.objects.write_down(by=worker, on=contact, said="Alone in flat 3, tablets taken.")
    for task in Task.objects.telling() if ended else ():
        task.settle(ended, by=lead, words=WHY)
    assert telling.recipients([contact]) == telling.recipients([])
    assert telling.recipients([]).rows == ()


def test_d19_the_page_gives_the_file_once_and_says_the_same_of_every_other_link(
    bundle, dpo, client
):
    token, phrase = bundle.new_link(by=dpo)
    where, other = (reverse("bundle_fetch", args=[each]) for each in (token, "x" * 32))
    wrong = [client.post(where, {"words": words}) for words in ("", "some other words")]
    wrong.append(client.post(other, {"words": phrase}))
    assert {answer.status_code for answer in wrong} == {422}
    assert len({main_of(answer) for answer in wrong}) == 1

    given = client.post(where, {"words": phrase})
    assert given["Content-Disposition"] == 'attachment; filename="copy.zip"'
    assert set(files(given.content)) == {writing.PAGE, writing.DATA, writing.WORDS}
    assert client.post(where, {"words": phrase}).status_code == 422


def main_of(answer) -> str:
    """The page without its token."""
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", main)


# What is deleted is in no file that waits -------------------------------------------------------


@pytest.fixture
def other(make_contact, worker, dpo, lead) -> Bundle:
    """Somebody else’s, which nothing of that concerns."""
    request = in_review(make_contact("hello", worker=worker), by=dpo)
    release_own(list(request.items.all()), by=dpo)
    released(request, by=lead)
    return Bundle.objects.begin(request, by=dpo)


def deleted(contact) -> None:
    Erasure.objects.ask([contact], when=timezone.now())
    erasing.run_due(timezone.now())


def test_s2_67_a_file_goes_with_what_is_in_it(bundle, other, request_, worker, dpo):
    """S2-67, C24: neither key nor link opens it, and the ledger knows which it was."""
    token, _ = bundle.new_link(by=dpo)
    contact = request_.scope().get()
    contact.end(by=worker)
    key = bundle.key_id
    deleted(contact)
    bundle.refresh_from_db()
    assert (bundle.key, bundle.link, bundle.pieces.count()) == (None, None, 0)
    assert not DataKey.objects.filter(pk=key).exists()
    assert Bundle.objects.behind(token) is None
    other.refresh_from_db()
    assert other.key is not None
    (entry,) = ledger.entries()
    assert entry.contacts == [contact.pk, bundle.pk]


def test_a_file_goes_also_where_the_18_months_came_first(bundle, request_, worker):
    contact = request_.scope().get()
    contact.end(by=worker)
    Erasure.objects.ask([contact], when=timezone.now())
    Contact.objects.filter(pk=contact.pk).update(purge_on=london_today())
    assert retention.purge_all(london_today()).purged == 1
    erasing.run_due(timezone.now())
    bundle.refresh_from_db()
    assert bundle.key is None


def test_c17_a_file_that_a_restore_brought_back_goes_again(bundle, other):
    """C17: by its own id."""
    entry = ledger.Entry(1, [bundle.pk.hex], done=True)
    retention.replay(entry, london_today(), PurgeRun.objects.create())
    assert [each.key is None for each in Bundle.objects.filter(pk=bundle.pk)] == [True]
    assert Bundle.objects.get(pk=other.pk).key is not None
