"""From approval until somebody has it, or it was decided that nobody does."""

from django.db import models, transaction
from django.utils import timezone

from contacts.models.restricted import RESTRICTED, usable
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState, move
from safeguarding import gate
from safeguarding.models.preparing import refuse_if
from safeguarding.models.recipient import Recipient
from safeguarding.models.shared_item import record_step
from safeguarding.models.task import Task
from safeguarding.sharing.kinds import ShareStep, Status, TaskKind, Way


class Sending(models.Model):
    """The one way out, and what happens then."""

    class Meta:
        abstract = True

    @transaction.atomic
    def disclose(self, *, by: Staff) -> None:
        """Set it on its way: the only verb by which anything leaves.

        Raises `Refused` while a condition of rules 2.8.3 is missing, or when it is not word for
        word what was read; of two who press at once one gets `WrongState`. What is not urgent waits
        `SHARING_DELAY` and can be stopped until then. From now on the person has to be told.
        """
        self.lock(by)
        self._keep_on_the_list()
        facts = self.facts()
        if (contact := self.escalation.contact) is not None and not usable(contact):
            raise Refused(RESTRICTED)
        refuse_if(gate.missing(facts))
        alone = not facts.second
        ready = Status.PREPARED if alone else Status.APPROVED
        if self.status == ready and self.mark() != self.agreed_mark(alone):
            raise Refused("This is not what was read and approved, so it does not leave.")
        now = timezone.now()
        leaving = self.package_now()
        if self.status == ready:
            self.write(package=leaving.body, went_to=leaving.to)
        move(
            self,
            Status.LEAVING,
            allowed=[ready],
            alone=alone,
            left_by=by,
            leaves_at=now + self.delay(),
            left_mark=leaving.mark,
        )
        self._post(leaving)
        if self.escalation.status == "decided":
            self.escalation.act(by=by)
        due_at = self.tell_by
        Task.objects.owe(
            TaskKind.TELL_PERSON, self.escalation, by=by, disclosure=self, due_at=due_at
        )
        record_step(self, ShareStep.LEFT, by=by)
        self.escalation.changed()

    def _keep_on_the_list(self) -> None:
        """Read the recipient again as the list has it now; whoever takes it off waits until this is
        over, and then stops what was set on its way."""
        if self.recipient:
            rows = Recipient.objects.select_for_update(no_key=True)
            self.recipient.refresh_from_db(fields=["status"], from_queryset=rows)

    def agreed_mark(self, alone: bool) -> str:
        """The mark of what was read: by the second person, or by whoever decides alone."""
        return self.prepared_mark if alone else self.approved_mark

    def _post(self, leaving) -> None:
        """Give a letter to the outbox, sealed, to leave when its time has come."""
        if self.way != Way.EMAIL:
            return
        message = Message.objects.put(
            to=leaving.to,
            subject=leaving.subject,
            template=leaving.template,
            context=leaving.context,
            approved=leaving.mark,
            not_before=self.leaves_at,
        )
        type(self).objects.filter(pk=self.pk).update(letter_id=message.pk)
        self.refresh_from_db(fields=["letter_id"])

    @transaction.atomic
    def cancel(self, *, by: Staff) -> None:
        """Stop it while it has not left: back to its preparation. After that, `WrongState`."""
        self.lock(by)
        if self.status != Status.LEAVING or self.has_left():
            raise WrongState("It has left already, so it cannot be stopped.")
        if self.letter_id and not Message.objects.withdraw(self.letter_id):
            raise WrongState("It has left already, so it cannot be stopped.")
        self._still_with_us(ShareStep.STOPPED, by=by)

    @transaction.atomic
    def nobody_took_it(self, why: str, *, by: Staff) -> None:
        """It was opened to be read out, and nobody on the telephone took it: back to its
        preparation, from where it goes another way or is not shared.

        Raises `WrongState` for what was not opened since it was set on its way, or has a receipt,
        and `Refused` by another way, without why, and once somebody else was told of it.
        """
        self.lock(by)
        if self.status != Status.LEAVING or not self.has_left():
            raise WrongState("Nobody has rung them to read it out, or somebody took it.")
        if self.way != Way.PHONE:
            raise Refused("Only what is read out on the telephone can be taken by nobody.")
        if self.tasks.filter(kind=TaskKind.BREACH).exists():
            raise Refused("It was reported that somebody else was told, so it was not with nobody.")
        if len(why.strip()) < gate.SHORTEST:
            raise Refused("Say in at least 20 characters how you know that nobody heard any of it.")
        self._still_with_us(ShareStep.NOT_TAKEN, by=by, words=why)

    def _still_with_us(self, step: ShareStep, *, by: Staff, words: str = "") -> None:
        """Nobody was told anything, so nobody has to be told of it; it is prepared again."""
        self._take_back([Status.LEAVING])
        self.write(package=None, went_to=None)
        self.tasks.open().exclude(kind=TaskKind.BREACH).delete()
        record_step(self, step, by=by, words=words)
        self.escalation.changed()

    @transaction.atomic
    def read_out(self, *, by: Staff) -> str:
        """The words to read out or to print, exactly as they were fixed; that it was opened is
        recorded, and from then on it has left.

        Raises `Refused` before its time, for what the system sends itself, and once the recipient
        is off the list.
        """
        self.lock(by)
        self._keep_on_the_list()
        if self.way == Way.EMAIL or self.status not in {Status.LEAVING, Status.SHARED}:
            raise Refused("There is nothing here to read out or to print.")
        if not self.is_time():
            raise Refused("Its time has not come. Until then it can still be stopped.")
        if self.recipient.status != Recipient.Status.VERIFIED:
            raise Refused("This recipient is off the list, so nothing goes there any more.")
        if self.status == Status.LEAVING:
            record_step(self, ShareStep.READ, by=by)
        return str(self.package)

    @transaction.atomic
    def received(self, receipt: str, *, by: Staff) -> None:
        """Somebody has it: their name or number, and when. Raises `Refused` while it is with us."""
        self.lock(by)
        if self.status == Status.LEAVING and not self.has_left():
            raise Refused("It has not left yet: nobody has sent it, read it out or printed it.")
        if len(receipt.strip()) < 3:
            raise Refused("Write down who took it: a name or a number.")
        self.write(receipt=receipt.strip(), received_at=timezone.now())
        move(self, Status.SHARED, allowed=[Status.LEAVING], ended_by=by, ended_at=timezone.now())
        record_step(self, ShareStep.RECEIVED, by=by)
        self.escalation.changed()

    @transaction.atomic
    def keep_back(self, why: str, *, by: Staff) -> None:
        """It is decided not to share; recorded as fully as sharing is (E17). What was ticked goes.

        Raises `Refused` without the ground that was considered, the harm as it was judged, talking
        first, and why.
        """
        self.lock(by)
        lacks = gate.unrecorded(self.facts())
        refuse_if(lacks)
        if len(why.strip()) < gate.SHORTEST:
            raise Refused("Say in at least 20 characters why it is not shared.")
        before: list[str] = [Status.PREPARING, Status.PREPARED, Status.APPROVED]
        if self.status not in before:
            raise WrongState("It has left already.")
        self.write(why_not=why.strip())
        self.items.all().delete()
        move(self, Status.NOT_SHARED, allowed=before, ended_by=by, ended_at=timezone.now())
        record_step(self, ShareStep.NOT_SHARED, by=by)
        self.escalation.changed()

    @transaction.atomic
    def went_astray(self, words: str, *, by: Staff) -> Task:
        """It reached somebody it was not for: the task of a breach, due in 72 hours (E20)."""
        self.lock(by)
        if not self.has_left():
            raise Refused("It has not left, so it can still be stopped.")
        if len(words.strip()) < gate.SHORTEST:
            raise Refused("Say in at least 20 characters what happened.")
        if self.tasks.open().filter(kind=TaskKind.BREACH).exists():
            raise WrongState("This has been reported already.")
        record_step(self, ShareStep.ASTRAY, by=by, words=words)
        return Task.objects.owe(TaskKind.BREACH, self.escalation, by=by, disclosure=self)
