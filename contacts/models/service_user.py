"""People who chose to be known: a record exists only on a basis that a named worker wrote down."""

import uuid
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from contacts import matching
from contacts.models.amending import Amendment
from contacts.models.asked_about import must_stay
from contacts.models.consent import Consent
from contacts.models.contact import Contact
from contacts.models.contact_reading import AUTHOR_READS_FOR
from contacts.models.forgotten import Forgotten
from contacts.models.record_basis import RecordBasis
from contacts.models.restricted import RestrictedUse, must_be_free
from contacts.vocabulary import Announce
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today, this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission, Role, Service
from helpline.foundation.states import Refused, WrongState, move
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import SealedText

KEEP_MONTHS = 72  # after the last contact
LOOKED_AT_BEFORE = timedelta(days=90)  # its end, so that what is still owed to them can be done


class ServiceUserQuerySet(models.QuerySet["ServiceUser"]):
    def with_key(self) -> "ServiceUserQuerySet":
        """With the data key at hand, so that sealed words open."""
        return self.select_related("key")

    def kept(self, today: date | None = None) -> "ServiceUserQuerySet":
        """On a basis in force and within their time: all that may be read or found."""
        since = add_months(today or london_today(), -KEEP_MONTHS)
        return self.filter(status=ServiceUser.Status.KEPT, last_contact_on__gt=since)

    def due(self, today: date) -> "ServiceUserQuerySet":
        """Six years after their last contact, or without any basis; and no hold keeps a contact
        that belongs to it, or did when it lost its basis (S2-37)."""
        due = self.filter(self.is_due(today), asked_about=False, restricted=False)
        return due.exclude(self._is_held_back(today))

    def held_back(self, today: date | None = None) -> "ServiceUserQuerySet":
        """Records that wait for the hold on a contact of theirs, and for the days after it."""
        return self.filter(self._is_held_back(today or london_today()))

    @staticmethod
    def _is_held_back(today: date) -> Q:
        links: Any = Contact._meta.apps.get_model("contacts", "Link").objects
        ties = (links, "contact"), (links, "thread__contacts"), (Belonged.objects, "contact")
        found = Q()
        for rows, contact in ties:
            held = Q((f"{contact}__held", True)) | Q((f"{contact}__spared_until__gt", today))
            found |= Q(Exists(rows.filter(held, service_user=OuterRef("pk"))))
        return found

    @staticmethod
    def is_due(today: date) -> Q:
        """The same as a condition."""
        since = add_months(today, -KEEP_MONTHS)
        return Q(status=ServiceUser.Status.LEAVING) | Q(last_contact_on__lte=since)

    def ending(self, today: date | None = None) -> "ServiceUserQuerySet":
        """Those whose six years end within 90 days, the first to go first."""
        today = today or london_today()
        by_then = add_months(today + LOOKED_AT_BEFORE, -KEEP_MONTHS)
        return self.kept(today).filter(last_contact_on__lte=by_then).order_by("last_contact_on")

    def to_look_at(self, staff: Staff) -> "ServiceUserQuerySet":
        """Ending soon in this person's services, and nobody has looked since the last contact."""
        rows = self.ending().filter(service__in=staff.services, restricted=False)
        return rows.filter(Q(looked_at_on=None) | Q(looked_at_on__lte=F("last_contact_on")))

    def visible_to(self, staff: Staff) -> "ServiceUserQuerySet":
        """Whose record this person may open (rules 2.14): fetching is authorising.

        A worker: while they are in touch with that very person, or have written the record within
        24 hours. A supervisor, a safeguarding lead: of their services. Nobody is offered a list,
        and what is restricted is opened only for a use that was written down (D11).
        """
        if not staff.may(Permission.SEE_WHO):
            return self.none()
        used = RestrictedUse.objects.by(staff).filter(service_user=OuterRef("pk"))
        ours = self.kept().filter(Q(restricted=False) | Q(Exists(used)))
        ours = ours.filter(service__in=staff.services)
        if staff.roles & {Role.SUPERVISOR, Role.LEAD}:
            return ours
        now = Contact.objects.filter(worker=staff, status=Contact.Status.OPEN).unexpired()
        threads = now.filter(thread__isnull=False).values("thread")
        ways = Q(links__contact__in=now) | Q(links__thread__in=threads)
        lately = timezone.now() - AUTHOR_READS_FOR
        ways |= Q(bases__recorded_by=staff, bases__recorded_at__gt=lately)
        return ours.filter(pk__in=self.model.objects.filter(ways).values("pk"))

    @transaction.atomic
    def keep(
        self,
        contact: Contact,
        *,
        by: Staff,
        details: dict[str, str | bool | None],
        consent: Consent | None = None,
        basis: dict | None = None,
    ) -> "ServiceUser":
        """Begin a record while in contact: by the person's consent to it, or on another basis.

        `details` names fields of the record; none is required. `basis` has what `RecordBasis`
        asks for where consent could not be had. Raises `Refused` without either (L01), `WrongState`
        for a contact that is not open: it is recorded at the time, or not at all.
        """
        contact = contact.locked()
        if contact.status != Contact.Status.OPEN:
            raise WrongState("A record begins while you are in contact with the person.")
        record = self.model(service=contact.service, key=DataKey.new())
        record.last_contact_on = london_today()
        record.fill_in(details)
        record.save(force_insert=True)
        RecordBasis.objects.found(record, contact, by=by, consent=consent, basis=basis)
        AuditEvent.objects.record(Action.RECORD_KEPT, on=record, by=by, consent=bool(consent))
        return record


class ServiceUser(models.Model):
    """One person who chose to be known, or had to be. Everything that could say who, is sealed.

    A contact belongs to it by a `Link` alone, and stays the anonymous contact that it was.
    """

    class Status(models.TextChoices):
        KEPT = "kept", "Kept"
        LEAVING = "leaving", "Without a basis, about to be destroyed"

    DETAILS = ("names", "born", "phone", "email", "address")
    SAFE = ("announce_as", "safe_times", "recognition_word")
    ASKED = ("may_call", "may_text", "may_voicemail", "may_email", "may_post")
    FOUND_BY = ("phone_hash", "email_hash", "near")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.CharField(max_length=20, choices=Service)
    status = models.CharField(max_length=10, choices=Status, default=Status.KEPT)
    key = models.OneToOneField(DataKey, models.PROTECT, related_name="service_user")
    names = SealedText(null=True)  # one a line: their name, and others that they go by
    born = SealedText(null=True)  # as YYYY-MM-DD
    phone = SealedText(null=True)
    email = SealedText(null=True)
    address = SealedText(null=True)
    may_call = models.BooleanField(null=True)  # null: nobody has asked, so we do not
    may_text = models.BooleanField(null=True)
    may_voicemail = models.BooleanField(null=True)
    may_email = models.BooleanField(null=True)
    may_post = models.BooleanField(null=True)
    announce = models.CharField(max_length=20, choices=Announce, default=Announce.NOT_ASKED)
    announce_as = SealedText(null=True)
    safe_times = SealedText(null=True)
    recognition_word = SealedText(null=True)
    access_needs = SealedText(null=True)
    last_contact_on = models.DateField()
    asked_about = models.BooleanField(default=False)  # a rights request about it is open
    restricted = models.BooleanField(default=False)  # kept and not used (Art 18)
    amended = models.BooleanField(default=False)  # something of it was put right, or is disputed
    looked_at_on = models.DateField(null=True)  # before its end
    looked_at_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    phone_hash = models.CharField(max_length=64, null=True)  # noqa: DJ001 (not told)
    email_hash = models.CharField(max_length=64, null=True)  # noqa: DJ001
    near = ArrayField(models.CharField(max_length=24), default=list)

    objects = ServiceUserQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["phone_hash"], name="service_user_by_phone"),
            models.Index(fields=["email_hash"], name="service_user_by_email"),
            GinIndex(fields=["near"], name="service_user_near"),
            models.Index(fields=["last_contact_on"], name="service_user_by_last_contact"),
        ]

    def __str__(self) -> str:
        return f"Record {self.id}"

    def get_absolute_url(self) -> str:
        return reverse("known", args=[self.pk])

    def safe_contact(self) -> dict:
        """What everybody must know before they get in touch, for `components/safe_contact.html`.

        Who nobody asked whether they may be called, may not be.
        """
        return {
            "ways": [(WAYS[name], bool(getattr(self, name))) for name in self.ASKED],
            "asked": any(getattr(self, name) is not None for name in self.ASKED),
            "announce": self.announced_as().label,
            "announce_as": self.announce_as,
            "times": self.safe_times,
            "word": self.recognition_word,
        }

    def announced_as(self) -> Announce:
        """How we say who we are; words that were agreed on are what was agreed."""
        told = Announce(self.announce)
        agreed = told == Announce.NOT_ASKED and bool(self.announce_as)
        return Announce.AS_AGREED if agreed else told

    @cached_property
    def amendments(self) -> dict:
        """What was put right in it, or is disputed; a query only where there is something."""
        return Amendment.objects.standing(self) if self.amended else {}

    def contacts(self) -> models.QuerySet[Contact]:
        """The contacts that belong to it now, newest first; each is still a contact of its own."""
        mine = Q(link__service_user=self) | Q(thread__link__service_user=self)
        return Contact.objects.unexpired().filter(mine).newest_first()

    def fill_in(self, details: dict[str, str | bool | None]) -> None:
        """Set these details on the record in memory, and what finds them again."""
        allowed = {*self.DETAILS, *self.SAFE, *self.ASKED, "announce", "access_needs"}
        for name, value in details.items():
            if name not in allowed:
                raise Refused("This is not something that a record holds.")
            setattr(self, name, None if value == "" else value)
        found_by = matching.hashes(
            names=self.names, born=self.born, phone=self.phone, email=self.email
        )
        for name in self.FOUND_BY:
            setattr(self, name, getattr(found_by, name))

    def locked(self, *, restricted_too: bool = False) -> "ServiceUser":
        """This record read again with its row locked; `WrongState` when it is no longer kept, and
        `Refused` while it is restricted, but for what its own person does (`restricted_too`)."""
        rows = ServiceUser.objects.select_for_update(no_key=True, of=("self",)).with_key()
        record = rows.kept().filter(pk=self.pk).first()
        if record is None:
            raise WrongState("This record is no longer kept.")
        if not restricted_too:
            must_be_free(record)
        return record

    @transaction.atomic
    def change(self, details: dict[str, str | bool | None], *, by: Staff) -> None:
        """Write down what the person tells now; what they take back becomes empty."""
        record = self.locked()
        must_stay(record, details)
        record.fill_in(details)
        record.save(update_fields=[*details, *self.FOUND_BY])
        AuditEvent.objects.record(Action.RECORD_CHANGED, on=record, by=by, fields=len(details))

    def ends_on(self) -> date:
        """The day on which it goes, unless they are in touch again."""
        return add_months(self.last_contact_on, KEEP_MONTHS)

    def was_looked_at(self) -> bool:
        """Whether somebody looked at it before its end, and they have not been in touch since."""
        return self.looked_at_on is not None and self.looked_at_on > self.last_contact_on

    @transaction.atomic
    def look_at_before_its_end(self, *, by: Staff) -> None:
        """Somebody made sure that nothing is owed to them any more (rules 2.6: review, then
        destroy). It keeps nothing: the record goes on its day, looked at or not."""
        record = self.locked()
        if not ServiceUser.objects.to_look_at(by).filter(pk=record.pk).exists():
            raise WrongState("It does not end soon, or somebody has looked at it already.")
        ServiceUser.objects.filter(pk=record.pk).update(
            looked_at_on=london_today(), looked_at_by=by
        )
        AuditEvent.objects.record(Action.RECORD_LOOKED_AT, on=record, by=by)

    @transaction.atomic
    def lose_consent(self, *, by: Staff | None) -> bool:
        """The person takes their consent back. True when nothing else is left to keep it on.

        Then at once nobody opens or finds the record, every contact is unlinked from it, and the
        next purge destroys it, unless a hold keeps one of these contacts: then it waits for the
        release (S2-37). Another basis written down at the time keeps it (D14).
        """
        record = self.locked(restricted_too=True)
        RecordBasis.objects.by_consent().filter(service_user=record).update(
            lost_at=this_minute(), consent=None
        )
        AuditEvent.objects.record(Action.RECORD_CONSENT_LOST, on=record, by=by)
        if record.bases.in_force().exists():
            return False
        Consent.objects.close(record.contacts(), by=by)
        Belonged.objects.bulk_create(
            Belonged(service_user=record, contact=contact) for contact in record.contacts()
        )
        Forgotten.objects.note(Forgotten.What.LINK, record.links.values_list("pk", flat=True))
        record.links.all().delete()
        empty = {"phone_hash": None, "email_hash": None}
        move(record, self.Status.LEAVING, allowed=[self.Status.KEPT], near=[], **empty)
        self.status = record.status
        return True


class Belonged(models.Model):
    """Which contact belonged to a record that lost its basis, until that is destroyed: a hold on it
    keeps both. No page shows it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service_user = models.ForeignKey(ServiceUser, models.CASCADE, related_name="belonged")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="belonged")

    def __str__(self) -> str:
        return f"Belonged {self.id}"


WAYS = {
    "may_call": "call",
    "may_text": "text",
    "may_voicemail": "leave a voicemail",
    "may_email": "e-mail",
    "may_post": "write by post",
}
