"""What still refers to a contact that is gone, and the bare rows that nothing refers to."""

from collections.abc import Iterable

from django.db import models
from django.db.models.expressions import RawSQL

from contacts.models import Contact


def among(ids: Iterable[str]) -> RawSQL:
    """`ids` as one parameter: hundreds cost Django more time than PostgreSQL needs to delete
    them."""
    return RawSQL("SELECT unnest(%s::uuid[])", ["{" + ",".join(ids) + "}"])


def referred_to(contacts: RawSQL) -> set[str]:
    """Which contacts an escalation, request or disclosure refers to: every PROTECT link to a
    contact."""
    found: set[str] = set()
    for link in Contact._meta.get_fields(include_hidden=True):
        if link.auto_created and not link.concrete and link.on_delete is models.PROTECT:
            rows = link.related_model.objects.filter(**{f"{link.field.name}__in": contacts})
            found.update(map(str, rows.values_list(link.field.attname, flat=True)))
    return found


def sweep(contacts: Iterable) -> None:
    """Delete the bare rows of these contacts to which nothing refers any more."""
    bare = Contact.objects.filter(pk__in=contacts, purged_on__isnull=False)
    ids = {str(pk) for pk in bare.values_list("pk", flat=True)}
    if ids:
        left = ids - referred_to(among(ids))
        Contact.objects.filter(pk__in=among(left))._raw_delete("default")
