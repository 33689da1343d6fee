"""The lists of contacts: who may see which, narrowed, and paged by what was seen last."""

import functools
import uuid
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse

from contacts.channels import Channel
from contacts.models import Contact
from contacts.models.contact import ContactQuerySet
from contacts.models.contact_reading import since_when_authors_read
from contacts.patterns import all_filled, pattern
from helpline.foundation.calendar import LONDON, day_words, london_today, moment_words
from helpline.foundation.questions import Blank, Question
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission, Rights, Service

PAGE = 50
POSITION = "%Y%m%d%H%M%S%f"
ROW = ("handle", "handle_words", "started", "channel_label", "service_label", "worker_alias")
ROW += ("keep_until", "status_label", "status_tone")
TONES = {"bot": "quiet", "waiting": "waiting", "open": "open", "ended": "ended"}
COLUMNS = ("id", "handle", "service", "channel", "status", "started_at", "purge_on", "held")
PLACE = ("rank", "waiting_since")  # what a position is made of, with the start and the id


class List(NamedTuple):
    """One list: its page, what it is called, who has it, and what to say when it is empty."""

    which: str
    heading: str
    permission: Permission
    empty_title: str
    empty_text: str


LISTS = {
    entry.which: entry
    for entry in [
        List(
            "waiting",
            "Waiting",
            Permission.TAKE_CONTACTS,
            "Nobody is waiting",
            "When somebody gets in touch, they appear here, longest wait first.",
        ),
        List(
            "mine",
            "Mine",
            Permission.TAKE_CONTACTS,
            "You have no contacts now",
            "What you start or take stays here until a day after it ends.",
        ),
        List(
            "team",
            "Team’s",
            Permission.SEE_READERS,
            "Nothing here",
            "Contacts of your teams and services, open and ended, appear here.",
        ),
        List(
            "ended",
            "Ended",
            Permission.SEE_CONTACTS,
            "Nothing has ended lately",
            "Ended contacts that you may still read appear here.",
        ),
    ]
}


def contacts_of(which: str, staff: Staff | Rights, **times) -> ContactQuerySet:
    """The contacts of one list for one person, in its order; `times` as in `visible_to`."""
    if which == "waiting":
        rows = Contact.objects.waiting().unexpired(times.get("today"))
        return rows.in_services_of(staff)
    visible = Contact.objects.visible_to(staff, **times).newest_first()
    if which == "mine":
        return visible.filter(worker=staff.pk)
    return visible.filter(status=Contact.Status.ENDED) if which == "ended" else visible


def narrowed(contacts: ContactQuerySet, wanted: dict) -> ContactQuerySet:
    """The list cut down to what the filters ask for."""
    for column in ("channel", "service", "worker"):
        if wanted.get(column):
            contacts = contacts.filter(**{column: wanted[column]})
    if wanted.get("began_from"):
        contacts = contacts.filter(started_at__gte=_midnight(wanted["began_from"]))
    if wanted.get("began_to"):
        contacts = contacts.filter(started_at__lt=_midnight(wanted["began_to"] + timedelta(1)))
    return contacts


def _midnight(day) -> datetime:
    return datetime.combine(day, time(), tzinfo=LONDON)


def after(contacts: ContactQuerySet, which: str, rank, moment, last) -> ContactQuerySet:
    """What comes behind the last row that was seen.

    Never by counting rows, so page 6,000 costs what page 1 costs.
    """
    if which == "waiting":
        same = Q(waiting_since=moment) & Q(pk__gt=last)
        behind = Q(rank__gt=rank) | Q(waiting_since__gt=moment) | same
        return contacts.filter(behind, rank__gte=rank)
    behind = Q(started_at__lt=moment) | Q(pk__lt=last)
    return contacts.filter(behind, started_at__lte=moment)


def place_of(position: str) -> dict:
    """What a position says; `ValueError` for one that no page of ours gave out."""
    if not position:
        return {}
    rank, at, pk = position.split("-")
    moment = datetime.strptime(at, POSITION).replace(tzinfo=UTC)
    return {"rank": int(rank), "moment": moment, "last": uuid.UUID(hex=pk)}


def asked(which: str, rights: Rights, wanted: dict, *, behind: bool) -> Question:
    """One page of a list, put as a question about any day and any position."""
    times = {"today": Blank("today"), "lately": Blank("lately")}
    contacts = narrowed(contacts_of(which, rights, **times), wanted)
    if behind:
        contacts = after(contacts, which, Blank("rank"), Blank("moment"), Blank("last"))
    return Question.of(contacts.values_list(*COLUMNS, "worker__alias", *PLACE)[: PAGE + 1])


@functools.lru_cache(maxsize=1024)
def asked_plainly(which: str, rights: Rights, *, behind: bool) -> Question:
    """The same of a list that is not narrowed, which is what most pages ask."""
    return asked(which, rights, {}, behind=behind)


def page_of(which: str, staff: Staff, wanted: dict, position: str) -> tuple[list[dict], str]:
    """The rows behind a position, and the position of the last of them if more follow.

    Raises `ValueError` for a position that no page of ours gave out.
    """
    place, rights = place_of(position), staff.rights
    ask = functools.partial(asked, wanted=wanted) if wanted else asked_plainly
    question = ask(which, rights, behind=bool(place))
    found = question.answer(today=london_today(), lately=since_when_authors_read(), **place)
    base = reverse("contact_list", args=[which]).removesuffix(f"{which}/")
    rows = [_row(base, *columns[: -len(PLACE)]) for columns in found[:PAGE]]
    if len(found) <= PAGE:
        return rows, ""
    return rows, _position(which, *found[PAGE - 1])


def _position(which, pk, *columns) -> str:
    *_, rank, waiting_since = columns
    moment = waiting_since if which == "waiting" else columns[COLUMNS.index("started_at") - 1]
    return f"{rank}-{moment.astimezone(UTC):{POSITION}}-{pk.hex}"


def _row(base, pk, handle, service, channel, status, started_at, purge_on, held, alias) -> dict:
    """One contact as ready strings; a dictionary, which a template reads fastest."""
    waiting = status == Contact.Status.WAITING
    return {
        "url": "" if waiting else f"{base}{pk}/",
        "take_url": f"{base}{pk}/take/" if waiting else "",
        "handle": handle,
        "handle_words": handle.replace("-", " "),
        "started": moment_words(started_at),
        "channel_label": CHANNELS[channel],
        "service_label": SERVICES[service],
        "worker_alias": alias or "Not recorded",
        "keep_until": day_words(purge_on),
        "status_label": STATUSES[status],
        "status_tone": TONES[status],
        "held": held,
    }


def drawn(rows: list[dict], csrf: str) -> str:
    """The rows as HTML; a waiting one has a button where the others have a link."""
    return all_filled((row_pattern(row), row | {"csrf": csrf}) for row in rows)


def row_pattern(row: dict) -> str:
    """How a row like this one is drawn: waiting or readable, held or not."""
    readable = bool(row["url"])
    links = (("url", readable and "{url}"), ("take_url", not readable and "{take_url}"))
    return pattern("contacts/_row.html", ROW, *links, ("held", row["held"]))


CHANNELS = dict(Channel.choices)
SERVICES = dict(Service.choices)
STATUSES = dict(Contact.Status.choices)
