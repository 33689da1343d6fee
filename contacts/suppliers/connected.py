"""By which adapters this installation is connected, as its settings say."""

from django.conf import settings

from contacts.channels import WRITTEN, Channel


def used_by(channel: str) -> list[str]:
    """The adapters by which a channel comes in and is answered; e-mail may be piped in without."""
    names = [settings.TEXTS_BY] if channel == Channel.TEXT else [settings.MAIL_BY, "smtp"]
    return [name for name in names if name]


def in_use() -> list[str]:
    """All of them, of every channel."""
    return [name for channel in WRITTEN for name in used_by(channel)]
