"""Which anonymous contacts somebody has asked to put together with their record.

A link is the person's own act and can be undone. It merges nothing: each contact keeps its words,
key, handle and 18 months, and an answer always goes to the contact that it answers.
"""

import uuid

from django.db import models, transaction
from django.db.models import Q

from contacts.models.consent import Consent
from contacts.models.contact import Contact
from contacts.models.forgotten import Forgotten
from contacts.models.service_user import ServiceUser
from contacts.models.thread import Thread
from contacts.models.words import Speaker
from contacts.wordings import How
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today, this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState


class LinkQuerySet(models.QuerySet["Link"]):
    @transaction.atomic
    def link(
        self,
        contact: Contact,
        record: ServiceUser,
        *,
        by: Staff,
        asked: str | None,
        line: int | None = None,
        whole_thread: bool = False,
    ) -> "Link":
        """Put a contact, or all that its person joined by their code, together with a record.

        `asked` says how the person asked for it now; in a chat `line` is the number of their own
        line in which they did. Raises `Refused` without such an act (A10), `WrongState` when the
        contact is not open or belongs to a record already.
        """
        contact, record = contact.locked(), record.locked()
        self.model.check_asked(contact, asked, line)
        thread = contact.thread if whole_thread else None
        if contact.status != Contact.Status.OPEN or contact.service != record.service:
            raise WrongState("A contact is linked while you are in touch with the person.")
        if whole_thread and thread is None:
            raise Refused("The person has not joined this contact to any other.")
        others = self.filter(contact__thread=thread).exclude(service_user=record)
        if self.of(contact).exists() or (thread and others.exists()):
            raise WrongState("This contact is linked to a record already.")
        made = self.create(
            service_user=record,
            contact=None if thread else contact,
            thread=thread,
            asked=asked,
            line=line,
            recorded_by=by,
        )
        ServiceUser.objects.filter(pk=record.pk).update(last_contact_on=london_today())
        # The trail never says which contact: for six years it would undo what unlinking restores.
        AuditEvent.objects.record(Action.RECORD_LINKED, on=record, by=by, asked=asked)
        return made

    def of(self, contact: Contact) -> "LinkQuerySet":
        """The link of a contact, its own or by its thread: one at most."""
        ways = Q(contact=contact)
        if contact.thread_id:
            ways |= Q(thread=contact.thread_id)
        return self.filter(ways)


class Link(models.Model):
    """That one contact, or one thread of contacts, belongs to one record, at the person's wish."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service_user = models.ForeignKey(ServiceUser, models.CASCADE, related_name="links")
    contact = models.OneToOneField(Contact, models.CASCADE, null=True, related_name="link")
    thread = models.OneToOneField(Thread, models.CASCADE, null=True, related_name="link")
    asked = models.CharField(max_length=10, choices=How)
    line = models.PositiveIntegerField(null=True)
    recorded_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=this_minute)

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="link_of_a_contact_or_a_thread",
                condition=Q(contact__isnull=False, thread=None)
                | Q(contact=None, thread__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"Link {self.id}"

    @staticmethod
    def check_asked(contact: Contact, asked: str | None, line: int | None) -> None:
        """Raise `Refused` unless the person asked for it, in a way that can be shown."""
        if asked not in How.values:
            raise Refused("A contact is linked only when the person asks for it. Say how they did.")
        if asked != How.CHAT:
            return
        theirs = contact.lines.filter(number=line or 0, speaker=Speaker.PERSON)
        if not theirs.exists():
            raise Refused("Name the person’s own line in which they asked for it.")

    @transaction.atomic
    def unlink(self, *, by: Staff | None) -> None:
        """The contact is anonymous again: nothing is left that says to which record it belonged.

        Its ledger says that it is taken back there; the record has its own copy of their consent.
        """
        mine = Q(pk=self.contact_id) if self.contact_id else Q(thread=self.thread_id)
        # The rows are held, so that nothing is written about this contact meanwhile.
        contacts = Contact.objects.filter(mine)
        list(contacts.select_for_update(no_key=True).values_list("pk"))
        record = ServiceUser.objects.select_for_update(no_key=True).get(pk=self.service_user_id)
        if record.asked_about and by is not None:
            raise Refused("Somebody asks what this record holds. It stays as it is until then.")
        if not Link.objects.filter(pk=self.pk).delete()[0]:
            raise WrongState("This contact is not linked any more.")
        Forgotten.objects.note(Forgotten.What.LINK, [self.pk])
        record.entries.filter(contact__in=contacts).delete()
        record.hand_overs.filter(contact__in=contacts).update(service_user=None)
        record.bases.filter(consent__contact__in=contacts).update(consent=None)
        Consent.objects.close(contacts, by=by)
        AuditEvent.objects.record(Action.RECORD_UNLINKED, on=record, by=by)
