"""`manage invite EMAIL --role administrator`: how the first administrator comes in."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from helpline.foundation.staff.models import Invitation, Staff
from helpline.foundation.staff.roles import Role
from helpline.foundation.states import Refused
from helpline.foundation.vault.ring import RingUnreadable


class Command(BaseCommand):
    """Prints the one-time link, which is also mailed."""

    help = "Invite the first administrator. Everyone else is invited in the browser."

    def add_arguments(self, parser):
        """EMAIL, and what is known of the person already."""
        parser.add_argument("email")
        parser.add_argument("--role", choices=Role.values, required=True)
        parser.add_argument("--name", default="")
        parser.add_argument("--alias", default="")

    def handle(self, *, email, role, name, alias, **options):
        """Refuse where an administrator could do it, and for every other role."""
        try:
            validate_email(email)
            self._refuse(role)
            link = self._link(email.lower(), role, name=name, alias=alias)
        except (Refused, RingUnreadable, ValidationError) as refusal:
            raise CommandError(str(getattr(refusal, "message", refusal)), returncode=2) from None
        self.stdout.write("This link works once, for 72 hours:")
        self.stdout.write(link)

    def _refuse(self, role):
        if role != Role.ADMINISTRATOR:
            raise Refused(
                "The first person in is an administrator; every other role is asked for in the "
                "browser, where a second person can agree."
            )
        if Staff.objects.active().holding(Role.ADMINISTRATOR).exists():
            raise Refused(
                "There is an administrator already, who can invite others in the browser."
            )

    def _link(self, email, role, **known):
        waiting = Staff.objects.filter(email=email, is_active=False, left_at=None).first()
        if waiting and Role.ADMINISTRATOR in {grant.role for grant in waiting.grants.in_force()}:
            return Invitation.objects.send(waiting, by=None)
        return Invitation.objects.invite(email, role, by=None, **known)
