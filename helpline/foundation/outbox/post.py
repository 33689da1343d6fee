"""The way to the mail server, which tells it no name of this machine.

A mail server writes the name with which it is greeted into what it passes on, where anybody who
gets the message can read it.
"""

from collections.abc import Callable

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend


def domain(sender: str = "") -> str:
    """The domain of a neutral sender: all that a message says of where it came from."""
    return (sender or settings.DEFAULT_FROM_EMAIL).rpartition("@")[2].rstrip(">")


class NeutralPost(EmailBackend):
    """Django's mail backend, greeting with the sender's domain instead of the host's name."""

    @property
    def connection_class(self) -> Callable:
        """The connection, made with that greeting whatever name it is given."""
        kind = super().connection_class
        return lambda *where, **how: kind(*where, **how | {"local_hostname": domain()})
