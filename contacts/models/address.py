"""The address vault: to whom an answer to a text or an e-mail goes, which nobody who answers sees.

An address is sealed under a key of its own and found again by its keyed hash alone. It is destroyed
after 30 days of silence, unless the person asked otherwise; then only their code goes on with what
was said.
"""

import uuid
from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.utils import timezone

from contacts.channels import Channel
from contacts.models.chat import Visit
from contacts.models.contact import Contact
from contacts.models.whose import record_of
from contacts.models.words import Line, Speaker
from contacts.suppliers import using
from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent, record_first
from helpline.foundation.calendar import london_date, london_today, this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState, move, two_people
from helpline.foundation.vault import blind
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import SealedText

BEHIND = "address behind a conversation"  # the purpose of the hashes
SILENT_FOR = timedelta(days=30)
JUST_NOW = timedelta(hours=24)  # after their newest message, however often we have answered it
STILL_OWED = timedelta(days=7)  # after a message that nobody has answered yet
BY_ITSELF = 3  # automatic messages, theirs or ours, before a worker has answered

GONE = "No number or address of theirs is held any more, so nothing can be sent."
NONE_CAME = "Their message came without a number or address to answer, so nothing can be sent."
STOPPED = "They asked us to stop writing to them. You can answer as soon as they write again."
ELSEWHERE = "They went on in a browser, where your answer appears."
SHUT = (
    "They wrote while the supplier that carries this may not be used. It is kept; nothing may be"
    " sent until the data protection officer has approved the supplier."
)
SAID_NO = "They said that it is not safe to write to them first, so nothing may be sent."
NOT_ASKED = (
    "They have not just written, and nobody has noted that it is safe to write to them, so nothing"
    " may be sent."
)


class AddressQuerySet(models.QuerySet["Address"]):
    def behind(self, channel: str, written: str) -> "AddressQuerySet":
        """The one that this number or mailbox is, however many hash keys are in use."""
        return self.filter(index__in=blind.indexes(BEHIND, f"{channel}:{written}"))

    def heard(self, channel: str, written: str, *, automatic: bool = False) -> "Address":
        """The address that a message came from, locked until the transaction ends.

        A new one is sealed under a key of its own. What nobody wrote (`automatic`) ends no silence.
        """
        with transaction.atomic():
            known = self.behind(channel, written).select_for_update().first()
            if known is None:
                index = blind.index(BEHIND, f"{channel}:{written}")
                key = DataKey.new()
                lasting = {"channel": channel, "key": key, "address": written}
                if not self.get_or_create(index=index, defaults=lasting)[1]:
                    DataKey.objects.destroy([key.pk])  # somebody else was faster
                known = self.select_for_update().get(index=index)
        if not automatic:
            known.heard_on = london_today()
            known.save(update_fields=["heard_on"])
        return known

    def held_behind(self, contact: uuid.UUID) -> "Address | None":
        """The address behind a conversation, locked until the transaction ends."""
        rows = self.filter(conversations=contact).select_for_update(of=("self",))
        return rows.order_by("pk").first()

    def silent(self, today: date) -> "AddressQuerySet":
        """Those that nobody wrote from for 30 days, and that nobody asked us to keep."""
        return self.filter(keep=False, heard_on__lte=today - SILENT_FOR)

    def unused(self) -> "AddressQuerySet":
        """Those whose conversations have all been destroyed."""
        return self.filter(conversations=None)

    @transaction.atomic
    def forget(self) -> int:
        """Destroy these addresses and their keys; how many. Those in use this moment come later."""
        rows = self.model.objects.filter(pk__in=self.order_by().values("pk"))
        gone = list(rows.select_for_update(skip_locked=True))
        self.model.objects.filter(pk__in=[each.pk for each in gone]).delete()
        DataKey.objects.destroy([each.key_id for each in gone])
        return len(gone)


class Address(models.Model):
    """One number or mailbox. Its hash stands in no other table, and no page shows it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField(max_length=10, choices=Channel)
    key = models.OneToOneField(DataKey, models.PROTECT, related_name="address_of")
    address = SealedText(bound=("pk", "channel"))
    index = models.CharField(max_length=64, unique=True)
    heard_on = models.DateField(default=london_today)
    keep = models.BooleanField(default=False)  # the person asked us to
    stopped = models.BooleanField(default=False)  # they sent STOP, and nothing since
    by_itself = models.PositiveSmallIntegerField(default=0)  # answers of ours that no worker wrote

    objects = AddressQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Address {self.id}"

    def stop(self) -> None:
        """The person wants no more from us, until they write again."""
        Address.objects.filter(pk=self.pk).update(stopped=True)
        self.stopped = True

    def go_on(self) -> None:
        """The person has written again, and wants an answer."""
        Address.objects.filter(pk=self.pk, stopped=True).update(stopped=False)
        self.stopped = False  # what answers this very message asks it again

    def may_answer_itself(self) -> bool:
        """Count one more automatic answer; False after three that no worker's answer followed."""
        rows = Address.objects.filter(pk=self.pk, by_itself__lt=BY_ITSELF)
        return bool(rows.update(by_itself=models.F("by_itself") + 1))


class CorrespondenceQuerySet(models.QuerySet["Correspondence"]):
    def ongoing(self, address: Address) -> Contact | None:
        """The conversation with this address that has not ended, if there is one."""
        living = Contact.objects.unexpired().filter(correspondence__address=address)
        return living.exclude(status=Contact.Status.ENDED).newest_first().first()

    @transaction.atomic
    def begin(
        self, address: Address | None, *, service: str, channel: str, shut: bool = False
    ) -> Contact:
        """A new conversation, which waits for a worker like any other contact.

        Its 18 months run from here. A message without a sender begins one that nobody can answer;
        `shut` when its supplier may not be used, so that nobody answers before that has changed.
        """
        contact = Contact.objects.prepared(service, channel, timezone.now())
        contact.save(force_insert=True)
        nobody = dict.fromkeys(["token", "active_at", "here_at"])
        Visit.objects.create(contact=contact, confidentiality=0, privacy=0, **nobody)
        self.create(contact=contact, address=address, shut=shut)
        AuditEvent.objects.record(Action.CONTACT_STARTED, on=contact, by=None)
        live.ring("contacts", service)
        return contact


class Correspondence(models.Model):
    """What makes a contact a conversation by text or e-mail: where answers go, what is owed."""

    contact = models.OneToOneField(
        Contact, models.CASCADE, related_name="correspondence", primary_key=True, editable=False
    )
    address = models.ForeignKey(Address, models.SET_NULL, null=True, related_name="conversations")
    heard_at = models.DateTimeField(default=this_minute)
    heard_line = models.PositiveIntegerField(default=0)  # the last line that came this way
    unanswered = models.BooleanField(default=True)
    told_hours = models.BooleanField(default=False)
    automatic = models.PositiveSmallIntegerField(default=0)  # messages of theirs that nobody wrote
    shut = models.BooleanField(default=False)  # begun while its supplier was not to be used
    safe_to_write = models.BooleanField(null=True)  # null: nobody has asked, so we do not

    objects = CorrespondenceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Correspondence {self.contact_id}"

    def why_not(self, now: datetime | None = None) -> str:
        """Why nothing may be sent now, as a sentence; empty when something may.

        Nothing is ever sent but the answer to a message that was just sent, unless the person said
        that it is safe to write to them (S0-16); and nothing by a supplier that may not be used to
        who began meanwhile (S2-60).
        """
        if self.address is None:
            return self.why_no_address()
        if self.address.stopped:
            return STOPPED
        if self.shut and using.is_shut(self.address.channel):
            return SHUT
        return "" if self.is_answer(now) else self.why_not_first()

    def why_no_address(self) -> str:
        """Why none is held, as a sentence: none is destroyed before its 30 days of silence."""
        silent = london_date(self.heard_at) <= london_today() - SILENT_FOR
        return GONE if silent else NONE_CAME

    def is_answer(self, now: datetime | None = None) -> bool:
        """Whether what is sent now answers a message that they have just sent."""
        since = (now or timezone.now()) - self.heard_at
        return since < JUST_NOW or (self.unanswered and since < STILL_OWED)

    def why_not_first(self) -> str:
        """Why we may not write to them first; empty when they said that it is safe.

        They may have said it in this conversation or for the record they chose to have. Any no
        counts, and who was never asked is not written to.
        """
        said = {self.safe_to_write, self.said_for_record()}
        if False in said:
            return SAID_NO
        return "" if True in said else NOT_ASKED

    def said_for_record(self) -> bool | None:
        """Whether their record says that we may text or mail; None where it does not say."""
        chosen = record_of(self.contact)
        if chosen is None:
            return None
        records = Contact._meta.apps.get_model("contacts", "ServiceUser").objects.kept()
        way = "may_text" if self.contact.channel == Channel.TEXT else "may_email"
        return records.filter(pk=chosen).values_list(way, flat=True).first()

    def goes_on_elsewhere(self) -> bool:
        """Whether the person’s newest words came through their browser, with their code."""
        said = Line.objects.filter(contact=self.contact_id, speaker=Speaker.PERSON)
        return said.filter(number__gt=self.heard_line).exists()

    def heard(self, number: int, *, automatic: bool = False) -> None:
        """The line with this number came from the person this way.

        One that nobody wrote (`automatic`) asks for no answer, and is no reason to write to them.
        """
        self.heard_line = number
        if not automatic:
            self.heard_at, self.unanswered = this_minute(), True
        self.save(update_fields=["heard_at", "heard_line", "unanswered"])

    def hears_machines(self) -> int:
        """One more message that nobody wrote; how many there have been since a worker answered."""
        self.automatic += 1
        self.save(update_fields=["automatic"])
        return self.automatic

    def carry(self, speaker: str, number: int, words: str) -> None:
        """What one of us said in this line goes to the person; raises `Refused` with the reason
        when a worker may not write now."""
        if speaker == Speaker.PERSON:
            return
        try:
            self.contact.dispatches.put(self.contact, number, words)
        except Refused:
            if speaker == Speaker.WORKER:
                raise
        if speaker == Speaker.WORKER:
            self.answered()

    def hold_address(self, speaker: str) -> None:
        """Lock where a worker’s answer goes, in every transaction before its contact: what comes
        in does the same, so that of a text and an answer neither waits for the other for ever."""
        if speaker == Speaker.WORKER:
            Address.objects.held_behind(self.pk)

    def answered(self) -> None:
        """A worker has answered: nothing is owed, and automatic answers count from nought."""
        Correspondence.objects.filter(pk=self.pk).update(unanswered=False, automatic=0)
        Address.objects.filter(conversations=self).update(by_itself=0)

    @transaction.atomic
    def owed_again(self) -> None:
        """An answer has not reached them.

        Whoever holds this row just now hears or answers them, and may wait for that answer’s row:
        they are not waited for, and what they store is newer.
        """
        row = Correspondence.objects.filter(pk=self.pk)
        if row.select_for_update(skip_locked=True).first():
            row.update(unanswered=True)

    @transaction.atomic
    def note_safety(self, safe: bool, *, by: Staff) -> None:
        """The person said whether it is safe that we write to them first."""
        self._changed(Action.SAFE_TO_WRITE, by, safe=safe)
        Correspondence.objects.filter(pk=self.pk).update(safe_to_write=safe)

    @transaction.atomic
    def keep_address(self, keep: bool, *, by: Staff) -> None:
        """The person asked us to keep their address for longer than 30 days, or not to.

        It still goes with the last of its conversations. Raises `Refused` once it is destroyed.
        """
        if not Address.objects.filter(conversations=self).update(keep=keep):
            raise Refused(GONE)
        self._changed(Action.ADDRESS_KEPT, by, keep=keep)

    def _changed(self, action: Action, by: Staff, **detail: bool) -> None:
        contact = self.contact.locked()
        AuditEvent.objects.record(action, on=contact, by=by, **detail)
        live.ring("contact", contact.pk)


class RevealQuerySet(models.QuerySet["Reveal"]):
    def to_decide(self, staff: Staff) -> "RevealQuerySet":
        """Those that wait for a second person, and this one may be it."""
        living = Contact.objects.unexpired().in_services_of(staff)
        waits = self.filter(status=Reveal.Status.ASKED, contact__in=living)
        return waits.exclude(asked_by__person=staff.person).order_by("asked_at", "pk")

    @transaction.atomic
    def ask(self, contact: Contact, reason: str, *, by: Staff) -> "Reveal":
        """Ask to see the address behind a conversation; a second person decides.

        Raises `Refused` for one that is destroyed, or while it is asked for already.
        """
        held = contact.locked()
        if not Address.objects.filter(conversations=held.pk).exists():
            raise Refused(GONE)
        if self.filter(contact=held, status__in=Reveal.UNDER_WAY).exists():
            raise Refused("It has been asked for already.")
        asked = self.create(contact=held, reason=reason, asked_by=by)
        AuditEvent.objects.record(Action.ADDRESS_ASKED, on=held, by=by)
        return asked


class Reveal(models.Model):
    """Break-glass: somebody asks to see an address, somebody else decides, it is seen once."""

    class Status(models.TextChoices):
        ASKED = "asked", "Asked"
        AGREED = "agreed", "Agreed"
        TURNED_DOWN = "turned-down", "Turned down"
        SEEN = "seen", "Seen"

    UNDER_WAY = (Status.ASKED, Status.AGREED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="reveals")
    status = models.CharField(max_length=12, choices=Status, default=Status.ASKED)
    reason = SealedText(key="contact__key", bound=("pk", "contact", "asked_by"))
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=this_minute)
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    objects = RevealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="address_shown_only_after_two_people",
                condition=models.Q(status="asked", decided_by=None)
                | models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("asked_by")),
            )
        ]

    def __str__(self) -> str:
        return f"Reveal {self.id}"

    @transaction.atomic
    def decide(self, agreed: bool, *, by: Staff) -> None:
        """A second person agrees or does not; raises `Refused` for whoever asked (F13)."""
        two_people(self.asked_by, by)
        to = self.Status.AGREED if agreed else self.Status.TURNED_DOWN
        decided = {"decided_by": by, "decided_at": this_minute()}
        move(self, to, allowed=[self.Status.ASKED], **decided)
        AuditEvent.objects.record(Action.ADDRESS_DECIDED, on=self.contact, by=by, agreed=agreed)

    def see(self, *, by: Staff) -> str:
        """The address, once, for whoever asked; the trail knows first, in a transaction of its own.

        Raises `Refused` for anybody else and once the address is destroyed, `WrongState` when it
        was seen already.
        """
        if self.asked_by_id != by.pk:
            raise Refused("Only whoever asked can see it.")
        found = Address.objects.filter(conversations=self.contact_id).select_related("key").first()
        if found is None:
            raise Refused(GONE)
        if self.status != self.Status.AGREED:
            raise WrongState("It is shown once, after somebody else has agreed.")
        record_first(Action.ADDRESS_SEEN, on=self.contact, by=by)
        move(self, self.Status.SEEN, allowed=[self.Status.AGREED], seen_at=this_minute())
        return str(found.address)
