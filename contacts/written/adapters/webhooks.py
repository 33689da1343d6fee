"""E-mail as a provider’s webhook brings it, read and checked by Anymail.

Anymail would only warn of a webhook that anybody may call; here it is refused. A signature without
an age would let an old one in again, so where the provider tells the time it is looked at.
"""

import inspect
import time
from email import policy
from importlib import import_module

from anymail.exceptions import AnymailError
from anymail.webhooks.base import AnymailCoreWebhookView
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import HttpRequest

from contacts.written import mail
from contacts.written.adapters.ways import Forged
from contacts.written.message import Message, Report, Unreadable

OLDEST = 300  # seconds
TIMES = ("svix-timestamp", "webhook-timestamp")


def view_of(provider: str) -> AnymailCoreWebhookView:
    """Anymail’s reader for a provider; raises `ImproperlyConfigured` for one it does not know."""
    try:
        module = import_module(f"anymail.webhooks.{provider}")
    except ModuleNotFoundError as problem:
        raise ImproperlyConfigured(f"MAIL_BY is no provider of Anymail: {provider}.") from problem
    views = [
        kind
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if name.endswith("InboundWebhookView") and kind.__module__ == module.__name__
    ]
    return views[0]()


def read(request: HttpRequest) -> list[Message | Report]:
    """What a webhook brings; raises `Forged` for whatever is not the provider’s, or too old."""
    if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Forged
    view = view_of(settings.MAIL_BY)
    try:
        view.run_validators(request)
        must_be_new(request)
        events = view.parse_events(request)
    except (AnymailError, SuspiciousOperation):
        events = None
    except (KeyError, ValueError, TypeError, AttributeError):
        raise Unreadable("This is no e-mail.") from None
    if events is None:
        raise Forged
    return [cleaned(event.message) for event in events if event.message is not None]


def must_be_new(request: HttpRequest) -> None:
    """Raise `SuspiciousOperation` when the provider says that it was sent long ago."""
    told = [request.headers[name] for name in TIMES if name in request.headers]
    told += [request.POST["timestamp"]] if "timestamp" in request.POST else []
    for each in told:
        if not each.isascii() or not each.isdigit() or abs(time.time() - int(each)) > OLDEST:
            raise SuspiciousOperation


def cleaned(message) -> Message | Report:
    """One e-mail, through the same cleaning as a raw one."""
    return mail.read(message.as_bytes(policy=policy.compat32))
