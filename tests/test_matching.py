"""Finding a record again: what must be found, what must not be offered, and what is kept for it."""

from collections import Counter

import pytest

from contacts import matching, names
from contacts.matching import Told, agreeing, hashes
from contacts.models import ServiceUser
from tests.name_pairs import DIFFERENT, SAME, Pair, pairs

EACH = 100  # pairs of a kind
SEED = 20261125


def offered(pair: Pair) -> bool:
    """Whether the record is picked by its hashes, and both facts then agree."""
    kept, told = Told(*pair.kept), Told(*pair.told)
    stored = set(hashes(**kept._asdict()).near)
    picked = stored & set(matching.tokens(told))
    return bool(picked) and len(agreeing(told, kept)) == 2


@pytest.fixture(scope="module")
def counted() -> tuple[Counter, Counter]:
    """How many pairs of each kind there are, and how many of them are offered."""
    all_, found = Counter(), Counter()
    for pair in pairs(SEED, EACH):
        all_[pair.kind] += 1
        found[pair.kind] += offered(pair)
    return all_, found


def share(kinds, counted) -> float:
    all_, found = counted
    return sum(found[kind] for kind in kinds) / sum(all_[kind] for kind in kinds)


def test_the_list_has_at_least_500_pairs_of_every_published_kind(counted):
    assert sum(counted[0].values()) >= 500
    assert set(counted[0]) == {*SAME, *DIFFERENT}


def test_at_least_95_of_100_people_are_found_again_however_they_say_it(counted):
    assert share(SAME, counted) >= 0.95


def test_at_most_2_of_100_other_people_are_offered(counted):
    assert share(DIFFERENT, counted) <= 0.02


def test_no_kind_of_variation_is_hopeless(counted):
    assert {kind: n for kind, n in counted[1].items() if kind in SAME and n < 0.8 * EACH} == {}


@pytest.mark.parametrize("number", ["07700 900461", "+44 7700 900461", "0044(0)7700-900461"])
def test_a_number_is_the_same_however_it_is_written(number):
    assert hashes(phone=number).phone_hash == hashes(phone="07700900461").phone_hash


def test_one_wrong_digit_still_finds_a_number_with_a_second_fact():
    told, kept = Told(names="Jo Bell", phone="07700 900416"), Told("Joanna Bell", "", "07700900461")
    assert set(matching.tokens(told)) & set(hashes(**kept._asdict()).near)
    assert agreeing(told, kept) == ["names", "phone"]


def test_an_address_is_the_same_in_capitals_and_with_one_slip():
    told = Told(names="Jo Bell", email="JO.BEL@post.example")
    kept = Told(names="Jo Bell", email="jo.bell@post.example")
    assert agreeing(told, kept) == ["names", "email"]


def test_a_fact_that_the_record_contradicts_counts_against_all_others():
    told = Told(names="Jo Bell", born="1990-01-02", phone="07700900461")
    kept = Told(names="Jo Bell", born="1971-10-30", phone="07700900461")
    assert agreeing(told, kept) == []


def test_a_name_alone_leaves_no_hash_at_all():
    """Nobody can count who shares a name, and nobody can be looked for by it."""
    assert hashes(names="Margaret Whitcombe") == matching.Hashes(None, None, [])


def test_hashes_of_two_people_share_nothing_and_say_nothing():
    one = hashes(names="Ann Lee", born="1990-01-02", phone="07700900461")
    other = hashes(names="Bob Day", born="1971-10-30", phone="07700900222")
    assert not set(one.near) & set(other.near)
    assert all(len(token) == matching.TOKEN for token in one.near)
    column = ServiceUser._meta.get_field("near").base_field
    assert column.max_length >= matching.TOKEN


@pytest.mark.parametrize(
    ("one", "other"),
    [("O'Brien", "obrien"), ("van der Berg", "Berg"), ("Mr Khan", "khan"), ("Zoë", "ZOE")],
)
def test_what_does_not_tell_people_apart_is_left_out(one, other):
    assert names.parts(one) == names.parts(other)


@pytest.mark.parametrize(
    ("one", "other", "apart"), [("ab", "ba", 1), ("cat", "cart", 1), ("", "x", 1)]
)
def test_slips_are_counted(one, other, apart):
    assert names.slips(one, other) == names.slips(other, one) == apart


def test_words_far_apart_in_length_are_not_compared_letter_by_letter():
    assert names.slips("a", "abcdefgh") == 4
