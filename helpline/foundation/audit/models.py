"""The trail: who did what to which record, and when. Never words, never a name.

UPDATE and TRUNCATE are refused by the database, DELETE before a row's `keep_until`. Each event
carries
its own HMAC, so writers never wait for each other; `seals` chains finished events afterwards.
"""

import hashlib
import hmac
import json
import re
import uuid
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import Error, models, transaction
from django.db.models.functions import Cast
from django.utils import timezone

from helpline.foundation.audit import lives
from helpline.foundation.audit.actions import Action
from helpline.foundation.calendar import add_months, london_date, to_the_minute
from helpline.foundation.states import Unavailable

KEEP_MONTHS = 72
SLOT = timedelta(minutes=15)
TO_THE_MINUTE = {"contacts", "safeguarding"}  # finer, a telephone bill could pick a call out
CODE = re.compile(r"[\w.:@+-]{0,64}")


class TrailUnavailable(Unavailable):
    """The reading could not be written down, so it may not happen (F10)."""


def trail_mac(content: bytes) -> bytes:
    """The HMAC of events and seals, under a key that lives outside the database."""
    return hmac.new(b64decode(settings.TRAIL_KEY), content, hashlib.sha256).digest()


class AuditEventQuerySet(models.QuerySet):
    def record(self, action: Action, *, on, by, **detail) -> "AuditEvent":
        """Write one event in the caller's transaction.

        `on` is the record it is about, `by` the staff member, None for the system. Details are
        numbers, yes or no, and codes; free text is refused with `ValueError`.
        """
        event = self.model.drawn_up(action, on=on, by=by, detail=detail)
        event.save(force_insert=True)
        return event

    def about(self, record) -> "AuditEventQuerySet":
        """The events of one record, oldest first."""
        label = record._meta.label_lower
        return self.filter(subject=label, subject_id=str(record.pk)).order_by("at")

    def by(self, staff) -> "AuditEventQuerySet":
        """What one member of staff did."""
        return self.filter(actor=str(staff.pk))

    def readings(self) -> "AuditEventQuerySet":
        """Events that say somebody read a transcript."""
        return self.filter(action=Action.TRANSCRIPT_READ)


class AuditEvent(models.Model):
    """One fact. Label and id instead of foreign keys, so that erasing a record never touches it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    xid = models.BigIntegerField(
        db_default=Cast(
            Cast(models.Func(function="pg_current_xact_id"), models.TextField()),
            models.BigIntegerField(),
        )
    )
    life = models.IntegerField()
    at = models.DateTimeField()
    action = models.CharField(max_length=40, choices=Action)
    subject = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    actor = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    once = models.CharField(max_length=120, null=True)  # noqa: DJ001 (null: many readings count)
    keep_until = models.DateField()
    mac = models.BinaryField()

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["life", "xid"], name="event_in_sealing_order"),
            models.Index(fields=["subject_id", "at"], name="event_about"),
            models.Index(fields=["actor", "at"], name="event_by"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["once"], condition=models.Q(once__isnull=False), name="one_event_a_slot"
            )
        ]

    def __str__(self) -> str:
        return f"Event {self.id}"

    @classmethod
    def drawn_up(cls, action: Action, *, on, by, detail: dict) -> "AuditEvent":
        """An event with its HMAC, not saved yet."""
        now = timezone.now()
        if on is not None and on._meta.app_label in TO_THE_MINUTE:
            now = to_the_minute(now)
        event = cls(
            life=lives.current(),
            at=now,
            action=Action(action),
            subject=on._meta.label_lower if on is not None else "",
            subject_id=str(on.pk) if on is not None else "",
            actor=str(by.pk) if by is not None else "system",
            detail={name: checked(value) for name, value in detail.items()},
            keep_until=add_months(london_date(now), KEEP_MONTHS),
        )
        event.mac = event.expected_mac()
        return event

    def expected_mac(self) -> bytes:
        """The HMAC over everything this event says."""
        said = [
            str(self.id),
            self.life,
            self.at.isoformat(),
            str(self.action),
            self.subject,
            self.subject_id,
            self.actor,
            self.detail,
            self.once,
            self.keep_until.isoformat(),
        ]
        return trail_mac(json.dumps(said, sort_keys=True).encode())


def checked(value):
    """A detail that cannot carry words: a number, yes or no, nothing, or a code without spaces."""
    if value is None or isinstance(value, bool | int):
        return value
    if CODE.fullmatch(text := str(value)):
        return text
    raise ValueError("The trail holds codes and numbers, never words.")


def record_reading(on, *, by, shared: bool = False) -> None:
    """Write down that `by` is about to read `on`, committed before anything is opened (F10).

    Never inside the reader's transaction. With `shared` (streams and fragments) one event stands
    for a person, a record and a quarter of an hour. Raises `TrailUnavailable`: no event, no read.
    """
    if not shared:
        record_first(Action.TRANSCRIPT_READ, on=on, by=by)
        return
    with _committed():
        _record_once(on, by, int(timezone.now().timestamp() // SLOT.total_seconds()))


def record_first(action: Action, *, on, by, **detail) -> None:
    """Write down what `by` is about to see or look for, committed before it happens (F10)."""
    with _committed():
        AuditEvent.objects.record(action, on=on, by=by, **detail)


@contextmanager
def _committed() -> Iterator[None]:
    """A transaction of its own; raises `TrailUnavailable` when it cannot be written."""
    try:
        with transaction.atomic(durable=True):
            yield
    except Error as problem:
        raise TrailUnavailable("This cannot be shown, because the trail cannot be written.") from (
            problem
        )


def _record_once(on, by, slot: int) -> None:
    begun = datetime.fromtimestamp(slot * SLOT.total_seconds(), tz=UTC)
    mine = AuditEvent.objects.readings().by(by).filter(subject_id=str(on.pk))
    if mine.filter(at__gte=begun).exists():
        return
    event = AuditEvent.drawn_up(Action.TRANSCRIPT_READ, on=on, by=by, detail={})
    event.once = f"{by.pk}:{on.pk}:{slot}"
    event.mac = event.expected_mac()
    AuditEvent.objects.bulk_create([event], ignore_conflicts=True)


class AuditSeal(models.Model):
    """A link of the chain: the digest of finished events, bound to the seal before it.

    Its events may end after six years; the seal stays, and its chain still verifies.
    """

    number = models.IntegerField(primary_key=True)
    life = models.IntegerField()
    from_xid = models.BigIntegerField()
    to_xid = models.BigIntegerField()
    count = models.IntegerField()
    digest = models.BinaryField()
    keep_until = models.DateField()
    sealed_at = models.DateTimeField()
    before = models.BinaryField()
    mac = models.BinaryField()

    def __str__(self) -> str:
        return f"Seal {self.number}"

    def expected_mac(self) -> bytes:
        """The HMAC over what the seal says and the seal before it."""
        said = [
            self.number,
            self.life,
            self.from_xid,
            self.to_xid,
            self.count,
            bytes(self.digest).hex(),
            self.keep_until.isoformat(),
            self.sealed_at.isoformat(),
            bytes(self.before).hex(),
        ]
        return trail_mac(json.dumps(said).encode())


class Life(models.Model):
    """One life of the database cluster: a restored copy starts the next instead of looking
    forged."""

    number = models.IntegerField(primary_key=True)
    cluster = models.CharField(max_length=60)
    after_seal = models.IntegerField()
    begun_at = models.DateTimeField()
    mac = models.BinaryField()

    def __str__(self) -> str:
        return f"Life {self.number}"

    def expected_mac(self) -> bytes:
        """The HMAC that keeps anyone without the trail's key from declaring a new life."""
        said = [self.number, self.cluster, self.after_seal, self.begun_at.isoformat()]
        return trail_mac(json.dumps(said).encode())
