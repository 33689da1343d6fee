"""The verbs of a request: first it is made ready with the person, then it is done for them.

Each verb locks the request, checks, moves it on and adds a step to its history. What was agreed is
held by a mark over every word of it, so nothing else can be approved, and nothing else can leave.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.utils import timezone

from contacts import checking
from contacts.acts.kinds import (
    DUE_WITHIN,
    MOST_TRIES,
    TRIES,
    Checked,
    Kind,
    Result,
    Route,
    Side,
    StepKind,
    Told,
)
from contacts.models.consent import Consent
from contacts.models.helped import Entry
from contacts.models.service_user import ServiceUser
from contacts.models.whose import lock_whoever
from helpline.foundation.calendar import this_minute
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState, move, two_people

WHO = ("name", "born", "reach", "without", "proof", "safety", "announce")
GIVEN = (*WHO, "recipient", "relation", "route_to", "words")
PLAIN = ("voicemail", "window_from", "window_to", "route", "side")
SHORTEST = 10
SAFE = {Told.CALLED: ("may_call",), Told.WROTE: ("may_email", "may_text", "may_post")}


def due(status: str) -> datetime:
    """By when the next step is due for a request that stands there from now on."""
    return timezone.now() + DUE_WITHIN[str(status)]


class Preparing(models.Model):
    """From asking to approval."""

    class Meta:
        abstract = True

    @transaction.atomic
    def give(self, *, by: Staff, **given) -> None:
        """Write down their details and for whom it is, while nothing is agreed yet.

        Whoever is another recipient than before has to be checked again.
        """
        self.lock()
        if self.status != self.Status.ASKED:
            raise WrongState("It has been agreed with them. Open it again before you change it.")
        before = (self.recipient, self.route_to)
        for field in GIVEN:
            if field in given:
                setattr(self, field, (given[field] or "").strip() or None)
        for field in PLAIN:
            if field in given:
                setattr(self, field, given[field])
        if (self.recipient, self.route_to) != before:
            self.checked, self.checked_by_id = "", None
        self.away = self.away_index()
        changed = [*GIVEN, *PLAIN, "checked", "checked_by", "away"]
        self.save(update_fields=changed)
        self.note(StepKind.GIVEN, by=by)

    @transaction.atomic
    def check_recipient(self, how: str, *, by: Staff, mark: str) -> None:
        """Somebody made sure of the recipient for whom `mark` stands, as `recipient_mark` gave it.

        Raises `WrongState` when it is somebody else by now: whoever was checked is not who gets it.
        """
        self.lock()
        if self.status not in self.BEFORE or not (self.recipient and self.route_to):
            raise Refused("There is nobody to check: write down who it is for first.")
        if mark != self.recipient_mark():
            raise WrongState("It is for somebody else by now. Make sure of them instead.")
        type(self).objects.filter(pk=self.pk).update(checked=Checked(how), checked_by=by)
        self.refresh_from_db(fields=["checked", "checked_by"])
        self.note(StepKind.CHECKED, by=by)

    @transaction.atomic
    def agree(self, *, by: Staff, mark: str) -> None:
        """The person has heard every word of it and agrees; `mark` stands for what they heard.

        Raises `Refused` while something is missing, `WrongState` when it was changed meanwhile.
        """
        self.lock()
        if missing := self.lacks():
            raise Refused(f"Something is still missing. {' '.join(missing)}")
        if self.route == Route.EMAIL and self.needs.recipient:
            self._must_be_address()
        self._must_not_lead_to_them()
        if mark != self.mark():
            raise WrongState("It has been changed since it was read to them. Read it again.")
        self.must_still_agree()
        status = self.Status.AGREED
        until = self.window_to if self.kind == Kind.CALL_BACK else due(status)
        now = this_minute()
        move(
            self, status, allowed=[self.Status.ASKED], agreed_mark=mark, agreed_at=now, due_at=until
        )
        self.note(StepKind.AGREED, by=by)

    def _must_be_address(self) -> None:
        """Raise `Refused` for what is no single plain address (H05)."""
        try:
            validate_email(self.route_to)
        except ValidationError:
            raise Refused("This is not an e-mail address. Nothing can be sent to it.") from None

    def _must_not_lead_to_them(self) -> None:
        """Raise `Refused` for words that could say where somebody is who wishes not to be found."""
        found = checking.identifying(self.words or "")
        if found and Consent.objects.says_not_to_be_found(self.contact):
            kinds = checking.in_words(found)
            raise Refused(f"They do not wish to be found, and the words seem to hold {kinds}.")

    def must_still_be_wanted(self) -> None:
        """Raise `Refused` when they do not agree to it any longer, or it could lead to them.

        What they wish now counts, not what they wished when it was agreed.
        """
        self.must_still_agree()
        self._must_not_lead_to_them()

    @transaction.atomic
    def reopen(self, *, by: Staff) -> None:
        """Something changes: nothing that was agreed or approved holds any longer."""
        self.lock()
        move(
            self,
            self.Status.ASKED,
            allowed=[self.Status.AGREED, self.Status.APPROVED],
            agreed_mark="",
            agreed_at=None,
            approved_by=None,
            approved_mark="",
            due_at=due(self.Status.ASKED),
        )
        self.note(StepKind.OPENED, by=by)

    @transaction.atomic
    def approve(self, *, by: Staff, mark: str) -> None:
        """A second person has read all of it: `mark` stands for what they read.

        Raises `Refused` for whoever took it down or owns it, and while nobody has checked the
        recipient; `WrongState` when it is not what was agreed with the person.
        """
        self.lock()
        for first in {self.taken_by, self.owner} - {None}:
            two_people(first, by)
        if self.kind == Kind.CALL_BACK:
            raise Refused("Ringing somebody back needs no approval.")
        if not self.checked:
            raise Refused("Nobody has made sure yet that the recipient is who they should be.")
        if not mark == self.agreed_mark == self.mark():
            raise WrongState("This is not what was agreed with the person. Read it again.")
        self.must_still_be_wanted()
        status = self.Status.APPROVED
        changes = {"approved_by": by, "approved_mark": mark, "due_at": due(status)}
        move(self, status, allowed=[self.Status.AGREED], **changes)
        self.note(StepKind.APPROVED, by=by)

    def must_still_agree(self) -> None:
        """Raise `Refused` once they have taken it back, or the day they named is over."""
        said = Consent.objects.standing(self.contact).get(self.needs.purpose)
        if said is None or not said.is_in_force():
            raise Refused("They do not agree to this any longer. Ask them first.")

    def away_index(self) -> str | None:
        """What stands for whoever is away: them on their own side, the recipient on the family’s.

        Only a safeguarding lead can look both up (rules 2.8.8).
        """
        names = {Side.AWAY: self.name, Side.FAMILY: self.recipient}
        return self.index_of(names.get(Side(self.side)) or "")


class Doing(models.Model):
    """From approval to “they know what came of it”."""

    class Meta:
        abstract = True

    def _may_begin(self) -> list[str]:
        ready = self.Status.AGREED if self.kind == Kind.CALL_BACK else self.Status.APPROVED
        return [ready, self.Status.UNDER_WAY]

    @transaction.atomic
    def send(self, *, by: Staff) -> None:
        """Give the letter to the outbox, exactly as it was approved; anything else is `Refused`."""
        self.lock()
        if self.route != Route.EMAIL or not self.needs.words:
            raise Refused("This is said by telephone. The system sends only letters.")
        if not self.checked:
            raise Refused("Nobody has made sure yet that the recipient is who they should be.")
        letter = self.letter()
        if self.status == self.Status.APPROVED and self.approved_mark != self.mark():
            raise Refused("This is not what was approved, so it is not sent.")
        self.must_still_be_wanted()
        move(
            self,
            self.Status.UNDER_WAY,
            allowed=[self.Status.APPROVED],
            due_at=due(self.Status.UNDER_WAY),
        )
        message = Message.objects.put(
            to=letter.to,
            subject=letter.subject,
            template=letter.template,
            context=letter.context,
            approved=letter.mark,
        )
        type(self).objects.filter(pk=self.pk).update(letter_id=message.pk)
        self.refresh_from_db(fields=["letter_id"])
        self.note(StepKind.SENT, by=by)

    @transaction.atomic
    def tried(self, came: str, *, by: Staff, words: str = "") -> None:
        """One of three tries to ring, within the hours that are safe for them.

        Raises `Refused` outside these hours, for a voicemail that they do not want, and for a
        fourth try.
        """
        self.lock()
        if StepKind(came) not in TRIES:
            raise Refused("That is not what comes of ringing somebody.")
        self.must_still_be_wanted()
        self._may_ring(voicemail=came == StepKind.VOICEMAIL)
        attempt = self.steps.exclude(attempt=None).count() + 1
        if attempt > MOST_TRIES:
            raise Refused("It was tried three times. Write down what came of it.")
        self.must_still_agree()
        later = self.due_at if self.kind == Kind.CALL_BACK else due(self.Status.UNDER_WAY)
        move(self, self.Status.UNDER_WAY, allowed=self._may_begin(), due_at=later)
        self.note(came, by=by, words=words, attempt=attempt)

    def _may_ring(self, *, voicemail: bool) -> None:
        """Raise `Refused` for a way or an hour that was not agreed with the person."""
        now = timezone.now()
        if self.route != Route.PHONE:
            raise Refused("This is sent by e-mail. Nobody rings.")
        too_early = self.window_from is not None and now < self.window_from
        too_late = self.window_to is not None and now > self.window_to
        if too_early or too_late:
            raise Refused("It is not safe for them to be rung now. Agree other hours with them.")
        record = self.record() if self.kind == Kind.CALL_BACK else None
        if record is not None and record.may_call is False:
            raise Refused("Their record says that they may not be called. Ask them first.")
        unwanted = record is not None and record.may_voicemail is False
        if voicemail and (unwanted or not self.voicemail):
            raise Refused("They do not want a voicemail. Nothing may be left on it.")

    @transaction.atomic
    def finish(self, result: str, *, by: Staff, words: str = "") -> None:
        """What came of it, in words for the person it was done for. They are told next."""
        lock_whoever(self.contact)
        self.lock()
        status = self.Status.DONE
        if self.kind == Kind.CALL_BACK and result == Result.PASSED:
            status = self.Status.TOLD  # they were on the line themselves
        until = None if status == self.Status.TOLD else due(status)
        allowed = [self.Status.UNDER_WAY]
        move(self, status, allowed=allowed, result=Result(result), due_at=until)
        self.note(StepKind.FINISHED, by=by, words=words)
        if status == self.Status.TOLD:
            self.remember(self.record(), by=by)

    @transaction.atomic
    def answered(self, words: str, *, by: Staff) -> None:
        """The recipient has answered, through us. The person hears it next, even if they were told
        of the rest."""
        self.lock()
        if not words.strip():
            raise Refused("Write down what they answered, in their words.")
        if self.status == self.Status.STOPPED:
            raise WrongState("This was stopped, so no answer can be kept with it any more.")
        allowed = [self.Status.UNDER_WAY, self.Status.DONE, self.Status.TOLD]
        changes = {"due_at": due(self.Status.DONE), "kept": False}
        if not self.result:
            changes["result"] = Result.PASSED
        move(self, self.Status.DONE, allowed=allowed, **changes)
        self.note(StepKind.REPLY, by=by, words=words)

    @transaction.atomic
    def tell(self, how: str, *, by: Staff, read: int) -> None:
        """The person knows what came of it, by a way that is safe for them.

        `read` is the number of the last step that whoever told them had read: an answer that came
        after it they do not know (`WrongState`). Raises `Refused` for ringing or writing to
        somebody who gave no way to reach them, or whose record says not to.
        """
        lock_whoever(self.contact)
        self.lock()
        if self.steps.filter(kind=StepKind.REPLY, number__gt=read).exists():
            raise WrongState("An answer has come that you had not read. Tell them that too.")
        if Told(how) != Told.IN_CONTACT and not self.reach:
            raise Refused("They gave no way to reach them. Keep it until they return.")
        record = self.record()
        if record and how in SAFE and not any(getattr(record, way) for way in SAFE[Told(how)]):
            raise Refused("They did not say that this way is safe. Keep it until they return.")
        move(self, self.Status.TOLD, allowed=[self.Status.DONE], due_at=None, kept=False)
        self.note(StepKind.TOLD, by=by, words=Told(how).label)
        self.remember(record, by=by)

    def remember(self, record: ServiceUser | None, *, by: Staff) -> None:
        """One line of how they were helped, for whoever has a record: what it was and what came of
        it. Its words stay with the request."""
        if record is not None and not Entry.objects.filter(action=self.pk).exists():
            said = f"{self.get_kind_display()}. {self.get_result_display()}."
            Entry.objects.write(record, said, by=by, contact=self.contact, action=self)

    @transaction.atomic
    def keep(self, *, by: Staff) -> None:
        """There is no safe way to tell them: it waits until they return with their code."""
        self.lock()
        move(self, self.Status.DONE, allowed=[self.Status.DONE], kept=True, due_at=None)
        self.note(StepKind.KEPT, by=by)

    @transaction.atomic
    def hand_over(self, *, by: Staff, to: Staff | None, words: str) -> None:
        """Somebody else goes on with it: a colleague, or whoever of the team takes it on.

        Raises `Refused` without what they need to know.
        """
        self.lock()
        if len(words.strip()) < SHORTEST:
            raise Refused("Say what whoever goes on with it needs to know.")
        if to is not None and not type(self).objects.in_reach_of(to).filter(pk=self.pk).exists():
            raise Refused("This colleague cannot go on with it.")
        self._own(to)
        self.note(StepKind.HANDED_OVER, by=by, words=words)

    @transaction.atomic
    def take_on(self, *, by: Staff) -> None:
        """Take on what nobody owns; of two who try one gets it."""
        self.lock()
        if self.owner_id is not None:
            raise WrongState("A colleague was faster and goes on with it.")
        self._own(by)
        self.note(StepKind.TAKEN, by=by)

    def _own(self, staff: Staff | None) -> None:
        if self.status in self.OVER:
            raise WrongState("It is over already.")
        type(self).objects.filter(pk=self.pk).update(owner=staff, reminded_at=None)
        self.refresh_from_db(fields=["owner", "reminded_at"])

    @transaction.atomic
    def stop(self, *, by: Staff | None, words: str = "") -> None:
        """It will not be done: they changed their mind, or it would not be safe.

        A letter that still waits in the outbox does not leave; one that has left cannot be called
        back (`WrongState`).
        """
        self.lock()
        if self.letter_id and not Message.objects.withdraw(self.letter_id):
            raise WrongState("The letter has left already. Write down what came of it.")
        going = [*self.BEFORE, self.Status.UNDER_WAY]
        move(self, self.Status.STOPPED, allowed=going, due_at=None, kept=False, letter_id=None)
        self.note(StepKind.STOPPED, by=by, words=words)
