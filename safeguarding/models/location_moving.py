"""The verbs of a request for a location: approved by a second person, asked, and told about."""

from django.db import models, transaction
from django.utils import timezone

from helpline.foundation.audit.actions import Action
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, move, two_people
from safeguarding.location.drawn import Status, leading_to
from safeguarding.models.moving import SHORTEST


class StepKind(models.TextChoices):
    """One thing that was done with a request for a location."""

    REQUESTED = "requested", "Asked for"
    APPROVED = "approved", "Approved by a second person"
    SENT = "sent", "The provider was asked"
    FOUND = "found", "An answer came"
    NOTHING = "nothing", "Nothing was found"
    TOLD = "told", "The person was told"
    NOT_TOLD = "not-told", "The person could not be told"
    STOPPED = "stopped", "Stopped"


class LocationMoving(models.Model):
    """From `requested` to the moment at which the person knows."""

    class Meta:
        abstract = True

    @transaction.atomic
    def approve(self, *, by: Staff) -> None:
        """The safeguarding lead approves what another person asked for (E09)."""
        self._begin(by, Permission.APPROVE_LOCATION, "The safeguarding lead")
        two_people(self.requested_by, by)
        self.must_be_possible()
        now = timezone.now()
        self._move(Status.APPROVED, StepKind.APPROVED, by=by, approved_by=by, approved_at=now)

    @transaction.atomic
    def send(self, *, by: Staff) -> None:
        """The provider has been asked, by telephone and by one of us: the system asks nobody."""
        self._begin(by)
        self.must_be_possible()
        self._move(Status.SENT, StepKind.SENT, by=by, sent_by=by, sent_at=timezone.now())

    @transaction.atomic
    def find_nothing(self, *, by: Staff, why: str) -> None:
        """The provider knows nothing, or gave nothing."""
        self._begin(by)
        self._must_say(why, "Say in at least 20 characters what they answered.")
        self._move(Status.NOTHING, StepKind.NOTHING, by=by, why=why)

    @transaction.atomic
    def tell(self, *, by: Staff, why: str) -> None:
        """The person has been told that it was asked for, and why: `why` says how (S0-20)."""
        self._begin(by)
        self._must_say(why, "Say in at least 20 characters what they were told, and how.")
        self._move(Status.TOLD, StepKind.TOLD, by=by, why=why, **self._ended())

    @transaction.atomic
    def could_not_tell(self, *, by: Staff, why: str) -> None:
        """The person could not be told; without a reason it stays open."""
        self._begin(by)
        self._must_say(why, "Say in at least 20 characters why they could not be told.")
        self._move(Status.NOT_TOLD, StepKind.NOT_TOLD, by=by, why=why, **self._ended())

    @transaction.atomic
    def stop(self, *, by: Staff, why: str) -> None:
        """It is not asked for after all: the lead says no, or the person was found."""
        self._begin(by)
        self._must_say(why, "Say in at least 20 characters why it stops.")
        self._move(Status.STOPPED, StepKind.STOPPED, by=by, why=why, **self._ended())

    def _ended(self) -> dict:
        return {"closed_at": timezone.now(), "keep_until": self.last_day()}

    def _begin(
        self,
        by: Staff,
        permission: Permission = Permission.ASK_FOR_LOCATION,
        who: str = "A supervisor or the safeguarding lead",
    ) -> None:
        """Read it again with its row locked. Raises `Refused` for whoever may not do this."""
        if not by.may(permission) or self.service not in by.services:
            raise Refused(f"{who} does this.")
        rows = type(self).objects.select_for_update(no_key=True, of=("self",)).with_keys()
        self.refresh_from_db(from_queryset=rows)

    def _must_say(self, words: str, otherwise: str, *, least: int = SHORTEST) -> None:
        if len(words.strip()) < least:
            raise Refused(otherwise)

    def _move(self, to: str, step: StepKind, *, by: Staff, why: str = "", **changes) -> None:
        allowed = [self.status] if self.status in leading_to(to) else []
        move(self, to, allowed=allowed, **changes)
        self.write(step, by=by, words=why)

    def write(self, kind: StepKind, *, by: Staff, words: str = "") -> None:
        """Add one step and one fact to the trail; in the caller's transaction."""
        step = self.steps.model(request=self, number=self.steps.count() + 1, kind=kind, by=by)
        step.words = words.strip() or None
        step.save(force_insert=True)
        self.record(Action.LOCATION_REQUEST_MOVED, by=by, step=kind)
