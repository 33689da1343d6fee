"""Whom we may tell: found published, rung, made sure of by two, and never a look-alike (E20)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.roles import Role
from helpline.foundation.states import Refused, WrongState
from safeguarding.models import Recipient
from safeguarding.sharing import lookalike
from safeguarding.sharing.kinds import RecipientKind, Status, Way
from tests.sharing import brought, considered, fetched, left, verified, worry

pytestmark = pytest.mark.django_db
KNOWN = "control@kent.police.uk"
SAID = {"body": "Some desk", "found_at": "their own site", "spoke_to": "the duty desk, today"}

LIKE = [
    "control@kemt.police.uk",  # another letter
    "control@ketn.police.uk",  # exchanged
    "control@kentt.police.uk",  # one more
    "control@ken.police.uk",  # one less
    "control@kent.po1ice.uk",  # a digit for a letter
    "control@kent-police.uk",  # a dash for a dot
    "control@kent.police.uk.example",  # the real one inside another
    "controI@kent.police.uk",  # a capital i for an l
    "contro1@kent.police.uk",
    "contorl@kent.police.uk",
    "COMTROL@kent.police.uk",
]
NOT_LIKE = [
    KNOWN,
    "desk@kent.police.uk",
    "control@essex.police.uk",
    "control@north.kent.police.uk",
    "referrals@kent.gov.uk",
]


@pytest.mark.parametrize("mails_to", LIKE)
def test_e20_an_address_that_looks_like_a_verified_one_does_not_come_onto_the_list(
    supervisor, lead, mails_to
):
    verified(supervisor, lead)
    with pytest.raises(Refused, match="looks like one on the list"):
        Recipient.objects.add(RecipientKind.POLICE, by=supervisor, mails_to=mails_to, **SAID)
    assert Recipient.objects.count() == 1


@pytest.mark.parametrize("mails_to", NOT_LIKE)
def test_e20_real_neighbours_of_a_verified_address_are_taken(supervisor, lead, mails_to):
    verified(supervisor, lead)
    Recipient.objects.add(RecipientKind.POLICE, by=supervisor, mails_to=mails_to, **SAID)


@pytest.mark.parametrize(
    "mails_to",
    ["control@kеnt.police.uk", "control@xn--knt-5cd.police.uk", "cоntrol@kent.police.uk"],
)
def test_e20_letters_that_are_others_and_punycode_are_stopped_even_on_an_empty_list(
    supervisor, mails_to
):
    with pytest.raises(Refused, match=r"letters that look like others|not an e-mail"):
        Recipient.objects.add(RecipientKind.POLICE, by=supervisor, mails_to=mails_to, **SAID)


@pytest.mark.parametrize(
    "mails_to", ["a@kent.police.uk\r\nBcc: b@evil.example", "a@b.example, c@d.example", "nobody"]
)
def test_h05_what_is_no_single_address_is_refused(supervisor, mails_to):
    with pytest.raises(Refused, match="not an e-mail address"):
        Recipient.objects.add(RecipientKind.POLICE, by=supervisor, mails_to=mails_to, **SAID)


def test_e20_of_two_alike_that_waited_together_the_second_is_not_verified(supervisor, lead):
    first, second = (
        Recipient.objects.add(RecipientKind.POLICE, by=supervisor, mails_to=mails_to, **SAID)
        for mails_to in (KNOWN, "control@kemt.police.uk")
    )
    first.approve(by=lead)
    with pytest.raises(Refused, match="looks like one"):
        second.approve(by=lead)


@pytest.mark.parametrize("lacking", SAID)
def test_nobody_is_added_who_was_not_found_published_and_rung(supervisor, lacking):
    with pytest.raises(Refused, match="where the number is published"):
        Recipient.objects.add(
            RecipientKind.POLICE, by=supervisor, rings_at="101", **SAID | {lacking: " "}
        )


def test_f13_a_second_person_makes_sure_and_two_accounts_of_one_are_one(
    supervisor, make_staff, lead, team
):
    again = make_staff("again", Role.LEAD, person=supervisor)
    entry = Recipient.objects.add(RecipientKind.POLICE, by=supervisor, rings_at="101", **SAID)
    for same in (supervisor, again):
        with pytest.raises(Refused, match="second person"):
            entry.approve(by=same)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recipient.objects.update(status="verified")
    entry.approve(by=lead)
    with pytest.raises(WrongState):
        entry.approve(by=lead)


@pytest.mark.parametrize("role", [Role.WORKER, Role.DPO, Role.ADMINISTRATOR])
def test_only_supervisors_and_leads_keep_the_list(make_staff, supervisor, role):
    other = make_staff("another", role)
    entry = Recipient.objects.add(RecipientKind.POLICE, by=supervisor, rings_at="101", **SAID)
    for act in (
        lambda: Recipient.objects.add(RecipientKind.POLICE, by=other, rings_at="101", **SAID),
        lambda: entry.approve(by=other),
        lambda: entry.drop(by=other),
    ):
        with pytest.raises(Refused, match="keep this list"):
            act()


def test_what_is_not_verified_or_taken_off_cannot_be_chosen(contact, worker, supervisor, lead):
    disclosure = considered(worry(contact, worker, supervisor), supervisor)
    waits = Recipient.objects.add(RecipientKind.POLICE, by=supervisor, rings_at="101", **SAID)
    dropped = verified(supervisor, lead)
    dropped.drop(by=lead)
    for entry in (waits, dropped):
        with pytest.raises(Refused, match="not on the verified list"):
            disclosure.address(by=supervisor, recipient=entry, way=Way.PHONE)


def test_whom_a_person_named_stands_with_their_escalation_alone(
    contact, make_contact, worker, supervisor, lead, team
):
    mine = worry(contact, worker, supervisor)
    other = worry(make_contact("x", worker=worker, team=team), worker, supervisor)
    aunt = Recipient.objects.add(
        RecipientKind.NAMED, by=supervisor, escalation=mine, rings_at="07700 900111", **SAID
    )
    aunt.approve(by=lead)
    considered(mine, supervisor).address(by=supervisor, recipient=aunt)
    with pytest.raises(Refused, match="not on the verified list"):
        considered(other, supervisor).address(by=supervisor, recipient=aunt)
    assert not Recipient.objects.listed().filter(pk=aunt.pk).exists()
    with pytest.raises(Refused, match="on the page of their escalation"):
        Recipient.objects.add(RecipientKind.NAMED, by=supervisor, rings_at="1", **SAID)


def test_mail_goes_only_where_the_list_says_that_it_is_secure(contact, worker, supervisor, lead):
    entry = Recipient.objects.add(
        RecipientKind.POLICE, by=supervisor, mails_to=KNOWN, secure=False, **SAID
    )
    entry.approve(by=lead)
    disclosure = considered(worry(contact, worker, supervisor), supervisor)
    disclosure.address(by=supervisor, recipient=Recipient.objects.get(), way=Way.EMAIL)
    facts = fetched(disclosure).facts()
    assert (facts.reachable, facts.secure) == (True, False)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("kent", "kent", False),
        ("kent", "kant", True),
        ("kent", "knet", True),
        ("kent", "kents", True),
        ("kent", "ent", True),
        ("kent", "essex", False),
        ("met", "kent", False),
        ("", "a", True),
    ],
)
def test_one_slip_of_the_fingers_apart(one, other, apart):
    assert lookalike.one_slip_apart(one, other) is apart
    assert lookalike.one_slip_apart(other, one) is apart


def on_its_way(contact, worker, by, second, to, *, way=Way.EMAIL):
    """A sharing that was set on its way to an entry, and has not left."""
    sharing = considered(worry(contact, worker, by), by)
    brought(sharing, Status.LEAVING, by=by, second=second, recipient=to, way=way)
    return fetched(sharing)


@pytest.mark.parametrize("way", [Way.EMAIL, Way.PHONE, Way.POST])
def test_e20_what_is_on_its_way_to_an_entry_is_stopped_when_it_is_taken_off(
    contact, worker, supervisor, lead, settings, way
):
    settings.SHARING_DELAY = timedelta(minutes=10)
    police = verified(supervisor, lead, posts_to="1 High Street")
    sharing = on_its_way(contact, worker, supervisor, lead, police, way=way)

    assert police.drop(by=lead) == [sharing]
    assert fetched(sharing).status == Status.PREPARING
    assert fetched(sharing).package is None
    assert not Message.objects.exists()
    with pytest.raises(Refused, match="nothing here to read out"):
        fetched(sharing).read_out(by=supervisor)
    with pytest.raises(Refused, match="second person has not agreed"):
        fetched(sharing).hand_on(by=supervisor)


def test_e20_what_has_left_stays_as_it_was_and_is_read_out_no_more(
    contact, worker, supervisor, lead
):
    police = verified(supervisor, lead)
    sharing = on_its_way(contact, worker, supervisor, lead, police, way=Way.PHONE)
    left(sharing, supervisor)

    assert police.drop(by=lead) == []
    assert fetched(sharing).status == Status.LEAVING
    with pytest.raises(Refused, match="off the list"):
        fetched(sharing).read_out(by=supervisor)
