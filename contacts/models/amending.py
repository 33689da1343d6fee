"""What was put right because its person asked for it, and what they dispute (Art 16).

Nothing is overwritten unseen: what was said stays where it is, sealed and shown to nobody, and the
new words stand in its place; an opinion stays and has the person's own words beside it wherever it
is shown. Both are of the contact or record, open with its key and go with it.
"""

import uuid
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from contacts.models.asked_about import FROZEN
from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import day_words, this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused
from helpline.foundation.vault.sealed import CannotOpen, SealedText

PLACE = ("pk", "way")


class Way(models.TextChoices):
    """How something is put right."""

    CORRECTED = "corrected", "It is corrected: other words stand in its place"
    DISPUTED = "disputed", "It stays, with what they say about it beside it"


def disputed(said: Any, at: datetime) -> str:
    """What stands beside an opinion: when its person disputed it, and in which words."""
    return f"Disputed. They said on {day_words(at)}: {said}"


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    @transaction.atomic
    def in_contact(self, contact, way: str, words: str, *, by: Staff, **which) -> "Amendment":
        """A note (`note`) or a line (`line`, its number) of a contact; also of a restricted one.

        Raises `WrongState` when the contact has gone.
        """
        contact = contact.locked(restricted_too=True)
        made = self.model(contact=contact, way=Way(way), in_contact=words, **which)
        made.save(force_insert=True)
        type(contact).objects.filter(pk=contact.pk).update(amended=True)
        AuditEvent.objects.record(Action.PUT_RIGHT, on=contact, by=by, way=made.way)
        live.ring("contact", contact.pk)
        return made

    @transaction.atomic
    def in_record(self, record, way: str, words: str, *, by: Staff, **which) -> "Amendment":
        """A fact (`field`) or an entry (`entry`) of the record of somebody who chose to be known.

        Raises `Refused` for a fact that a record does not state, and while it is restricted.
        """
        record = record.locked()
        made = self.model(service_user=record, way=Way(way), in_record=words, **which)
        if made.field:
            made.replace(record, words)
        made.save(force_insert=True)
        type(record).objects.filter(pk=record.pk).update(amended=True)
        AuditEvent.objects.record(Action.PUT_RIGHT, on=record, by=by, way=made.way)
        return made

    def standing(self, of: models.Model) -> "dict[tuple[str, Any], Amendment]":
        """What stands in a contact or record whose key is at hand, the newest last: by what it is
        of (`note`, `line`, `entry`) and which."""
        owner = "contact" if of._meta.model_name == "contact" else "service_user"
        found: dict[tuple[str, Any], Amendment] = {}
        for each in self.filter(**{owner: of}).order_by("at", "pk"):
            setattr(each, owner, of)
            found[each.place()] = each
        return found


class Amendment(models.Model):
    """One thing of a contact or record that was put right, or is disputed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(
        "contacts.Contact", models.CASCADE, null=True, related_name="amended_parts"
    )
    service_user = models.ForeignKey(
        "contacts.ServiceUser", models.CASCADE, null=True, related_name="amended_parts"
    )
    note = models.ForeignKey("contacts.Note", models.CASCADE, null=True, related_name="+")
    line = models.PositiveIntegerField(null=True)
    entry = models.ForeignKey("contacts.Entry", models.CASCADE, null=True, related_name="+")
    field = models.CharField(max_length=20, blank=True, default="")
    way = models.CharField(max_length=10, choices=Way)
    in_contact = SealedText(null=True, key="contact__key", bound=(*PLACE, "contact"))
    in_record = SealedText(null=True, key="service_user__key", bound=(*PLACE, "service_user"))
    was = SealedText(null=True, key="service_user__key", bound=(*PLACE, "field"))
    at = models.DateTimeField(default=this_minute)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="amendment_is_of_one_thing",
                condition=Q(contact__isnull=False, service_user=None, entry=None, field="")
                & (Q(note=None, line__isnull=False) | Q(note__isnull=False, line=None))
                | Q(contact=None, service_user__isnull=False, note=None, line=None)
                & (Q(entry=None) & ~Q(field="") | Q(entry__isnull=False, field="")),
            ),
            models.CheckConstraint(
                name="amendment_of_a_fact_corrects_it",
                condition=Q(field="") | Q(way="corrected"),
            ),
        ]

    def __str__(self) -> str:
        return f"Amendment {self.id}"

    def place(self) -> tuple[str, Any]:
        """What it is of, and which."""
        if self.note_id:
            return ("note", self.note_id)
        if self.entry_id:
            return ("entry", self.entry_id)
        return ("line", self.line) if self.line is not None else ("field", self.field)

    def replace(self, record, words: str) -> None:
        """Put the new value into the record, whose row is locked, and keep what it was, sealed."""
        if self.field not in FROZEN:
            raise Refused("This is not a fact that a record states.")
        self.was = getattr(record, self.field)
        record.fill_in({self.field: words})
        record.save(update_fields=[self.field, *record.FOUND_BY])

    def beside(self, words: str | None) -> str:
        """How what it is of reads now. What was corrected is not among it."""
        said: Any = self.in_contact if self.contact_id else self.in_record
        if self.way == Way.CORRECTED:
            return f"{said}\n[Put right at their request on {day_words(self.at)}.]"
        return f"{words or 'It cannot be opened.'}\n[{disputed(said, self.at)}]"


def as_it_stands(words: Any, amended: dict, place: tuple[str, Any]) -> str | None:
    """Words of a contact or record as they stand now, `amended` being its `amendments`; what is
    corrected and cannot be opened is not shown as it was."""
    found = amended.get(place)
    if found is None:
        return words
    try:
        return found.beside(words)
    except CannotOpen:
        return None
