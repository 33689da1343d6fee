"""What staff are written about their accounts; it leaves through the outbox."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from helpline.foundation.outbox.models import Message
from helpline.foundation.vault.models import DataKey


def reset_link(uid: str, token: str) -> str:
    """A link on our own address, whatever host the request named."""
    names = {"uidb36": uid, "key": token}
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=names)


def reset(to: str, link: str) -> Message:
    """Where to choose a new password."""
    template = "emails/password_reset.txt"
    return Message.objects.put(
        to=to, subject="Your password", template=template, context={"link": link}
    )


@transaction.atomic
def rehearse_reset(to: str) -> None:
    """Everything that `reset` does, undone in the same commit: nothing stays, nothing leaves."""
    message = reset(to, reset_link("0", "rehearsal"))
    message.delete()
    DataKey.objects.destroy([message.key_id])


def account_changed(to: str, what: str) -> Message:
    """That something about an account's keys has changed; never from where."""
    template = "emails/account_changed.txt"
    return Message.objects.put(
        to=to, subject="Your account", template=template, context={"what": what}
    )
