"""Verify the trail: every event, every seal, and the anchors outside the database."""

from django.core.management.base import BaseCommand

from helpline.foundation.audit import seals
from helpline.foundation.audit.models import AuditEvent, AuditSeal
from helpline.foundation.calendar import london_today


class Command(BaseCommand):
    help = "Exit 0 when the whole trail is as it was written, or 1 with the first bad id."

    def handle(self, *args, **options):
        if fault := seals.first_fault(london_today()):
            self.stderr.write(fault)
            raise SystemExit(1)
        events, links = AuditEvent.objects.count(), AuditSeal.objects.count()
        self.stdout.write(f"events={events} seals={links} unsealed={seals.tail().count()}")
