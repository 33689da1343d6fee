"""The verbs of an escalation: each is one drawn move, with its actor, time and reason."""

from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone

from contacts.models import Contact, Forgotten
from helpline.foundation.audit.actions import Action
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState, move
from safeguarding.escalations import limits
from safeguarding.escalations.clock import database_now
from safeguarding.escalations.drawn import Status, leading_to
from safeguarding.escalations.kinds import Decision, Kind, StepKind, ToldByPolice, Urgency
from safeguarding.models.assessment import WORDS, Assessment
from safeguarding.models.debrief import Debrief
from safeguarding.models.escalation_step import EscalationStep
from safeguarding.sharing.kinds import Status as Sharing
from safeguarding.sharing.kinds import TaskOutcome

FRESH = ("status", "urgency", "decision", "decide_by")  # what the verbs go by
SHORTEST = 20  # characters of a reason that somebody else can understand next year


class Moving(models.Model):
    """From `raised` to `closed`, and back when something changes."""

    class Meta:
        abstract = True

    @transaction.atomic
    def acknowledge(self, *, by: Staff) -> None:
        """Say "I am looking at it", and own it; of two who press the button one gets it."""
        self._begin(by)
        changes: dict = {"owner": by, "acknowledged_by": by, "acknowledged_at": timezone.now()}
        self._move(Status.ACKNOWLEDGED, StepKind.ACKNOWLEDGED, by=by, **changes)

    @transaction.atomic
    def assess(self, *, by: Staff, **words: str) -> None:
        """Look closer, with what is known by now; `words` are those of `Assessment`.

        From `acknowledged`, or again from any later state when something has changed.
        """
        self._begin(by)
        if self.status == Status.CLOSED:
            raise WrongState("This has been closed. Open it again first.")
        self._must_say(words.get("concern", ""), "Say what worries you.", least=1)
        if self.status == Status.ASSESSING:
            self.write(StepKind.ASSESSED, by=by)
        else:
            again = {} if self.status == Status.ACKNOWLEDGED else self._time_to_decide()
            self._move(Status.ASSESSING, StepKind.ASSESSED, by=by, **again)
        self.locked().judge(by=by, **words)
        self.changed()

    @transaction.atomic
    def add(self, *, by: Staff, **words: str) -> None:
        """Add what is known by now while somebody else looks into it; the state stays as it is.

        For whoever raised it or is with the person, and for those who look into it.
        """
        if not any(words.get(name, "").strip() for name in WORDS):
            raise Refused("Write down something that you know.")
        held = self.locked_after_contact()
        if held.status == Status.CLOSED:
            raise WrongState("This has been closed. A supervisor can open it again.")
        held.judge(by=by, **words)
        held.changed()

    @transaction.atomic
    def judge(self, *, by: Staff, **words: str) -> Assessment:
        """Add one dated assessment, its row being locked; the state stays as it is."""
        if unknown := set(words) - set(WORDS):
            raise Refused(f"An assessment has no {', '.join(sorted(unknown))}.")
        number = (self.assessments.aggregate(last=Max("number"))["last"] or 0) + 1
        if words.get("said", "").strip():
            self.key_for_quotes()
        made = Assessment(number=number, by=by)
        made.escalation = self  # type: ignore[assignment]
        for name in WORDS:
            setattr(made, name, words.get(name, "").strip() or None)
        made.save(force_insert=True)
        self.record(Action.ESCALATION_ASSESSED, by=by, number=number)
        return made

    @transaction.atomic
    def decide(self, decision: str, *, by: Staff, why: str) -> None:
        """Decide what comes of it; not to share is reasoned as fully as to share (E17).

        Raises `Refused` before anybody has written what worries them. What can wait is shared by
        the safeguarding lead's decision alone; what cannot, by a supervisor's too (rules 2.14). Not
        to share is decided only once nothing is on its way that can still be stopped.
        """
        self._begin(by)
        self._must_say(why, "Say in at least 20 characters why.")
        if not self.assessments.filter(concern__isnull=False).exists():
            raise Refused("Nobody has written down what worries them. Assess it first.")
        shares = Decision(decision) in {Decision.DISCLOSE, Decision.SEEK_LOCATION}
        if shares and not by.may(Permission.DECIDE_PLANNED) and self.urgency == Urgency.PLANNED:
            raise Refused("What is planned is decided by the safeguarding lead.")
        leaving = self.disclosures.filter(status=Sharing.LEAVING)
        if Decision(decision) != Decision.DISCLOSE and not all(d.has_left() for d in leaving):
            raise Refused("Something is about to leave because it was to be shared. Stop it first.")
        at = database_now()  # of one clock with what hastens it, because the later of them counts
        changes = {"decision": Decision(decision), "decided_by": by, "decided_at": at}
        self._move(Status.DECIDED, StepKind.DECIDED, by=by, why=why, **changes)
        if self.urgency == Urgency.IMMEDIATE:
            Debrief.objects.offer(self, by=by)

    @transaction.atomic
    def act(self, *, by: Staff, why: str = "") -> None:
        """What was decided is being done. Raises `Refused` when nothing was to be done."""
        self._begin(by)
        if self.decision == Decision.NO_ACTION:
            raise Refused("It was decided that nothing more is needed.")
        self._move(Status.ACTING, StepKind.ACTED, by=by, why=why)

    @transaction.atomic
    def inform(self, *, by: Staff, why: str) -> None:
        """The person has been told what was done, by whom and how: `why` holds it."""
        self._begin(by)
        self._must_say(why, "Say in at least 20 characters what they were told, and how.")
        self._move(Status.INFORMED, StepKind.INFORMED, by=by, why=why)
        self.tasks.settle_telling(TaskOutcome.DONE, by=by, words=why)

    @transaction.atomic
    def could_not_inform(self, *, by: Staff, why: str) -> None:
        """The person could not be told, or it was not safe; without why it stays open (E18)."""
        self._begin(by)
        self._must_say(why, "Say in at least 20 characters why they could not be told.")
        self._move(Status.NOT_INFORMED, StepKind.NOT_INFORMED, by=by, why=why)
        self.tasks.settle_telling(TaskOutcome.IMPOSSIBLE, by=by, words=why)

    @transaction.atomic
    def look_back(self, *, by: Staff, why: str) -> None:
        """Look back on what was done before it is closed."""
        self._begin(by)
        self._must_say(why, "Say in at least 20 characters what you see when you look back.")
        if self.status == Status.DECIDED and self.decision != Decision.NO_ACTION:
            raise WrongState("What was decided has not been done yet.")
        self._move(Status.REVIEW, StepKind.REVIEWED, by=by, why=why)

    @transaction.atomic
    def close(self, *, by: Staff, why: str) -> None:
        """Close it. Its record stays for its class; a decision of no action lets the person’s own
        words go with the contact. Raises `Refused` while a sharing of it is not over."""
        self._begin(by)
        self._must_say(why, "Say in at least 20 characters why it can be closed.")
        if self.disclosures.open().exists():
            raise Refused(
                "Something is still being shared. Write down who has it, or that it is not shared."
            )
        changes = {"closed_at": timezone.now(), "keep_until": self.last_day()}
        self._move(Status.CLOSED, StepKind.CLOSED, by=by, why=why, **changes)
        if Contact.objects.filter(pk=self.contact_id, purged_on__isnull=False).exists():
            gone = type(self).objects.filter(pk=self.pk).about_nothing().forget_said()
            Forgotten.objects.note(Forgotten.What.QUOTES, gone)

    @transaction.atomic
    def reopen(self, *, by: Staff, why: str) -> None:
        """Open what was closed: it is assessed again, by whoever opens it."""
        self._begin(by)
        self._must_say(why, "Say in at least 20 characters why it is opened again.")
        changes = {"owner": by, "closed_at": None, "keep_until": None, **self._time_to_decide()}
        changes |= {"looked_at_on": None, "looked_at_by": None}
        changes["hold_proposal"] = self.proposal_now()
        if self.status != Status.CLOSED:
            raise WrongState("It is open already.")
        self._move(Status.ASSESSING, StepKind.REOPENED, by=by, why=why, **changes)

    @transaction.atomic
    def note_police_level(self, level: str, *, by: Staff) -> None:
        """The police’s own level for somebody missing, as they told it; we have none (E16)."""
        self._begin(by)
        if self.kind != Kind.MISSING_NOW or self.status == Status.CLOSED:
            raise Refused("The police’s level is noted only while somebody is missing.")
        told = ToldByPolice(level)
        type(self).objects.filter(pk=self.pk).update(told_by_police=told)
        self.refresh_from_db(fields=["told_by_police"])
        self.write(StepKind.POLICE_LEVEL, by=by, words=str(told.label))
        self.changed()

    def _time_to_decide(self) -> dict:
        """Something has changed: there is as much time to decide again as at first."""
        return {"decide_by": limits.decide_by(self.urgency, timezone.now())}

    def _begin(self, by: Staff) -> None:
        """Lock the contact and then this, as the purge does, so that neither waits for the other;
        and go by what it is now, because it may have become more urgent meanwhile.

        Raises `Refused` for whoever may raise a worry and not decide about one.
        """
        if not by.may(Permission.LOOK_INTO_ESCALATIONS):
            raise Refused("A supervisor or the safeguarding lead does this.")
        self.locked_after_contact()
        self.refresh_from_db(fields=FRESH)

    def _must_say(self, words: str, otherwise: str, *, least: int = SHORTEST) -> None:
        if len(words.strip()) < least:
            raise Refused(otherwise)

    def _move(self, to: str, step: StepKind, *, by: Staff, why: str = "", **changes) -> None:
        allowed = [self.status] if (self.status in leading_to(to)) else []
        move(self, to, allowed=allowed, **changes)
        self.write(step, by=by, words=why)
        self.changed()

    def write(
        self, kind: StepKind, *, by: Staff | None, words: str = "", to: Staff | None = None
    ) -> EscalationStep:
        """Add one step and one fact to the trail; in the caller's transaction."""
        held = self.locked()
        number = (held.steps.aggregate(last=Max("number"))["last"] or 0) + 1
        step = EscalationStep(escalation=held, number=number, kind=kind, by=by, to=to)
        step.words = words.strip() or None
        step.save(force_insert=True)
        self.record(Action.ESCALATION_MOVED, by=by, step=kind)
        return step
