"""Keys turn, and what was destroyed dies with its epoch, in every backup too (K06, K07)."""

import base64
from datetime import timedelta
from threading import Event

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, transaction

from contacts.models import Channel, Contact, Draft, Line, Speaker
from helpline.foundation.calendar import london_today
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.roles import Role, Service
from helpline.foundation.vault import ring, turning
from helpline.foundation.vault.models import DataKey
from privacy import retention
from safeguarding.models import Hold
from tests.clusters import bytes_below, cluster, dump, living_in
from tests.killing import KILLED, killers
from tests.racing import outcome, rivals, somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)
WEEK = timedelta(days=7)


def keys(count: int) -> None:
    DataKey.objects.bulk_create(DataKey.made() for _ in range(count))


def epochs_in_use() -> set[int]:
    return set(DataKey.objects.values_list("epoch", flat=True))


def words_of(contact) -> list:
    found = Contact.objects.with_key().get(pk=contact.pk)
    return [line.words for line in Line.objects.opened(found)]


# K06: turning ------------------------------------------------------------------------------------


def test_k06_every_living_key_moves_to_the_new_epoch_and_opens_as_before(contact):
    today = london_today()
    assert turning.turn(today) == (1, 0, 0, [])

    assert turning.turn(today + WEEK) == (2, 1, 0, [])
    assert epochs_in_use() == {2}
    assert sorted(ring.epochs()) == [1, 2]
    assert words_of(contact) == ["my dad shouts", "that sounds hard"]


def test_k06_a_turning_killed_in_the_middle_leaves_both_epochs_and_is_resumed(contact):
    keys(50)
    later = london_today() + WEEK
    with killers() as order:
        assert order("turn", today=str(later), at="after one chunk of keys", chunk=20) == KILLED

    assert epochs_in_use() == {1, 2}
    assert DataKey.objects.filter(epoch=2).count() == 20
    assert all(len(key.unwrapped()) == 32 for key in DataKey.objects.all())
    assert words_of(contact) == ["my dad shouts", "that sounds hard"]

    assert turning.turn(later) == (2, 31, 0, [])
    assert words_of(contact) == ["my dad shouts", "that sounds hard"]


@pytest.mark.parametrize("point", ["before a key is moved", "before epochs are destroyed"])
def test_k06_killed_anywhere_a_turning_ends_as_if_it_had_not_been(contact, point):
    first = london_today()
    turning.turn(first + WEEK)
    later = first + 4 * WEEK
    with killers() as order:
        assert order("turn", today=str(later), at=point) == KILLED
    assert words_of(contact) == ["my dad shouts", "that sounds hard"]

    turning.turn(later)
    assert epochs_in_use() == {3}
    assert sorted(ring.epochs()) == [2, 3]
    assert words_of(contact) == ["my dad shouts", "that sounds hard"]


def test_k06_killed_after_any_time_nothing_is_lost(contact, rng):
    keys(200)
    day = london_today()
    with killers() as order:
        for _ in range(10):
            day += WEEK
            order("turn", today=str(day), chunk=10, after=rng.uniform(0, 0.15))
            assert all(len(key.unwrapped()) == 32 for key in DataKey.objects.all())
    turning.turn(day)
    assert epochs_in_use() == {ring.newest().number}


def test_k06_an_epoch_is_destroyed_21_days_after_it_retired_and_not_before():
    first = london_today()
    turning.turn(first + WEEK)
    assert turning.turn(first + 4 * WEEK - timedelta(days=1)).destroyed == []
    assert turning.turn(first + 4 * WEEK).destroyed == [1]
    assert 1 not in ring.epochs()
    with pytest.raises(ring.EpochGone):
        ring.cipher(1)


def test_k06_an_epoch_that_still_wraps_a_key_is_never_destroyed(contact):
    """A key that does not open cannot be moved; it keeps its epoch, and the board shows the age."""
    damaged = DataKey.new()
    DataKey.objects.filter(pk=damaged.pk).update(wrapped=b"damaged" * 10)
    for week in range(1, 9):
        late = london_today() + week * WEEK
        assert turning.turn(late).unopened == 1

    assert min(ring.epochs()) == 1
    assert 2 not in ring.epochs()
    assert turning.is_late(late)

    DataKey.objects.destroy([damaged.pk])
    assert turning.turn(late).destroyed == [1]
    assert not turning.is_late(late)


def test_k06_the_newest_epoch_cannot_be_destroyed():
    with pytest.raises(ValueError, match="newest"):
        ring.destroy([1])


def test_k06_two_turnings_at_once_publish_one_epoch_and_lose_no_key(contact):
    """Without a lock the second ring overwrites the first, and what that has wrapped is lost."""
    keys(100)
    later = london_today() + WEEK
    with rivals(4) as start:
        racing = [start(turning.turn, later) for _ in range(4)]
    assert {outcome(turned).epoch for turned in racing} == {2}
    assert all(len(key.unwrapped()) == 32 for key in DataKey.objects.all())


def test_k06_a_turning_never_waits_for_a_purge_that_destroys_a_key(contact):
    """It would come into a deadlock with it: both lock many keys, in different orders."""
    going = DataKey.new()
    with rivals() as start, transaction.atomic():
        DataKey.objects.destroy([going.pk])
        turned = start(turning.turn, london_today() + WEEK)
        assert outcome(turned).wrapped == 1
        assert not somebody_waits()
    assert epochs_in_use() == {2}


def test_k06_readers_of_the_ring_never_see_it_half_written(contact):
    """A ring that is replaced is overwritten at once: a reader may hold zeros in its hands."""
    stop = Event()

    def read_on() -> int:
        count = 0
        while not stop.is_set():
            ring._read.cache_clear()
            count += len(ring.epochs()) > 0
        return count

    with rivals(3) as start:
        readers = [start(read_on) for _ in range(3)]
        for _ in range(60):
            ring.publish(london_today(), after=ring.newest().number)
        stop.set()
    assert all(outcome(reader) > 0 for reader in readers)


def test_copies_of_the_ring_live_seven_days(keys):
    first = london_today()
    old, young = ring.copy(first), ring.copy(first + timedelta(days=6))
    assert old.exists()
    assert young.read_bytes() == ring.path().read_bytes()
    assert young.stat().st_mode & 0o777 == 0o600

    ring.copy(first + WEEK)
    assert not old.exists()
    assert young.exists()


# K07: what was destroyed stays destroyed ---------------------------------------------------------

CANARIES = ["quillon marzipan", "Zephyrine", "vellichor tonight", "ombrifuge reason", "kenopsia"]


@pytest.fixture
def private(db, tmp_path):
    """A cluster with this schema, in which the test lives from here on."""
    with cluster() as made:
        made.restore(dump(tmp_path / "schema"))
        with living_in(made):
            yield made


def typed_everywhere(make_staff) -> Contact:
    """Somebody gets in touch, and all that can be typed about it is typed."""
    worker, lead = make_staff("worker", Role.WORKER, Role.SUPERVISOR), make_staff("lead", Role.LEAD)
    contact = Contact.objects.arrive(
        service=Service.HELPLINE, channel=Channel.CHAT, nickname="Zephyrine"
    )
    contact.take(by=worker)
    contact.say(Speaker.PERSON, "quillon marzipan, that is what he calls me")
    contact.add_note("vellichor tonight, says her sister", by=worker)
    Draft.objects.keep(contact, "kenopsia is what I mean to write", by=worker)
    contact.survey.create(contact=contact, number=1, question="Help?", answer="kenopsia no more")
    hold = Hold.objects.place(
        contact,
        by=worker,
        kind=Hold.Kind.SAFEGUARDING,
        ground=Hold.Ground.HARMED_NOW,
        reason="ombrifuge reason, long enough to be one",
        review_on=london_today() + timedelta(days=30),
    )
    hold.approve(by=lead)
    Message.objects.put(
        to="quillon.marzipan@partner.example",
        subject="vellichor tonight",
        template="emails/account_changed.txt",
        context={"what": "kenopsia"},
    )
    contact.end(by=worker)
    return contact


def disguises(words: str) -> list[bytes]:
    """How words could lie in a file: plain, wide, as hexadecimal digits, in base 64."""
    plain = words.encode()
    return [plain, words.encode("utf-16-le"), plain.hex().encode(), base64.b64encode(plain)[:-4]]


def found_in(content: bytes) -> list[str]:
    return [words for words in CANARIES if any(form in content for form in disguises(words))]


def every_column() -> bytes:
    """All that the database says, in text and in bytes."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += cursor.fetchall()
    cells = (cell for row in rows for cell in row)
    return b"\0".join(
        bytes(cell) if isinstance(cell, memoryview) else str(cell).encode() for cell in cells
    )


def test_the_words_that_were_typed_are_nowhere(private, make_staff, signed_in):
    contact = typed_everywhere(make_staff)
    page = signed_in(contact.worker).get(contact.get_absolute_url())
    assert all(words in page.text for words in ["quillon marzipan", "Zephyrine", "vellichor"])
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE control AS SELECT 'control canary' AS words; CHECKPOINT")

    backup = bytes_below(private.base_backup())
    for place in (every_column(), bytes_below(private.folder), backup):
        assert found_in(place) == []
        assert b"control canary" in place


def wrapped_and_words(contact) -> tuple:
    """What an attacker needs from the database: the wrapped key, and a line sealed under it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.id, k.wrapped, l.text FROM vault_datakey k JOIN contacts_contact c"
            " ON c.key_id = k.id JOIN contacts_line l ON l.contact_id = c.id WHERE c.id = %s",
            [contact.pk],
        )
        return tuple(map(bytes_of, cursor.fetchone()))


def bytes_of(cell) -> bytes:
    return bytes(cell) if isinstance(cell, memoryview) else cell.bytes


def opens(backup: bytes, key_id: bytes, wrapped: bytes, line: bytes, place: bytes) -> bool:
    """Whether the words come out of a backup with every epoch and every root key we still have."""
    assert wrapped in backup, "The backup should hold the wrapped key, dead or alive."
    assert line in backup, "The backup should hold the words, dead or alive."
    for epoch in ring.epochs().values():
        try:
            bound = key_id + b"%d" % epoch.number
            raw = AESGCM(epoch.raw).decrypt(wrapped[:12], wrapped[12:], bound)
        except InvalidTag:
            continue
        return b"quillon" in AESGCM(raw).decrypt(line[1:13], line[13:], place)
    return False


def test_k07_a_backup_taken_after_the_purge_opens_only_until_its_epoch_is_destroyed(
    private, make_staff
):
    contact = typed_everywhere(make_staff)
    for hold in Hold.objects.all():
        hold.release(by=contact.worker, reason="The reason has gone: enough words")
    place = Line._meta.get_field("text").place(contact.pk, 1, Speaker.PERSON.value)
    loot = wrapped_and_words(contact)
    today = london_today()
    Contact.objects.update(purge_on=today, spared_until=None)
    assert retention.purge_all(today).purged == 1
    assert not DataKey.objects.filter(contact__isnull=False).exists()
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    backup = bytes_below(private.base_backup())

    turning.turn(today + WEEK)
    assert opens(backup, *loot, place), "Nothing is shown if this backup never opened."
    assert turning.turn(today + 4 * WEEK).destroyed == [1]
    assert not opens(backup, *loot, place)


def test_k07_no_file_beside_the_ring_keeps_an_epoch_beyond_35_days(keys, contact):
    """Seven days until it retires, 21 until it is destroyed, seven until the last copy goes."""
    first = london_today()

    def kept() -> bool:
        files = [ring.path(), *keys.glob("copies/*")]
        return any(b'"number": 1,' in file.read_bytes() for file in files)

    for day in range(35):
        turning.turn(first + timedelta(days=day))
        ring.copy(first + timedelta(days=day))
        assert kept() == (day < 34)
    assert sorted(ring.epochs()) == [2, 3, 4, 5]


def test_k07_an_old_key_put_back_after_its_epoch_has_gone_opens_nothing(contact):
    old = bytes(contact.key.wrapped)
    for week in (1, 4):
        turning.turn(london_today() + week * WEEK)
    assert words_of(contact) == ["my dad shouts", "that sounds hard"]

    DataKey.objects.filter(pk=contact.key_id).update(epoch=1, wrapped=old)
    assert words_of(contact) == [None, None]
