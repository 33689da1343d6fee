"""Partner systems: the keys they come in with, and what they were answered a moment ago."""

import hashlib
import json
import secrets
import uuid
from collections.abc import Callable
from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.models.people import Staff
from helpline.foundation.staff.roles import Scope, Service
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault import blind

LONGEST_MONTHS = 12
PREFIX = "hlp_"  # so that a key left in somebody's code is found by those who look for such
REMEMBERED = timedelta(days=1)  # how long an Idempotency-Key counts
KEPT = timedelta(days=30)  # the row of a key that no longer opens anything


class PartnerKeyQuerySet(models.QuerySet):
    def in_force(self, today: date | None = None) -> "PartnerKeyQuerySet":
        """Neither ended nor past the last day."""
        return self.filter(ended_at=None, until__gte=today or london_today())

    def long_over(self, now) -> "PartnerKeyQuerySet":
        """Ended or run out a month ago; the trail still knows who made and ended them."""
        over = now - KEPT
        return self.filter(Q(ended_at__lt=over) | Q(until__lt=over.date()))

    def by_token(self, token: str) -> "PartnerKey | None":
        """The key in force that a system has sent."""
        return self.in_force().filter(key_hash__in=blind.indexes("partner key", token)).first()

    @transaction.atomic
    def make(self, *, name, service, scopes, until, by) -> tuple["PartnerKey", str]:
        """A new key and what a partner sends; the latter exists nowhere else and is shown once.

        Raises `Refused` when it would last longer than 12 months or its name is in use.
        """
        today = london_today()
        if not today <= until <= add_months(today, LONGEST_MONTHS):
            raise Refused(f"A key lasts {LONGEST_MONTHS} months at most.")
        if self.filter(name=name, ended_at=None).exists():
            raise Refused("A key of this name has not been ended yet.")
        token = PREFIX + secrets.token_urlsafe(32)
        key = self.create(
            name=name,
            service=service,
            scopes=sorted(scopes),
            until=until,
            made_on=today,
            made_by=by,
            key_hash=blind.index("partner key", token),
        )
        AuditEvent.objects.record(Action.PARTNER_KEY_MADE, on=key, by=by, until=until)
        return key, token


class PartnerKey(models.Model):
    """What lets another system in: for one service, to do what its scopes say, until a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    service = models.CharField(max_length=20, choices=Service)
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope))
    key_hash = models.CharField(max_length=64, unique=True)
    made_on = models.DateField()
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="partner_keys_made")
    until = models.DateField(help_text="The last day on which it opens anything.")
    last_used_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="partner_keys_ended"
    )

    objects = PartnerKeyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(ended_at=None), name="partner_key_named_once"
            ),
            models.CheckConstraint(
                condition=Q(until__lte=F("made_on") + timedelta(days=366)),
                name="partner_key_ends_within_a_year",
            ),
            models.CheckConstraint(
                condition=~Q(scopes=[]) & Q(scopes__contained_by=Scope.values),
                name="partner_key_opens_something_known",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="partner_key_ended_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"Partner key {self.pk}"

    @property
    def standing(self) -> str:
        """One word for lists: ended, expired or valid."""
        if self.ended_at:
            return "ended"
        return "valid" if self.until >= london_today() else "expired"

    def used(self) -> None:
        """Note the day, and no more than the day, on which it was last used."""
        today = london_today()
        if self.last_used_on != today:
            PartnerKey.objects.filter(pk=self.pk).update(last_used_on=today)

    @transaction.atomic
    def end(self, *, by: Staff) -> None:
        """Shut this system out from its next request on."""
        rows = PartnerKey.objects.filter(pk=self.pk, ended_at=None)
        if not rows.update(ended_at=timezone.now(), ended_by=by):
            raise WrongState("This key has been ended already.")
        AuditEvent.objects.record(Action.PARTNER_KEY_ENDED, on=self, by=by)


class PartnerAnswerQuerySet(models.QuerySet):
    def forgotten(self, now) -> "PartnerAnswerQuerySet":
        """Past the day for which a system may ask again."""
        return self.filter(answered_at__lt=now - REMEMBERED)

    @transaction.atomic
    def once(self, key: PartnerKey, token: str, said: object, act: Callable[[], str]) -> str:
        """What `act` returned when this key first said `said` under the Idempotency-Key `token`.

        The second of two at once waits for the first. Raises `WrongState` when `token` stood for
        something else before.
        """
        body = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
        body_hash = blind.index("idempotent body", body)
        answer, is_new = self.get_or_create(
            key=key,
            token_hash=blind.index("idempotency key", token),
            defaults={"body_hash": body_hash, "answered_at": timezone.now()},
        )
        if not is_new and answer.body_hash != body_hash:
            raise WrongState("This Idempotency-Key stood for another transcript before.")
        if is_new:
            answer.outcome = act()
            answer.save(update_fields=["outcome"])
        return answer.outcome


class PartnerAnswer(models.Model):
    """An answer given under an Idempotency-Key, so that asking again for a day changes nothing."""

    key = models.ForeignKey(PartnerKey, models.CASCADE, related_name="answers")
    token_hash = models.CharField(max_length=64)
    body_hash = models.CharField(max_length=64)
    outcome = models.CharField(max_length=20)
    answered_at = models.DateTimeField(db_index=True)

    objects = PartnerAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "token_hash"], name="one_answer_each")
        ]

    def __str__(self) -> str:
        return f"Answer {self.pk}"
