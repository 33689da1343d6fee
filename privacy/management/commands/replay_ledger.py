"""After a restore: destroy again whatever the erasure ledger says was destroyed."""

from django.core.management.base import BaseCommand

from helpline.foundation.audit import lives
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today
from privacy import ledger, retention
from privacy.models import PurgeRun


class Command(BaseCommand):
    help = "Replay the erasure ledger against a restored database, then let it start."

    def handle(self, *args, **options):
        gone = 0
        with retention.alone():
            ledger.settle()
            if not ledger.ahead():
                self.stdout.write("Nothing to replay: the database and the ledger agree.")
                return
            if lives.is_new():
                lives.begin()
            run = PurgeRun.objects.create()
            reached = ledger.position()
            for entry in ledger.entries():
                if entry.done and entry.number > reached:
                    gone += retention.replay(entry, london_today(), run)
            retention.finish(run, PurgeRun.Result.DONE, purged=gone)
            AuditEvent.objects.record(
                Action.LEDGER_REPLAYED, on=run, by=None, contacts=gone, entry=ledger.position()
            )
        self.stdout.write(f"replayed up to entry {ledger.position()}, {gone} contacts destroyed again")
