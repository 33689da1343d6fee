"""Letters to whoever asks: complete or not sent (D20), and neutral to everybody else (D01, D04)."""

from datetime import timedelta

import pytest

from contacts.models import Contact
from helpline.foundation.calendar import london_today
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.models import DataKey
from privacy import letters
from privacy.models import RightsRequest
from privacy.models.review import release_own
from privacy.rights import ending, moves
from privacy.rights.kinds import Age, Asker, Nation, Stance, Status
from tests.reviewing import in_review, released
from tests.rights import WHY, letter, take_in

pytestmark = pytest.mark.django_db
DEMANDED = ("complain to us", "Information Commissioner", "go to court")


@pytest.mark.parametrize("kind", sorted(letters.LETTERS))
def test_d20_every_template_holds_what_its_letter_needs(kind, dpo):
    """D20: as it is drawn, with somebody's own words in it."""
    request = take_in(by=dpo)

    letters.must_be_complete(kind, letter(request, kind), request)

    if kind in {"refused", "refused-others", "partly-released", "not-identifiable", "extended"}:
        assert all(passage in letters.draft(kind, request) for passage in DEMANDED)


def refused_request(dpo, second) -> RightsRequest:
    request = take_in(by=dpo)
    request.acknowledge(by=dpo)
    request.propose("refused", by=dpo, reasons=WHY, refusal="unfounded")
    request.approve(by=second)
    return request


@pytest.mark.parametrize("missing", [*DEMANDED, "Our reasons:"])
def test_d20_a_refusal_without_a_right_in_it_is_not_sent(missing, dpo, second):
    """D20."""
    request = refused_request(dpo, second)
    with pytest.raises(Refused, match="must say"):
        request.send_letter("refused", letter(request).replace(missing, "…"), by=dpo)
    with pytest.raises(Refused, match="own words"):
        request.send_letter("refused", letters.draft("refused", request), by=dpo)
    assert not request.letters.exists()

    request.send_letter("refused", letter(request), by=dpo)

    assert request.is_told()


def test_an_answer_after_another_review_is_told_anew(make_contact, dpo, second):
    """The letter of the answer before it is none of it."""
    request = in_review(make_contact("hello"), by=dpo)
    release_own(list(request.items.all()), by=dpo)
    released(request, by=second)
    request.send_letter("released", letter(request, "released"), by=dpo)
    assert request.is_told()
    request.review_again(by=dpo, why=WHY)
    request.propose("released", by=dpo, reasons=WHY)
    request.approve(by=second)
    assert not request.is_told()
    with pytest.raises(Refused, match="not been told yet"):
        request.close(by=dpo)


def test_d20_an_answer_leaves_only_once_two_have_decided_it(dpo):
    request = take_in(by=dpo)
    for kind in ("refused", "released", "not-identifiable", "withdrawn", "invented"):
        with pytest.raises(WrongState):
            request.send_letter(kind, "anything", by=dpo)


@pytest.mark.parametrize("asker", sorted(set(Asker) - {Asker.SELF}))
def test_d04_others_without_authority_get_one_letter_whether_or_not_there_is_a_chat(
    asker, dpo, second, contact
):
    """D04: partner, parent, family, police."""
    texts = []
    for there in (True, False):
        if not there:
            Contact.objects.all().update(purge_on=london_today())
        request = take_in(by=dpo, asker=asker, words=f"Was she with you? {there}")
        request.acknowledge(by=dpo)
        for outcome in ("no-data", "not-identifiable", "released"):
            with pytest.raises(Refused, match="refuse it"):
                request.propose(outcome, by=dpo, reasons=WHY)
        request.propose("refused", by=dpo, reasons=WHY, refusal="no-authority")
        request.approve(by=second)
        text = letters.draft("refused", request)
        with pytest.raises(Refused, match="same for everybody"):
            request.send_letter("refused", text + "She was.", by=dpo)
        request.send_letter("refused", text, by=dpo)
        texts.append(text)

    assert texts[0] == texts[1]
    assert "whether or not we hold anything" in texts[0]


@pytest.mark.parametrize(
    ("nation", "age", "stance"),
    [
        (Nation.ENGLAND, Age.FROM_12, Stance.REFUSED_BY_DEFAULT),
        (Nation.ENGLAND, Age.NOT_SAID, Stance.REFUSED_BY_DEFAULT),
        (Nation.SCOTLAND, Age.UNDER_12, Stance.CASE_BY_CASE),
        (Nation.SCOTLAND, Age.FROM_12, Stance.CHILD_PRESUMED_ABLE),
        (Nation.NORTHERN_IRELAND, Age.ADULT, Stance.AUTHORITY),
    ],
)
def test_d04_what_is_expected_where_a_parent_asks(nation, age, stance, dpo):
    """D04."""
    request = take_in(by=dpo, asker=Asker.PARENT, nation=nation, age=age)

    assert request.stance() == stance
    alone = stance in {Stance.CHILD_PRESUMED_ABLE, Stance.AUTHORITY}
    assert moves.MOVES["weigh"].fits(request) is not alone
    if alone:
        with pytest.raises(Refused, match="young person"):
            request.weigh_interests(WHY, by=dpo)
    else:
        request.weigh_interests(WHY, by=dpo)
    assert request.best_interests is not alone


def test_d04_authority_starts_the_month_and_opens_the_way(dpo):
    """D04."""
    request = take_in(by=dpo, asker=Asker.REPRESENTATIVE)
    request.ask_authority(by=dpo)
    assert (request.due_on, request.needs_authority()) == (None, True)

    request.receive_authority(by=dpo, details="signed by her on paper")

    assert request.limits().start == london_today()
    assert not request.needs_authority()


def test_c23_proof_of_who_asks_is_destroyed_after_30_days_and_that_it_was_seen_stays(dpo):
    """C23."""
    request = take_in(by=dpo)
    request.ask_identity(WHY, by=dpo)
    request.receive_identity("passport", by=dpo, details="the one with the torn corner")
    key = request.evidence.get().key_id

    assert ending.forget_evidence(london_today() + timedelta(days=29)) == 0
    assert ending.forget_evidence(london_today() + timedelta(days=30)) == 1

    seen = request.evidence.get()
    assert (seen.key, seen.details, seen.kind, seen.seen_by) == (None, None, "passport", dpo)
    assert not DataKey.objects.filter(pk=key).exists()
    assert request.status == Status.ID_RECEIVED
