"""Putting things right for a request: everything it is about, and what is prepared of it."""

from collections.abc import Iterator
from typing import NamedTuple

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from contacts.models import Contact, Line, ServiceUser, Speaker
from contacts.models.amending import Way
from contacts.models.asked_about import FROZEN
from contacts.showing import marked, opened_or
from helpline.foundation.audit.models import record_reading
from helpline.foundation.calendar import day_words
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused
from privacy.models import Rectification, RightsRequest
from privacy.models.rectification import OPINIONS, What
from privacy.review.showing import identity_seen, record_seen
from privacy.review.sources import KEPT, assessment_shown
from privacy.review.views import asked
from privacy.rights import forms
from privacy.rights.kinds import Kind, Status
from privacy.rights.views import status_of, tried, visible
from safeguarding.models import Assessment

SHUT = "It cannot be opened."


class Thing(NamedTuple):
    """One thing that can be put right, as it stands now."""

    tick: str
    label: str
    words: str
    can_be_corrected: bool
    is_fact: bool = False


def things(request: RightsRequest) -> Iterator[tuple[str, list[Thing]]]:
    """Everything in the scope of a request: its record, then each contact under its day."""
    record = ServiceUser.objects.with_key().filter(pk=request.service_user_id).first()
    if record is not None:
        facts = [
            Thing(f"{What.FACT}:{name}", KEPT[name], opened_or(record, name, SHUT), True, True)
            for name in FROZEN
        ]
        entries = record.entries.exclude(pk__in=request.not_theirs())
        helped = [
            Thing(f"{What.ENTRY}:{each.pk}", "How they were helped", told(each), True)
            for each in entries.select_related("service_user__key")
        ]
        yield "Their record", [*facts, *helped]
    for contact in request.scope().with_key().filter(purged_on=None).order_by("started_at", "pk"):
        title = f"{contact.get_channel_display()} of {day_words(contact.started_at)}"
        yield title, [*notes(contact), *judged(contact), *lines(contact)]


def told(row) -> str:
    """What a note or entry says now."""
    return opened_or(row, "told", SHUT)


def notes(contact: Contact) -> Iterator[Thing]:
    """The notes of a contact; what a worker thought is not changed."""
    for note in contact.notes.order_by("number"):
        note.contact = contact
        label = f"Our note: {note.get_kind_display().lower()}"
        yield Thing(f"{What.NOTE}:{note.pk}", label, told(note), note.kind not in OPINIONS)


def judged(contact: Contact) -> Iterator[Thing]:
    """What was judged about their safety, as the review of a copy shows it; it is not changed."""
    rows = Assessment.objects.filter(escalation__contact=contact).prefetch_related("disputes")
    opening = rows.select_related("escalation__key", "escalation__said_key")
    for each in opening.order_by("at", "escalation", "number"):
        shown = assessment_shown(each)
        label = f"{What.ASSESSMENT.label}, {shown.at}"
        yield Thing(f"{What.ASSESSMENT}:{each.pk}", label, marked(shown.words), False)


def lines(contact: Contact) -> Iterator[Thing]:
    """What was said; what one of us said is not changed."""
    for line in Line.objects.opened(contact):
        if line.speaker in {Speaker.PERSON, Speaker.WORKER}:
            theirs = line.speaker == Speaker.PERSON
            label = "They said" if theirs else "We said"
            tick = f"{What.LINE}:{contact.pk}:{line.number}"
            yield Thing(tick, label, line.words or SHUT, theirs)


def to_correct(request, pk) -> RightsRequest:
    """A request for correction that this person may go through."""
    found = asked(request, pk)
    return found if found.kind == Kind.RECTIFY else refuse(request)


@require_http_methods(["GET", "POST"])
@requires(Permission.APPROVE_RIGHTS)
def rights_corrections(request, pk):
    """What is put right; while it is reviewed, everything that could be, one thing at a time."""
    found = to_correct(request, pk)
    tick = request.POST.get("thing") or request.GET.get("thing", "")
    if request.method == "GET":
        return page(request, found, tick=tick)
    if not request.user.may(Permission.ANSWER_RIGHTS):
        refuse(request)
    form = forms.PutRightForm(request.POST)
    if not form.is_valid() or not tried(
        form,
        lambda: Rectification.objects.prepare(found, tick, by=request.user, **form.cleaned_data),
    ):
        return page(request, visible(request, pk), tick=tick, form=form)
    messages.success(request, "It is prepared. It is done once the answer is approved.")
    return redirect("rights_corrections", found.pk)


def page(request, found: RightsRequest, *, tick: str = "", form=None, seen: dict | None = None):
    """What is prepared, and while it is reviewed what could be; reading it is written down."""
    record_reading(found, by=request.user)
    prepares = found.status == Status.REVIEW and request.user.may(Permission.ANSWER_RIGHTS)
    for contact in found.scope() if prepares else ():
        record_reading(contact, by=request.user, shared=True)
    if prepares and found.service_user:
        record_seen([found.service_user], request.user)
        identity_seen([found.service_user], request.user)
    parts = list(things(found)) if prepares else []
    one = next((each for _, some in parts for each in some if each.tick == tick), None)
    if one and form is None:
        fits = {"can_be_corrected": one.can_be_corrected, "is_fact": one.is_fact}
        form = forms.PutRightForm(**fits)
    context = {
        "rights": found,
        "rows": [row(each, seen or {}) for each in prepared(found)],
        "parts": [] if one else parts,
        "prepares": prepares,
        "chosen": one,
        "form": form,
        "sees": request.user.may(Permission.ANSWER_RIGHTS),
        "why": forms.WhyForm(auto_id="see-%s"),
    }
    return render(request, "rights/corrections.html", context, status=status_of(form))


def prepared(found: RightsRequest):
    """What is to be put right, with the key that opens its words."""
    return found.rectifications.select_related("request__key", "prepared_by")


def row(each: Rectification, seen: dict) -> dict:
    """One thing that is put right, as ready strings."""
    replaced = each.done_on is not None and each.way == Way.CORRECTED
    return {
        "pk": each.pk,
        "number": each.number,
        "what": each.get_what_display(),
        "which": KEPT.get(each.which, ""),
        "way": each.get_way_display(),
        "ground": each.get_ground_display(),
        "words": opened_or(each, "words", SHUT) if each.done_on is None else "",
        "why": opened_or(each, "why", SHUT),
        "by": each.prepared_by.alias,
        "done": day_words(each.done_on) if each.done_on else "",
        "replaced": replaced,
        "old": seen.get(each.pk),
    }


@require_POST
@requires(Permission.ANSWER_RIGHTS)
def rights_correction_out(request, pk):
    """It is not put right after all."""
    found = to_correct(request, pk)
    chosen(request, found).take_out(by=request.user)
    messages.success(request, "It is taken out. Say in the answer why it stays as it is.")
    return redirect("rights_corrections", found.pk)


@require_POST
@requires(Permission.ANSWER_RIGHTS)
def rights_correction_old(request, pk):
    """What something said before, once, with a reason; shown here and nowhere else."""
    found = to_correct(request, pk)
    part = chosen(request, found)
    old = part.see_old(by=request.user, why=request.POST.get("why", ""))
    return page(request, found, seen={part.pk: old})


def chosen(request, found: RightsRequest) -> Rectification:
    """The prepared one that a button names; raises `Refused` for none."""
    typed = request.POST.get("number", "")
    number = int(typed) if typed.isdecimal() and len(typed) < 5 else 0
    part = found.rectifications.filter(number=number).first()
    if part is None:
        raise Refused("Say which of them.")
    return part
