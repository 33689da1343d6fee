"""Who may read which contacts: fetching is authorising (rules 2.14)."""

from datetime import date, datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from contacts.channels import Channel
from contacts.models.restricted import RestrictedUse
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission, Rights, Role

AUTHOR_READS_FOR = timedelta(hours=24)


def since_when_authors_read() -> datetime:
    """Whose contact ended later than this reads it still."""
    return timezone.now() - AUTHOR_READS_FOR


def free_for(staff: Staff | Rights) -> Q:
    """Contacts that are not restricted, or that this person wrote down a use of (Art 18(2))."""
    free = Q(restricted=False)
    if not staff.may(Permission.APPROVE_RIGHTS):
        return free
    return free | Q(Exists(RestrictedUse.objects.by(staff).filter(contact=OuterRef("pk"))))


class Reading(models.QuerySet):
    """What may be read, and by whom."""

    def unexpired(self, today: date | None = None) -> Self:
        """Within its 18 months, or held: all that may be read, even if the purge is late
        (S2-36)."""
        today = today or london_today()
        return self.filter(Q(purge_on__gt=today) | Q(held=True), purged_on=None)

    def in_services_of(self, staff: Staff | Rights) -> Self:
        """Of the services this person works for: they are the team that is promised (S2-69)."""
        return self.filter(service__in=staff.services)

    def visible_to(self, staff: Staff | Rights, today=None, lately=None) -> Self:
        """What this person may read: fetching is authorising (rules 2.14).

        A worker: their own, until 24 hours after its end. A supervisor: their teams'. The
        safeguarding lead: what is held, and what somebody is worried about. The DPO and
        administrators: none. What is restricted: nobody, but for a use written down (D11).
        """
        ways = Q(pk__in=[])
        if not staff.may(Permission.READ_TRANSCRIPTS):
            return self.none()
        if staff.may(Permission.TAKE_CONTACTS):
            lately = lately or since_when_authors_read()
            ways |= Q(worker=staff.pk) & (Q(ended_at=None) | Q(ended_at__gt=lately))
        if Role.SUPERVISOR in staff.roles:
            ways |= Q(team=None) | Q(team__in=staff.team_ids)
        if Role.LEAD in staff.roles:
            ways |= Q(held=True) | Q(escalated=True)
        return self.unexpired(today).in_services_of(staff).filter(ways, free_for(staff))

    def earlier_for(self, staff: Staff) -> Self:
        """What people said before whom this worker is in touch with now, as far as they joined it
        by their own code (S2-68). It goes with `visible_to` wherever one contact is fetched."""
        open_ones = self.model.objects.filter(worker=staff, status=self.model.Status.OPEN)
        now = open_ones.filter(thread__isnull=False)
        later = now.filter(thread=OuterRef("thread"), started_at__gt=OuterRef("started_at"))
        mine = self.unexpired().in_services_of(staff).filter(Exists(later), restricted=False)
        return mine if staff.may(Permission.TAKE_CONTACTS) else self.none()

    def readable_by(self, staff: Staff) -> Self:
        """What this person may read in any way; what is only earlier is not theirs to change."""
        return self.visible_to(staff) | self.earlier_for(staff)

    def chats_of(self, staff: Staff) -> Self:
        """The chats that this person is in the middle of; texts and e-mail leave them time."""
        mine = self.filter(worker=staff, status=self.model.Status.OPEN, visit__isnull=False)
        return mine.filter(channel=Channel.CHAT)
