"""Turn the keys by hand; beat does it weekly."""

from django.core.management.base import BaseCommand

from helpline.foundation.calendar import london_today
from privacy import keys


class Command(BaseCommand):
    help = (
        "Wrap every living data key with a new epoch and destroy epochs that are 21 days retired."
    )

    def handle(self, *args, **options):
        done = keys.turn(london_today(), again=True)
        gone = ",".join(map(str, done.destroyed)) or "none"
        self.stdout.write(f"epoch={done.epoch} wrapped={done.wrapped} destroyed={gone}")
        if done.unopened:
            self.stderr.write(
                f"{done.unopened} keys could not be opened and were left as they are."
            )
            raise SystemExit(1)
