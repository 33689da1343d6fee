"""Who owns an escalation: always somebody who can look into it now, or plainly nobody (E21)."""

import functools
import operator

from django.db import models, transaction
from django.db.models import Max, Q

from contacts.models import Contact
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState
from safeguarding.escalations.clock import database_now
from safeguarding.escalations.drawn import Status
from safeguarding.escalations.kinds import StepKind
from safeguarding.models.handover import HANDED, Handover
from safeguarding.models.presence import Attendance


def able(service: str) -> models.QuerySet[Staff]:
    """Active staff of a service who may look into its escalations."""
    people = Staff.objects.who_may(Permission.LOOK_INTO_ESCALATIONS)
    return people.filter(services__contains=[service])


def in_able_hands() -> Q:
    """Escalations whose owner can look into them today.

    Asked anew each time, and kept nowhere: whoever leaves, loses the role or the service owns
    nothing from that moment, whichever way it came about (E21).
    """
    people = Staff.objects.who_may(Permission.LOOK_INTO_ESCALATIONS)
    hands: dict[str, list] = {}
    for pk, services in people.values_list("pk", "services"):
        for service in services:
            hands.setdefault(service, []).append(pk)
    each = [Q(service=service, owner__in=owners) for service, owners in hands.items()]
    return functools.reduce(operator.or_, each, Q(pk__in=[]))


class Owning(models.Model):
    """Given from one shift to the next, and taken on when it was left alone."""

    class Meta:
        abstract = True

    def is_left_alone(self) -> bool:
        """Somebody looked at it once, and whoever owns it now can do so no more."""
        if self.status in (Status.RAISED, Status.CLOSED):
            return False
        return not able(self.service).filter(pk=self.owner_id).exists()

    def misses_its_owner(self) -> bool:
        """Left alone; or it cannot wait, and its owner is not there (E12)."""
        if self.status in (Status.RAISED, Status.CLOSED):
            return False
        return Attendance(database_now()).misses(self.owner_id, self.service, self.urgency)

    @transaction.atomic
    def hand_over(self, *, by: Staff, to: Staff, **words: str) -> Handover:
        """Give an open escalation to the next person, who is told all of `HANDED`.

        Raises `Refused` for somebody who may not look into it or has left, and for a word that is
        missing: who was contacted may be nobody, but it is said.
        """
        held = self._held(by)
        if to.pk == held.owner_id or not able(held.service).filter(pk=to.pk).exists():
            raise Refused("Choose a colleague who may look into it and is here.")
        if missing := [name for name in HANDED if not words.get(name, "").strip()]:
            raise Refused(f"Still missing: {', '.join(missing).replace('_', ' ')}.")
        number = (held.handovers.aggregate(last=Max("number"))["last"] or 0) + 1
        made = Handover(number=number, by=by, to=to)
        made.escalation = held
        for name in HANDED:
            setattr(made, name, words[name].strip())
        made.save(force_insert=True)
        held._give_to(to, StepKind.HANDED_OVER, by=by)
        return made

    @transaction.atomic
    def take_on(self, *, by: Staff) -> None:
        """Own what misses its owner. Raises `WrongState` when somebody owns it who can see to it,
        and for the owner."""
        held = self._held(by)
        if held.owner_id == by.pk:
            raise WrongState("It is yours already.")
        if not held.misses_its_owner():
            raise WrongState("Somebody owns it. They can hand it over to you.")
        held._give_to(by, StepKind.TAKEN_ON, by=by)

    def _held(self, by: Staff):
        """This as it is now, locked, and with somebody looking at it already."""
        if not by.may(Permission.LOOK_INTO_ESCALATIONS):
            raise Refused("A supervisor or the safeguarding lead does this.")
        list(Contact.objects.select_for_update(no_key=True).filter(pk=self.contact_id))
        held = self.locked()
        if held.status == Status.RAISED:
            raise WrongState("Nobody has acknowledged it yet. Acknowledge it first.")
        if held.status == Status.CLOSED:
            raise WrongState("This has been closed. Open it again first.")
        return held

    def _give_to(self, owner: Staff, step: StepKind, *, by: Staff) -> None:
        type(self).objects.filter(pk=self.pk).update(owner=owner)
        self.write(step, by=by, to=owner)
        self.changed()
