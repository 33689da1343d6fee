"""Browsers at work."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from helpline.foundation.staff.models.people import Staff
from helpline.foundation.vault import blind


class SessionQuerySet(models.QuerySet):
    def alive(self):
        """Used within 15 minutes and begun within 8 hours (G02)."""
        now = timezone.now()
        return self.filter(
            seen_at__gt=now - settings.IDLE_LIMIT,
            started_at__gt=now - settings.SESSION_LIMIT,
        )

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
