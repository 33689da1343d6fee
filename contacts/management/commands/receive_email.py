"""`manage receive_email`: one raw e-mail on standard input, as a mail server's pipe hands it over.

Exit 0 when it is stored or needs nothing, 65 for what is no e-mail, 75 when the server should try
again later (sysexits), so nothing is ever lost between the two.
"""

import sys

from django.core.management.base import BaseCommand

from contacts.written import mail
from contacts.written.arriving import take_in, take_report
from contacts.written.message import Report, Unreadable

NO_MAIL, LATER = 65, 75


class Command(BaseCommand):
    help = "Takes in one raw e-mail from standard input."
    requires_system_checks: list[str] = []

    def handle(self, *args, **options):
        try:
            found = mail.read(sys.stdin.buffer.read())
            outcome = take_report(found) if isinstance(found, Report) else take_in(found)
        except Unreadable as problem:
            self.stderr.write(str(problem))
            raise SystemExit(NO_MAIL) from None
        except Exception as problem:  # any other ending has the mail server send it back to them
            self.stderr.write(f"It cannot be stored now ({type(problem).__name__}). Try again.")
            raise SystemExit(LATER) from None
        self.stdout.write(f"{outcome} dropped={found.dropped}")
