"""A contact: one time that somebody got in touch, by whatever channel, saying as much as they
like."""

import uuid
from datetime import date, datetime
from functools import cached_property

from django.db import models, transaction
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from contacts import checking
from contacts.channels import WRITTEN, Channel
from contacts.handles import new_handle
from contacts.models.amending import Amendment
from contacts.models.contact_reading import Reading
from contacts.models.figure import Band, Figure, TopicFigure, band
from contacts.models.limit import ChatLimit
from contacts.models.objected import UsedFor
from contacts.models.restricted import must_be_free
from contacts.models.thread import Thread
from contacts.vocabulary import NoteKind, Outcome
from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_date, london_today, to_the_minute
from helpline.foundation.staff.models import Staff, Team
from helpline.foundation.staff.roles import Service
from helpline.foundation.states import Refused, WrongState, move
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import SealedText

KEEP_MONTHS = 18


class Unread(Refused):
    """The person has written something that whoever wanted to end the contact has not seen."""


class ContactQuerySet(Reading):
    def with_key(self) -> "ContactQuerySet":
        """With the data key at hand, so that sealed words open."""
        return self.select_related("key")

    def called(self, said: str) -> "ContactQuerySet":
        """The contact of this handle, however it was typed."""
        return self.filter(handle="-".join(said.lower().replace("-", " ").split()))

    def waiting(self) -> "ContactQuerySet":
        """Contacts nobody has answered yet: who is not safe first, then the longest wait."""
        return self.filter(status=Contact.Status.WAITING).order_by("rank", "waiting_since", "id")

    def newest_first(self) -> "ContactQuerySet":
        """The order of every list but the waiting one."""
        return self.order_by("-started_at", "-id")

    def due_for_purge(self, today: date) -> "ContactQuerySet":
        """Past its 18 months, not held, and not within the 7 days after a hold's release."""
        spared = Q(spared_until=None) | Q(spared_until__lte=today)
        return self.filter(spared, purge_on__lte=today, held=False, purged_on=None)

    @transaction.atomic
    def start(self, *, service: str, channel: str, by: Staff) -> "Contact":
        """A worker starts a contact by hand, as when the phone rings. Nothing about the person."""
        contact = self.prepared(service, channel, timezone.now())
        contact.status, contact.worker, contact.waiting_since = Contact.Status.OPEN, by, None
        contact.team, contact.answered_at = by.teams.first(), contact.started_at
        contact.save(force_insert=True)
        AuditEvent.objects.record(Action.CONTACT_STARTED, on=contact, by=by)
        return contact

    @transaction.atomic
    def arrive(self, *, service: str, channel: str, nickname: str | None = None) -> "Contact":
        """Somebody gets in touch and waits for an answer."""
        contact = self.prepared(service, channel, timezone.now())
        contact.nickname = nickname
        contact.save(force_insert=True)
        AuditEvent.objects.record(Action.CONTACT_STARTED, on=contact, by=None)
        live.ring("contacts", service)
        return contact

    def prepared(self, service: str, channel: str, started_at: datetime) -> "Contact":
        """A new contact with a new key and an unused handle, not saved."""
        handle = new_handle()
        while self.filter(handle=handle).exists():
            handle = new_handle()
        return Contact.drawn_up(service, channel, started_at, DataKey.new(), handle)


class Rank(models.IntegerChoices):
    """Who is answered first; within a rank, whoever has waited longest."""

    NOT_SAFE = 0, "Not safe"
    BACK = 1, "Back in the queue"
    ORDINARY = 2, "In turn"
    SILENT = 3, "Nobody there"  # nobody ever wrote a word, and their page gives no sign


class Contact(models.Model):
    """One interaction on one channel. No column could say who or where the person is (S2-65)."""

    class Status(models.TextChoices):
        BOT = "bot", "With the chatbot"
        WAITING = "waiting", "Waiting"
        OPEN = "open", "Open"
        ENDED = "ended", "Ended"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handle = models.CharField(max_length=40, unique=True, null=True)  # noqa: DJ001 (none once bare)
    service = models.CharField(max_length=20, choices=Service)
    channel = models.CharField(max_length=10, choices=Channel)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    worker = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="contacts", db_index=False
    )
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="contacts")
    thread = models.ForeignKey(Thread, models.PROTECT, null=True, related_name="contacts")
    key = models.OneToOneField(DataKey, models.PROTECT, null=True, related_name="contact")
    nickname = SealedText(null=True)
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True, default="")
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    rank = models.PositiveSmallIntegerField(choices=Rank, default=Rank.ORDINARY)
    waiting_since = models.DateTimeField(null=True)  # to the second, and gone once answered
    last_line = models.PositiveIntegerField(default=0)
    purge_on = models.DateField()
    held = models.BooleanField(default=False)
    escalated = models.BooleanField(default=False)  # an escalation about it is open
    restricted = models.BooleanField(default=False)  # kept and not used (Art 18)
    amended = models.BooleanField(default=False)  # something of it was put right, or is disputed
    spared_until = models.DateField(null=True)
    purged_on = models.DateField(null=True)

    objects = ContactQuerySet.as_manager()
    is_earlier = False  # fetched by `earlier_for` alone: to read, and not to change

    class Meta:
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="contact_newest_first"),
            models.Index(fields=["worker", "-started_at", "-id"], name="contact_of_worker"),
            models.Index(
                fields=["rank", "waiting_since", "id"],
                name="contact_waiting",
                condition=Q(status="waiting"),
            ),
            models.Index(fields=["service"], name="contact_with_bot", condition=Q(status="bot")),
            models.Index(
                fields=["purge_on"],
                name="contact_by_purge_day",
                condition=Q(held=False, purged_on=None),
            ),
            models.Index(fields=["held"], name="contact_held", condition=Q(held=True)),
            models.Index(
                fields=["escalated"], name="contact_escalated", condition=Q(escalated=True)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="contact_has_words_or_is_bare",
                condition=Q(purged_on=None, key__isnull=False, handle__isnull=False)
                | Q(
                    purged_on__isnull=False,
                    purge_on=models.F("purged_on"),
                    key=None,
                    nickname__isnull=True,
                    handle=None,
                    status="",
                    channel="",
                    outcome="",
                    worker=None,
                    team=None,
                    thread=None,
                    held=False,
                    escalated=False,
                    restricted=False,
                    amended=False,
                    answered_at=None,
                    ended_at=None,
                    rank=Rank.ORDINARY,
                    waiting_since=None,
                    last_line=0,
                ),
            ),
            models.CheckConstraint(
                name="contact_restricted_is_over_and_held",
                condition=Q(restricted=False) | Q(held=True, status="ended"),
            ),
            models.CheckConstraint(
                name="contact_that_waits_says_since_when",
                condition=Q(status="waiting", waiting_since__isnull=False)
                | ~Q(status="waiting") & Q(waiting_since=None),
            ),
            models.CheckConstraint(
                name="contact_before_an_answer_has_no_end",
                condition=~Q(status__in=["bot", "waiting"]) | Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="contact_ended_has_an_end",
                condition=Q(status="ended", ended_at__isnull=False)
                | ~Q(status="ended") & Q(ended_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"Contact {self.handle}" if self.handle else "A contact that is gone"

    def get_absolute_url(self) -> str:
        return reverse("contact", args=[self.pk])

    @classmethod
    def drawn_up(cls, service, channel, started_at, key: DataKey, handle: str) -> "Contact":
        """A contact that is not saved yet; its keep-until date is fixed here and never moves
        (S2-36)."""
        return cls(
            service=service,
            channel=channel,
            key=key,
            handle=handle,
            started_at=to_the_minute(started_at),
            waiting_since=started_at,
            purge_on=add_months(london_date(started_at), KEEP_MONTHS),
        )

    @property
    def handle_words(self) -> str:
        """The handle as staff say it."""
        return (self.handle or "gone").replace("-", " ")

    @cached_property
    def amendments(self) -> dict:
        """What was put right in it, or is disputed; a query only where there is something."""
        return Amendment.objects.standing(self) if self.amended else {}

    def is_unexpired(self, today: date | None = None) -> bool:
        """As `unexpired`, for a contact already in memory."""
        return not self.purged_on and (self.held or self.purge_on > (today or london_today()))

    @property
    def waited(self) -> Band:
        """How long it took until somebody answered: of a chat, since its person asked for that."""
        visit = getattr(self, "visit", None)
        return Band(visit.waited) if visit else band(self.started_at, self.answered_at)

    def locked(self, *, restricted_too: bool = False) -> "Contact":
        """This contact read again with its row locked, as every verb that adds to it does first.

        Not the full lock: readers of its key go on. Raises `WrongState` if the purge was faster,
        and `Refused` while it is restricted, but for what its own person does, for a worry and for
        an order (`restricted_too`).
        """
        rows = Contact.objects.select_for_update(no_key=True, of=("self",)).with_key()
        contact = rows.unexpired().filter(pk=self.pk).first()
        if contact is None:
            raise WrongState("This contact has already been deleted.")
        if not restricted_too:
            must_be_free(contact)
        return contact

    @transaction.atomic
    def take(self, *, by: Staff) -> None:
        """Answer a waiting contact; of two who press the button one gets it.

        That somebody is not safe stays with it: should it go back into the queue, it comes first.
        """
        if self.channel == Channel.CHAT and self.rank != Rank.NOT_SAFE:
            ChatLimit.objects.leave_room(by, Contact.objects.chats_of(by))
        rows = Contact.objects.select_for_update(no_key=True, of=("self",)).filter(pk=self.pk)
        since, answered = rows.values_list("waiting_since", "answered_at").first() or (None, None)
        move(
            self,
            self.Status.OPEN,
            allowed=[self.Status.WAITING],
            worker=by,
            team=by.teams.first(),
            answered_at=Coalesce("answered_at", Value(to_the_minute(timezone.now()))),
            waiting_since=None,
            rank=Case(When(rank=Rank.NOT_SAFE, then=Rank.NOT_SAFE), default=Rank.ORDINARY),
        )
        if visit := getattr(self, "visit", None):
            visit.begin_turn()
            visit.count_wait(since, answered, now=timezone.now())
        AuditEvent.objects.record(Action.CONTACT_TAKEN, on=self, by=by)
        live.ring("contacts", self.service)
        live.ring("contact", self.pk)

    def stays_not_safe(self) -> None:
        """Whoever has it reads that they are not safe; should it go back into the queue, it comes
        first."""
        mine = Contact.objects.filter(pk=self.pk, status=self.Status.OPEN)
        if mine.exclude(rank=Rank.NOT_SAFE).update(rank=Rank.NOT_SAFE):
            self.rank = Rank.NOT_SAFE
            live.ring("contacts", self.service)

    @transaction.atomic
    def say(self, speaker: str, words: str, *, nonce: uuid.UUID | None = None) -> int:
        """Add the next line and return its number, which follows commit order because the contact
        is locked meanwhile. The same words with the same `nonce` add nothing (H13); other words in
        a form whose first sending went unnoticed are a line of their own."""
        if self.channel in WRITTEN and (way := getattr(self, "correspondence", None)):
            way.hold_address(speaker)
        contact = self.locked()
        if contact.status == self.Status.ENDED:
            raise WrongState("This contact has ended.")
        if nonce and (again := contact.lines.said_with(nonce, contact)):
            if again.words == words:
                return again.number
            nonce = uuid.uuid4()
        number = contact.lines.say_next(contact, speaker, words, nonce)
        if contact.channel in WRITTEN and (way := getattr(contact, "correspondence", None)):
            way.carry(speaker, number, words)
        return number

    def say_on_page(self, speaker: str, words: str) -> None:
        """Say what is meant for the page of a chat alone: a text or an e-mail with it would come
        unasked, and say on a locked screen what we are."""
        if self.channel == Channel.CHAT:
            self.say(speaker, words)

    @transaction.atomic
    def add_note(
        self,
        words: str,
        *,
        by: Staff,
        kind=NoteKind.FACT,
        place="notes",
        corrects=None,
        why=None,
        identifying=(),
    ):
        """Add a note, which is never changed afterwards (S1-16), and drop the draft of its card.

        A correction names the note it corrects; of two corrections one wins, the other is told. Of
        what could say who somebody is, the kinds go into the trail, never the value (A15).
        """
        contact = self.locked()
        if corrects and contact.notes.filter(corrects=corrects).exists():
            raise WrongState("Somebody else has corrected this note meanwhile.")
        note = contact.notes.create(
            contact=contact,
            number=contact.notes.count() + 1,
            kind=kind,
            corrects=corrects,
            text=words,
            why_identifying=why or None,
            written_by=by,
        )
        if corrects is None:
            contact.drafts.filter(staff=by, place=place).delete()
        AuditEvent.objects.record(Action.NOTE_ADDED, on=self, by=by)
        for found in identifying:
            AuditEvent.objects.record(Action.IDENTIFIER_KEPT, on=self, by=by, kind=found)
        live.ring("contact", self.pk)
        return note

    @transaction.atomic
    def end(
        self,
        *,
        by: Staff | None,
        outcome: str = "",
        explained: str = "",
        their_view: str = "",
        why: str = "",
        seen: int | None = None,
    ) -> None:
        """End an open contact, or without `by` one left with the chatbot; count it under no id.

        Raises `Refused` for "could not help" without what was explained to them (S1-07), and
        `Unread` when the person has said something after `seen`, the last line that whoever ends it
        had before them: what comes after an end is in nobody's sight.
        """
        if seen is not None and self.locked().lines.theirs_after(seen).exists():
            raise Unread("They have written meanwhile. Read that first, then end it again.")
        if outcome == Outcome.COULD_NOT_HELP and not explained.strip():
            raise Refused("Write down how you explained that we could not help.")
        for kind, words in [(NoteKind.EXPLAINED, explained), (NoteKind.THEIR_VIEW, their_view)]:
            if by and words.strip():
                found = checking.identifying(words)
                self.add_note(words, by=by, kind=kind, place="end", why=why, identifying=found)
        now = to_the_minute(timezone.now())
        allowed: list[str] = [self.Status.OPEN if by else self.Status.BOT]
        done = {"ended_at": now, "outcome": outcome, "rank": Rank.ORDINARY}
        move(self, self.Status.ENDED, allowed=allowed, **done)
        self.joinings.filter(left_at=None).update(left_at=now)
        if not self.objected_uses.filter(used_for=UsedFor.FIGURES).exists():
            Figure.objects.add(self)
            TopicFigure.objects.add(self, list(self.topics.values_list("topic", flat=True)))
        AuditEvent.objects.record(Action.CONTACT_ENDED, on=self, by=by)
        live.ring("contacts", self.service)
        live.ring("contact", self.pk)
