"""The gate as a pure function: what is missing, for every combination there is (rules 2.8.3)."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.vocabulary import Basis, NoConsent
from safeguarding import gate
from safeguarding.circumstances import Circumstance
from safeguarding.gate import Facts, Rule
from safeguarding.sharing.kinds import (
    Condition,
    Harm,
    HarmTo,
    RecipientKind,
    TalkFirst,
    Trusted,
    Way,
)

FULL = Facts(
    ground=Circumstance.LIFE_IN_DANGER,
    wish=True,
    trusted=Trusted.TEACHER,
    harms_person=True,
    near_children=True,
    instrument=True,
    power=True,
    authority=True,
    director=True,
    harm=Harm.SERIOUS,
    harm_to=HarmTo.PERSON,
    harm_why=40,
    basis=Basis.RECOGNISED,
    condition=Condition.SAFEGUARDING,
    no_consent=NoConsent.CANNOT,
    under_18=True,
    talk=TalkFirst.DANGER,
    talk_why_not=40,
    tell_by=True,
    recipient=RecipientKind.POLICE,
    verified=True,
    officers_unit=False,
    items=2,
    way=Way.EMAIL,
    reachable=True,
    secure=True,
    decided=True,
    second=True,
)
BROKEN = {
    Rule.GROUND: {"ground": ""},
    Rule.HARM: {"harm": Harm.LESS},
    Rule.LAW: {"basis": ""},
    Rule.TALK: {"talk": ""},
    Rule.TELL: {"tell_by": False},
    Rule.RECIPIENT: {"verified": False},
    Rule.ITEMS: {"items": 0},
    Rule.WAY: {"secure": False},
    Rule.PEOPLE: {"second": False},
}
SUBSETS = [set(some) for count in range(10) for some in combinations(Rule, count)]


def without(rules, facts=FULL) -> Facts:
    """The facts with these conditions broken."""
    changes = {name: value for rule in rules for name, value in BROKEN[rule].items()}
    return facts._replace(**changes)


def rules(facts: Facts) -> set[Rule]:
    return {each.rule for each in gate.missing(facts)}


def test_e01_of_all_subsets_of_the_conditions_only_the_whole_lets_pass():
    assert len(SUBSETS) == 2**9
    for lacking in SUBSETS:
        assert rules(without(lacking)) == lacking


@pytest.mark.parametrize("ground", Circumstance)
def test_e01_harm_is_asked_on_each_ground_but_those_of_wish_and_law(ground):
    legal = {Circumstance.ASKED, Circumstance.LEGAL_COMPULSION, Circumstance.LEGAL_RIGHTS}
    found = rules(without([Rule.HARM], FULL._replace(ground=ground)))
    assert found == (set() if ground in legal else {Rule.HARM})


@pytest.mark.parametrize("ground", ["", "police", "ASKED", "Life-in-danger", "other", "null", " "])
def test_e02_a_ground_outside_the_six_is_none(ground):
    assert Rule.GROUND in rules(FULL._replace(ground=ground))


def test_s0_22_a_request_by_the_police_is_no_ground():
    assert not {value for value in Circumstance.values if "police" in value}


@pytest.mark.parametrize(
    ("said", "enough"),
    [
        ({"talk": ""}, False),
        ({"talk": "no"}, False),
        ({"talk": TalkFirst.NOT_POSSIBLE, "talk_why_not": len("not needed")}, False),
        ({"talk": TalkFirst.NOT_POSSIBLE, "talk_why_not": 19}, False),
        ({"talk": TalkFirst.NOT_POSSIBLE, "talk_why_not": 20}, True),
        ({"talk": TalkFirst.TRIED, "talked": False, "talk_why_not": 99}, False),
        ({"talk": TalkFirst.TRIED, "talked": True, "talk_why_not": 0}, True),
    ],
)
def test_e03_talking_first_is_tried_in_full_or_reasoned(said, enough):
    assert (Rule.TALK not in rules(FULL._replace(**said))) is enough


@pytest.mark.parametrize(("harms", "near"), list(product([True, False], repeat=2)))
def test_e04_a_position_of_trust_needs_both_facts(harms, near):
    facts = FULL._replace(ground=Circumstance.POSITION_OF_TRUST, harms_person=harms)
    found = rules(facts._replace(near_children=near))
    assert found == (set() if harms and near else {Rule.GROUND})


@pytest.mark.parametrize(
    ("unit", "kind", "passes"),
    [
        (None, RecipientKind.POLICE, False),
        (True, RecipientKind.POLICE, False),
        (False, RecipientKind.POLICE, True),
        (None, RecipientKind.CHILDREN, True),
    ],
)
def test_e04_what_is_said_of_an_officer_does_not_go_where_they_work(unit, kind, passes):
    facts = FULL._replace(ground=Circumstance.POSITION_OF_TRUST, trusted=Trusted.POLICE)
    found = rules(facts._replace(officers_unit=unit, recipient=kind))
    assert found == (set() if passes else {Rule.RECIPIENT})


def test_e04_of_an_officer_nobody_decides_alone_not_even_at_once():
    at_once = FULL._replace(immediate=True, second=False)
    assert rules(at_once) == set()
    officer = {"ground": Circumstance.POSITION_OF_TRUST, "trusted": Trusted.POLICE}
    assert rules(at_once._replace(**officer)) == {Rule.PEOPLE}


def test_e05_asked_needs_the_exact_wish():
    facts = FULL._replace(ground=Circumstance.ASKED, wish=False)
    assert rules(facts) == {Rule.GROUND}


@pytest.mark.parametrize("lacking", ["instrument", "power", "authority", "director"])
def test_s2_33_compulsion_names_instrument_power_and_authority_and_a_director(lacking):
    facts = FULL._replace(ground=Circumstance.LEGAL_COMPULSION)
    assert rules(facts) == set()
    assert rules(facts._replace(**{lacking: False})) == {Rule.GROUND}


def test_s2_34_legal_rights_need_a_director_or_counsel():
    facts = FULL._replace(ground=Circumstance.LEGAL_RIGHTS, director=False)
    assert rules(facts) == {Rule.GROUND}


@pytest.mark.parametrize("limbs", list(product([True, False], repeat=4)))
def test_paragraph_18_asks_for_a_child_or_all_three_of_an_adult(limbs):
    names = ("under_18", "needs_care", "at_risk", "cannot_protect")
    found = rules(FULL._replace(**dict(zip(names, limbs, strict=True))))
    assert found == (set() if limbs[0] or all(limbs[1:]) else {Rule.LAW})


def test_consent_is_the_basis_only_of_what_they_asked_for():
    consents = {"basis": Basis.CONSENT, "condition": Condition.EXPLICIT, "no_consent": ""}
    assert rules(FULL._replace(**consents)) == {Rule.LAW}
    assert rules(FULL._replace(ground=Circumstance.ASKED, **consents)) == set()


FITS = {
    (Basis.VITAL, Condition.NONE): {Circumstance.LIFE_IN_DANGER},
    (Basis.RECOGNISED, Condition.VITAL): {Circumstance.LIFE_IN_DANGER},
    (Basis.LEGAL_OBLIGATION, Condition.NONE): {Circumstance.LEGAL_COMPULSION},
    (Basis.LEGITIMATE, Condition.CLAIMS): {
        Circumstance.LEGAL_COMPULSION,
        Circumstance.LEGAL_RIGHTS,
    },
    (Basis.LEGITIMATE, Condition.SAFEGUARDING): set(),
    (Basis.LEGITIMATE, Condition.CRIMINAL): set(Circumstance),
    (Basis.RECOGNISED, Condition.SAFEGUARDING): set(Circumstance),
}


@pytest.mark.parametrize("ground", Circumstance)
@pytest.mark.parametrize(("basis", "condition"), FITS)
def test_e01_a_basis_is_the_law_of_its_own_grounds_only(basis, condition, ground):
    facts = FULL._replace(basis=basis, condition=condition, ground=ground)
    assert (Rule.LAW not in rules(facts)) is (ground in FITS[basis, condition])


def test_the_whole_record_needs_the_safeguarding_lead():
    assert rules(FULL._replace(whole=True)) == {Rule.ITEMS}
    assert rules(FULL._replace(whole=True, lead=True)) == set()


def test_e17_the_same_is_written_down_whatever_is_decided():
    assert gate.unrecorded(FULL) == []
    for rule in (Rule.GROUND, Rule.TALK):
        assert {each.rule for each in gate.unrecorded(without([rule]))} == {rule}
    assert {each.rule for each in gate.unrecorded(FULL._replace(harm_why=3))} == {Rule.HARM}


values = {
    "ground": st.sampled_from(["", "other", *Circumstance.values]),
    "trusted": st.sampled_from(["", *Trusted.values]),
    "harm": st.sampled_from(["", *Harm.values]),
    "harm_to": st.sampled_from(["", *HarmTo.values]),
    "basis": st.sampled_from(["", *Basis.values]),
    "condition": st.sampled_from(["", *Condition.values]),
    "no_consent": st.sampled_from(NoConsent.values),
    "talk": st.sampled_from(["", *TalkFirst.values]),
    "recipient": st.sampled_from(["", *RecipientKind.values]),
    "way": st.sampled_from(["", *Way.values]),
    "officers_unit": st.sampled_from([None, True, False]),
    **dict.fromkeys(["harm_why", "talk_why_not"], st.integers(0, 40)),
    **dict.fromkeys(["items", "unreasoned"], st.integers(0, 2)),
}
values |= {name: st.booleans() for name in Facts._fields if name not in values}


@given(st.builds(Facts, **values))
def test_e01_whatever_passes_has_every_condition(facts):
    """Said once more, in other words than the gate's own."""
    if gate.missing(facts):
        return
    assert facts.ground in Circumstance.values
    wish_or_law = facts.ground in {"asked", "legal-compulsion", "legal-rights"}
    assert wish_or_law or (facts.harm == "serious" and facts.harm_why >= 20 and facts.harm_to)
    assert facts.basis
    assert facts.condition
    assert facts.talked if facts.talk == "tried" else facts.talk and facts.talk_why_not >= 20
    assert facts.told_before or facts.tell_by
    assert facts.verified
    assert facts.recipient
    assert facts.items
    assert not facts.unreasoned
    assert facts.lead or not facts.whole
    assert facts.reachable
    assert facts.way == "phone" or facts.way == "post" or facts.secure
    assert facts.decided
    assert facts.second or facts.immediate


@given(st.builds(Facts, **values), st.sampled_from(list(Rule)))
def test_e01_one_broken_condition_is_enough_to_keep_it_here(facts, rule):
    broken = {**BROKEN, Rule.HARM: {"harm": "less", "ground": "life-in-danger"}}
    broken |= {Rule.WAY: {"way": "email", "secure": False}}
    broken |= {Rule.TELL: {"tell_by": False, "told_before": False}}
    broken |= {Rule.PEOPLE: {"second": False, "immediate": False}}
    assert rule in rules(facts._replace(**broken[rule]))
