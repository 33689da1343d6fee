"""Nothing starts on a database whose keys, trail or ledger are not here (J04, C17)."""

import base64
import json
import os

import pytest
from django.core.management import call_command

from contacts.models import Contact
from helpline import ready
from helpline.foundation.audit import seals
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent, Life
from helpline.foundation.calendar import london_today
from helpline.foundation.vault import ring
from helpline.foundation.vault.models import DataKey
from privacy import ledger

pytestmark = pytest.mark.django_db


def another_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def refusal() -> str:
    with pytest.raises(ready.NotReady) as refused:
        ready.check()
    return str(refused.value)


def test_an_empty_installation_makes_its_ring_and_its_first_life(settings, tmp_path):
    settings.KEYS_DIR = tmp_path
    ready.check()
    ready.check()
    assert ring.newest().number == 1
    assert oct(ring.path().stat().st_mode)[-3:] == "600"
    assert Life.objects.count() == 1


def test_j04_a_missing_ring_is_never_replaced_while_keys_depend_on_it(contact):
    ring.path().unlink()
    assert "is missing" in refusal()
    assert not ring.exists()


def test_j04_another_root_key_does_not_open_the_ring(settings, contact):
    settings.ROOT_KEY = another_key()
    ring._read.cache_clear()
    assert "ROOT_KEY does not open the key ring" in refusal()


def test_j04_the_ring_of_another_place_does_not_open_our_keys(contact):
    """The same root key, the same epoch number, other keys."""
    ring.path().unlink()
    ring.begin(london_today())
    assert "does not open this database" in refusal()


def test_j04_a_ring_without_an_epoch_that_is_in_use_is_refused(contact):
    DataKey.objects.update(epoch=7)
    assert "lacks epoch 7" in refusal()


def test_j04_a_damaged_ring_is_refused(contact):
    ring.path().write_text(ring.path().read_text()[:-40])
    assert "damaged" in refusal()


def test_another_trail_key_is_refused(settings, worker):
    event = AuditEvent.objects.record(Action.LIFE_BEGAN, on=None, by=None)
    seals._next_seal(None, event.life, 0, 2**62, [AuditEvent.objects.get()])
    ready.check()
    settings.TRAIL_KEY = another_key()
    assert "TRAIL_KEY" in refusal()


def test_another_trail_key_is_refused_before_there_is_any_seal(settings, db):
    ready.check()
    settings.TRAIL_KEY = another_key()
    assert "TRAIL_KEY" in refusal()


def test_one_damaged_key_does_not_keep_a_helpline_shut(make_contact):
    """K02: its words cannot be opened; everybody else still gets an answer."""
    damaged, _ = make_contact("x"), make_contact("y")
    DataKey.objects.filter(pk=damaged.key_id).update(wrapped=b"\0" * 60)
    ready.check()


def test_a_change_of_root_key_goes_by_way_of_the_one_before(settings, contact):
    """The new key wraps the ring at the next turn; then the old one is not needed."""
    settings.ROOT_KEY_BEFORE, settings.ROOT_KEY = settings.ROOT_KEY, another_key()
    ready.check()
    ring.publish(london_today(), after=1)  # a turn that was killed before it moved any key
    call_command("turn_keys")
    settings.ROOT_KEY_BEFORE = ""
    ready.check()
    assert Contact.objects.with_key().get().key.cipher


def test_c17_a_database_behind_its_ledger_does_not_start(contact):
    ledger._append(number=1, gone=[contact.pk.hex])
    ledger._append(done=1)
    assert "replay_ledger" in refusal()

    call_command("replay_ledger")

    ready.check()
    assert not Contact.objects.exists()


def test_c17_a_ledger_behind_its_database_does_not_start():
    ledger.reach(3)
    assert "Restore the ledger" in refusal()


def test_what_is_said_at_start_holds_no_key(settings, contact):
    """K09: the ring on disk holds wrapped keys only, and a refusal names files, not keys."""
    written = json.loads(ring.path().read_text())["epochs"][0]["wrapped"]
    assert base64.b64decode(written).find(ring.newest().raw) == -1
    settings.ROOT_KEY = another_key()
    ring._read.cache_clear()
    assert settings.ROOT_KEY not in refusal()
