"""How someone comes in, and how they come back: a one-time link, and nothing else."""

import secrets
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.models.grants import RoleGrant
from helpline.foundation.staff.models.people import Staff, not_oneself
from helpline.foundation.states import Refused
from helpline.foundation.vault import blind

INVITATION_LASTS = timedelta(hours=72)


class InvitationQuerySet(models.QuerySet):
    def open(self):
        """Neither used nor past their 72 hours."""
        return self.filter(accepted_at=None, expires_at__gt=timezone.now())

    def run_out(self):
        """Past their 72 hours, used or not: the trail knows who invited whom, and who came."""
        return self.filter(expires_at__lte=timezone.now())

    def by_token(self, token: str):
        """The open invitation that a link belongs to."""
        return self.open().filter(token_hash__in=blind.indexes("invitation", token))

    @transaction.atomic
    def invite(
        self, email, role, *, by, services=(), teams=(), same_person_as=None, **known
    ) -> str:
        """Invite someone new into `role`; returns the one-time link, which is also mailed.

        `same_person_as` names another account of the same human (F13); `known` may be the name and
        the alias. Raises `Refused` when the address has an account.
        """
        email = email.strip().lower()
        if Staff.objects.filter(email=email).exists():
            raise Refused("This address has an account already.")
        person = same_person_as.person if same_person_as else uuid.uuid4()
        staff = Staff(email=email, person=person, services=sorted(services), **known)
        staff.set_unusable_password()
        staff.save()
        staff.teams.set(teams)
        RoleGrant.objects.ask(staff, role, by=by)
        return self.send(staff, by=by)

    @transaction.atomic
    def invite_back(self, staff, *, by) -> str:
        """Let someone who left come back; returns the one-time link.

        They choose a new password and enrol a new second factor, and every role needs its two
        people again, so that whoever holds an old phone or mailbox gains nothing.
        """
        not_oneself(staff, by)
        if not Staff.objects.filter(pk=staff.pk).exclude(left_at=None).update(left_at=None):
            raise Refused("This account has not been deactivated.")
        staff.refresh_from_db(fields=["left_at"])
        AuditEvent.objects.record(Action.STAFF_REACTIVATED, on=staff, by=by)
        return self.send(staff, by=by)

    @transaction.atomic
    def send(self, staff, *, by) -> str:
        """A fresh link for someone who has not joined; an earlier one stops working."""
        if staff.is_active:
            raise Refused("This person has joined already.")
        self.filter(staff=staff, accepted_at=None).delete()
        token = secrets.token_urlsafe(32)
        invitation = self.create(
            staff=staff,
            token_hash=blind.index("invitation", token),
            expires_at=timezone.now() + INVITATION_LASTS,
        )
        AuditEvent.objects.record(Action.STAFF_INVITED, on=staff, by=by)
        link = settings.SITE_URL + reverse("staff_invitation", args=[token])
        context = {"link": link, "expires_at": invitation.expires_at}
        Message.objects.put(
            to=staff.email,
            subject="An invitation",
            template="emails/invitation.txt",
            context=context,
        )
        return link


class Invitation(models.Model):
    """A one-time link by which someone joins; only a keyed hash of it is stored."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    def __str__(self):
        return f"Invitation {self.pk}"

    @transaction.atomic
    def accept(self, *, name: str, alias: str, password: str) -> Staff:
        """Join: the link is used up, earlier factors are gone, and the account is active."""
        used = Invitation.objects.open().filter(pk=self.pk).update(accepted_at=timezone.now())
        if not used:
            raise Refused("This invitation has been used or has run out. Ask for a new one.")
        staff = self.staff
        staff.authenticator_set.all().delete()
        staff.set_password(password)
        staff.name, staff.alias, staff.is_active = name, alias, True
        staff.joined_at = timezone.now()
        staff.save()
        AuditEvent.objects.record(Action.INVITATION_ACCEPTED, on=staff, by=staff)
        return staff
