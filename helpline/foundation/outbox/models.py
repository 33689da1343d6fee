"""Everything that leaves: stored with the change that caused it, sent once, and then forgotten."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone

from helpline.foundation.outbox import hook
from helpline.foundation.outbox.post import domain
from helpline.foundation.states import Refused
from helpline.foundation.vault import blind
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import CannotOpen, SealedText

LONGEST_WAIT = timedelta(hours=1)
LEFT_AFTER = timedelta(seconds=30)  # due and not taken: whoever sends every 5 seconds is away


def fingerprint(to: str, subject: str, body: str) -> str:
    """What stands for one whole letter and for no other; it says nothing about its words."""
    return blind.index("letter", f"{to}\x1f{subject}\x1f{body}")


class MessageQuerySet(models.QuerySet):
    @transaction.atomic
    def put(
        self,
        *,
        to: str,
        subject: str,
        template: str,
        context: dict,
        approved: str = "",
        not_before: datetime | None = None,
    ) -> "Message":
        """Store one message in the caller's transaction: it leaves if, and only if, that commits.

        The subject must be neutral: it is shown on locked screens. Address and text are sealed.
        With `approved`, the fingerprint of a letter that somebody approved, nothing else may leave
        under that approval: raises `Refused` for any other letter. It waits until `not_before`.
        """
        plain = Context(context, autoescape=False)  # it is text: nothing in it is markup
        body = get_template(template).template.render(plain)
        if approved and approved != fingerprint(to, subject, body):
            raise Refused("This is not the letter that was approved, so it is not sent.")
        said = {"to": to, "subject": subject, "body": body, "approved": approved}
        return self.create(key=DataKey.new(), not_before=not_before or timezone.now(), **said)

    @transaction.atomic
    def put_hook(self, payload: dict) -> "Message | None":
        """Store one call of the webhook in the caller's transaction; None where none is set.

        What it says must be neutral: it stands in chats and on locked screens.
        """
        if not settings.ALERT_WEBHOOK_URL:
            return None
        body, way = json.dumps(payload), Message.Way.WEBHOOK
        return self.create(
            key=DataKey.new(), way=way, to=settings.ALERT_WEBHOOK_URL, subject="", body=body
        )

    def left(self) -> "MessageQuerySet":
        """Due for a try that nobody made: the queue’s workers are away."""
        return self.waiting().filter(not_before__lte=timezone.now() - LEFT_AFTER)

    def waiting(self) -> "MessageQuerySet":
        """Not sent yet and due for a try, oldest first."""
        due = self.filter(sent_at=None, not_before__lte=timezone.now())
        return due.order_by("put_at", "id")

    def stuck(self) -> "MessageQuerySet":
        """Waiting for more than an hour: somebody should look at the mail server."""
        return self.filter(sent_at=None, put_at__lt=timezone.now() - LONGEST_WAIT)

    @transaction.atomic
    def withdraw(self, pk: uuid.UUID) -> bool:
        """Destroy a message that has not left yet; False when it has."""
        waits = self.filter(pk=pk, sent_at=None).select_for_update()
        message = waits.first()
        if message is None:
            return False
        self.filter(pk=pk).delete()
        DataKey.objects.destroy([message.key_id])
        return True

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
    """An e-mail to a member of staff, a partner, or somebody for whom a message was left; or one
    call of the webhook, `to` being its address.

    Nobody who gets in touch is written to by this.
    """

    class Way(models.TextChoices):
        MAIL = "mail", "E-mail"
        WEBHOOK = "webhook", "Webhook"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    way = models.CharField(max_length=10, choices=Way, default=Way.MAIL)
    key = models.ForeignKey(DataKey, models.PROTECT, null=True)
    to = SealedText(null=True)
    subject = SealedText(null=True)
    body = SealedText(null=True)
    approved = models.CharField(max_length=64, blank=True, default="")
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
        """Hand it over, then destroy its words; on failure wait longer each time.

        Its id goes with it, so a repeat after a crash in between is the same message to whoever
        takes it. A letter that was approved leaves as it was approved or not at all.
        """
        try:
            self._must_be_as_approved()
            self._hand_over()
        except (OSError, ValueError, CannotOpen):
            # The mail server's refusals, an address that is none, words that do not open: whatever
            # is wrong with this message, those behind it must not wait for it.
            self._wait_longer()
            return False
        self._forget()
        return True

    def _hand_over(self) -> None:
        """To the mail server, without a host or a time zone of ours; or to the other system."""
        if self.way == self.Way.WEBHOOK:
            hook.call(self.to, self.body, number=str(self.id))
            return
        headers = {
            "Message-ID": f"<{self.id}@{domain()}>",
            "Date": format_datetime(datetime.now(UTC)),
        }
        EmailMessage(self.subject, self.body, to=[self.to], headers=headers).send()

    def _must_be_as_approved(self) -> None:
        """Raise `CannotOpen` for words that are not those somebody approved."""
        now = fingerprint(self.to, self.subject, self.body)
        if self.approved and self.approved != now:
            raise CannotOpen("This is not what was approved.")

    def _wait_longer(self) -> None:
        self.attempts += 1
        wait = min(timedelta(seconds=10 * 2 ** min(self.attempts, 10)), LONGEST_WAIT)
        self.not_before = timezone.now() + wait
        self.save(update_fields=["attempts", "not_before"])

    def _forget(self) -> None:
        key = self.key_id
        self.key, self.to, self.subject, self.body = None, None, None, None
        self.approved, self.sent_at = "", timezone.now()
        self.save(update_fields=["key", "to", "subject", "body", "approved", "sent_at"])
        DataKey.objects.destroy([key])
