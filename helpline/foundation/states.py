"""How a record changes state: one guarded UPDATE, and plain refusals that know nothing of HTTP."""

from contextlib import suppress

from django.db import models
from django.shortcuts import render
from django.urls import Resolver404, resolve

HOME = 2  # slashes in the address of the first staff page


class WrongState(Exception):
    """The record has moved on since the person last saw it."""


class Refused(Exception):
    """A rule forbids this act; the message is a sentence for the person who tried."""


class Unavailable(Exception):
    """Something that must work first does not; the person may try again in a while."""


def move(record: models.Model, to: str, *, allowed: list[str], **changes) -> None:
    """Set `record.status` to `to` if its status in the database is still one of `allowed`.

    Guard and change are one UPDATE, so of two people who press the same button one gets
    `WrongState`. Only the changed fields are refreshed: a full refresh would drop the fetched key.
    """
    rows = type(record).objects.filter(pk=record.pk, status__in=allowed)
    if not rows.update(status=to, **changes):
        raise WrongState(f"This cannot become {to} any more. Somebody else was here first.")
    record.refresh_from_db(fields=["status", *changes])


def two_people(first, by) -> None:
    """Refuse a second signature by the person who gave the first (F13).

    Two accounts of one human share `Staff.person` and count as one.
    """
    if first.person == by.person:
        raise Refused("This needs a second person. You have already done your half.")


class RefusalMiddleware:
    """Turn a refusal of any view into a 409 page, once for all of them, and a failure into a
    503."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, Unavailable):
            return self.answer(request, exception, 503)
        if isinstance(exception, WrongState | Refused):
            return self.answer(request, exception, 409)
        return None

    def answer(self, request, exception, status):
        """A page that gives back what staff typed, or for a page that updates itself, and still has
        it, the sentence alone."""
        template = "_refusal.html" if "HX-Request" in request.headers else f"{status}.html"
        context = {"reason": str(exception)}
        if request.path.startswith("/staff/"):
            context |= {"unsaved": typed(request), "back": page_above(request.path)}
        return render(request, template, context, status=status)


def typed(request) -> str:
    """What reads like somebody's own words in a form that was sent: values of several words, or of
    letters that no choice, date or number has; never a password."""
    fields = request.POST.lists() if request.method == "POST" else []
    said = [value for name, values in fields if "password" not in name for value in values]
    said = [words.strip() for words in said if len(words.split()) > 1 or not words.isascii()]
    return "\n".join(said)


def page_above(path: str) -> str:
    """The page that a form stood on: the nearest address above the one that it was sent to.

    No browser says where it comes from here: the door keeps no more of that than our name.
    """
    while (path := path.rstrip("/").rpartition("/")[0] + "/").count("/") > HOME:
        with suppress(Resolver404):
            resolve(path)
            return path
    return ""
