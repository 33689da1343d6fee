"""With seven words and nothing else: read, save, correct, ask, take back, delete (S2-67, S2-68)."""

import io
from datetime import timedelta
from zipfile import ZipFile

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact, CopiedLine, Correction, HandOver, ServiceUser, Thread, Visit
from helpline.foundation.audit.models import record_reading
from helpline.foundation.calendar import london_today
from helpline.foundation.states import Refused
from helpline.foundation.vault.models import DataKey
from privacy import ledger
from privacy.by_code import acting
from privacy.erasure import erasing
from privacy.models import Erasure, RightsRequest
from privacy.rights import by_words
from privacy.rights.kinds import Kind, Proof, Route, Status
from safeguarding.models import Hold
from tests.reviewing import standing
from tests.rights import known, take_in, with_code
from tests.worries import CONCERN, raised

pytestmark = pytest.mark.django_db


@pytest.fixture
def chats(make_contact, worker, team) -> list[Contact]:
    thread = Thread.objects.create()
    made = []
    for words in ("my dad shouts", "he came back"):
        contact = make_contact(words, "that is hard", worker=worker, team=team, ended=True)
        Contact.objects.filter(pk=contact.pk).update(thread=thread)
        contact.refresh_from_db(fields=["thread"])
        Visit.objects.create(contact=contact, confidentiality=1, privacy=1)
        made.append(contact)
    return made


@pytest.fixture
def words(chats) -> str:
    return chats[0].thread.new_code()


@pytest.fixture
def browser(client, words):
    """A browser in which the seven words have been typed."""
    assert client.post(reverse("back"), {"words": words}).status_code == 302
    return client


def visit_of(chats) -> Visit:
    return Visit.objects.select_related("contact").get(pk=chats[0].pk)


def held(contact, by):
    return Hold.objects.place(
        contact,
        by=by,
        kind=Hold.Kind.SAFEGUARDING,
        ground=Hold.Ground.LIFE_IN_DANGER,
        reason="She said he will come back tonight",
        review_on=london_today() + timedelta(days=30),
    )


def test_p10_the_page_is_there_with_the_words_and_leads_to_them_without(client, browser, chats):
    answer = browser.get(reverse("by_code"))
    assert answer.status_code == 200
    assert answer.content.decode().count("<h3>Chat of") == 2
    browser.cookies.clear()
    assert client.get(reverse("by_code")).url == reverse("back")


@pytest.mark.parametrize(
    "name",
    [
        "by_code_file",
        "by_code_correct",
        "by_code_restrict",
        "by_code_take_back",
        "by_code_delete",
        "by_code_keep",
    ],
)
def test_without_the_words_nothing_of_it_exists(client, chats, name):
    assert client.post(reverse(name), {"when": "now", "words": "a b c"}).status_code == 404
    assert Contact.objects.filter(purged_on=None).count() == 2


def test_a_chat_that_is_still_open_is_said_to_be_in_the_way(browser, chats):
    """Nothing else that stops a deletion is told on the page."""
    said = "Stop it first"
    assert said not in browser.get(reverse("by_code")).content.decode()
    Contact.objects.filter(pk=chats[0].pk).update(status=Contact.Status.OPEN, ended_at=None)
    assert said in browser.get(reverse("by_code")).content.decode()


def test_s2_67_deleting_asks_for_no_ground_and_is_done_at_once(browser, chats, words):
    answer = browser.post(reverse("by_code_delete"), {"when": "now", "words": words.upper()})
    assert "gone" in answer.content.decode()
    assert not Contact.objects.filter(pk__in=[chat.pk for chat in chats]).exists()
    assert not RightsRequest.objects.exists()


def test_what_cannot_go_this_moment_is_not_called_gone(browser, chats, words):
    """The erasure ledger is not where it should be: nothing is destroyed before it is."""
    ledger.reach(99)
    answer = browser.post(reverse("by_code_delete"), {"when": "now", "words": words})
    assert "within the next minutes" in answer.content.decode()
    assert Contact.objects.filter(purged_on=None).count() == 2
    ledger.reach(0)
    assert erasing.run_due(timezone.now()) == 2


def test_deleting_carries_out_nobody_elses_deletion(browser, chats, words, make_contact):
    other = Erasure.objects.ask([make_contact("somebody", ended=True)], when=timezone.now())
    browser.post(reverse("by_code_delete"), {"when": "now", "words": words})
    assert not Contact.objects.filter(pk__in=[chat.pk for chat in chats]).exists()
    other.refresh_from_db()
    assert other.status == Erasure.Status.READY


def test_deleting_needs_the_words_once_more(browser, chats):
    for wrong in ("not these", ""):
        answer = browser.post(reverse("by_code_delete"), {"when": "now", "words": wrong})
        assert answer.status_code == 422
        assert answer.content.decode().count("errorlist") == 1
    assert Contact.objects.filter(purged_on=None).count() == 2


def test_there_are_24_hours_to_change_ones_mind_if_one_wishes(browser, chats, words):
    browser.post(reverse("by_code_delete"), {"when": "later", "words": words})
    assert Contact.objects.filter(purged_on=None).count() == 2
    assert "within 24 hours" in browser.get(reverse("by_code")).content.decode()

    browser.post(reverse("by_code_keep"))
    later = timezone.now() + timedelta(hours=25)
    assert erasing.run_due(later) == 0
    browser.post(reverse("by_code_delete"), {"when": "later", "words": words})
    assert erasing.run_due(timezone.now() + timedelta(hours=23)) == 0
    assert erasing.run_due(later) == 2


@pytest.mark.parametrize("why", ["hold", "worry"])
def test_c20_what_is_stopped_is_answered_neutrally_and_becomes_the_dpos_task(
    browser, chats, words, worker, supervisor, why
):
    for chat in chats:
        held(chat, supervisor) if why == "hold" else raised(chat, worker, concern=CONCERN)
    page = browser.post(reverse("by_code_delete"), {"when": "now", "words": words})
    said = page.content.decode().lower().partition("<main")[2].partition("</main>")[0]

    assert not any(word in said for word in ("hold", "held", "safeguard", "worr", "refus"))
    assert "within a month" in said
    request = RightsRequest.objects.get()
    assert (request.kind, request.route, request.proof) == (Kind.ERASE, Route.CODE, Proof.CODE)
    assert set(request.scope()) == set(chats)
    assert request.due_on is not None
    assert "answer here" in browser.get(reverse("by_code")).content.decode()


def test_what_is_free_goes_while_the_rest_waits(browser, chats, words, supervisor):
    held(chats[1], supervisor)
    browser.post(reverse("by_code_delete"), {"when": "now", "words": words})
    assert not Contact.objects.filter(pk=chats[0].pk, purged_on=None).exists()
    assert Contact.objects.filter(pk=chats[1].pk, purged_on=None).exists()


@pytest.mark.parametrize("why", ["hold", "worry"])
def test_s2_67_what_is_stopped_within_the_24_hours_becomes_a_request_of_the_day_it_was_asked(
    browser, chats, words, worker, supervisor, why
):
    """S2-67, C20: the rest goes, and nothing is said to be deleted any more that will not be."""
    asked_on = london_today()
    browser.post(reverse("by_code_delete"), {"when": "later", "words": words})
    stops = chats[0]
    held(stops, supervisor) if why == "hold" else raised(stops, worker, concern=CONCERN)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert erasing.run_due(timezone.now()) == 1
        assert erasing.run_due(timezone.now()) == 0
        request = RightsRequest.objects.get()
        assert (request.kind, request.route, request.proof) == (Kind.ERASE, Route.CODE, Proof.CODE)
        assert request.received_on == asked_on
        assert list(request.scope()) == [stops]
        browser.post(reverse("back"), {"words": words})
        page = browser.get(reverse("by_code")).content.decode()
    assert "within 24 hours" not in page
    assert "answer here" in page
    plan = Erasure.objects.get()
    assert plan.status == Erasure.Status.DONE
    assert set(plan.items.values_list("choice", flat=True)) == {"goes", "stays"}


def test_s2_67_all_that_is_stopped_in_its_time_is_one_request(chats, supervisor):
    """S2-67: also two months later, when nobody may write a request down without a reason."""
    Erasure.objects.ask(chats, when=timezone.now() + timedelta(hours=24))
    for chat in chats:
        held(chat, supervisor)
    with time_machine.travel(timezone.now() + timedelta(days=90)):
        assert erasing.run_due(timezone.now()) == 0
    assert set(RightsRequest.objects.get().scope()) == set(chats)


def test_what_is_stopped_while_it_is_done_is_said_to_be_looked_at(
    browser, chats, words, supervisor, monkeypatch
):
    whole = erasing.run_due

    def run_due(now, **only):
        held(chats[0], supervisor)
        return whole(now, **only)

    monkeypatch.setattr(erasing, "run_due", run_due)
    page = browser.post(reverse("by_code_delete"), {"when": "now", "words": words})
    assert "within a month" in page.content.decode()
    assert list(RightsRequest.objects.get().scope()) == [chats[0]]


def test_s2_67_what_is_stopped_later_joins_what_was_asked_before(browser, chats, words, supervisor):
    """S2-67: neither deleted nor asked about is not an answer."""
    held(chats[0], supervisor)
    by_words.ask(Kind.ERASE, [chats[0]])
    held(chats[1], supervisor)
    browser.post(reverse("by_code_delete"), {"when": "now", "words": words})
    request = RightsRequest.objects.get()
    assert set(request.scope()) == set(chats)
    assert request.steps.latest("number").what == "found-by-code"


@pytest.mark.parametrize("status", [Status.REVIEW, Status.APPROVAL])
def test_what_comes_after_the_review_began_is_a_request_of_its_own(chats, dpo, status):
    """What the plan of the first names has been read; a chat that is added would be missed."""
    first = by_words.ask(Kind.ERASE, chats[:1])
    standing(first, status, preparer=dpo)
    second = by_words.ask(Kind.ERASE, chats)
    assert second != first
    assert (list(first.scope()), list(second.scope())) == (chats[:1], chats[1:])
    assert by_words.ask(Kind.ERASE, chats) in (first, second)


def test_s2_67_a_request_that_came_by_another_way_does_not_stand_for_theirs(chats, dpo):
    other = take_in(Kind.ERASE, by=dpo)
    known(other, dpo)
    other.locate(by=dpo)
    other.find_by_code(with_code(chats[0]), by=dpo)
    assert by_words.ask(Kind.ERASE, chats).route == Route.CODE


@pytest.fixture
def copy(chats, worker) -> HandOver:
    """The first chat as casework has it."""
    Contact.objects.filter(pk=chats[0].pk).update(service="is-this-ok")
    return HandOver.objects.hand_over(chats[0], by=worker, told_in=2)


def test_s2_67_all_of_it_is_casework_s_copy_too(browser, chats, words, copy):
    """S2-67, C06: with its key; and the ledger knows, so that a restore does not bring it back."""
    browser.post(reverse("by_code_delete"), {"when": "now", "words": words})
    assert not HandOver.objects.exists()
    assert not CopiedLine.objects.exists()
    assert not DataKey.objects.filter(pk=copy.key_id).exists()
    assert copy.pk in [pk for entry in ledger.entries() for pk in entry.contacts]


def test_s2_67_what_keeps_the_copy_makes_a_request_of_the_chat(browser, chats, words, copy, dpo):
    """S2-67: they are answered, and the tie to the copy is not cut."""
    record = make_record_of(copy)
    asks = take_in(Kind.ACCESS, by=dpo)
    known(asks, dpo)
    asks.locate(by=dpo)
    asks.find_by_record(record, by=dpo)
    browser.post(reverse("by_code_delete"), {"when": "now", "words": words})
    assert HandOver.objects.get().contact == chats[0]
    request = RightsRequest.objects.get(kind=Kind.ERASE)
    assert list(request.scope()) == [chats[0]]
    assert list(request.copies()) == [copy]


def make_record_of(copy: HandOver) -> ServiceUser:
    """A record that a copy belongs to, and no chat that is still there."""
    record = ServiceUser.objects.create(key=DataKey.new(), last_contact_on=london_today())
    HandOver.objects.filter(pk=copy.pk).update(service_user=record)
    return record


def test_asking_again_makes_no_second_request(browser, chats):
    for _ in range(2):
        browser.post(reverse("by_code_restrict"))
    assert RightsRequest.objects.get().kind == Kind.RESTRICT


def test_what_is_asked_is_kept_until_it_is_answered_by_a_hold_of_nobody(browser, chats, dpo):
    browser.post(reverse("by_code_restrict"))
    hold = Hold.objects.first()
    assert (hold.kind, hold.placed_by) == (Hold.Kind.RIGHTS, None)
    assert Contact.objects.filter(held=True).count() == 2
    hold.approve(by=dpo)


def test_a_correction_stands_beside_what_was_said(browser, chats):
    before = [line.words for line in chats[0].lines.opened(with_key(chats[0]))]
    browser.post(reverse("by_code_correct"), {"chat": chats[0].pk, "words": "It was my uncle"})
    added = Correction.objects.select_related("contact__key").get()
    assert (added.words, added.contact) == ("It was my uncle", chats[0])
    assert [line.words for line in chats[0].lines.opened(with_key(chats[0]))] == before


def with_key(contact) -> Contact:
    return Contact.objects.with_key().get(pk=contact.pk)


def test_no_correction_for_a_chat_that_is_not_theirs(browser, chats, make_contact):
    other = make_contact("somebody else")
    data = {"chat": other.pk, "words": "It was my uncle"}
    assert browser.post(reverse("by_code_correct"), data).status_code == 422
    with pytest.raises(Refused):
        acting.correct(visit_of(chats), other, "x")
    assert not Correction.objects.exists()


def test_it_can_be_saved_whole_and_says_nothing_of_staff(browser, chats, worker):
    Correction.objects.add(chats[0], "It was my uncle")
    answer = browser.post(reverse("by_code_file"))
    with ZipFile(io.BytesIO(answer.content)) as archive:
        told = "".join(archive.read(name).decode() for name in archive.namelist())
    assert {"my dad shouts", "he came back", "It was my uncle"} <= {
        words for words in ("my dad shouts", "he came back", "It was my uncle") if words in told
    }
    assert worker.alias not in told
    assert worker.name not in told


def test_they_see_who_read_it_by_role_and_day(browser, chats, supervisor):
    record_reading(chats[0], by=supervisor, shared=True)
    said = browser.get(reverse("by_code")).content.decode()
    assert "<li>Supervisor, " in said
    assert supervisor.alias not in said


def test_c17_what_they_deleted_stays_deleted(browser, chats, words):
    browser.post(reverse("by_code_delete"), {"when": "now", "words": words})
    gone = [pk for entry in ledger.entries() for pk in entry.contacts]
    assert {chat.pk for chat in chats} <= set(gone)
    assert Erasure.objects.get().status == Erasure.Status.DONE


def test_after_18_months_the_words_open_nothing_of_it(browser, chats):
    with time_machine.travel(timezone.now() + timedelta(days=600)):
        assert browser.get(reverse("by_code")).url == reverse("back")
