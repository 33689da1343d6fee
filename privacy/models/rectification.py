"""What is to be put right for a request, thing by thing: prepared by one person, done when another
has approved the answer (Art 16, D12)."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from contacts.models import (
    Amendment,
    Contact,
    CopiedLine,
    Entry,
    Line,
    Note,
    ServiceUser,
    Speaker,
)
from contacts.models.amending import Way
from contacts.models.asked_about import FROZEN
from contacts.vocabulary import NoteKind
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import record_first
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.sealed import SealedText
from privacy.models.rights import RightsRequest
from privacy.models.rights_moving import reasoned
from privacy.rights.kinds import COPIES, Kind, Status
from safeguarding.models import Assessment, Dispute, SharedItem

OPINIONS = (NoteKind.VIEW, NoteKind.ADVICE, NoteKind.EXPLAINED, NoteKind.HANDOVER)
LONGEST = 4000


class What(models.TextChoices):
    """What can be put right."""

    NOTE = "note", "Note of ours"
    LINE = "line", "Line of the conversation"
    FACT = "fact", "Fact of the record"
    ENTRY = "entry", "How they were helped"
    ASSESSMENT = "assessment", "What we judged about their safety"


class Ground(models.TextChoices):
    """Why it is not right (S2-47)."""

    INACCURATE = "inaccurate", "It is not accurate"
    OUT_OF_DATE = "out-of-date", "It is out of date"
    INCOMPLETE = "incomplete", "Something is missing"


class RectificationQuerySet(models.QuerySet["Rectification"]):
    def problems(self) -> list[str]:
        """What keeps them from being approved, as sentences."""
        rows = list(self.select_related("request"))
        if not rows:
            return ["Say what is put right first."]
        request = rows[0].request
        record = request.service_user
        if record is not None and record.restricted:
            return ["The record is restricted. Lift that first, then it can be put right."]
        if not all(row.is_in_scope() for row in rows):
            return ["Something to be put right is not part of the request any more. Take it out."]
        same = models.Q(concerns__contact__in=request.concerns.values("contact"))
        if record is not None:
            same |= models.Q(service_user=record)
        copies = RightsRequest.objects.open().filter(same, kind__in=COPIES)
        if copies.exclude(pk=request.pk).exists():
            return ["They are owed a copy of the same data. Answer and close that first."]
        return []

    @transaction.atomic
    def take_effect(self, *, by: Staff) -> None:
        """The answer is approved: everything is put right, and whoever was given it is told.

        Raises `Refused` for what has come in the way since, `WrongState` for what has gone.
        """
        if problems := self.problems():
            raise Refused(" ".join(problems))
        for row in self.select_related("request__key").order_by("number"):
            row.carry_out(by=by)

    @transaction.atomic
    def prepare(
        self, request: RightsRequest, tick: str, *, way: str, ground: str, words: str, **said
    ) -> "Rectification":
        """Say how one thing (`tick`, as `Rectification.tick`) is put right, while it is reviewed.

        `said` are `why` and `by`. Saying it again for the same thing takes the place of what was
        said. Raises `Refused` for what is not in the scope, for an opinion or words of ours that
        would be changed, and without a reason.
        """
        by = said["by"]
        request.lock(by)
        if request.kind != Kind.RECTIFY or request.status != Status.REVIEW:
            raise WrongState("That is said while a request for correction is reviewed.")
        made = self.model.of_tick(request, tick)
        made.way, made.ground = Way(way), Ground(ground)
        if made.way == Way.CORRECTED and not made.can_be_corrected():
            raise Refused("This is an opinion, or ours. It stays, with what they say beside it.")
        if made.way == Way.DISPUTED and made.what == What.FACT:
            raise Refused("This is a fact of the record. It is corrected, or stays as it is.")
        if not 0 < len(words.strip()) <= LONGEST:
            raise Refused("Write how it should read, or what they say: at most 4,000 characters.")
        self.filter(request=request, what=made.what, of=made.of, which=made.which).delete()
        made.number = (self.filter(request=request).aggregate(n=models.Max("number"))["n"] or 0) + 1
        made.words = words.strip()
        made.why = reasoned(said["why"], "Say in at least 20 characters how we know, or why not.")
        made.prepared_by = by
        made.save(force_insert=True)
        request.noted("correction-prepared", by=by)
        return made


def owner_in(request: RightsRequest, what: str, which: str, contact: str) -> uuid.UUID | None:
    """The contact or record, in the scope of a request, of which this is a part; None for what is
    not there."""
    scope, record = request.scope(), request.service_user
    rows: models.QuerySet
    if what == What.NOTE:
        rows = Note.objects.filter(contact__in=scope, pk=which)
    elif what == What.LINE:
        rows = Line.objects.filter(contact__in=scope, contact=contact, number=which)
    elif what == What.ASSESSMENT:
        there = scope.filter(purged_on=None)
        judged = Assessment.objects.filter(escalation__contact__in=there, pk=which)
        return judged.values_list("escalation__contact", flat=True).first()
    elif record is None:
        return None
    elif what == What.ENTRY:
        theirs = record.entries.exclude(pk__in=request.not_theirs())
        return record.pk if theirs.filter(pk=which).exists() else None
    else:
        return record.pk if what == What.FACT and which in FROZEN else None
    return rows.values_list("contact", flat=True).first()


def copy_again(line: Line) -> None:
    """Casework reads a line as it stands now: its copy is sealed anew."""
    copies = CopiedLine.objects.filter(hand_over__contact=line.contact_id, number=line.number)
    for copy in copies.select_related("hand_over__key"):
        contact = Contact.objects.with_key().get(pk=line.contact_id)
        (stands,) = Line.objects.filter(number=line.number).opened(contact)
        copy.text = stands.words or ""
        copy.save(update_fields=["text"])


class Rectification(models.Model):
    """One thing that a request puts right, by ids alone; its words go once it is done.

    What it said before stays with the contact or record, sealed; only a data protection officer
    sees it again, with a reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(RightsRequest, models.CASCADE, related_name="rectifications")
    number = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=10, choices=What)
    of = models.UUIDField()  # the contact or record
    which = models.CharField(max_length=40)  # a note's or entry's id, a line's number, a field
    way = models.CharField(max_length=10, choices=Way)
    ground = models.CharField(max_length=12, choices=Ground)
    words = SealedText(null=True, key="request__key", bound=("pk", "request"))
    why = SealedText(key="request__key", bound=("pk", "request"))
    prepared_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    done_on = models.DateField(null=True)
    amendment = models.UUIDField(null=True)

    objects = RectificationQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "what", "of", "which"], name="rectified_once_by_a_request"
            ),
            models.CheckConstraint(
                name="rectification_done_says_when",
                condition=models.Q(done_on=None, amendment=None)
                | models.Q(done_on__isnull=False, amendment__isnull=False, words__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Rectification {self.id}"

    @classmethod
    def of_tick(cls, request: RightsRequest, tick: str) -> "Rectification":
        """An unsaved one of the thing that a page named (`note:…`, `line:contact:7`, `fact:born`);
        raises `Refused` for what is not there, or not in the scope of the request."""
        what, *contact, which = tick.split(":") if ":" in tick else ("", "")
        try:
            of = owner_in(request, what, which, "".join(contact))
        except (ValidationError, ValueError):  # no id, or no number
            of = None
        if of is None:
            raise Refused("This is not part of what the request is about any more. Look again.")
        return cls(request=request, what=What(what), of=of, which=which)

    @property
    def tick(self) -> str:
        """What names its thing on a page."""
        which = f"{self.of}:{self.which}" if self.what == What.LINE else self.which
        return f"{self.what}:{which}"

    def thing(self) -> models.Model:
        """What it puts right; raises `WrongState` once that is gone."""
        rows: dict[str, models.QuerySet] = {
            What.NOTE: Note.objects.filter(contact=self.of),
            What.ENTRY: Entry.objects.filter(service_user=self.of),
            What.LINE: Line.objects.filter(contact=self.of),
            What.ASSESSMENT: Assessment.objects.filter(escalation__contact=self.of),
            What.FACT: ServiceUser.objects.kept().with_key(),
        }
        ids: dict[str, dict[str, Any]] = {
            What.LINE: {"number": self.which},
            What.FACT: {"pk": self.of},
        }
        found = rows[self.what].filter(**ids.get(What(self.what), {"pk": self.which})).first()
        if found is None:
            raise WrongState("What was to be put right is gone.")
        return found

    def is_in_scope(self) -> bool:
        """Whether its thing is there and still part of what the request is about."""
        return owner_in(self.request, self.what, self.which, str(self.of)) == self.of

    def can_be_corrected(self) -> bool:
        """A fact can; an opinion, and what one of us said, has the person's words beside it."""
        thing = self.thing()
        if isinstance(thing, Assessment):
            return False
        if isinstance(thing, Note):
            return thing.kind not in OPINIONS
        return not isinstance(thing, Line) or thing.speaker == Speaker.PERSON

    @transaction.atomic
    def carry_out(self, *, by: Staff) -> None:
        """Put it right, owe its recipients a word (Art 19), and keep no second copy of it."""
        thing, words = self.thing(), str(self.words)
        which: dict[str, Any] = {str(self.what): thing}
        if isinstance(thing, Line):
            which = {"line": int(self.which)}
        made: Amendment | Dispute
        if isinstance(thing, Assessment):
            made = thing.dispute(words, by=by)
        elif isinstance(thing, ServiceUser):
            made = Amendment.objects.in_record(thing, self.way, words, by=by, field=self.which)
        elif isinstance(thing, Entry):
            record = ServiceUser.objects.with_key().get(pk=self.of)
            made = Amendment.objects.in_record(record, self.way, words, by=by, **which)
        else:
            contact = Contact.objects.with_key().get(pk=self.of)
            made = Amendment.objects.in_contact(contact, self.way, words, by=by, **which)
        if isinstance(thing, Line):
            copy_again(thing)
        SharedItem.objects.tell_recipients(thing, by=by)
        self.words, self.done_on, self.amendment = None, london_today(), made.pk
        self.save(update_fields=["words", "done_on", "amendment"])

    @transaction.atomic
    def take_out(self, *, by: Staff) -> None:
        """It is not put right after all; the answer says why."""
        self.request.lock(by)
        if self.request.status != Status.REVIEW or self.done_on is not None:
            raise WrongState("This is not being prepared any more.")
        self.delete()
        self.request.noted("correction-taken-out", by=by)

    def see_old(self, *, by: Staff, why: str) -> str:
        """What it said before, for a data protection officer, who says why first; the trail knows
        before a word is opened.

        Raises `Refused` for anybody else, without a reason, or where nothing was replaced.
        """
        if not by.may(Permission.ANSWER_RIGHTS):
            raise Refused("Only a data protection officer sees what was there before.")
        why = reasoned(why, "Say in at least 20 characters what you need to see it for.")
        if self.done_on is None or self.way != Way.CORRECTED:
            raise Refused("Nothing was replaced here.")
        record_first(Action.OLD_VALUE_SEEN, on=self.request, by=by, number=self.number)
        self._note_why(by, why)
        return self._old() or "Nothing was there."

    @transaction.atomic
    def _note_why(self, by: Staff, why: str) -> None:
        self.request.lock(by)
        self.request.noted("old-value-seen", by=by, why=why)

    def _old(self) -> Any:
        thing = self.thing()
        if isinstance(thing, ServiceUser):
            rows = Amendment.objects.filter(service_user=thing, pk=self.amendment or self.pk)
            return rows.select_related("service_user__key").get().was
        if isinstance(thing, Entry):
            return Entry.objects.select_related("service_user__key").get(pk=thing.pk).words
        theirs = type(thing).objects.select_related("contact__key")
        return theirs.get(pk=thing.pk).text
