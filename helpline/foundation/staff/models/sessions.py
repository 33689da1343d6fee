"""Browsers at work."""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from helpline.foundation.staff.models.people import Staff
from helpline.foundation.vault import blind

# Asked in every request of staff, so it is one statement for session, person, roles and teams.
PERSON = [field.column for field in Staff._meta.concrete_fields]
BEHIND = f"""
    SELECT session.data, session.started_at, session.seen_at, session.second_factor,
        ARRAY(SELECT role FROM staff_rolegrant WHERE staff_id = staff.id AND status = 'in_force'),
        ARRAY(SELECT team_id FROM staff_staff_teams WHERE staff_id = staff.id),
        {", ".join(f"staff.{column}" for column in PERSON)}
    FROM staff_session session LEFT JOIN staff_staff staff ON staff.id = session.staff_id
    WHERE session.key_hash = ANY(%(hashes)s) AND session.seen_at > %(used)s
        AND session.started_at > %(begun)s
"""  # noqa: S608 (names of columns)


class Behind(NamedTuple):
    """What is behind a cookie: the sealed data of its session, and whose it is."""

    data: str
    started_at: datetime
    seen_at: datetime
    second_factor: bool
    staff: Staff | None


def limits() -> tuple[datetime, datetime]:
    """A session is alive that was used since the first moment and begun since the second (G02)."""
    now = timezone.now()
    return now - settings.IDLE_LIMIT, now - settings.SESSION_LIMIT


class SessionQuerySet(models.QuerySet):
    def alive(self):
        """Used within 15 minutes and begun within 8 hours (G02)."""
        used, begun = limits()
        return self.filter(seen_at__gt=used, started_at__gt=begun)

    def behind(self, key: str) -> Behind | None:
        """The live session of a cookie with its owner and their rights as they are now."""
        hashes = blind.indexes("session", key)
        used, begun = limits()
        found = connection.ask(BEHIND, {"hashes": hashes, "used": used, "begun": begun})
        if not found:
            return None
        row = found[0]
        *session, roles, teams = row[:6]
        staff = Staff.with_rights(row[6:], roles, teams) if any(row[6:]) else None
        return Behind(*session, staff)

    def dead(self):
        """What no cookie opens any more."""
        return self.exclude(pk__in=self.model.objects.alive().values("pk"))

    def with_key(self, key: str):
        """The session a cookie belongs to; the key itself is not stored."""
        return self.filter(key_hash__in=blind.indexes("session", key))


class Session(models.Model):
    """One browser at work. Deleting the row is signing it out."""

    key_hash = models.CharField(primary_key=True, max_length=64)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, null=True, related_name="sessions")
    second_factor = models.BooleanField(default=False)
    data = models.TextField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)

    objects = SessionQuerySet.as_manager()

    def __str__(self):
        return "A session"
