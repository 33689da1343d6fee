"""A bundle as it waits to be fetched: sealed piece by piece, behind a link and a passphrase that go
by different routes, and gone after 90 days."""

import io
import os
import secrets
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, timedelta

from django.core.cache import cache
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from redis.exceptions import RedisError

from contacts import codes
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today, this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault import blind
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import NONCE, CannotOpen
from privacy.models.review import ReviewItem
from privacy.models.rights import RightsRequest
from privacy.models.rights_facts import Concern
from privacy.rights.kinds import RELEASES

LINK, PASSPHRASE = "bundle link", "bundle passphrase"  # purposes of the keyed hashes
LINK_LIVES = timedelta(days=14)
KEPT = timedelta(days=90)
PIECE = 64 * 1024  # bytes
PASSPHRASE_WORDS = 5
TOLD_FOR = 3600  # seconds that how far one is stays in Redis: no task runs longer
NAMED = 10  # items that are named when they must be decided anew
MOST_TRIES = 10  # wrong passphrases, after which the link is dead


class BundleQuerySet(models.QuerySet["Bundle"]):
    def with_key(self) -> "BundleQuerySet":
        """With the data key at hand, so that the pieces open."""
        return self.select_related("key", "request")

    def due_for_purge(self, today: date) -> "BundleQuerySet":
        """Made 90 days ago, whether or not anybody has fetched it (C24)."""
        return self.filter(gone_on__lte=today, key__isnull=False)

    def end_all(self, today: date) -> int:
        """Destroy what is due; how many it was. Safe to run twice."""
        due = list(self.due_for_purge(today))
        for bundle in due:
            bundle.destroy()
        return len(due)

    @transaction.atomic
    def destroy_with(self, gone: Iterable[str]) -> list[str]:
        """Destroy every bundle that has something of these contacts, records or copies in it; which
        they were. One that is just being made is waited for."""
        ids = [uuid.UUID(pk) for pk in gone]
        within = {"request": OuterRef("request")}
        listed = ReviewItem.objects.filter(Q(contact__in=ids) | Q(record__in=ids), **within)
        about = Exists(listed) | Exists(Concern.objects.filter(contact__in=ids, **within))
        about |= Q(request__service_user__in=ids)
        rows = self.filter(about, key__isnull=False).select_for_update(of=("self",))
        found = list(rows.order_by("pk"))
        for bundle in found:
            bundle.destroy()
        return [str(bundle.pk) for bundle in found]

    @transaction.atomic
    def begin(self, request: RightsRequest, *, by: Staff) -> "Bundle":
        """Ask for a bundle to be made by a worker; one that was made before is destroyed.

        Raises `WrongState` before the request has been decided in the person’s favour, `Refused`
        once an item reads otherwise than it was decided about: nothing is left out unsaid.
        """
        locked = request.locked()
        if locked.status not in RELEASES:
            raise WrongState("Nothing may leave before a second person has approved it.")
        if left := locked.items.to_decide(locked.scope()):
            raise Refused(changed(left))
        for before in self.filter(request=locked, key__isnull=False):
            before.destroy()
        made = self.create(request=locked, key=DataKey.new(), made_by=by)
        AuditEvent.objects.record(Action.BUNDLE_ASKED, on=locked, by=by, bundle=made.pk)
        return made

    def to_make(self) -> "BundleQuerySet":
        """What somebody waits for, did not fail and nobody is making, the oldest first; their rows
        are locked, so the caller has a transaction."""
        free = self.select_for_update(no_key=True, skip_locked=True, of=("self",))
        waits = free.filter(made_at=None, failed=False, key__isnull=False)
        return waits.with_key().order_by("begun_at", "pk")

    @transaction.atomic
    def next_to_make(self) -> "Bundle | None":
        """The first that somebody waits for and nobody is making."""
        return self.to_make().first()

    def behind(self, token: str) -> "Bundle | None":
        """The bundle that a link leads to, while the link lives."""
        lives = Q(link_until__gte=london_today(), key__isnull=False, tries__lt=MOST_TRIES)
        rows = self.filter(lives, link__in=blind.indexes(LINK, token), fetched_at=None)
        return rows.with_key().first()


def changed(numbers: list[int]) -> str:
    """What is said of items that nobody has decided about as they read now."""
    which = ", ".join(str(number) for number in numbers[:NAMED])
    more = f" and {len(numbers) - NAMED} more" if len(numbers) > NAMED else ""
    return (
        "Something of this copy reads otherwise since it was approved. Go through the review again"
        f" and decide anew about item {which}{more}."
    )


def in_ninety_days() -> date:
    """When a bundle that is made today is destroyed."""
    return london_today() + KEPT


class Bundle(models.Model):
    """One file for one person; what is in it is unreadable without its key, which is ours alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(RightsRequest, models.CASCADE, related_name="bundles")
    key = models.OneToOneField(DataKey, models.PROTECT, null=True, related_name="bundle")
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=this_minute)
    done = models.PositiveIntegerField(default=0)  # steps, of `steps`
    steps = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(null=True)
    failed = models.BooleanField(default=False)
    size = models.PositiveIntegerField(default=0)
    link = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 (none: no link)
    passphrase = models.CharField(max_length=64, blank=True, default="")
    link_until = models.DateField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    fetched_at = models.DateTimeField(null=True)
    gone_on = models.DateField(default=in_ninety_days)

    objects = BundleQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["gone_on"], name="bundle_by_last_day")]
        constraints = [
            models.CheckConstraint(
                name="bundle_link_needs_a_passphrase_and_an_end",
                condition=Q(link=None) | ~Q(passphrase="") & Q(link_until__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"Bundle {self.id}"

    def is_ready(self) -> bool:
        """Made, and not destroyed yet."""
        return self.made_at is not None and self.key_id is not None

    def tell_progress(self, done: int, steps: int) -> None:
        """Say how far it is, to whoever waits: in Redis, as its row is not seen before the end."""
        with suppress(RedisError):
            cache.set(f"bundle:{self.pk}", (done, steps), TOLD_FOR)

    def progress(self) -> tuple[int, int]:
        """How many steps of how many are done; without Redis none until all are."""
        if self.made_at is None:
            with suppress(RedisError):
                return cache.get(f"bundle:{self.pk}") or (0, 0)
        return self.done, self.steps

    @transaction.atomic
    def new_link(self, *, by: Staff) -> tuple[str, str]:
        """A link and a passphrase, each told once; the ones before open nothing any more.

        They must reach the person by different routes (D19). Raises `WrongState` before it is
        made, or once it is gone.
        """
        if not self.is_ready():
            raise WrongState("This bundle is not there.")
        token = secrets.token_urlsafe(24)
        phrase = " ".join(secrets.choice(codes.words()) for _ in range(PASSPHRASE_WORDS))
        self.link, self.passphrase = blind.index(LINK, token), self._hash_of(phrase)
        self.link_until, self.tries, self.fetched_at = london_today() + LINK_LIVES, 0, None
        self.save(update_fields=["link", "passphrase", "link_until", "tries", "fetched_at"])
        AuditEvent.objects.record(Action.BUNDLE_LINKED, on=self.request, by=by, bundle=self.pk)
        return token, phrase

    def _hash_of(self, phrase: str) -> str:
        return blind.index(PASSPHRASE, f"{self.pk} {codes.normal(phrase)}")

    @transaction.atomic
    def fetch(self, phrase: str) -> bytes | None:
        """The whole file for whoever has both halves, once; None for a wrong passphrase.

        Every wrong one counts, and the tenth ends the link.
        """
        rows = Bundle.objects.select_for_update(of=("self",)).with_key()
        bundle = rows.filter(pk=self.pk, fetched_at=None, tries__lt=MOST_TRIES).first()
        if bundle is None or bundle.key is None:
            return None
        possible = blind.indexes(PASSPHRASE, f"{bundle.pk} {codes.normal(phrase)}")
        if bundle.passphrase not in possible:
            Bundle.objects.filter(pk=bundle.pk).update(tries=F("tries") + 1)
            return None
        whole = b"".join(bundle.opened())
        Bundle.objects.filter(pk=bundle.pk).update(fetched_at=this_minute())
        AuditEvent.objects.record(Action.BUNDLE_FETCHED, on=bundle.request, by=None)
        return whole

    def opened(self) -> Iterator[bytes]:
        """The file piece by piece; raises `CannotOpen` for one that was moved or damaged."""
        if self.key is None:
            raise CannotOpen("This bundle has been destroyed.")
        for piece in self.pieces.order_by("number").iterator():
            sealed = bytes(piece.sealed)
            place = piece_place(self.pk, piece.number)
            yield self.key.cipher.decrypt(sealed[:NONCE], sealed[NONCE:], place)

    @transaction.atomic
    def destroy(self) -> None:
        """Its key, its pieces and its link go; that it was made stays with the request. One that is
        just being made is waited for."""
        Bundle.objects.select_for_update(no_key=True, of=("self",)).filter(pk=self.pk).first()
        key = self.key_id
        self.pieces.all().delete()
        Bundle.objects.filter(pk=self.pk).update(key=None, link=None, passphrase="")
        DataKey.objects.destroy([key] if key else [])
        self.refresh_from_db(fields=["key", "link", "passphrase"])


class BundlePiece(models.Model):
    """64 KB of a bundle, sealed for their place in it."""

    pk = models.CompositePrimaryKey("bundle", "number")
    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="pieces", db_index=False)
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"Piece {self.number}"


def piece_place(bundle: uuid.UUID, number: int) -> bytes:
    """What a piece is bound to: moved to another place or bundle it does not open."""
    return b"bundle piece\x1f" + bundle.bytes + b"%d" % number


class Sink(io.RawIOBase):
    """Where a bundle is written: nothing of it is ever on disk or in the database in clear."""

    def __init__(self, bundle: Bundle) -> None:
        if bundle.key is None:
            raise Refused("This bundle has been destroyed.")
        self._bundle, self._cipher = bundle, bundle.key.cipher
        self._held, self._number, self.size = bytearray(), 0, 0

    def writable(self) -> bool:
        """It cannot be read or sought in."""
        return True

    def write(self, piece) -> int:
        """Take some bytes; every 64 KB are sealed and stored."""
        self._held += piece
        self.size += len(piece)
        while len(self._held) >= PIECE:
            self._store(PIECE)
        return len(piece)

    def finish(self) -> int:
        """Store what is left; how many bytes it was in all."""
        if self._held:
            self._store(len(self._held))
        return self.size

    def _store(self, size: int) -> None:
        piece, self._held = bytes(self._held[:size]), self._held[size:]
        self._number += 1
        nonce = os.urandom(NONCE)
        place = piece_place(self._bundle.pk, self._number)
        sealed = nonce + self._cipher.encrypt(nonce, piece, place)
        BundlePiece.objects.create(bundle=self._bundle, number=self._number, sealed=sealed)
