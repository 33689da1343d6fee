"""Roles in people's hands: who asked, who else agreed, and when it ended."""

import uuid

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.models.people import Staff, not_oneself
from helpline.foundation.staff.roles import SEES_CONTENT, Permission, Role
from helpline.foundation.states import Refused, move, two_people


class RoleGrantQuerySet(models.QuerySet):
    def in_force(self):
        """Roles that count."""
        return self.filter(status=RoleGrant.Status.IN_FORCE)

    def waiting(self):
        """Roles asked for that a second person has not decided, oldest first."""
        return self.filter(status=RoleGrant.Status.ASKED).order_by("asked_at")

    def live(self):
        """Asked for or in force."""
        return self.filter(status__in=[RoleGrant.Status.ASKED, RoleGrant.Status.IN_FORCE])

    @transaction.atomic
    def ask(self, staff, role, *, by):
        """Ask for a role; in force at once only where no second person is needed or exists.

        `by` is None for the machine's own command, which makes the first administrator.
        """
        not_oneself(staff, by)
        role = Role(role)
        Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
        if self.live().filter(staff=staff, role=role).exists():
            raise Refused("This person holds the role already, or it is waiting for approval.")
        grant = self.create(staff=staff, role=role, asked_by=by)
        AuditEvent.objects.record(Action.ROLE_ASKED, on=staff, by=by, role=role.value)
        if not needs_second_person(role, staff, by):
            grant._into_force(by=by, approved_by=None)
        return grant


def needs_second_person(role: Role, staff, by) -> bool:
    """Roles that see content always do; an administrator's as soon as there is anyone to ask."""
    if role in SEES_CONTENT:
        return True
    others = Staff.objects.who_may(Permission.APPROVE_ROLES).exclude(person=staff.person)
    return by is not None and others.exclude(person=by.person).exists()


class RoleGrant(models.Model):
    """One role in one person's hands: asked for by one, approved by another, and ended."""

    class Status(models.TextChoices):
        ASKED = "asked", "Waiting for a second person"
        IN_FORCE = "in_force", "In force"
        TURNED_DOWN = "turned_down", "Turned down"
        ENDED = "ended", "Ended"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.ASKED)
    asked_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, related_name="roles_asked"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, related_name="roles_approved"
    )
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "role"],
                condition=Q(status__in=["asked", "in_force"]),
                name="role_held_once",
            ),
            models.CheckConstraint(
                condition=~Q(status="in_force", role__in=sorted(SEES_CONTENT))
                | Q(approved_by__isnull=False),
                name="role_that_sees_content_has_two_people",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | (~Q(approved_by=F("asked_by")) & ~Q(approved_by=F("staff"))),
                name="role_approved_by_another",
            ),
        ]

    def __str__(self):
        return f"Role {self.pk}"

    def may_be_decided(self, *, by) -> bool:
        """Whether `by` is neither the one who asked nor the one it is for."""
        return by.person not in {self.staff.person, self.asked_by and self.asked_by.person}

    @transaction.atomic
    def approve(self, *, by) -> None:
        """The second person's signature; the role is in force from here."""
        self._second_person(by)
        self._into_force(by=by, approved_by=by)

    @transaction.atomic
    def turn_down(self, *, by) -> None:
        """The second person says no."""
        self._second_person(by)
        move(
            self,
            self.Status.TURNED_DOWN,
            allowed=[self.Status.ASKED],
            decided_at=timezone.now(),
        )
        AuditEvent.objects.record(Action.ROLE_TURNED_DOWN, on=self.staff, by=by, role=self.role)

    @transaction.atomic
    def end(self, *, by) -> None:
        """Take a role away, or withdraw the request for it; sessions end at once (F07)."""
        not_oneself(self.staff, by)
        move(
            self,
            self.Status.ENDED,
            allowed=["asked", "in_force"],
            ended_at=timezone.now(),
        )
        AuditEvent.objects.record(Action.ROLE_ENDED, on=self.staff, by=by, role=self.role)
        self.staff.end_sessions()

    def _second_person(self, by) -> None:
        not_oneself(self.staff, by)
        if self.asked_by:
            two_people(self.asked_by, by)

    def _into_force(self, *, by, approved_by) -> None:
        now = timezone.now()
        changes = {"approved_by": approved_by, "decided_at": now}
        move(self, self.Status.IN_FORCE, allowed=[self.Status.ASKED], **changes)
        AuditEvent.objects.record(Action.ROLE_APPROVED, on=self.staff, by=by, role=self.role)
        self.staff.end_sessions()
