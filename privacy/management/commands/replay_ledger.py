"""After a restore: destroy again whatever the erasure ledger says was destroyed."""

from django.core.management.base import BaseCommand, CommandError

from helpline.foundation.audit import lives
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from privacy import ledger, retention
from privacy.models import PurgeRun


class Command(BaseCommand):
    help = "Run after every restore: replay the erasure ledger, and let the trail know of it."

    def handle(self, *args, **options):
        try:
            with retention.alone():
                ledger.settle()
                behind = ledger.ahead()
                lives.begin(restored=True)
                gone = self.replay(ledger.position()) if behind else 0
        except ledger.LedgerBehind as reason:
            raise CommandError(str(reason), returncode=2) from None
        except retention.Busy:
            raise CommandError("A purge is at work. Stop the worker first.", returncode=2) from None
        reached = ledger.position()
        AuditEvent.objects.record(
            Action.LEDGER_REPLAYED, on=None, by=None, contacts=gone, entry=reached
        )
        self.stdout.write(f"replayed={behind} entry={reached} contacts destroyed again={gone}")

    def replay(self, reached: int) -> int:
        """Replay every entry that this database has not done; how many contacts went again."""
        run = PurgeRun.objects.create()
        missing = [e for e in ledger.entries() if e.done and e.number > reached]
        gone = sum(retention.replay(entry, london_today(), run) for entry in missing)
        retention.finish(run, PurgeRun.Result.ERASED, purged=gone)
        return gone
