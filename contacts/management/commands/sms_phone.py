"""`manage sms_phone`: a phone in the terminal, to text with the helpline on one's own machine."""

import secrets
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from contacts.written.gateway import Gateway

HELP = "You are on a phone. Type a text and press Enter; an empty line ends it."


class Command(BaseCommand):
    help = "A phone in the terminal: what you type is a text to the helpline."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        # Numbers that Ofcom keeps for drama and nobody has.
        mine = f"07700 900{secrets.randbelow(1000):03}"
        parser.add_argument("--number", default=mine, help="the number of the phone")

    def handle(self, *args, number, **options):
        if settings.TEXTS_BY != "signed" or settings.SECURE:
            raise CommandError("Texts go by a real supplier here, so there is no phone to try.")
        phone = Gateway(number, self.stdout.write)
        try:
            server = phone.serve()
        except OSError:
            raise CommandError("Another phone is in use already.") from None
        self.stdout.write(HELP)
        for line in sys.stdin:
            if not line.strip():
                break
            phone.write(line.rstrip("\n"))
        server.shutdown()
