"""Makes the bundle of a request from its review: what leaves as it is, what leaves in part, and a
mark with the reason where something stays."""

import logging
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction

from contacts.models import Contact
from helpline.foundation.calendar import day_words, london_date, london_today, this_minute
from helpline.foundation.states import WrongState
from privacy.bundle import telling, writing
from privacy.bundle.contents import Bundle as Contents
from privacy.bundle.contents import Chapter, Cut, Said, without
from privacy.models import Bundle, RightsRequest
from privacy.models.bundle import Sink, changed
from privacy.models.review import is_about, latest
from privacy.review.deciding import Choice
from privacy.review.exemptions import Exemption
from privacy.review.kinds import ItemKind
from privacy.review.sources import Shown, all_opened
from privacy.rights.kinds import Kind

logger = logging.getLogger(__name__)

HEADINGS = {Kind.PORTABILITY: "What you gave us, to take elsewhere"}
OFTEN = 25  # steps between two words about progress
AT_ONCE = 1000  # items in memory


def make_or_fail(bundle: Bundle) -> None:
    """Make it; one that cannot be made says so and does not keep the others waiting."""
    try:
        make(bundle)
    except (OperationalError, InterfaceError):
        raise  # of the database, not of this bundle: it is tried again
    except Exception as problem:  # whatever it is, the others must not wait for it
        logger.warning("bundle failed=%s because=%s", bundle.pk, type(problem).__name__)
        Bundle.objects.filter(pk=bundle.pk, made_at=None).update(failed=True)


def make(bundle: Bundle) -> None:
    """Write a bundle into its pieces, and say how far it is; safe to run again after a kill.

    One at a time: a second worker leaves alone what another is making or has made.
    """
    with transaction.atomic():
        held = Bundle.objects.to_make().filter(pk=bundle.pk).first()
        if held is None:
            return
        request = RightsRequest.objects.with_key().get(pk=held.request_id)
        chapters = list(places(request))
        steps = len(chapters)

        def told(done: int) -> None:
            if done % OFTEN == 0:
                held.tell_progress(done, steps)

        told(0)
        held.pieces.all().delete()
        sink = Sink(held)
        writing.write(contents_of(request, chapters), sink, told)
        ready = {"size": sink.finish(), "made_at": this_minute(), "done": steps, "steps": steps}
        Bundle.objects.filter(pk=held.pk).update(**ready)


def contents_of(request: RightsRequest, contacts: list[Contact | None]) -> Contents:
    """Everything that the bundle of a request says."""
    return Contents(
        heading=HEADINGS.get(Kind(request.kind), "What we hold about you"),
        made_on=day_words(london_today()),
        organisation=settings.ORGANISATION,
        passages=telling.passages(request.scope()),
        chapters=lambda: chapters_of(request, contacts),
        how_many=len(contacts),
    )


def places(request: RightsRequest) -> Iterator[Contact | None]:
    """The contacts of the scope that have items, as they began; None stands for the record."""
    wanted = request.items.exclude(contact=None).values("contact")
    theirs = request.scope().filter(pk__in=wanted, purged_on=None)
    yield from theirs.order_by("started_at", "id")
    if request.items.filter(contact=None).exists():
        yield None


def chapters_of(request: RightsRequest, contacts: list[Contact | None]) -> Iterator[Chapter]:
    """Each contact, then the record, with every item as it leaves.

    One after the other: an item is read when its chapter is, and the next chapter when that is
    through.
    """
    wanted = {contact and contact.pk: contact for contact in contacts}
    items = said_in(request.items.to_leave(request.scope()).iterator(AT_ONCE))
    for pk, said in groupby(items, itemgetter(0)):
        yield chapter(wanted[pk], (each for _, each in said))


def chapter(contact: Contact | None, said: Iterable[Said]) -> Chapter:
    """One contact, or the record, under its heading."""
    if contact is None:
        return Chapter("Your record", (), said)
    began = day_words(london_date(contact.started_at))
    facts = (
        ("How you were in touch", str(contact.get_channel_display())),
        ("We keep it until", day_words(contact.purge_on)),
    )
    return Chapter(f"{contact.get_channel_display()} of {began}", facts, said)


def said_in(items: Iterable) -> Iterator[tuple[UUID | None, Said]]:
    """These items, as `to_leave` has them, in their order: each as it leaves, and its contact.

    Raises `WrongState` at one that nobody has decided about as it reads now: a file that leaves out
    what nobody decided to leave out is not made.
    """
    rest = iter(items)
    while some := list(islice(rest, AT_ONCE)):
        cut = latest([item for item in some if item.choice == Choice.REDACT])
        shown = all_opened(some)
        for item in some:
            if told := shown.get(item.pk):
                if not is_about(item, told.words, item.mark):
                    raise WrongState(changed([item.number]))
                cuts = cut[item.pk].taken_out() if item.pk in cut else []
                yield item.contact_id, leaving(item, told, cuts)


def leaving(item, shown: Shown, cuts: list[Cut]) -> Said:
    """One item as its decision has it leave; one that leaves in part stays without cuts."""
    if item.choice == Choice.RELEASE:
        return Said(shown.at, who(item, shown), shown.words, item.own)
    why = f"Something is not here: {Exemption(item.exemption).label.lower()}."
    if item.choice == Choice.REDACT and cuts:
        return Said(shown.at, who(item, shown), without(shown.words, cuts), item.own, why)
    return Said(shown.at, str(ItemKind(item.kind).label), "", False, why)


def who(item, shown: Shown) -> str:
    """Whose words they are, as the person would say it."""
    return "You" if item.own and shown.who == "The person" else shown.who
