"""A backup without its keys, keys without their backup, and both when they are old (C18)."""

from datetime import timedelta

import pytest

from contacts.models import Contact, Line
from helpline import ready
from helpline.foundation.calendar import london_today
from helpline.foundation.vault import ring, turning
from helpline.foundation.vault.models import DataKey

pytestmark = pytest.mark.django_db(transaction=True)
WEEK = timedelta(days=7)


def words_of(contact) -> list:
    found = Contact.objects.with_key().get(pk=contact.pk)
    return [line.words for line in Line.objects.opened(found)]


def test_c18_data_without_its_keys_is_unreadable_and_nothing_starts_on_it(
    contact, settings, tmp_path
):
    """C18: a database restored beside an empty folder of keys."""
    ready.check()
    assert words_of(contact) == ["my dad shouts", "that sounds hard"]
    settings.KEYS_DIR = tmp_path
    with pytest.raises(ready.NotReady):
        ready.check()
    ring.begin(london_today())
    assert words_of(contact) == [None, None], "a new ring opens nothing of before"


def test_c18_keys_without_their_data_say_nothing(contact, keys):
    """C18: what lies beside the ring holds epochs and random ids, and no key of a contact."""
    ring.copy(london_today())
    wrapped = bytes(DataKey.objects.get(pk=contact.key_id).wrapped)
    files = [path.read_bytes() for path in keys.rglob("*") if path.is_file()]
    assert files
    for held in (b"shouts", contact.handle.encode(), wrapped, wrapped.hex().encode()):
        assert not any(held in file for file in files)


def test_c18_both_from_before_a_life_are_no_more(contact, keys):
    """C18: 35 days on, no copy of the ring is left that opens a backup of today."""
    wrapped = bytes(DataKey.objects.get(pk=contact.key_id).wrapped)
    ring.copy(london_today())
    for day in range(36):
        turning.turn(london_today() + timedelta(days=day))
        ring.copy(london_today() + timedelta(days=day))
    copies = [ring.path(), *keys.glob("copies/*")]
    assert not any(b'"number": 1,' in file.read_bytes() for file in copies)
    DataKey.objects.filter(pk=contact.key_id).update(epoch=1, wrapped=wrapped)
    assert words_of(contact) == [None, None]
