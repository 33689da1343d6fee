"""Everything that leaves: stored with the change that caused it, sent once, and then forgotten."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone

from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import CannotOpen, SealedText

LONGEST_WAIT = timedelta(hours=1)


class MessageQuerySet(models.QuerySet):
    @transaction.atomic
    def put(self, *, to: str, subject: str, template: str, context: dict) -> "Message":
        """Store one message in the caller's transaction: it leaves if, and only if, that commits.

        The subject must be neutral: it is shown on locked screens. Address and text are sealed.
        """
        plain = Context(context, autoescape=False)  # it is text: nothing in it is markup
        body = get_template(template).template.render(plain)
        return self.create(key=DataKey.new(), to=to, subject=subject, body=body)

    def waiting(self) -> "MessageQuerySet":
        """Not sent yet and due for a try, oldest first."""
        due = self.filter(sent_at=None, not_before__lte=timezone.now())
        return due.order_by("put_at", "id")

    def stuck(self) -> "MessageQuerySet":
        """Waiting for more than an hour: somebody should look at the mail server."""
        return self.filter(sent_at=None, put_at__lt=timezone.now() - LONGEST_WAIT)

    def send_next(self) -> bool | None:
        """Send the oldest waiting message; True sent, False failed, None when nothing waits.

        The row stays locked from before the mail server is called until the commit after it, so two
        senders never take the same message, and one that is killed leaves it waiting.
        """
        with transaction.atomic():
            queue = self.waiting().select_related("key")
            message = queue.select_for_update(skip_locked=True, of=("self",)).first()
            return message and message.send()


class Message(models.Model):
    """An e-mail to a member of staff or a partner. Nobody who gets in touch is written to by
    this."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.ForeignKey(DataKey, models.PROTECT, null=True)
    to = SealedText(null=True)
    subject = SealedText(null=True)
    body = SealedText(null=True)
    put_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["put_at"], name="message_waiting", condition=models.Q(sent_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"Message {self.id}"

    def send(self) -> bool:
        """Hand it to the mail server, then destroy its words; on failure wait longer each time.

        The Message-ID is the row's own, so a repeat after a crash in between is the same message to
        a mail server, and it names no host of ours.
        """
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
        headers = {"Message-ID": f"<{self.id}@{domain}>"}
        try:
            EmailMessage(self.subject, self.body, to=[self.to], headers=headers).send()
        except (OSError, ValueError, CannotOpen):
            # The mail server's refusals, an address that is none, words that do not open: whatever
            # is wrong with this message, those behind it must not wait for it.
            self._wait_longer()
            return False
        self._forget()
        return True

    def _wait_longer(self) -> None:
        self.attempts += 1
        wait = min(timedelta(seconds=10 * 2 ** min(self.attempts, 10)), LONGEST_WAIT)
        self.not_before = timezone.now() + wait
        self.save(update_fields=["attempts", "not_before"])

    def _forget(self) -> None:
        key = self.key_id
        self.key, self.to, self.subject, self.body = None, None, None, None
        self.sent_at = timezone.now()
        self.save(update_fields=["key", "to", "subject", "body", "sent_at"])
        DataKey.objects.destroy([key])
