"""Say whether this installation may start; asked before every start."""

from django.core.management.base import BaseCommand

from helpline import ready


class Command(BaseCommand):
    help = "Exit 0 when keys, trail and ledger belong to this database, else 2 with the reason."

    def handle(self, *args, **options):
        ready.or_exit()
