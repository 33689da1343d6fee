"""E-mail out, by the mail server of the outbox: neutral sender, neutral subject, no name of ours.

A mail server cannot be asked what it has taken. The Message-ID is our own for one message for ever,
so one that is handed over again after a crash is the same message to mail servers and programs.
"""

from datetime import UTC, datetime
from email.utils import format_datetime
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

from django.conf import settings
from django.core.mail import EmailMessage

from contacts.written.adapters.ways import Never, NotNow, Unknown
from contacts.written.mail import SUBJECT
from helpline.foundation.outbox.post import domain


class Smtp:
    """The mail server that `EMAIL_URL` names."""

    name = "smtp"
    keeps_copies = False

    def send(self, key: str, to: str, words: str, *, by_itself: bool) -> str:
        """Hand over one e-mail. What nobody wrote says so, and no machine answers it (RFC 3834)."""
        headers = {
            "Message-ID": f"<{key}@{domain(settings.ANSWERS_FROM)}>",
            "Date": format_datetime(datetime.now(UTC)),
        }
        if by_itself:
            headers |= {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
        letter = EmailMessage(SUBJECT, words, settings.ANSWERS_FROM, [to], headers=headers)
        hand_over(letter)
        return key

    def find(self, key: str, to: str, words: str, *, since: datetime) -> str | None:
        """Nobody can ask; the same Message-ID again is the same message."""
        return None


def hand_over(letter: EmailMessage) -> None:
    """Send it; a problem of the library would name the mailbox, so it goes no further."""
    failure: type[Exception]
    try:
        letter.send()
        return
    except SMTPRecipientsRefused as refused:
        codes = [code for code, _said in refused.recipients.values()]
        failure = Never if all(code >= 500 for code in codes) else NotNow
    except SMTPServerDisconnected:
        failure = Unknown
    except SMTPDataError as refused:
        failure = Never if refused.smtp_code >= 500 else NotNow
    except TimeoutError:
        failure = Unknown
    except (OSError, ValueError):
        failure = NotNow
    raise failure
