"""Purge by hand what the beat job purges every hour, or rehearse it."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from helpline.foundation.calendar import london_today
from privacy import ledger, retention
from privacy.models import PurgeRun

STOPPED = 3


def a_date(text: str) -> date:
    """A date as 2027-02-28."""
    return date.fromisoformat(text)


class Command(BaseCommand):
    help = "Remove what is past its 18 months and not held. Exit 3 when the brake stopped it."

    def add_arguments(self, parser):
        parser.add_argument("--rehearse", action="store_true", help="count, change nothing")
        parser.add_argument("--on", type=a_date, metavar="DATE", help="rehearse for this day")

    def handle(self, *args, rehearse, on, **options):
        if on and not rehearse:
            raise CommandError(
                "--on goes with --rehearse: only today is ever purged.", returncode=2
            )
        if rehearse:
            return self._rehearse(on or london_today())
        try:
            run = retention.purge_all(london_today())
        except retention.Busy:
            self.stdout.write("Another purge is at work.")
            return
        except (ledger.DatabaseBehind, ledger.LedgerBehind) as reason:
            raise CommandError(str(reason)) from None
        if run.result == PurgeRun.Result.STOPPED:
            self.stderr.write("Stopped by the brake. Two people must agree on the retention page.")
            raise SystemExit(STOPPED)
        self.stdout.write(f"purged={run.purged} held={run.held}")

    def _rehearse(self, on: date) -> None:
        plan = retention.rehearse(on)
        self.stdout.write(f"on={on} due={plan.due} held={plan.held} living={plan.living}")
        if plan.brake:
            self.stderr.write(f"The brake would stop it: {plan.brake}.")
            raise SystemExit(STOPPED)
