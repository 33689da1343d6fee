"""Sealing finished events into a chain, and finding the first link that was touched."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Max
from django.utils import timezone

from helpline.foundation.audit import lives
from helpline.foundation.audit.models import AuditEvent, AuditSeal, Life

LOCK = 7_301_001


def seal() -> int:
    """Seal every event whose transaction has finished; return how many.

    By `xid < pg_snapshot_xmin`: a slow transaction delays its neighbours' seal but is never
    skipped, which sealing "all ids above the last" would do. Only one sealer works at a time.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        horizon = cursor.fetchone()[0]
        last = AuditSeal.objects.order_by("-number").first()
        lifes = range(last.life if last else 1, lives.current() + 1)
        sealed = 0
        for life in lifes:
            begin = last.to_xid if last and last.life == life else 0
            waiting = AuditEvent.objects.filter(life=life, xid__gte=begin).order_by("xid", "id")
            events = list(waiting.filter(xid__lt=horizon) if life == lifes[-1] else waiting)
            if events:
                end = horizon if life == lifes[-1] else events[-1].xid + 1
                last = _next_seal(last, life, begin, end, events)
                sealed += len(events)
        return sealed


def _next_seal(last, life: int, begin: int, end: int, events: list[AuditEvent]) -> AuditSeal:
    link = AuditSeal(
        number=last.number + 1 if last else 1,
        life=life,
        from_xid=begin,
        to_xid=end,
        count=len(events),
        digest=_digest(events),
        keep_until=max(event.keep_until for event in events),
        sealed_at=timezone.now(),
        before=bytes(last.mac) if last else b"",
    )
    link.mac = link.expected_mac()
    link.save(force_insert=True)
    return link


def _digest(events) -> bytes:
    total = hashlib.sha256()
    for event in events:
        total.update(b"%d" % event.xid + event.id.bytes + bytes(event.mac))
    return total.digest()


def anchor() -> None:
    """Append the newest seal to the anchor file, which leaves the machine daily.

    Without it a tail cut off the trail could not be seen.
    """
    last = AuditSeal.objects.order_by("-number").first()
    if last is None:
        return
    entry = {
        "on": timezone.localdate().isoformat(),
        "life": last.life,
        "seal": last.number,
        "mac": bytes(last.mac).hex(),
    }
    with open(settings.ANCHOR_FILE, "ab+") as file:
        file.seek(max(file.tell() - 1, 0))
        cut = file.read() not in (b"", b"\n")  # by a crash; the line begun then is closed first
        file.write(b"\n" * cut + json.dumps(entry).encode() + b"\n")


def remove_ended(today: date) -> int:
    """Delete the events of seals whose six years are over; the seals stay."""
    removed = 0
    for link in AuditSeal.objects.filter(keep_until__lte=today).order_by("number"):
        removed += _events_of(link)._raw_delete("default")
    return removed


def _events_of(link: AuditSeal):
    events = AuditEvent.objects.filter(life=link.life, xid__gte=link.from_xid, xid__lt=link.to_xid)
    return events.order_by("xid", "id")


def first_fault(today: date) -> str | None:
    """Name the first event or seal that is not as it was written, or None when all of it
    verifies."""
    return next(_faults(today), None)


def _faults(today: date) -> Iterator[str]:
    last = None
    for link in AuditSeal.objects.order_by("number").iterator(chunk_size=500):
        yield from _link_faults(link, last, today)
        last = link
    yield from _tail_faults()
    for life in Life.objects.order_by("number"):
        if bytes(life.mac) != life.expected_mac():
            yield f"life {life.number}: changed"
    yield from _anchor_faults()


def _link_faults(link: AuditSeal, last: AuditSeal | None, today: date) -> Iterator[str]:
    if link.number != (last.number + 1 if last else 1):
        yield f"seal {link.number}: a seal before it is missing"
    if bytes(link.before) != (bytes(last.mac) if last else b""):
        yield f"seal {link.number}: does not follow the seal before it"
    if bytes(link.mac) != link.expected_mac():
        yield f"seal {link.number}: changed"
    if last and last.life == link.life and link.from_xid != last.to_xid:
        yield f"seal {link.number}: leaves a gap"
    yield from _event_faults(link, today)


def _event_faults(link: AuditSeal, today: date) -> Iterator[str]:
    """What is wrong with the events of one seal; that they have ended after six years is not."""
    events = list(_events_of(link))
    if not events and link.keep_until <= today:
        return
    for event in events:
        if bytes(event.mac) != event.expected_mac():
            yield f"event {event.id}: changed or forged"
    if len(events) != link.count or _digest(events) != bytes(link.digest):
        first = f", the first being event {events[0].id}" if events else ""
        yield (
            f"seal {link.number}: was made over {link.count} events, {len(events)} are there{first}"
        )


def tail() -> models.QuerySet:
    """Events that no seal covers yet; while beat runs none is older than a minute."""
    ends = AuditSeal.objects.values("life").annotate(end=Max("to_xid")).values_list("life", "end")
    covered = models.Q(pk__in=[])
    for life, end in ends:
        covered |= models.Q(life=life, xid__lt=end)
    return AuditEvent.objects.exclude(covered).order_by("life", "xid", "id")


def _tail_faults() -> Iterator[str]:
    for event in tail().iterator(chunk_size=500):
        if bytes(event.mac) != event.expected_mac():
            yield f"event {event.id}: changed or forged"


def _anchored() -> Iterator[dict]:
    """What the anchor file says; a line that a crash cut short is passed over."""
    for line in settings.ANCHOR_FILE.read_bytes().splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def _anchor_faults() -> Iterator[str]:
    if not settings.ANCHOR_FILE.exists():
        return
    restored = {life.number: life.after_seal for life in Life.objects.all()}
    for entry in _anchored():
        link = AuditSeal.objects.filter(number=entry["seal"]).first()
        later = [after for number, after in restored.items() if number > entry["life"]]
        if later and entry["seal"] > min(later):
            continue  # lost in a restore that began a new life and said after which seal
        if link is None:
            yield f"seal {entry['seal']}: cut off; it was anchored on {entry['on']}"
        elif bytes(link.mac).hex() != entry["mac"]:
            yield f"seal {entry['seal']}: not the one anchored on {entry['on']}"
