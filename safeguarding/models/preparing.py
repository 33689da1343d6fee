"""The verbs by which a sharing is made ready: why, talking first, what leaves, and to whom.

Each locks contact, escalation and sharing, checks, writes and adds a step. What was written can be
changed only until it is handed to a second person, who then approves exactly what they have read.
"""

from django.db import models, transaction
from django.utils import timezone

from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState, move, two_people
from safeguarding import gate
from safeguarding.circumstances import Circumstance
from safeguarding.models.recipient import Recipient
from safeguarding.models.shared_item import SharedItem, record_step
from safeguarding.sharing.kinds import ItemSource, ShareStep, Status
from safeguarding.sharing.sources import sources

WHY_WORDS = ("wish", "officer_unit", "instrument", "power", "authority", "harm_why")
WHY_FACTS: tuple[str, ...] = (
    "ground",
    "trusted",
    "harms_person",
    "near_children",
    "officer_at",
    "harm",
    "harm_to",
)
WHY_FACTS += ("basis", "condition", "no_consent")
WHY_FACTS += ("under_18", "needs_care", "at_risk", "cannot_protect")
TALK_WORDS = ("told_why", "told_whom", "their_view", "talk_why_not")
TALK_FACTS = ("talk", "talked_at", "talked_by", "told_of_review", "tell_by")
TO_WORDS = ("attention", "purpose")
TO_FACTS = ("recipient", "way")
SHORTEST_ITEM = 5  # characters of the reason for one thing


class Preparing(models.Model):
    """From considering it to a second person’s approval."""

    class Meta:
        abstract = True

    @transaction.atomic
    def say_why(self, *, by: Staff, **said) -> None:
        """The ground with its facts, how serious the harm is, and what the law says.

        Raises `Refused` for a ground that we have not published: the list is closed (E02).
        """
        if said.get("ground", "") not in {"", *Circumstance.values}:
            raise Refused("This is none of the circumstances that we have published.")
        self._write(WHY_WORDS, WHY_FACTS, ShareStep.WRITTEN, by=by, said=said)

    @transaction.atomic
    def talk_first(self, *, by: Staff, **said) -> None:
        """When and by whom it was talked about with the person, or why it was not (S0-20)."""
        self._write(TALK_WORDS, TALK_FACTS, ShareStep.TALKED, by=by, said=said)

    @transaction.atomic
    def address(self, *, by: Staff, **said) -> None:
        """To whom, for what and by which way. Raises `Refused` for anybody not on the list."""
        to = said.get("recipient")
        allowed = Recipient.objects.for_escalation(self.escalation)
        if to is not None and not allowed.filter(pk=to.pk).exists():
            raise Refused("This recipient is not on the verified list.")
        self._write(TO_WORDS, TO_FACTS, ShareStep.WRITTEN, by=by, said=said)

    def _write(self, words, facts, step: str, *, by: Staff, said: dict) -> None:
        if unknown := said.keys() - {*words, *facts}:
            raise TypeError(f"A sharing says nothing of {sorted(unknown)} here.")
        self.begin(by)
        for name in words:
            if name in said:
                setattr(self, name, (said[name] or "").strip() or None)
        for name in facts:
            if name in said:
                setattr(self, name, said[name])
        self.save(update_fields=list(said))
        record_step(self, step, by=by)

    @transaction.atomic
    def tick(
        self, *, by: Staff, ticked: dict[str, str], fact: str = "", fact_why: str = ""
    ) -> None:
        """These things leave and no others: `ticked` names each and says why (`line:7`).

        A `fact` is written for this and stays ticked until it is unticked by its id. Raises
        `Refused` for a thing that is not there, and for one without a reason.
        """
        self.begin(by)
        there = {each.tick: each for each in sources(self.contact())}
        facts = {f"fact:{item.pk}": item for item in self.items.filter(source=ItemSource.FACT)}
        for item in facts.values():
            item.disclosure = self
        kept = [(facts[name].words, why) for name, why in ticked.items() if name in facts]
        if unknown := ticked.keys() - there.keys() - facts.keys():
            raise Refused(f"{len(unknown)} of these are not there any more. Look again.")
        kept += [(fact.strip(), fact_why)] if fact.strip() else []
        reasons = [why for name, why in ticked.items() if name in there] + [w for _, w in kept]
        if any(len(why.strip()) < SHORTEST_ITEM for why in reasons):
            raise Refused("Say of each thing that leaves why it has to.")
        self.items.all().delete()
        rows = [
            {"source": there[name].source, "of": there[name].of, "ref": there[name].ref, "why": why}
            for name, why in ticked.items()
            if name in there
        ]
        rows += [{"source": ItemSource.FACT, "words": words, "why": why} for words, why in kept]
        for number, row in enumerate(rows, start=1):
            made = SharedItem(number=number)
            made.disclosure = self  # type: ignore[assignment]
            for name, said in row.items():
                setattr(made, name, said)
            made.save(force_insert=True)
        record_step(self, ShareStep.TICKED, by=by)

    @transaction.atomic
    def tick_all(self, *, by: Staff, why: str) -> None:
        """The whole record, for one reason: the safeguarding lead alone."""
        if not by.may(Permission.SHARE_WHOLE):
            raise Refused("The whole record leaves only with the safeguarding lead.")
        names = {each.tick: why for each in sources(self.contact())}
        self.tick(by=by, ticked=names)

    @transaction.atomic
    def note_director(self, words: str, *, by: Staff) -> None:
        """A director or counsel approved it: who, when and how; they have no account here."""
        self.begin(by)
        if len(words.strip()) < gate.SHORTEST:
            raise Refused("Say in at least 20 characters who approved it, when and how.")
        self.write(director=words.strip())
        record_step(self, ShareStep.DIRECTOR, by=by)

    @transaction.atomic
    def hand_on(self, *, by: Staff) -> None:
        """It is ready for a second person; from now on it stays as it is.

        Raises `Refused` while anything is missing that the second person does not bring.
        """
        self.begin(by)
        brought = {gate.Rule.PEOPLE}
        lacks = [each for each in gate.missing(self.facts()) if each.rule not in brought]
        lacks = [each for each in lacks if each.rule != gate.Rule.ITEMS or not self.only_lead()]
        refuse_if(lacks)
        move(
            self,
            Status.PREPARED,
            allowed=[Status.PREPARING],
            prepared_by=by,
            prepared_mark=self.mark(),
        )
        record_step(self, ShareStep.PREPARED, by=by)
        self.escalation.changed()

    def only_lead(self) -> bool:
        """Whether all that the items lack is a safeguarding lead, who can be the second person."""
        facts = self.facts()._replace(lead=True)
        return not gate.items(facts)

    @transaction.atomic
    def approve(self, *, by: Staff, mark: str) -> None:
        """A second person agrees to exactly what they have read, for which `mark` stands.

        Raises `Refused` for everybody who wrote in it, on either account (F13), and `WrongState`
        when it is not what they read.
        """
        self.begin(by, status=Status.PREPARED)
        for author in self.authors():
            two_people(author, by)
        if not mark == self.prepared_mark == self.mark():
            raise WrongState("This is not what you have read. Read it again.")
        said: dict = {"approved_by": by, "approved_at": timezone.now(), "approved_mark": mark}
        move(self, Status.APPROVED, allowed=[Status.PREPARED], **said)
        record_step(self, ShareStep.APPROVED, by=by)
        self.escalation.changed()

    @transaction.atomic
    def reopen(self, *, by: Staff) -> None:
        """Something has to change: nothing that was approved holds any longer."""
        self.lock(by)
        self._take_back([Status.PREPARED, Status.APPROVED])
        record_step(self, ShareStep.OPENED, by=by)
        self.escalation.changed()

    def _take_back(self, allowed: list[str]) -> None:
        """Back to its preparation, without anybody’s approval."""
        none: dict = {"prepared_by": None, "approved_by": None, "approved_at": None}
        none |= {"prepared_mark": "", "approved_mark": "", "leaves_at": None, "left_by": None}
        none |= {"left_mark": "", "letter_id": None, "alone": False}
        move(self, Status.PREPARING, allowed=allowed, **none)

    def write(self, **words: object) -> None:
        """Set sealed words and store them; the row is locked."""
        for name, said in words.items():
            setattr(self, name, said)
        self.save(update_fields=list(words))

    def lock(self, by: Staff) -> None:
        """Take the row after its escalation and contact, read again with its keys.

        Raises `Refused` for whoever may not decide what is shared.
        """
        if not by.may(Permission.SHARE):
            raise Refused("A supervisor or the safeguarding lead does this.")
        self.escalation.locked_after_contact()
        rows = type(self).objects.select_for_update(no_key=True, of=("self",)).with_keys()
        # Whoever calls goes on with this very object: it becomes what the locked row is, and keeps
        # its keys at hand, which `refresh_from_db` would drop.
        self.__dict__.update(rows.get(pk=self.pk).__dict__)

    def begin(self, by: Staff, *, status: str = Status.PREPARING) -> None:
        """Lock it; raises `WrongState` when it is not there any more where this verb begins."""
        self.lock(by)
        if self.status != status:
            raise WrongState("Somebody has gone on with this meanwhile. Look again.")


def refuse_if(lacks: list[gate.Missing]) -> None:
    """Raise `Refused` with each thing that is missing."""
    if lacks:
        raise Refused(" ".join(["Something is still missing.", *(each.words for each in lacks)]))
