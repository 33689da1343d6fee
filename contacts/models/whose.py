"""Whose something is: of one contact, and of those its person joined to it and nobody else."""

import uuid
from typing import Any

from django.db.models import Q

from contacts.models.contact import Contact
from contacts.models.thread import Thread


def record_of(contact: Contact) -> uuid.UUID | None:
    """The record with which this contact, or its thread, has been put together."""
    ways = ("link__service_user", "thread__link__service_user")
    found = Contact.objects.filter(pk=contact.pk).values_list(*ways).first()
    return found and (found[0] or found[1])


def lock_whoever(contact: Contact) -> None:
    """Hold what joins this locked contact to others of its person, until the transaction ends.

    So that an answer given in one contact and something asked for in another are one after the
    other: what was taken back meanwhile cannot begin unseen.
    """
    if contact.thread_id:
        list(Thread.objects.select_for_update(no_key=True).filter(pk=contact.thread_id))
    if chosen := record_of(contact):
        records: Any = Contact._meta.apps.get_model("contacts", "ServiceUser").objects
        list(records.select_for_update(no_key=True).filter(pk=chosen).values_list("pk"))


def of_whoever(contact: Contact) -> Q:
    """Rows of whoever this contact is with: of itself, its thread, and the record they chose."""
    whole = Q(pk=contact.pk)
    if contact.thread_id:
        whole |= Q(thread=contact.thread_id)
    joined = Contact.objects.filter(whole)
    records = joined.exclude(link=None).values("link__service_user")
    mine = Q(contact__in=joined.values("pk")) | Q(contact__link__service_user__in=records)
    if contact.thread_id:
        chosen = joined.exclude(thread__link=None).values("thread__link__service_user")
        for record in ("contact__link__service_user", "contact__thread__link__service_user"):
            mine |= Q(**{f"{record}__in": chosen})
    return mine | Q(contact__thread__link__service_user__in=records)
