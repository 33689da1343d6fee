"""Who is there: the sign that an open page of theirs gives every quarter of a minute."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Max
from django.db.models.functions import Now

from helpline.foundation.staff.models import Session, Staff
from helpline.foundation.staff.roles import Permission
from safeguarding.escalations.kinds import Urgency

FORGET_AFTER = timedelta(days=1)
SILENT_AFTER = timedelta(seconds=35)  # of a page that gives a sign every 15 seconds


class PresenceQuerySet(models.QuerySet["Presence"]):
    def sign(self, staff: Staff) -> None:
        """A page of this person is open; by the database's clock."""
        self.bulk_create(
            [self.model(staff=staff, here_at=Now())],
            update_conflicts=True,
            unique_fields=["staff"],
            update_fields=["here_at"],
        )

    def forgotten(self, now: datetime) -> "PresenceQuerySet":
        """Signs of yesterday, which say nothing any more."""
        return self.filter(here_at__lt=now - FORGET_AFTER)


class Presence(models.Model):
    """When a page of somebody's last gave a sign; nothing of before is kept."""

    staff = models.OneToOneField(Staff, models.CASCADE, primary_key=True, related_name="presence")
    here_at = models.DateTimeField()

    objects = PresenceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Presence of {self.staff_id}"


class Attended(NamedTuple):
    """What there is of one person: the newest of their sessions that live, and their last signs."""

    begun_at: datetime | None = None
    seen_at: datetime | None = None
    here_at: datetime | None = None

    @property
    def last_sign(self) -> datetime | None:
        """When they were last there, as far as anybody knows."""
        return max((at for at in (self.seen_at, self.here_at) if at), default=None)

    def is_there(self, now: datetime) -> bool:
        """Signed in, and no page of this session has fallen silent.

        A browser without JavaScript gives no signs; it counts as there as long as its session does.
        """
        if self.begun_at is None:
            return False
        if self.here_at is None or self.here_at < self.begun_at:
            return True  # this session has given no sign yet, so none of its can be missed
        return self.here_at > now - SILENT_AFTER


class Attendance:
    """Who can look after an escalation at one moment, read by three questions for everybody."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        alive = Session.objects.filter(
            second_factor=True,
            seen_at__gt=now - settings.IDLE_LIMIT,
            started_at__gt=now - settings.SESSION_LIMIT,
        )
        rows = alive.values_list("staff").annotate(Max("started_at"), Max("seen_at"))
        self.sessions = {staff: (begun, seen) for staff, begun, seen in rows}
        self.signs = dict(Presence.objects.values_list("staff", "here_at"))
        may = Staff.objects.who_may(Permission.LOOK_INTO_ESCALATIONS)
        self.services = dict(may.values_list("pk", "services"))

    def of(self, staff: UUID) -> Attended:
        """What there is of one person."""
        return Attended(*self.sessions.get(staff, (None, None)), self.signs.get(staff))

    def can(self, staff: UUID, service: str) -> bool:
        """Whether they may still look into escalations of this service."""
        return service in self.services.get(staff, [])

    def misses(self, owner: UUID, service: str, urgency: str) -> bool:
        """Whether an escalation has lost its owner: for any, who may not look after it any more;
        for an immediate one, who is not there either."""
        if not self.can(owner, service):
            return True
        return urgency == Urgency.IMMEDIATE and not self.of(owner).is_there(self.now)
