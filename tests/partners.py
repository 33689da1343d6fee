"""A partner system, for the tests that are about its ways in."""

from datetime import timedelta

from django.test import Client

from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import PartnerKey
from helpline.foundation.staff.roles import Scope, Service


def make_key(admin, *scopes: Scope, name="Old chats", service=Service.HELPLINE, days=30):
    """A key and what its system sends."""
    until = london_today() + timedelta(days=days)
    return PartnerKey.objects.make(
        name=name, service=service, scopes=scopes or Scope.values, until=until, by=admin
    )


def system(token: str) -> Client:
    """A system that sends this key."""
    return Client(headers={"Authorization": f"Bearer {token}"})


def post(client: Client, record, *, idempotency_key: str | None = None, **options):
    """Send one transcript."""
    headers = {"Idempotency-Key": idempotency_key} if idempotency_key is not None else {}
    options.setdefault("content_type", "application/json")
    return client.post("/api/transcripts/", record, headers=headers, **options)
