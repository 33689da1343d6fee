"""One sharing: what a person told us, given to somebody who can make somebody safe.

It stands on an escalation, under its key, and carries the whole record that rules 2.8.4 ask for.
Nothing leaves but by `disclose`, and that only when `gate.missing` finds nothing missing.
"""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from contacts.handles import new_handle
from contacts.models import Contact
from contacts.vocabulary import Basis, NoConsent
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused
from helpline.foundation.vault import blind
from helpline.foundation.vault.sealed import SealedText
from safeguarding.circumstances import Circumstance
from safeguarding.gate import Facts
from safeguarding.models.escalation import Escalation
from safeguarding.models.preparing import TALK_WORDS, WHY_WORDS, Preparing
from safeguarding.models.recipient import Recipient
from safeguarding.models.sending import Sending
from safeguarding.models.shared_item import record_step
from safeguarding.sharing import packing, sources
from safeguarding.sharing.kinds import (
    AUTHORS,
    Condition,
    Harm,
    HarmTo,
    ItemSource,
    ShareStep,
    Status,
    TalkFirst,
    Trusted,
    Way,
)

DECIDED = ("decided", "acting")
LEFT = [Status.LEAVING, Status.SHARED]


def sealed() -> SealedText:
    """Words under the key of the escalation, bound to this one sharing."""
    return SealedText(null=True, key="escalation__key", bound=("pk", "escalation"))


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    def with_keys(self) -> "DisclosureQuerySet":
        """With the keys of the escalation, its contact and the recipient at hand."""
        return self.select_related(
            *("escalation__key", "escalation__contact__key", "escalation__owner"),
            *("recipient__key", "officer_at__key", "prepared_by", "approved_by", "talked_by"),
        )

    def open(self) -> "DisclosureQuerySet":
        """Not over: somebody owes the next step."""
        return self.exclude(status__in=[Status.SHARED, Status.NOT_SHARED])

    def visible_to(self, staff: Staff) -> "DisclosureQuerySet":
        """Those of the escalations that this person may open and decide about: fetching is
        authorising. Workers, the DPO and administrators: none."""
        if not staff.may(Permission.SHARE):
            return self.none()
        return self.filter(escalation__in=Escalation.objects.visible_to(staff).values("pk"))

    @transaction.atomic
    def consider(self, escalation: Escalation, *, by: Staff) -> "Disclosure":
        """Begin to consider sharing: both outcomes are recorded here, to share and not to (S0-19).

        Raises `Refused` for whoever may not decide about it, and on an escalation that is closed.
        """
        if not by.may(Permission.SHARE):
            raise Refused("A supervisor or the safeguarding lead does this.")
        held = escalation.locked_after_contact()
        if not held.is_open():
            raise Refused("This has been closed. Open it again first.")
        made = self.model(escalation=held, reference=self.new_reference(), started_by=by)
        made.save(force_insert=True)
        record_step(made, ShareStep.STARTED, by=by)
        held.changed()
        return made

    def new_reference(self) -> str:
        """A reference that no other sharing has, for whoever answers."""
        handle = new_handle()
        while self.filter(reference=handle).exists():
            handle = new_handle()
        return handle


class Disclosure(Preparing, Sending):
    """What is considered to be shared, why, with whom, and what came of it."""

    Status = Status

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    escalation = models.ForeignKey(Escalation, models.CASCADE, related_name="disclosures")
    reference = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PREPARING)
    started_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    # Why: the ground, and the facts it stands on.
    ground = models.CharField(max_length=20, choices=Circumstance, blank=True, default="")
    wish = sealed()
    trusted = models.CharField(max_length=10, choices=Trusted, blank=True, default="")
    harms_person = models.BooleanField(default=False)
    near_children = models.BooleanField(default=False)
    officer_at = models.ForeignKey(Recipient, models.RESTRICT, null=True, related_name="+")
    officer_unit = sealed()
    instrument = sealed()
    power = sealed()
    authority = sealed()
    director = sealed()
    # How serious, and what the law says.
    harm = models.CharField(max_length=10, choices=Harm, blank=True, default="")
    harm_to = models.CharField(max_length=10, choices=HarmTo, blank=True, default="")
    harm_why = sealed()
    basis = models.CharField(max_length=20, choices=Basis, blank=True, default="")
    condition = models.CharField(max_length=20, choices=Condition, blank=True, default="")
    no_consent = models.CharField(max_length=20, choices=NoConsent, blank=True, default="")
    under_18 = models.BooleanField(default=False)
    needs_care = models.BooleanField(default=False)
    at_risk = models.BooleanField(default=False)
    cannot_protect = models.BooleanField(default=False)
    # Talking first, and telling them.
    talk = models.CharField(max_length=20, choices=TalkFirst, blank=True, default="")
    talked_at = models.DateTimeField(null=True)
    talked_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    told_why = sealed()
    told_whom = sealed()
    their_view = sealed()
    told_of_review = models.BooleanField(default=False)
    talk_why_not = sealed()
    tell_by = models.DateTimeField(null=True)
    # With whom, and by which way.
    recipient = models.ForeignKey(Recipient, models.RESTRICT, null=True, related_name="shared")
    attention = sealed()
    purpose = sealed()
    way = models.CharField(max_length=10, choices=Way, blank=True, default="")
    # By whom.
    prepared_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    prepared_mark = models.CharField(max_length=64, blank=True, default="")
    approved_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_mark = models.CharField(max_length=64, blank=True, default="")
    alone = models.BooleanField(default=False)  # a life was at risk: one person decided
    # What left, when, and who has it.
    leaves_at = models.DateTimeField(null=True)
    left_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    package = sealed()
    went_to = sealed()
    left_mark = models.CharField(max_length=64, blank=True, default="")
    letter_id = models.UUIDField(null=True)  # of the outbox, which forgets it once it is sent
    received_at = models.DateTimeField(null=True)
    receipt = sealed()
    why_not = sealed()
    ended_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["escalation", "-started_at"], name="disclosure_of")]
        constraints = [
            models.CheckConstraint(
                name="disclosure_on_a_published_ground",
                condition=Q(ground__in=["", *Circumstance.values]),
            ),
            models.CheckConstraint(
                name="disclosure_left_through_the_gate",
                condition=~Q(status__in=LEFT)
                | ~Q(ground="")
                & ~Q(basis="")
                & ~Q(condition="")
                & ~Q(talk="")
                & ~Q(way="")
                & ~Q(left_mark="")
                & Q(recipient__isnull=False, package__isnull=False, leaves_at__isnull=False)
                & (Q(harm="serious") | Q(ground__in=["asked", "legal-compulsion", "legal-rights"]))
                & (Q(approved_by__isnull=False) | Q(alone=True)),
            ),
            models.CheckConstraint(
                name="disclosure_approved_by_another",
                condition=Q(approved_by=None)
                | ~Q(approved_by=F("prepared_by")) & Q(approved_mark=F("prepared_mark")),
            ),
            models.CheckConstraint(
                name="disclosure_shared_has_a_receipt",
                condition=~Q(status="shared") | Q(receipt__isnull=False, received_at__isnull=False),
            ),
            models.CheckConstraint(
                name="disclosure_not_shared_says_why",
                condition=~Q(status="not-shared")
                | Q(why_not__isnull=False, ended_by__isnull=False)
                & ~Q(ground="")
                & ~Q(harm="")
                & ~Q(talk=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Disclosure {self.id}"

    def contact(self) -> Contact | None:
        """The contact it is about, with its key, as long as its words may be read."""
        return Contact.objects.with_key().unexpired().filter(pk=self.escalation.contact_id).first()

    def ticked(self) -> list[str]:
        """What leaves as the recipient reads it, item by item; what is gone leaves no more."""
        there = {each.tick: each.leaving for each in sources.sources(self.contact())}
        found = []
        for item in self.items.all():
            item.disclosure = self
            words = item.words if item.source == ItemSource.FACT else there.get(item.tick)
            found += [str(words)] if words else []
        return found

    def reasons(self) -> list[tuple[str, str]]:
        """Each thing that is ticked, by its name, and why it has to leave."""
        found = []
        for item in self.items.all():
            item.disclosure = self
            found.append((item.tick, str(item.why or "")))
        return found

    def package_now(self) -> packing.Package:
        """The package as it would leave now."""
        return packing.package(
            to=self.recipient.route(self.way) if self.recipient else "",
            body=str(self.recipient.body) if self.recipient else "",
            attention=str(self.attention or ""),
            reference=self.reference,
            items=self.ticked(),
        )

    def mark(self) -> str:
        """What stands for all that whoever approves it must have read: what leaves, whereto, and
        on which grounds."""
        sealed = (*WHY_WORDS, *TALK_WORDS, "director", "purpose")
        plain: tuple[str, ...] = (*SAME, "officer_at_id", "recipient_id", "tell_by")
        plain += ("talked_at", "talked_by_id", "told_of_review")
        said = [str(getattr(self, name) or "") for name in (*sealed, *plain)]
        said += [why for _tick, why in self.reasons()]
        return blind.index("sharing", "\x1f".join([self.package_now().mark, *said]))

    def authors(self) -> list[Staff]:
        """Everybody who has written in it: none of them can approve it."""
        wrote = self.steps.filter(kind__in=AUTHORS).exclude(by=None).values("by")
        return list(Staff.objects.filter(pk__in=wrote))

    def facts(self) -> Facts:
        """All that the gate asks about, as it is now."""
        to, way = self.recipient, self.way
        people = [staff for staff in (self.prepared_by, self.approved_by) if staff]
        humans = {staff.person for staff in self.authors()}
        second = self.approved_by is not None and self.approved_by.person not in humans
        decided = self.escalation.decision == "disclose" and self.escalation.status in DECIDED
        told = [self.told_why, self.told_whom]
        return Facts(
            **{name: getattr(self, name) for name in SAME},
            wish=bool(self.wish),
            instrument=bool(self.instrument),
            power=bool(self.power),
            authority=bool(self.authority),
            director=bool(self.director),
            harm_why=len((self.harm_why or "").strip()),
            talked=all([self.talked_at, self.talked_by_id, self.their_view, *told]),
            talk_why_not=len((self.talk_why_not or "").strip()),
            told_before=self.talk == TalkFirst.TRIED and all(told),
            tell_by=self.tell_by is not None,
            recipient=to.kind if to else "",
            verified=to is not None and to.status == Recipient.Status.VERIFIED,
            officers_unit=self._is_the_officers_unit(),
            items=len(self.ticked()),
            unreasoned=self.items.filter(why__isnull=True).count(),
            whole=self._is_whole(),
            lead=any(staff.may(Permission.SHARE_WHOLE) for staff in people),
            reachable=bool(to and way and to.route(way)),
            secure=bool(to and to.secure),
            decided=decided,
            immediate=self.escalation.urgency == "immediate",
            second=second,
        )

    def _is_whole(self) -> bool:
        """Whether every line that was said is ticked; of a call, which has none, every note."""
        contact = self.contact()
        if contact is None:
            return False
        if said := {line.ref for line in sources.lines(contact)}:
            lines = self.items.filter(source=ItemSource.LINE)
            return said <= set(lines.values_list("ref", flat=True))
        noted = set(contact.notes.values_list("pk", flat=True))
        notes = self.items.filter(source=ItemSource.NOTE).values_list("of", flat=True)
        return len(noted) > 1 and noted <= set(notes)

    def _is_the_officers_unit(self) -> bool | None:
        """Whether the recipient is where the officer works; None while nobody has said where."""
        where = {str(self.officer_unit or "").casefold().strip()}
        if self.officer_at:
            where.add(str(self.officer_at.body).casefold().strip())
        where.discard("")
        if not where or self.recipient is None:
            return None
        same = self.recipient_id == self.officer_at_id
        return same or str(self.recipient.body).casefold().strip() in where

    def is_urgent(self) -> bool:
        """Whether a life is at risk now, so that nothing waits."""
        return self.escalation.urgency == "immediate"

    def has_left(self) -> bool:
        """Whether it is out of our hands, by the mail server, a voice or a printer: then it can be
        corrected, and not stopped. What was opened before it was last set on its way does not
        count."""
        if self.status == Status.LEAVING and self.letter_id:
            return not Message.objects.filter(pk=self.letter_id, sent_at=None).exists()
        if self.status == Status.LEAVING:
            steps = self.steps.filter(kind__in=[ShareStep.LEFT, ShareStep.READ])
            return steps.last().kind == ShareStep.READ
        return self.status == Status.SHARED

    def is_time(self) -> bool:
        """Whether it may leave now, its delay being over."""
        return self.leaves_at is not None and timezone.now() >= self.leaves_at

    def delay(self) -> timedelta:
        """How long it waits before it leaves, so that a slip can be stopped."""
        return timedelta(0) if self.is_urgent() else settings.SHARING_DELAY


# What the gate and the record call by the same name.
SAME: tuple[str, ...] = (
    "ground",
    "trusted",
    "harms_person",
    "near_children",
    "harm",
    "harm_to",
    "basis",
)
SAME += ("condition", "no_consent", "under_18", "needs_care", "at_risk", "cannot_protect")
SAME += ("talk", "way")
