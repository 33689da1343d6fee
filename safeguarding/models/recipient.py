"""Who can be told: bodies whose number somebody found published, rang, and a second person agreed.

What leaves can only go to an entry of this list, so a wrong address typed in haste reaches nobody.
"""

import uuid

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState, move, two_people
from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import SealedText
from safeguarding.sharing import lookalike
from safeguarding.sharing.kinds import RecipientKind, Way
from safeguarding.sharing.kinds import Status as Sharing

LONGEST = 500
DETAILS = ("body", "mails_to", "rings_at", "posts_to", "found_at", "spoke_to")


class RecipientQuerySet(models.QuerySet["Recipient"]):
    def with_key(self) -> "RecipientQuerySet":
        """With the data key at hand, so that sealed words open."""
        return self.select_related("key", "added_by", "approved_by")

    def current(self) -> "RecipientQuerySet":
        """Not taken off the list."""
        return self.exclude(status=Recipient.Status.DROPPED)

    def verified(self) -> "RecipientQuerySet":
        """Those that something may go to."""
        return self.filter(status=Recipient.Status.VERIFIED)

    def listed(self) -> "RecipientQuerySet":
        """Bodies, for everybody's use; whom a person named stands with their escalation alone."""
        return self.filter(escalation=None)

    def for_escalation(self, escalation) -> "RecipientQuerySet":
        """What can be chosen for one escalation: the list, and whom its person named."""
        return self.verified().filter(Q(escalation=None) | Q(escalation=escalation))

    def waiting(self) -> "RecipientQuerySet":
        """Entries that wait for a second person."""
        return self.filter(status=Recipient.Status.ADDED)

    @transaction.atomic
    def add(self, kind: str, *, by: Staff, escalation=None, secure: bool = False, **said: str):
        """Put a body onto the list: its number found published (`found_at`), rung by `by`, who
        spoke to `spoke_to`. It is of no use until a second person agrees.

        Raises `Refused` without these, and for an address that looks like a verified one (E20).
        """
        if not by.may(Permission.KEEP_RECIPIENTS):
            raise Refused("Supervisors and safeguarding leads keep this list.")
        said = {name: (said.get(name) or "").strip() for name in DETAILS}
        made = self.model(kind=RecipientKind(kind), added_by=by, escalation=escalation)
        if (made.kind == RecipientKind.NAMED) != (escalation is not None):
            raise Refused("Whom a person named is added on the page of their escalation.")
        if not (said["body"] and said["found_at"] and said["spoke_to"]):
            raise Refused("Say who it is, where the number is published, and who answered there.")
        if not (said["mails_to"] or said["rings_at"] or said["posts_to"]):
            raise Refused("Say how they can be reached.")
        if said["mails_to"]:
            must_be_itself(said["mails_to"])
        made.secure = secure and bool(said["mails_to"])
        made.key = DataKey.new()
        for name, words in said.items():
            setattr(made, name, words or None)
        made.save(force_insert=True)
        AuditEvent.objects.record(Action.RECIPIENT_CHANGED, on=made, by=by, added=made.kind)
        return made


class Recipient(models.Model):
    """One body, or one person whom somebody named, with the ways to reach them."""

    class Status(models.TextChoices):
        ADDED = "added", "Waits for a second person"
        VERIFIED = "verified", "Verified"
        DROPPED = "dropped", "Taken off the list"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=RecipientKind)
    status = models.CharField(max_length=10, choices=Status, default=Status.ADDED)
    escalation = models.ForeignKey(
        "safeguarding.Escalation", models.CASCADE, null=True, related_name="named"
    )
    key = models.OneToOneField(DataKey, models.PROTECT, related_name="+")
    body = SealedText(bound=("pk", "kind"))
    mails_to = SealedText(null=True, bound=("pk", "kind"))
    rings_at = SealedText(null=True, bound=("pk", "kind"))
    posts_to = SealedText(null=True, bound=("pk", "kind"))
    secure = models.BooleanField(default=False)  # mail to it is encrypted on its whole way
    found_at = SealedText(bound=("pk", "kind"))
    spoke_to = SealedText(bound=("pk", "kind"))
    added_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    objects = RecipientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="recipient_verified_by_another",
                condition=~Q(status="verified")
                | Q(approved_by__isnull=False, approved_at__isnull=False)
                & ~Q(approved_by=F("added_by")),
            ),
            models.CheckConstraint(
                name="recipient_named_by_a_person_is_theirs_alone",
                condition=Q(kind="named", escalation__isnull=False)
                | ~Q(kind="named") & Q(escalation=None),
            ),
        ]

    def __str__(self) -> str:
        return f"Recipient {self.id}"

    def route(self, way: str) -> str:
        """Where it is reached by one way; empty where the list names none."""
        routes = {Way.EMAIL: self.mails_to, Way.PHONE: self.rings_at, Way.POST: self.posts_to}
        return str(routes.get(Way(way)) or "") if way else ""

    @transaction.atomic
    def approve(self, *, by: Staff) -> None:
        """A second person has made sure of it too; raises `Refused` for whoever added it (F13).

        Of two entries that look alike and waited together, the second is refused here (E20).
        """
        if not by.may(Permission.KEEP_RECIPIENTS):
            raise Refused("Supervisors and safeguarding leads keep this list.")
        two_people(self.added_by, by)
        waiting = Recipient.objects.waiting().order_by("pk").select_for_update(no_key=True)
        list(waiting.values_list("pk"))  # of two alike, one is looked at after the other
        if self.mails_to:
            must_be_itself(str(self.mails_to))
        said: dict = {"approved_by": by, "approved_at": timezone.now()}
        move(self, self.Status.VERIFIED, allowed=[self.Status.ADDED], **said)
        AuditEvent.objects.record(Action.RECIPIENT_CHANGED, on=self, by=by, verified=True)

    @transaction.atomic
    def drop(self, *, by: Staff) -> list:
        """Take it off the list at once: nothing goes there any more. What went stays recorded.

        What is on its way there is stopped and prepared again: these sharings are given back, for
        a wrong letter cannot be fetched back and a stopped one can be sent. Raises `WrongState`
        when one was set on its way at the same moment.
        """
        if not by.may(Permission.KEEP_RECIPIENTS):
            raise Refused("Supervisors and safeguarding leads keep this list.")
        stopped = [each for each in self._on_their_way() if stop(each, by=by)]
        move(self, self.Status.DROPPED, allowed=[self.Status.ADDED, self.Status.VERIFIED])
        if not all(each.has_left() for each in self._on_their_way()):
            raise WrongState("Something was set on its way there just now. Take it off again.")
        AuditEvent.objects.record(Action.RECIPIENT_CHANGED, on=self, by=by, dropped=True)
        return stopped

    def _on_their_way(self) -> list:
        """The sharings that are leaving for it, in the one order in which they are locked."""
        rows = self.shared.filter(status=Sharing.LEAVING).select_related("escalation")
        return list(rows.order_by("escalation__contact", "pk"))


def stop(sharing, *, by: Staff) -> bool:
    """Stop a sharing that is on its way; False when it has left already."""
    try:
        sharing.cancel(by=by)
    except WrongState:
        return False
    return True


def must_be_itself(mails_to: str) -> None:
    """Raise `Refused` for what is no address, and for one that could be taken for a verified
    one."""
    try:
        validate_email(mails_to)
    except ValidationError:
        raise Refused("This is not an e-mail address.") from None
    if not lookalike.plain(mails_to):
        raise Refused("This address has letters that look like others. Ring them instead.")
    known = Recipient.objects.verified().select_related("key").filter(mails_to__isnull=False)
    if lookalike.like(mails_to, [str(each.mails_to) for each in known]):
        raise Refused(
            "This address looks like one on the list, and is another. Check every letter of it,"
            " or ring them instead."
        )
