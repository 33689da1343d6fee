"""Makes the bundle of a request from its review: what leaves as it is, what leaves in part, and a
mark with the reason where something stays."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.conf import settings
from django.db import transaction

from contacts.models import Contact
from helpline.foundation.calendar import day_words, london_date, london_today, this_minute
from helpline.foundation.states import Refused
from helpline.foundation.vault.sealed import CannotOpen
from privacy.bundle import telling, writing
from privacy.bundle.contents import Bundle as Contents
from privacy.bundle.contents import Chapter, Said, without
from privacy.models import Bundle, ReviewItem, RightsRequest
from privacy.models.bundle import Sink
from privacy.models.review import ReviewChange, latest
from privacy.review import sources
from privacy.review.deciding import Choice
from privacy.review.exemptions import Exemption
from privacy.review.sources import Shown

OFTEN = 25  # steps between two words about progress
AT_ONCE = 500  # items in memory


def make_or_fail(bundle: Bundle) -> None:
    """Make it; one that cannot be made says so and does not keep the others waiting."""
    try:
        make(bundle)
    except (Refused, CannotOpen):
        Bundle.objects.filter(pk=bundle.pk).update(failed=True)


def make(bundle: Bundle) -> None:
    """Write a bundle into its pieces, and say how far it is; safe to run again after a kill.

    One at a time: a second worker waits for the first and then finds it made.
    """
    request = RightsRequest.objects.with_key().get(pk=bundle.request_id)
    chapters = list(places(request))
    contents = contents_of(request, chapters)
    steps = len(chapters) * writing.FORMATS
    Bundle.objects.filter(pk=bundle.pk).update(done=0, steps=steps, failed=False)

    def told(done: int) -> None:
        if done % OFTEN == 0:
            Bundle.objects.filter(pk=bundle.pk).update(done=done)

    with transaction.atomic():
        bundle.pieces.all().delete()
        sink = Sink(bundle)
        writing.write(contents, sink, told)
        ready = {"size": sink.finish(), "made_at": this_minute(), "done": steps}
        Bundle.objects.filter(pk=bundle.pk).update(**ready)


def contents_of(request: RightsRequest, chapters: list) -> Contents:
    """Everything that the bundle of a request says."""
    return Contents(
        heading="What we hold about you",
        made_on=day_words(london_today()),
        organisation=settings.ORGANISATION,
        passages=telling.passages(request.scope()),
        chapters=lambda: (chapter(request, place) for place in chapters),
        how_many=len(chapters),
    )


def places(request: RightsRequest) -> Iterator[Contact | None]:
    """The contacts that have items, as they began; None stands for the record."""
    wanted = request.items.exclude(contact=None).values("contact")
    yield from Contact.objects.filter(pk__in=wanted, purged_on=None).order_by("started_at", "id")
    if request.items.filter(contact=None).exists():
        yield None


def chapter(request: RightsRequest, contact: Contact | None) -> Chapter:
    """One contact, or the record, with every item as it leaves."""
    items = request.items.filter(contact=contact).order_by("number")
    said = said_in(list(items))
    if contact is None:
        return Chapter("Your record", (), said)
    began = day_words(london_date(contact.started_at))
    facts = (
        ("How you were in touch", str(contact.get_channel_display())),
        ("We keep it until", day_words(contact.purge_on)),
    )
    return Chapter(f"{contact.get_channel_display()} of {began}", facts, said)


def said_in(items: list[ReviewItem]) -> Iterator[Said]:
    """These items as they leave, in their order."""
    for start in range(0, len(items), AT_ONCE):
        some = items[start : start + AT_ONCE]
        changes = latest(some)
        shown = opened(some)
        for item in some:
            if item.pk in shown:
                yield leaving(item, shown[item.pk], changes.get(item.pk))


def opened(items: Iterable[ReviewItem]) -> dict:
    """What each of these items says."""
    found: dict = {}
    for kind, some in groupby(sorted(items, key=lambda item: item.kind), lambda item: item.kind):
        found |= sources.opened(kind, some)
    return found


def leaving(item: ReviewItem, shown: Shown, change: ReviewChange | None) -> Said:
    """One item as it leaves. What nobody has decided about stays: it fails closed."""
    if change is not None and item.choice == Choice.RELEASE:
        return Said(shown.at, who(item, shown), shown.words, item.own)
    why = f"Something is not here: {Exemption(item.exemption).label.lower()}." if change else ""
    if change is not None and item.choice == Choice.REDACT:
        words = without(shown.words, change.taken_out())
        return Said(shown.at, who(item, shown), words, item.own, why)
    return Said(shown.at, item.get_kind_display(), "", False, why or "This is not included.")


def who(item: ReviewItem, shown: Shown) -> str:
    """Whose words they are, as the person would say it."""
    return "You" if item.own and shown.who == "The person" else shown.who
