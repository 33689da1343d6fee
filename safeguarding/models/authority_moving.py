"""The verbs of a request of an authority: each refuses whoever may not, and leaves a step."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.db import models, transaction
from django.utils import timezone

from contacts.handles import normal
from contacts.models import Contact
from helpline.foundation.audit.actions import Action
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState, move, two_people
from safeguarding.authorities.drawn import OVER, Status, leading_to
from safeguarding.authorities.kinds import (
    OPENS_THE_GATE,
    SAYS_SOMETHING,
    Decision,
    How,
    Kind,
    StepKind,
    VictimTold,
)
from safeguarding.escalations import kinds as worries
from safeguarding.models.escalation import Escalation
from safeguarding.models.hold import Hold
from safeguarding.models.moving import SHORTEST

BEFORE = (Status.UNVERIFIED, Status.VERIFIED)
REVIEW_AFTER = 3  # months
SHORTEST_NUMBER = 7  # digits: fewer are an extension or a desk, and stand in other numbers too
PRESSED = (
    "Somebody says on the telephone that a life is at risk and wants to be told something. It is"
    " not verified. Say nothing; ring back on a published number. It is on the desk for"
    " authorities as"
)
AGREED_TO = (
    "A request about this contact was agreed to. That is a reason to look and no ground to share:"
    " find the ground here, or share nothing. It is on the desk for authorities as"
)
HELD_FOR = "What an order or a claim names must not be destroyed. It is on the desk as"


class Preparing(models.Model):
    """What supervisors write down about a request, and whoever is asked about it."""

    class Meta:
        abstract = True

    @transaction.atomic
    def acknowledge(self, *, by: Staff) -> None:
        """Say that whoever asks has been told that we have it, and nothing else."""
        self._begin(by)
        if self.acknowledged_at or not self.is_open():
            raise WrongState("This has been acknowledged already.")
        self._put(acknowledged_by=by, acknowledged_at=timezone.now())
        self.write(StepKind.ACKNOWLEDGED, by=by)

    @transaction.atomic
    def press(self, *, by: Staff) -> None:
        """They press, and say that a life is at risk: the lead is called at once, and it stays as
        unverified as it was (E06). The second time nobody is called again."""
        self._begin(by)
        self._still(*BEFORE)
        if self.pressed_id:
            raise WrongState("The safeguarding lead has been called already.")
        called = Escalation.objects.escalate(
            None,
            by=by,
            kind=worries.Kind.IN_DANGER_NOW,
            urgency=worries.Urgency.IMMEDIATE,
            service=self.service,
            concern=f"{PRESSED} {self.name_words}.",
        )
        self._put(pressed=called)
        self.write(StepKind.PRESSED, by=by)

    @transaction.atomic
    def tick(self, met: Iterable[str], *, by: Staff) -> None:
        """Write down which requirements of its kind are there now; codes of others are refused."""
        self._begin(by)
        self._still(*BEFORE)
        known = [each.code for each in self.needs.requirements]
        met = set(met)
        if unknown := met - set(known):
            raise Refused(f"There is no requirement {', '.join(sorted(unknown))} here.")
        self._put(met=[code for code in known if code in met])
        self.write(StepKind.TICKED, by=by)

    @transaction.atomic
    def note_victim(self, victim: str, *, by: Staff, counselling: bool) -> None:
        """Write down whether the victim knows, and whether notes of counselling are asked for."""
        self._begin(by)
        self._still(*BEFORE)
        if self.kind != Kind.VICTIM:
            raise Refused("This is no victim information request.")
        self._put(victim=VictimTold(victim), counselling=counselling)
        self.write(StepKind.VICTIM, by=by)

    @transaction.atomic
    def name_contact(self, handle: str, *, by: Staff) -> None:
        """Name a contact that it is about, by its handle and never by a search; whoever names it
        must be able to read it. What an order or a claim names is held from now on."""
        self._begin(by)
        self._still(*BEFORE)
        if self.kind == Kind.MISSING:
            raise Refused("Nobody is looked for because of an enquiry about a missing person.")
        mine = Contact.objects.visible_to(by).filter(service=self.service)
        contact = mine.filter(handle=normal(handle)).first()
        if contact is None:
            raise Refused("There is no contact of yours with this handle.")
        contact = contact.locked(restricted_too=True)
        if self.contacts.filter(contact=contact).exists():
            raise Refused("This contact is named already.")
        self.contacts.create(contact=contact, named_by=by)
        if self.needs.keeps:
            review = add_months(london_today(), REVIEW_AFTER)
            Hold.objects.place(
                contact,
                by=by,
                kind=Hold.Kind.LEGAL,
                ground=Hold.Ground.CLAIM,
                reason=f"{HELD_FOR} {self.name_words}.",
                review_on=review,
            )
        self.write(StepKind.NAMED, by=by)

    @transaction.atomic
    def verify(self, *, by: Staff, published: str, published_in: str, rang_at: datetime) -> None:
        """It is who they say: `by` rang a published number at `rang_at` and asked for them.

        A number that the caller gave is refused, however it is written and whatever stands beside
        it (E06).
        """
        self._begin(by)
        if self.kind == Kind.MISSING:
            raise Refused("Whoever asks about a missing person is told the same: nobody is rung.")
        self._still(Status.UNVERIFIED)
        self._must_say(published_in, "Say where that number is published.", least=3)
        if not _digits(published):
            raise Refused("Say which number you rang.")
        if _is_theirs(published, self.given or ""):
            raise Refused("This is the number they gave. Ring one that is published.")
        if rang_at > timezone.now():
            raise Refused("This time has not come yet.")
        self._put(published=published.strip(), published_in=published_in.strip())
        self._move(Status.VERIFIED, StepKind.VERIFIED, by=by, verified_by=by, verified_at=rang_at)

    @transaction.atomic
    def doubt(self, *, by: Staff, why: str) -> None:
        """It may not be who they said: it is verified again before anything else."""
        self._begin(by)
        self._still(Status.VERIFIED)
        self._must_say(why, "Say in at least 20 characters why you doubt it.")
        gone = {"verified_by": None, "verified_at": None}
        self._move(Status.UNVERIFIED, StepKind.DOUBTED, by=by, why=why, **gone)

    @transaction.atomic
    def consider(self, *, by: Staff, words: str) -> None:
        """Write down how it was considered: for and against, and what would be enough (S0-22)."""
        self._begin(by)
        self._still(*BEFORE)
        self._must_say(words, "Say in at least 20 characters what speaks for it and against it.")
        self._put(consideration=words.strip())
        self.write(StepKind.CONSIDERED, by=by)

    @transaction.atomic
    def advise(self, *, by: Staff, words: str) -> None:
        """What the data protection officer says to it (rules 2.14); nobody else is consulted so."""
        self._begin(by, Permission.ADVISE_ON_AUTHORITY_REQUESTS, "The data protection officer")
        self._still(*BEFORE)
        self._must_say(words, "Say in at least 20 characters what you advise.")
        self._put(advised_by=by, advised_at=timezone.now())
        self.write(StepKind.ADVISED, by=by, words=words)

    @transaction.atomic
    def withdraw(self, *, by: Staff, why: str) -> None:
        """Whoever asked does not ask any more."""
        self._begin(by)
        self._still(*BEFORE)
        self._must_say(why, "Say in at least 20 characters how you know.")
        self._move(Status.WITHDRAWN, StepKind.WITHDRAWN, by=by, why=why, **self._ended())


class AuthorityMoving(Preparing):
    """From a decision by the lead to an answer, by way of a second person."""

    class Meta:
        abstract = True

    @transaction.atomic
    def director_agrees(self, *, by: Staff, director: str, reasons: str) -> None:
        """A director, who has no account here, has agreed: who it was, and their reasons.

        For notes of counselling it sets aside the presumption that they are not shared (E07).
        """
        self._begin(by, Permission.DECIDE_AUTHORITY_REQUESTS, "The safeguarding lead")
        self._still(*BEFORE)
        self._must_say(director, "Say which director.", least=3)
        self._must_say(reasons, "Say in at least 20 characters what their reasons are.")
        self._put(director=director.strip(), director_reasons=reasons.strip())
        self._put(director_noted_by=by, director_at=timezone.now())
        self.write(StepKind.DIRECTOR, by=by)

    @transaction.atomic
    def decide(self, decision: str, *, by: Staff, why: str) -> None:
        """The lead decides; a refusal is reasoned as fully as an agreement.

        Raises `Refused` with everything that is missing. To whoever is not verified nothing is
        said, not even that nothing is held (E06).
        """
        self._begin(by, Permission.DECIDE_AUTHORITY_REQUESTS, "The safeguarding lead")
        self._still(*BEFORE)
        decision = Decision(decision)
        if decision not in self.answers():
            raise Refused("About a missing person we neither confirm nor deny.")
        self._must_say(why, "Say in at least 20 characters why.")
        if decision in SAYS_SOMETHING and self.status != Status.VERIFIED:
            raise Refused("They are not verified. Ring back on a published number first.")
        if lacking := self.lacks(decision):
            raise Refused(" ".join(lacking))
        changes = {"decision": decision, "decided_by": by, "decided_at": timezone.now()}
        self._move(Status.DECIDED, StepKind.DECIDED, by=by, why=why, **changes)

    @transaction.atomic
    def send_back(self, *, by: Staff, why: str) -> None:
        """The second person does not sign; it is decided again."""
        self._begin(by)
        self._still(Status.DECIDED)
        two_people(self.decided_by, by)
        self._undo(StepKind.SENT_BACK, by=by, why=why)

    @transaction.atomic
    def reconsider(self, *, by: Staff, why: str) -> None:
        """What was signed is not answered so: no ground was found, or something has changed."""
        self._begin(by, Permission.DECIDE_AUTHORITY_REQUESTS, "The safeguarding lead")
        self._still(Status.SIGNED)
        self._undo(StepKind.RECONSIDERED, by=by, why=why)

    def _undo(self, step: StepKind, *, by: Staff, why: str) -> None:
        self._must_say(why, "Say in at least 20 characters what is missing.")
        to = Status.VERIFIED if self.verified_at else Status.UNVERIFIED
        undone = dict.fromkeys(["decided_by", "decided_at", "signed_by", "signed_at"])
        self._move(to, step, by=by, why=why, decision="", **undone)

    @transaction.atomic
    def sign(self, *, by: Staff, read: int) -> None:
        """A second person signs what they have read, up to step `read` and no older.

        To agree shares nothing: it opens an escalation about each contact named, in which a ground
        is found or nothing leaves (S0-21).
        """
        self._begin(by)
        self._still(Status.DECIDED)
        two_people(self.decided_by, by)
        if read != self.last_step():
            raise WrongState("Something was added since you read it. Read it again.")
        self._move(Status.SIGNED, StepKind.SIGNED, by=by, signed_by=by, signed_at=timezone.now())
        if self.decision in OPENS_THE_GATE:
            self._open_the_gate(by)

    def _open_the_gate(self, by: Staff) -> None:
        for named in self.contacts.select_related("contact"):
            named.escalation = Escalation.objects.escalate(
                named.contact,
                by=by,
                kind=worries.Kind.OTHER,
                urgency=worries.Urgency.PLANNED,
                concern=f"{AGREED_TO} {self.name_words}.",
            )
            named.save(update_fields=["escalation"])

    @transaction.atomic
    def answer(self, *, by: Staff, how: str) -> None:
        """The letter has left, by a way we found ourselves; the request is over.

        That we agree is written only once a ground was found: until the escalation of every contact
        named is decided, and one of them to share, it is refused (S0-21).
        """
        self._begin(by)
        self._still(Status.SIGNED)
        if self.decision in OPENS_THE_GATE and not self.a_ground_was_found():
            raise Refused("No ground was found yet. Decide the escalations it opened first.")
        changes = {"answered_how": How(how)} | self._ended()
        self._move(Status.ANSWERED, StepKind.ANSWERED, by=by, **changes)

    def _ended(self) -> dict:
        return {"closed_at": timezone.now(), "keep_until": self.last_day()}

    def _begin(
        self,
        by: Staff,
        permission: Permission = Permission.PREPARE_AUTHORITY_REQUESTS,
        who: str = "A supervisor or the safeguarding lead",
    ) -> None:
        """Read it again with its row locked. Raises `Refused` for whoever may not do this."""
        if not by.may(permission) or self.service not in by.services:
            raise Refused(f"{who} does this.")
        rows = type(self).objects.select_for_update(no_key=True, of=("self",)).with_keys()
        self.refresh_from_db(from_queryset=rows)

    def _put(self, **values: object) -> None:
        """Write these columns, its row being locked."""
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))

    def _still(self, *allowed: str) -> None:
        if self.status not in allowed:
            over = "It is over." if self.status in OVER else "It has been decided."
            raise WrongState(f"{over} Somebody else may have been here first.")

    def _must_say(self, words: str, otherwise: str, *, least: int = SHORTEST) -> None:
        if len(words.strip()) < least:
            raise Refused(otherwise)

    def _move(self, to: str, step: StepKind, *, by: Staff, why: str = "", **changes) -> None:
        allowed = [self.status] if self.status in leading_to(to) else []
        move(self, to, allowed=allowed, **changes)
        self.write(step, by=by, words=why)

    def write(self, kind: StepKind, *, by: Staff, words: str = "") -> None:
        """Add one step and one fact to the trail; in the caller's transaction."""
        number = self.last_step() + 1
        step = self.steps.model(request=self, number=number, kind=kind, by=by)
        step.words = words.strip() or None
        step.save(force_insert=True)
        self.record(Action.AUTHORITY_REQUEST_MOVED, by=by, step=kind)


def _is_theirs(rung: str, given: str) -> bool:
    """Whether a number that was rung is one of those that were given, or part of what was."""
    if _digits(rung) == _digits(given):
        return True
    ours, theirs = _numbers(rung), _numbers(given)
    return any(one in other or other in one for one in ours for other in theirs)


def _numbers(said: str) -> list[str]:
    """The numbers in what somebody wrote, each for itself and all as if they were one."""
    each = [_digits(part) for part in re.split(r"[^\d\s()+.-]+", said)]
    return [digits for digits in [*each, _digits(said)] if len(digits) >= SHORTEST_NUMBER]


def _digits(number: str) -> str:
    """A number without its spaces and its country, to compare two of them."""
    digits = "".join(each for each in number if each.isdigit())
    return digits.removeprefix("0044").removeprefix("44").lstrip("0")
