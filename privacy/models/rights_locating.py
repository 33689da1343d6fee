"""What a request is about: found by a code, by a record, or by what two people accept (S2-46)."""

import uuid
from collections.abc import Iterable
from datetime import date

from django.db import models, transaction
from django.db.models import Q

from contacts.models import Contact, HandOver, ServiceUser, Thread
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState, two_people
from privacy.models.rights_moving import reasoned
from privacy.rights import holding
from privacy.rights.kinds import Found, Kind, Status
from safeguarding.models import lock_for_hold


class Locating(models.Model):
    """Finding what a request is about, and keeping it as it is until the answer."""

    class Meta:
        abstract = True

    @transaction.atomic
    def locate(self, *, by: Staff) -> None:
        """Begin to look for what they ask about, once nothing is open about who they are."""
        self.lock(by)
        if self.identity_asked_on and not self.identity_confirmed_on:
            raise Refused("They have been asked who they are, and it is not confirmed yet.")
        self.step(Status.LOCATING, by=by, before=(Status.ACKNOWLEDGED, Status.ID_CONFIRMED))

    @transaction.atomic
    def find_by_code(self, typed: str, *, by: Staff) -> int:
        """Add what their seven words open; how many contacts. Wrong, replaced and expired words
        meet the same query and find nothing (D02)."""
        self.lock(by)
        self._must_be_open()
        opened = Contact.objects.unexpired().filter(thread__in=Thread.objects.behind(typed))
        return self._add(opened.order_by("started_at", "pk"), Found.CODE, by=by)

    @transaction.atomic
    def find_by_record(self, record: ServiceUser, *, by: Staff) -> int:
        """It is about this record, and the contacts that belong to it.

        These are locked before it, as by everybody: `WrongState` where one has come meanwhile.
        """
        self.lock(by)
        self._must_be_open()
        if self.service_user_id not in (None, record.pk):
            raise WrongState(
                "This request is about another record already. Take that out first if it is not"
                " theirs."
            )
        locked = {each.pk for each in lock_for_hold(record.contacts())}
        record = record.locked(restricted_too=True)
        if record.contacts().exclude(pk__in=locked).exists():
            raise WrongState("Another contact has just come to this record. Look for it again.")
        type(self).objects.filter(pk=self.pk).update(service_user=record)
        self.refresh_from_db(fields=["service_user"])
        ServiceUser.objects.filter(pk=record.pk).update(asked_about=True)
        return self._add(record.contacts(), Found.RECORD, by=by)

    @transaction.atomic
    def keep_for_itself(self, contact: Contact, found: Found) -> None:
        """It is about this contact, as its person’s own words prove, and keeps it from now on."""
        self.lock()
        concern = self.concerns.model(request=self, contact=contact, found=found)
        concern.hold_id = holding.hold(contact, by=None)
        concern.save(force_insert=True)

    @transaction.atomic
    def recall(self, contact: Contact, *, by: Staff, because: str) -> None:
        """What they recall fits this contact: two facts that nobody learns from their device.

        It is kept from now on, but in the scope only once somebody else accepts it.
        """
        self.lock(by)
        self._must_be_open()
        because = reasoned(because, "Say which two facts fit that only they could know.")
        if not self._add([contact], Found.RECALLED, by=by, because=because):
            raise WrongState("This contact is part of the request already.")

    @transaction.atomic
    def accept_recalled(self, concern_id: uuid.UUID, *, by: Staff) -> None:
        """A second person accepts that the facts prove it."""
        if not by.may(Permission.APPROVE_RIGHTS):
            raise Refused("Another data protection officer or a safeguarding lead accepts this.")
        self.lock()
        self._must_be_open()
        waits = self.concerns.filter(pk=concern_id, found=Found.RECALLED, accepted_by=None)
        concern = waits.select_related("added_by").first()
        if concern is None:
            raise WrongState("Nothing waits to be accepted here.")
        two_people(concern.added_by, by)
        waits.update(accepted_by=by)
        self.noted("recalled-accepted", by=by)

    @transaction.atomic
    def take_out(self, concern_id: uuid.UUID, *, by: Staff, why: str) -> None:
        """It is not about this contact after all: what held it is released, and nothing of it is
        copied, deleted or put right by the answer."""
        self.lock(by)
        self._must_be_open()
        why = reasoned(why, "Say why it is not about this contact.")
        concern = self.concerns.select_related("contact").filter(pk=concern_id).first()
        if concern is None:
            raise WrongState("This contact is not part of the request any more.")
        self._let_go_of([concern], by=by)
        self.concerns.filter(pk=concern.pk).delete()
        self._unlist()
        self.noted("taken-out", by=by, why=why)

    @transaction.atomic
    def take_out_record(self, *, by: Staff, why: str) -> None:
        """It is not about this record after all, nor about the contacts that were found by it: they
        are let go of, and nothing of them is copied, deleted or put right by the answer."""
        self.lock(by)
        self._must_be_open()
        why = reasoned(why, "Say why it is not about this record.")
        if self.service_user_id is None:
            raise WrongState("No record is part of the request any more.")
        by_it = self.concerns.filter(found=Found.RECORD)
        self._let_go_of(by_it.select_related("contact").order_by("pk"), by=by)
        by_it.delete()
        self._ask_no_more()
        type(self).objects.filter(pk=self.pk).update(service_user=None)
        self.refresh_from_db(fields=["service_user"])
        self._unlist()
        self.noted("record-taken-out", by=by, why=why)

    @transaction.atomic
    def collect(self, *, by: Staff) -> None:
        """Everything it is about has been found: bring it together.

        Raises `Refused` while nothing proves who asks, because after this nobody says it any more.
        """
        self.lock(by)
        if self.kind != Kind.COMPLAINT and not self.is_proved():
            raise Refused("It is not proved who asks. Say why it is certain, or ask them first.")
        if not self.scope().exists() and self.service_user_id is None:
            raise Refused("Nothing has been found yet. If there is nothing, propose that answer.")
        self.step(Status.COLLECTING, by=by, before=(Status.LOCATING,))

    @transaction.atomic
    def keep_past(self, contact: Contact, *, by: Staff) -> None:
        """The DPO decides that a contact stays past its 18 months until the answer (C19, S2-36)."""
        self.lock(by)
        rows = self.concerns.filter(contact=contact, kept_on=None)
        if not rows.update(kept_on=london_today(), kept_by=by):
            raise WrongState("That is decided already.")
        self.noted("kept-past", by=by)

    def past_their_time(self, today: date | None = None) -> models.QuerySet:
        """What is only still there for this request, and the DPO has not decided on (C19)."""
        today = today or london_today()
        return self.concerns.filter(kept_on=None, contact__purge_on__lte=today)

    def copies(self) -> models.QuerySet[HandOver]:
        """The copies in casework that it is about: of its contacts, and of its record."""
        mine = Q(contact__in=self.scope())
        if self.service_user_id:
            mine |= Q(service_user=self.service_user_id) & ~Q(pk__in=self.not_theirs())
        return HandOver.objects.filter(mine)

    def not_theirs(self) -> set[uuid.UUID]:
        """What the record has of conversations that are still there and not part of the request:
        copies in casework, and how somebody was helped."""
        if self.service_user is None:
            return set()
        others = Contact.objects.unexpired().exclude(pk__in=self.scope())
        of_record = self.service_user.hand_overs, self.service_user.entries
        rows = (each.filter(contact__in=others).values_list("pk", flat=True) for each in of_record)
        return {pk for some in rows for pk in some}

    def release_scope(self, *, by: Staff) -> None:
        """Nothing is kept for this request any more."""
        self._let_go_of(self.concerns.select_related("contact").order_by("pk"), by=by)
        self._ask_no_more()

    def _let_go_of(self, concerns: Iterable, *, by: Staff) -> None:
        if self.is_restricted():
            raise Refused("What this request restricts stays held until it is lifted.")
        for concern in concerns:
            if concern.hold_id:
                holding.let_go(concern.hold_id, concern.contact, by=by)

    def _unlist(self) -> None:
        """Take whatever it is not about any more out of its review, its plan and what is put right,
        with what was decided about it."""
        theirs = {*self.scope().values_list("pk", flat=True)}
        theirs |= {*self.copies().values_list("pk", flat=True), self.service_user_id} - {None}
        others = self.not_theirs()
        gone = Q(contact__isnull=False) & ~Q(contact__in=theirs) | Q(record__in=others)
        if self.service_user_id is None:
            gone |= Q(contact=None)
        self.items.filter(gone).delete()
        if plan := getattr(self, "erasure", None):
            plan.items.filter(done_at=None).exclude(which__in=theirs).delete()
        wrong = ~Q(of__in=theirs) | Q(which__in=[str(pk) for pk in others])
        self.rectifications.filter(wrong, done_on=None).delete()

    def _ask_no_more(self) -> None:
        """Its record is changed again as before, unless another open request asks about it."""
        others = type(self).objects.open().exclude(pk=self.pk)
        record = ServiceUser.objects.filter(pk=self.service_user_id)
        record.exclude(rights_requests__in=others).update(asked_about=False)

    def _add(self, contacts: Iterable[Contact], found: Found, *, by: Staff, because="") -> int:
        """Add what is not part of it yet, and hold it; how many."""
        there = set(self.concerns.values_list("contact", flat=True))
        new = [contact for contact in contacts if contact.pk not in there]
        for contact in new:
            concern = self.concerns.model(request=self, contact=contact, found=found, added_by=by)
            concern.because, concern.hold_id = because or None, holding.hold(contact, by=by)
            concern.save(force_insert=True)
        if new:
            self.noted(f"found-by-{found.value}", by=by)
        return len(new)

    def is_settled(self) -> bool:
        """Whether what it is about stays as it is: its answer waits for approval, or is given."""
        return self.status == Status.APPROVAL or self.is_answered()

    def _must_be_open(self) -> None:
        if self.status == Status.APPROVAL:
            raise WrongState(
                "The answer that waits for approval is about what was found. Have it sent back"
                " before anything is added or taken out."
            )
        if self.is_answered():
            raise WrongState("This request has been answered. Nothing is added to it any more.")
