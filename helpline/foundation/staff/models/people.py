"""Staff, and the teams they work in."""

import uuid
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat, Lower
from django.urls import reverse
from django.utils import timezone

from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.roles import (
    GRANTS,
    Permission,
    Rights,
    Role,
    Service,
    allowed,
)
from helpline.foundation.states import Refused
from helpline.foundation.vault import blind


class Team(models.Model):
    """People who look after contacts together."""

    name = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="team_name_used_once")]
        ordering = ["name"]

    def __str__(self):
        return self.name


class StaffQuerySet(models.QuerySet):
    def active(self):
        """Those who may sign in."""
        return self.filter(is_active=True)

    def holding(self, *roles):
        """Those in whose hands one of `roles` is in force."""
        return self.filter(grants__status="in_force", grants__role__in=roles).distinct()

    def forget_left(self, before) -> int:
        """Take name, address and second factors from those who left before a day; how many it was.

        The row stays, under its id alone: the trail and old contacts refer to it.
        """
        gone = self.filter(left_at__lt=before).exclude(name="", alias="")
        for staff in gone:
            staff.authenticator_set.all().delete()
            staff.emailaddress_set.all().delete()
        nobody = Concat(Cast("pk", models.CharField()), Value("@left.invalid"))
        return gone.update(name="", alias="", email=nobody, password="")

    def who_may(self, permission):
        """Active staff whose roles in force allow `permission`."""
        return self.active().holding(*[role for role in Role if permission in GRANTS[role]])


class Staff(AbstractBaseUser):
    """A member of staff or a volunteer. Callers only ever learn the alias (S1-11)."""

    last_login = None  # the trail knows; a second place to keep it would outlive the trail's years

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    alias = models.CharField(max_length=40, blank=True)
    person = models.UUIDField(default=uuid.uuid4, help_text="Two accounts of one human share it.")
    is_active = models.BooleanField(default=False)
    services = ArrayField(
        models.CharField(max_length=20, choices=Service.choices),
        default=list,
        blank=True,
    )
    teams = models.ManyToManyField(Team, blank=True, related_name="staff")
    joined_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    objects = BaseUserManager.from_queryset(StaffQuerySet)()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name_plural = "staff"
        ordering = ["name", "email"]
        constraints = [
            models.UniqueConstraint(
                Lower("alias"), condition=~Q(alias=""), name="staff_alias_used_once"
            ),
            models.CheckConstraint(
                condition=Q(email=Lower(F("email"))), name="staff_email_in_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(is_active=False)
                | (~Q(name="") & ~Q(alias="") & Q(joined_at__isnull=False, left_at=None)),
                name="staff_active_with_name_and_alias",
            ),
        ]

    def __str__(self):
        return f"Staff {self.pk}"

    def get_absolute_url(self):
        return reverse("staff_person", args=[self.pk])

    @classmethod
    def with_rights(cls, columns: list, roles: list[str], teams: list[int]) -> "Staff":
        """Somebody as one statement has just read them: their row, roles in force and teams."""
        staff = cls.from_db("default", [f.attname for f in cls._meta.concrete_fields], columns)
        staff.roles, staff.team_ids = staff.roles_among(roles), teams
        return staff

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Roles in force, read once for each instance, so afresh in every request."""
        return self.roles_among(self.grants.in_force().values_list("role", flat=True))

    def roles_among(self, granted) -> frozenset[Role]:
        """The roles granted to somebody; whoever may not sign in has none."""
        return frozenset(map(Role, granted)) if self.is_active else frozenset()

    @cached_property
    def team_ids(self) -> list[int]:
        """The teams somebody is in, read once for each instance like their roles."""
        return list(self.teams.values_list("pk", flat=True))

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the roles in force allow together."""
        return allowed(self.roles)

    @property
    def rights(self) -> Rights:
        """What decides what this person may see, as it is in this request."""
        return Rights(self.pk, self.roles, tuple(self.services), tuple(sorted(self.team_ids)))

    @property
    def standing(self) -> str:
        """One word for lists: invited, active or left."""
        if self.is_active:
            return "active"
        return "left" if self.left_at else "invited"

    def may(self, permission: Permission) -> bool:
        """Whether a role in force allows `permission`."""
        return permission in self.permissions

    def end_sessions(self, *, but: str | None = None) -> None:
        """Sign someone out everywhere: the next request and every open stream are refused (F07).

        `but` is the key of the one session that stays.
        """
        ending = self.sessions.all()
        if but:
            ending = ending.exclude(key_hash__in=blind.indexes("session", but))
        ending.delete()
        self.__dict__.pop("roles", None)
        live.ring("staff", str(self.pk))

    @transaction.atomic
    def assign(self, services, teams, *, by) -> None:
        """Place someone in services and teams, which decides which contacts they see (S2-69)."""
        not_oneself(self, by)
        self.services = sorted(services)
        self.save(update_fields=["services"])
        self.teams.set(teams)
        AuditEvent.objects.record(Action.STAFF_CHANGED, on=self, by=by)
        live.ring("staff", str(self.pk))

    @transaction.atomic
    def deactivate(self, *, by) -> None:
        """Shut someone out at once and end their roles; only an invitation brings them back."""
        not_oneself(self, by)
        rows = Staff.objects.filter(pk=self.pk, left_at=None)
        if not rows.update(is_active=False, left_at=timezone.now()):
            raise Refused("This account has been deactivated already.")
        self.refresh_from_db(fields=["is_active", "left_at"])
        self.invitations.open().delete()
        for grant in self.grants.live():
            grant.end(by=by)
        self.end_sessions()
        AuditEvent.objects.record(Action.STAFF_DEACTIVATED, on=self, by=by)


def not_oneself(staff: Staff, by: Staff | None) -> None:
    """Refuse an act on one's own account, or on another account of the same human (F13)."""
    if by is not None and staff.person == by.person:
        raise Refused("Nobody changes their own account or role. Ask a colleague.")
