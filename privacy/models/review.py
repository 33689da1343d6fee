"""The review of a request: every item is decided about by itself, and every change stays."""

import json
import uuid
from collections.abc import Iterable, Sequence
from itertools import islice

from django.db import models, transaction
from django.db.models import Max, Q

from contacts.models import Contact
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import london_today, this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault import blind
from helpline.foundation.vault.sealed import SealedText
from privacy.bundle.contents import Cut
from privacy.models.rights import RightsRequest
from privacy.review import sources
from privacy.review.deciding import Choice, Deciding, Health, lacking
from privacy.review.exemptions import Exemption, open_to
from privacy.review.kinds import ItemKind
from privacy.rights.kinds import Asker, Nation, Status

PLACE = ("pk", "item", "number")
DECIDED = "words decided about"  # purpose of the keyed hash
AT_ONCE = 1000  # items in memory
WHOLE = (Choice.RELEASE, Choice.WITHHOLD)


class ReviewItemQuerySet(models.QuerySet["ReviewItem"]):
    def undecided(self) -> "ReviewItemQuerySet":
        """Nobody has said yet what happens with it."""
        return self.filter(choice="")

    def leaves_out(self, request: RightsRequest) -> bool:
        """Whether a contact, the record or a copy that the request is about has no item here."""
        rows = self.values_list("contact", "record").distinct()
        return sources.leaves_out(request, {contact or record for contact, record in rows})

    def staying(self) -> "ReviewItemQuerySet":
        """What does not leave whole."""
        return self.filter(choice__in=[Choice.REDACT, Choice.WITHHOLD])

    def to_leave(self, scope: models.QuerySet[Contact]) -> models.QuerySet:
        """What a bundle needs to know of each: contact by contact as they began, then the record;
        nothing of a contact that is not in the scope of the request.

        `mark` is that of the decision in force; None without one. Rows, not records: a person can
        have thousands.
        """
        decisions = ReviewChange.objects.filter(item=models.OuterRef("pk"), undoes=None)
        last = decisions.filter(undone_by=None).order_by("-number").values("mark")[:1]
        mine = scope.filter(purged_on=None)
        there = self.filter(Q(contact=None) | Q(contact__in=mine))
        rows = there.annotate(mark=models.Subquery(last))
        columns = ("pk", "number", "kind", "contact_id", "record", "line", "own", "choice")
        rows = rows.order_by("contact__started_at", "contact_id", "number")
        return rows.values_list(*columns, "exemption", "mark", named=True)

    def to_decide(self, scope: models.QuerySet[Contact]) -> list[int]:
        """The numbers of what nobody has decided about as it reads now."""
        found = list(self.undecided().values_list("number", flat=True))
        rows = self.exclude(choice="").to_leave(scope).iterator(AT_ONCE)
        while some := list(islice(rows, AT_ONCE)):
            shown = sources.all_opened(some)
            there = [item for item in some if item.pk in shown]
            found += [i.number for i in there if not is_about(i, shown[i.pk].words, i.mark)]
        return sorted(found)

    def changed_since(self, request: RightsRequest) -> "ReviewItemQuerySet":
        """What was decided otherwise after a second person had sent the review back."""
        last = request.review_round()
        again = ReviewChange.objects.filter(item=models.OuterRef("pk"), round=last)
        before = ReviewChange.objects.filter(item=models.OuterRef("pk"), round__lt=last)
        mine = self.filter(request=request)
        return mine.filter(models.Exists(again), models.Exists(before)) if last > 1 else mine.none()


class ReviewItem(models.Model):
    """One thing in the scope of a request, named by what it is and where it stands; its words stay
    where they are."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(RightsRequest, models.CASCADE, related_name="items")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=ItemKind)
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+")
    record = models.UUIDField(null=True)  # of the row that holds the words
    line = models.PositiveIntegerField(null=True)
    own = models.BooleanField(default=False)  # said or written by whoever asks
    choice = models.CharField(max_length=10, choices=Choice, blank=True, default="")
    exemption = models.CharField(max_length=10, choices=Exemption, blank=True, default="")
    health = models.CharField(max_length=10, choices=Health, blank=True, default="")
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    objects = ReviewItemQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint("request", "number", name="review_items_are_numbered"),
            models.UniqueConstraint(
                fields=["request", "kind", "contact", "record", "line"],
                nulls_distinct=False,
                name="review_item_stands_once",
            ),
            models.CheckConstraint(
                name="review_item_that_stays_says_why",
                condition=Q(choice__in=["", "release"], exemption="")
                | Q(choice__in=["redact", "withhold"]) & ~Q(exemption=""),
            ),
            models.CheckConstraint(
                name="review_item_decided_says_health_and_who",
                condition=Q(choice="", decided_by=None)
                | ~Q(choice="") & ~Q(health="") & Q(decided_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Item {self.number}"

    @transaction.atomic
    def decide(self, said: Deciding, *, by: Staff) -> None:
        """Decide about this item alone, as it reads now. Raises `Refused` with everything that is
        lacking, and for cuts from other words."""
        request = reviewed(self.request)
        words = sources.read_now(self)
        if said.choice == Choice.REDACT and said.words != words:
            raise Refused("It reads otherwise by now. Read it again, and mark what is taken out.")
        if self.kind == ItemKind.READING and said.choice not in WHOLE:
            raise Refused("The list of its readers leaves whole, or not at all.")
        allowed = exemptions_of(request)
        if missing := lacking(said, london_today(), allowed):
            raise Refused(" ".join(missing))
        self._write(request, said, words, by=by)
        facts = {"number": self.number, "choice": said.choice, "exemption": said.exemption or None}
        AuditEvent.objects.record(Action.RIGHTS_ITEM_DECIDED, on=request, by=by, **facts)

    @transaction.atomic
    def undo(self, *, by: Staff) -> None:
        """Go back to what was decided before, or to nothing; the change stays in the history."""
        request = reviewed(self.request)
        undone = {change.undoes_id for change in self.changes.exclude(undoes=None)}
        standing = [c for c in self.changes.order_by("number") if c.stands(undone)]
        if not standing:
            raise WrongState("There is nothing to take back.")
        last, before = standing[-1], standing[-2] if len(standing) > 1 else None
        change = self._change(request, by=by)
        change.undoes = last
        change.save(force_insert=True)
        self._stand(before, by=before.by if before else None)
        AuditEvent.objects.record(
            Action.RIGHTS_ITEM_DECIDED, on=request, by=by, number=self.number, choice="undone"
        )

    def in_force(self) -> "ReviewChange | None":
        """The change that stands now, with the key of its request at hand."""
        undone = self.changes.exclude(undoes=None).values("undoes")
        rows = self.changes.exclude(pk__in=undone).filter(undoes=None)
        return rows.select_related("item__request__key").order_by("-number").first()

    def _change(self, request: RightsRequest, *, by: Staff) -> "ReviewChange":
        number = (self.changes.aggregate(last=Max("number"))["last"] or 0) + 1
        self.request = request
        return ReviewChange(item=self, number=number, round=request.review_round(), by=by)

    def _write(self, request: RightsRequest, said: Deciding, words: str, *, by: Staff) -> None:
        change = self._change(request, by=by)
        change.mark = mark_of(self, words)
        change.choice, change.exemption, change.health = said.choice, said.exemption, said.health
        change.opinion_on = said.opinion_on
        for name in ("test", "who", "known"):
            setattr(change, name, getattr(said, name).strip() or None)
        change.cuts = json.dumps(sorted(said.cuts)) if said.cuts else None
        change.save(force_insert=True)
        self._stand(change, by=by)

    def _stand(self, change: "ReviewChange | None", *, by: Staff | None) -> None:
        self.choice = change.choice if change else ""
        self.exemption = change.exemption if change else ""
        self.health = change.health if change else ""
        self.decided_by = by
        self.save(update_fields=["choice", "exemption", "health", "decided_by"])


class ReviewChange(models.Model):
    """One decision about one item, or the taking back of one; never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="changes")
    number = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField()
    choice = models.CharField(max_length=10, choices=Choice, blank=True, default="")
    exemption = models.CharField(max_length=10, choices=Exemption, blank=True, default="")
    health = models.CharField(max_length=10, choices=Health, blank=True, default="")
    opinion_on = models.DateField(null=True)
    test = SealedText(null=True, key="item__request__key", bound=PLACE)
    who = SealedText(null=True, key="item__request__key", bound=PLACE)
    known = SealedText(null=True, key="item__request__key", bound=PLACE)
    cuts = SealedText(null=True, key="item__request__key", bound=PLACE)
    mark = models.CharField(max_length=64, blank=True, default="")  # of the words decided about
    undoes = models.OneToOneField("self", models.CASCADE, null=True, related_name="undone_by")
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=this_minute)

    class Meta:
        constraints = [
            models.UniqueConstraint("item", "number", name="review_changes_are_numbered")
        ]

    def __str__(self) -> str:
        return f"Change {self.id}"

    def stands(self, undone: set) -> bool:
        """Whether it is a decision that nobody has taken back."""
        return self.undoes_id is None and self.pk not in undone

    def taken_out(self) -> list[Cut]:
        """What is cut from the words, in order."""
        return [Cut(*each) for each in json.loads(str(self.cuts or "[]"))]


def mark_of(item, words: str) -> str:
    """What stands for an item as it read when it was decided about."""
    return blind.index(DECIDED, f"{item.pk} {words}")


def is_about(item, words: str, mark: str | None) -> bool:
    """Whether the decision about an item that has this mark was about these words.

    What is cut is stored as places, and some items are put together from what can still change.
    The list of its readers grows with each reader: what is decided about it is about the next too.
    """
    if mark is not None and item.kind == ItemKind.READING and item.choice in WHOLE:
        return True
    return mark in blind.indexes(DECIDED, f"{item.pk} {words}")


class ReviewNames(models.Model):
    """The names that the highlighter looks for in one request, one a line."""

    request = models.OneToOneField(
        RightsRequest, models.CASCADE, related_name="review_names", primary_key=True
    )
    names = SealedText(key="request__key", bound=("request",))

    def __str__(self) -> str:
        return f"Names of {self.request_id}"

    def listed(self) -> list[str]:
        """Each name."""
        return [name.strip() for name in str(self.names).splitlines() if name.strip()]


def names_of(request: RightsRequest) -> list[str]:
    """The names listed for a request, whose key is at hand."""
    found = ReviewNames.objects.filter(request=request).first()
    if found is None:
        return []
    found.request = request
    return found.listed()


@transaction.atomic
def list_names(request: RightsRequest, words: str, *, by: Staff) -> None:
    """Have the highlighter look for these names, one a line, instead of those before."""
    locked = reviewed(request)
    found = ReviewNames.objects.filter(request=locked).first() or ReviewNames(request=locked)
    found.request, found.names = locked, words.strip()
    found.save()
    AuditEvent.objects.record(
        Action.RIGHTS_NAMES_LISTED, on=locked, by=by, names=len(words.split("\n"))
    )


def reviewed(request: RightsRequest) -> RightsRequest:
    """The request with its row locked, while it is being reviewed; otherwise `WrongState`."""
    locked = request.locked()
    if locked.status != Status.REVIEW:
        raise WrongState("This request is not in review.")
    return locked


def exemptions_of(request: RightsRequest) -> list[Exemption]:
    """The exemptions that can apply to this request at all."""
    parent = request.asker == Asker.PARENT
    return open_to(parent=parent, scotland=request.nation == Nation.SCOTLAND)


@transaction.atomic
def release_own(items: Sequence[ReviewItem], *, by: Staff) -> int:
    """Let leave what whoever asks said themselves and nobody has decided about; how many it was.

    Only that: an exemption is never given to more than one item, and neither is a fact about
    somebody else’s words (D09).
    """
    mine = [item for item in items if item.own and not item.choice]
    shown = sources.all_opened(mine)
    for item in mine:
        said = Deciding(Choice.RELEASE, "", Health.OWN)
        item._write(reviewed(item.request), said, shown[item.pk].words, by=by)
    if mine:
        AuditEvent.objects.record(
            Action.RIGHTS_ITEM_DECIDED, on=mine[0].request, by=by, own=len(mine), choice="release"
        )
    return len(mine)


def latest(items: Iterable[ReviewItem]) -> dict[uuid.UUID, ReviewChange]:
    """The change that stands of each of these items, by one query."""
    wanted = [item.pk for item in items]
    if not wanted:
        return {}
    undone = ReviewChange.objects.filter(item__in=wanted).exclude(undoes=None).values("undoes")
    rows = ReviewChange.objects.filter(item__in=wanted, undoes=None).exclude(pk__in=undone)
    rows = rows.select_related("item__request__key").order_by("item", "number")
    return {change.item_id: change for change in rows}
