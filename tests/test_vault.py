"""Sealed words open in the place they were written for, and nowhere else (K01–K05, J04)."""

import base64
import os

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core import serializers
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from contacts.models import Contact, Draft, Line, SurveyAnswer
from helpline import ready
from helpline.foundation.audit.models import trail_mac
from helpline.foundation.vault import blind, box, ring, sealed
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import CannotOpen
from tests.sealing import seal_everything

KEY = bytes(range(32))
PLACE = b"contacts.line.text\x1f7"
THOROUGH = bool(os.environ.get("HELPLINE_THOROUGH"))


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else cursor.rowcount


# K01: vectors ------------------------------------------------------------------------------------


def test_k01_the_cipher_gives_the_answers_of_the_gcm_specification():
    """Test case 16 of the specification of GCM: AES-256 with associated data."""
    key = bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2)
    plain = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    place = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    answer = AESGCM(key).encrypt(bytes.fromhex("cafebabefacedbaddecaf888"), plain, place)
    assert answer[:16].hex() == "522dc1f099567d07f47f37a32a84427d"
    assert answer[-16:].hex() == "76fc6ece0f4e1768cddf8853bb2d551b"


def test_k01_words_sealed_by_an_earlier_release_still_open():
    """One format byte, 12 of nonce, the padded words, 16 of tag: a change here loses old words."""
    old = bytes.fromhex(
        "01000102030405060708090a0b"
        "2a7bf67fa481e268e52ee2ffc269786d83d68734f07b5f7c3867e5851d6900b2"
        "6a59354ffc6e268315c04f8199d1b636"
    )
    assert sealed.unseal(AESGCM(KEY), old, PLACE) == "my dad shouts"


def test_k01_sealing_is_exact(monkeypatch):
    monkeypatch.setattr(sealed.os, "urandom", lambda size: bytes(range(size)))
    words = sealed.seal(AESGCM(KEY), "my dad shouts", PLACE)
    block = b"my dad shouts\x80" + b"\0" * 18
    assert words == b"\x01" + bytes(range(12)) + AESGCM(KEY).encrypt(bytes(range(12)), block, PLACE)


def test_k01_keys_for_one_purpose_are_derived_as_rfc_5869_says():
    """Test case 3: no salt and no info."""
    derived = blind._derived(base64.b64encode(b"\x0b" * 22).decode(), "")
    assert derived.hex() == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"


def test_k01_the_trail_is_signed_as_rfc_4231_says(settings):
    settings.TRAIL_KEY = base64.b64encode(b"\x0b" * 20).decode()
    assert trail_mac(b"Hi There").hex() == (
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    )


@pytest.mark.parametrize(
    ("length", "bucket"),
    [(0, 32), (31, 32), (32, 64), (1023, 1024), (1024, 2048), (20_000, 20_480)],
)
def test_k01_words_are_filled_up_to_a_bucket(length, bucket):
    block = sealed.padded(b"x" * length)
    assert block == b"x" * length + b"\x80" + b"\0" * (bucket - length - 1)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_k01_any_text_comes_back_as_it_was(words):
    assert sealed.unseal(AESGCM(KEY), sealed.seal(AESGCM(KEY), words, PLACE), PLACE) == words


def test_k01_indexes_stand_for_one_value_in_one_purpose(settings):
    settings.INDEX_KEYS = {
        "1": base64.b64encode(KEY).decode(),
        "2": base64.b64encode(KEY[::-1]).decode(),
    }
    assert blind.index("session", "a") == blind.indexes("session", "a")[-1]
    found = {blind.index(purpose, value) for purpose in ("session", "import") for value in "ab"}
    assert len(found) == 4
    assert all(len(index) == 64 for index in found)


# K02: damage -------------------------------------------------------------------------------------

REGIONS = {"format": 0, "nonce": 1, "nonce's end": 12, "words": 13, "padding": -17, "tag": -1}


@pytest.mark.parametrize("place", REGIONS.values(), ids=REGIONS)
def test_k02_one_flipped_bit_and_the_words_do_not_open(place):
    words = bytearray(sealed.seal(AESGCM(KEY), "my dad shouts", PLACE))
    words[place] ^= 1
    with pytest.raises(CannotOpen):
        sealed.unseal(AESGCM(KEY), bytes(words), PLACE)


@pytest.mark.parametrize("left", [0, 1, 12, 13, 28, 60])
def test_k02_words_cut_short_do_not_open(left):
    words = sealed.seal(AESGCM(KEY), "my dad shouts", PLACE)
    with pytest.raises(CannotOpen):
        sealed.unseal(AESGCM(KEY), words[:left], PLACE)


@pytest.mark.parametrize("place", [0, 12, -1], ids=["nonce", "key", "tag"])
def test_k02_a_damaged_data_key_opens_nothing(db, contact, place):
    wrapped = bytearray(contact.key.wrapped)
    wrapped[place] ^= 1
    DataKey.objects.update(wrapped=bytes(wrapped))

    (line, _) = Line.objects.opened(Contact.objects.with_key().get(pk=contact.pk))
    assert line.words is None
    with pytest.raises(CannotOpen):
        _ = Line.objects.select_related("contact__key").get(number=1, contact=contact).text


@pytest.mark.parametrize("token", ["", "1.", "9.AAAA", "1.AAAA", "1.!!!", "no dot"])
def test_k02_a_damaged_small_secret_does_not_open(token):
    with pytest.raises(CannotOpen):
        box.open("second factor", token)
    with pytest.raises(CannotOpen):
        box.open("something else", box.seal("second factor", "SEED"))
    assert box.open("second factor", box.seal("second factor", "SEED")) == "SEED"


def test_k02_the_page_says_what_cannot_be_opened_and_shows_the_rest(contact, worker, signed_in):
    sql("UPDATE contacts_line SET text = set_byte(text, 20, 0) WHERE number = 1")
    page = signed_in(worker).get(contact.get_absolute_url())

    assert page.status_code == 200
    assert "This line cannot be opened." in page.text
    assert "that sounds hard" in page.text
    assert "my dad shouts" not in page.text


def test_k02_the_page_survives_a_contact_whose_key_is_damaged(contact, worker, signed_in):
    contact.add_note("asked about school", by=worker)
    Draft.objects.keep(contact, "half a note", by=worker)
    contact.survey.create(contact=contact, number=1, question="Did it help?", answer="a bit")
    contact.nickname = "Sparrow"
    contact.save()
    sql("UPDATE vault_datakey SET wrapped = set_byte(wrapped, 20, 0)")

    page = signed_in(worker).get(contact.get_absolute_url())
    assert page.status_code == 200
    assert "cannot be opened" in page.text
    for words in ("asked about school", "half a note", "a bit", "Sparrow", "my dad shouts"):
        assert words not in page.text


# K03: moved words --------------------------------------------------------------------------------


def opened(contact) -> list:
    return [
        line.words for line in Line.objects.opened(Contact.objects.with_key().get(pk=contact.pk))
    ]


SWAP = """UPDATE contacts_line SET text = (SELECT text FROM contacts_line other WHERE {other})
WHERE contact_id = %s AND number = 1"""


def test_k03_words_moved_to_another_line_do_not_open(contact):
    sql(SWAP.format(other="other.contact_id = %s AND number = 2"), contact.pk, contact.pk)
    assert opened(contact) == [None, "that sounds hard"]


def test_k03_words_moved_to_another_contact_do_not_open_even_with_its_key(contact, make_contact):
    stranger = make_contact("somebody else's words")
    sql(SWAP.format(other="other.contact_id = %s"), stranger.pk, contact.pk)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE contacts_contact DROP CONSTRAINT contacts_contact_key_id_key")
    sql("UPDATE contacts_contact SET key_id = %s WHERE id = %s", stranger.key_id, contact.pk)
    assert opened(contact) == [None, None]
    assert opened(stranger) == ["somebody else's words"]


def test_k03_a_line_given_to_another_speaker_does_not_open(contact):
    sql("UPDATE contacts_line SET speaker = 'worker' WHERE number = 1")
    assert opened(contact) == [None, "that sounds hard"]


def test_k03_words_moved_to_another_field_do_not_open(contact):
    contact.survey.create(contact=contact, number=1, question="Did it help?", answer="a bit")
    sql("UPDATE contacts_surveyanswer SET question = answer, answer = question")
    moved = SurveyAnswer.objects.select_related("contact__key").get()
    for column in ("question", "answer"):
        with pytest.raises(CannotOpen):
            getattr(moved, column)


def test_k03_words_moved_to_another_table_do_not_open(contact, worker):
    contact.add_note("asked about school", by=worker)
    sql("UPDATE contacts_note SET text = (SELECT text FROM contacts_line WHERE number = 1)")
    with pytest.raises(CannotOpen):
        _ = contact.notes.select_related("contact__key").get().text


def test_k03_keys_swapped_between_records_open_nothing(contact, make_contact):
    other = make_contact("somebody else's words")
    mine, theirs = bytes(contact.key.wrapped), bytes(other.key.wrapped)
    DataKey.objects.filter(pk=contact.key_id).update(wrapped=theirs)
    DataKey.objects.filter(pk=other.key_id).update(wrapped=mine)
    assert opened(contact) == [None, None]
    assert opened(other) == [None]


# K04: old words ----------------------------------------------------------------------------------


def test_k04_an_older_draft_put_back_in_its_place_does_not_open(contact, worker):
    Draft.objects.keep(contact, "what I first thought", by=worker)
    old = sql("SELECT text FROM contacts_draft")[0][0]
    Draft.objects.keep(contact, "what I know now", by=worker)
    assert Draft.objects.select_related("contact__key").get().text == "what I know now"

    sql("UPDATE contacts_draft SET text = %s", old)
    with pytest.raises(CannotOpen):
        _ = Draft.objects.select_related("contact__key").get().text


def test_k04_a_draft_begun_anew_does_not_open_an_earlier_one(contact, worker):
    Draft.objects.keep(contact, "what I first thought", by=worker)
    old = sql("SELECT text FROM contacts_draft")[0][0]
    Draft.objects.keep(contact, "   ", by=worker)
    assert not Draft.objects.exists()

    Draft.objects.keep(contact, "what I know now", by=worker)
    sql("UPDATE contacts_draft SET text = %s", old)
    with pytest.raises(CannotOpen):
        _ = Draft.objects.select_related("contact__key").get().text


# K05: nonces and lengths -------------------------------------------------------------------------


def test_k05_the_same_words_are_never_sealed_alike():
    """A million times when the loops run whole, with a nonce of its own each time."""
    cipher, count = AESGCM(KEY), 1_000_000 if THOROUGH else 100_000
    seen = set()
    for _ in range(count):
        words = sealed.seal(cipher, "help", PLACE)
        assert len(words) == 1 + 12 + 32 + 16
        seen.add(words[1:13])
    assert len(seen) == count


def test_k05_a_length_says_only_which_bucket():
    lengths = {len(sealed.seal(AESGCM(KEY), "x" * size, PLACE)) - 29 for size in range(3000)}
    assert lengths == {32, 64, 128, 256, 512, 1024, 2048, 3072}


# The field ---------------------------------------------------------------------------------------


def test_words_never_print_and_never_fetch_their_key(contact, django_assert_num_queries):
    line = Line.objects.get(number=1)
    with django_assert_num_queries(0):
        assert repr(line.text) == "<sealed>"
        with pytest.raises(CannotOpen):
            str(line.text)
        with pytest.raises(CannotOpen):
            f"{line.text}"


def test_many_lines_open_with_one_query(contact, django_assert_num_queries):
    with django_assert_num_queries(1):
        lines = list(Line.objects.select_related("contact__key").order_by("number"))
        assert [line.text for line in lines] == ["my dad shouts", "that sounds hard"]


@pytest.mark.parametrize(
    "act",
    [
        lambda: Line.objects.update(text="changed"),
        lambda: Line.objects.filter(text="my dad shouts").exists(),
        lambda: Draft.objects.bulk_update([_changed(Draft.objects.get())], ["text"]),
        lambda: serializers.serialize("json", Draft.objects.all()),
    ],
    ids=["update", "filter", "bulk_update", "serialise"],
)
def test_words_are_not_updated_searched_or_serialised(contact, worker, act):
    Draft.objects.keep(contact, "half a note", by=worker)
    with pytest.raises(TypeError):
        act()


def _changed(draft):
    draft.text = "changed"
    return draft


def test_words_without_their_key_at_hand_are_not_saved(contact, worker):
    Draft.objects.keep(contact, "half a note", by=worker)
    with pytest.raises(CannotOpen):
        _changed(Draft.objects.get()).save()


def test_saving_what_was_not_opened_keeps_it_as_it_is(contact, worker):
    Draft.objects.keep(contact, "half a note", by=worker)
    before = sql("SELECT text FROM contacts_draft")
    Draft.objects.get().save()
    assert sql("SELECT text FROM contacts_draft") == before


# J04: whose keys ---------------------------------------------------------------------------------


@pytest.fixture
def running(contact):
    """An installation that has started before."""
    ready.check()


def other_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def test_j04_nothing_starts_with_the_root_key_of_another_place(running, settings):
    settings.ROOT_KEY = other_key()
    ring._read.cache_clear()
    with pytest.raises(ready.NotReady, match="ROOT_KEY does not open"):
        ready.check()
    with pytest.raises(ring.RingUnreadable):
        DataKey.new()


def test_j04_nothing_starts_without_the_ring(running):
    ring.path().unlink()
    with pytest.raises(ready.NotReady, match="is missing"):
        ready.check()
    assert not ring.exists()


def test_j04_nothing_starts_with_the_ring_of_another_place(running):
    ring.path().unlink()
    ring.begin(ring.date(2026, 1, 1))
    with pytest.raises(ready.NotReady, match="does not open this database"):
        ready.check()


def test_j04_nothing_starts_with_a_damaged_ring(running):
    ring.path().write_text(ring.path().read_text()[:-20])
    with pytest.raises(ready.NotReady, match="damaged"):
        ready.check()


@pytest.mark.django_db(transaction=True)
def test_j04_nothing_starts_with_the_trail_key_of_another_place(running, settings):
    seal_everything()
    settings.TRAIL_KEY = other_key()
    with pytest.raises(ready.NotReady, match="TRAIL_KEY"):
        ready.check()


def test_a_root_key_can_be_changed_while_the_one_before_still_opens(running, settings, contact):
    settings.ROOT_KEY_BEFORE, settings.ROOT_KEY = settings.ROOT_KEY, other_key()
    ring._read.cache_clear()
    assert opened(contact) == ["my dad shouts", "that sounds hard"]

    ring.publish(ring.newest().born, after=1)
    settings.ROOT_KEY_BEFORE = ""
    ring._read.cache_clear()
    assert opened(contact) == ["my dad shouts", "that sounds hard"]
