"""The desk: what a worker writes down while somebody talks, in any order, none of it required."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from contacts import desk_showing as showing
from contacts.desk_forms import (
    PLACES,
    AnswerForm,
    BasisForm,
    EndForm,
    NoteForm,
    SignpostingForm,
    TopicsForm,
)
from contacts.models import (
    Contact,
    ContactTopic,
    Draft,
    LegalBasis,
    Note,
    NoteReview,
    Pause,
    Signposting,
    Step,
)
from contacts.models.contact import Unread
from contacts.vocabulary import StepKind
from helpline.foundation.audit.models import record_reading
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState


def own(request, pk) -> Contact:
    """A contact this person may act upon, for the doors that open only what they answer with."""
    contact = Contact.objects.visible_to(request.user).with_key().filter(pk=pk).first()
    return contact or refuse(request)


def answer(request, contact, card: str, **forms):
    """The card alone for a page that updates itself; for any other, back to the whole page.

    A form with errors is shown on a page of its own, so that nothing typed is lost without scripts.
    """
    wrong = any(form.errors for form in forms.values())
    if "HX-Request" not in request.headers and not wrong:
        return redirect(contact)
    record_reading(contact, by=request.user, shared=True)
    shown = showing.card(contact, request.user, card, **forms)
    alone = "HX-Request" in request.headers
    template = "contacts/desk/_card.html" if alone else "contacts/desk/card.html"
    return render(request, template, {"card": shown, "contact": contact})


@require_POST
@requires(Permission.TAKE_CONTACTS)
def contact_note(request, pk):
    """Add a note to one card, or correct one; what cannot be saved yet is kept as a draft."""
    contact, place = own(request, pk), request.POST.get("place", "notes")
    if place not in PLACES:
        refuse(request)
    form = NoteForm(request.POST, place=place)
    if not form.is_valid():
        keep_typed(request, contact, place)
        return answer(request, contact, place, form=form)
    said = form.cleaned_data
    corrects = None
    if said["corrects"]:
        noted = Note.objects.filter(pk=said["corrects"], contact=contact)
        corrects = noted.first() or refuse(request)
    try:
        contact.add_note(
            said["text"],
            by=request.user,
            kind=said["kind"],
            place=place,
            corrects=corrects,
            why=said["why"],
            identifying=form.kinds_found,
        )
    except WrongState:
        keep_typed(request, contact, place, corrected_too=True)
        raise
    return answer(request, contact, place)


def keep_typed(request, contact: Contact, place: str, *, corrected_too: bool = False) -> None:
    """Keep as a draft what a card had in its box when another button of it was pressed.

    A correction is no draft of a new note; only one that came too late is kept rather than lost.
    """
    words = request.POST.get("text", "")
    if words.strip() and (corrected_too or not request.POST.get("corrects")):
        Draft.objects.keep(contact, words, by=request.user, place=place)


@require_POST
@requires(Permission.TAKE_CONTACTS)
def contact_draft(request, pk):
    """Keep what has been typed so far, sealed, for its author alone."""
    place = request.POST.get("place", "notes")
    if place not in PLACES:
        refuse(request)
    words = request.POST.get("text", "")
    Draft.objects.keep(own(request, pk), words, by=request.user, place=place)
    return HttpResponse("Draft kept.", content_type="text/plain")


@require_POST
@requires(Permission.TAKE_CONTACTS)
def contact_step(request, pk):
    """Write down that confidentiality or device safety was explained, and when."""
    contact, kind = own(request, pk), request.POST.get("kind")
    if kind not in StepKind.values:
        raise Refused("There is nothing of that kind to write down.")
    place = "question" if kind == StepKind.CONFIDENTIALITY else "given"
    keep_typed(request, contact, place)
    Step.objects.say(contact, kind, by=request.user)
    return answer(request, contact, "start" if place == "question" else place)


@require_POST
@requires(Permission.TAKE_CONTACTS)
def contact_topics(request, pk):
    """What it was about, as far as this person changed it."""
    contact, form = own(request, pk), TopicsForm(request.POST)
    if form.is_valid():
        added, removed = form.changes()
        ContactTopic.objects.change(contact, added=added, removed=removed)
    return answer(request, contact, "topics", form=form)


@require_POST
@requires(Permission.TAKE_CONTACTS)
def contact_signpost(request, pk):
    """Where else the person was told they can turn."""
    contact, form = own(request, pk), SignpostingForm(request.POST)
    keep_typed(request, contact, "given")
    if form.is_valid():
        Signposting.objects.point(contact, form.cleaned_data["signpost"], by=request.user)
        return answer(request, contact, "given")
    return answer(request, contact, "given", signposting=form)


@require_POST
@requires(Permission.TAKE_CONTACTS)
def contact_basis(request, pk):
    """The legal basis as it is discerned now (S2-26)."""
    contact, form = own(request, pk), BasisForm(request.POST)
    if form.is_valid():
        try:
            LegalBasis.objects.discern(contact, by=request.user, **form.said())
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            return answer(request, contact, "basis")
    return answer(request, contact, "basis", form=form)


@require_POST
@requires(Permission.TAKE_CONTACTS)
def contact_end(request, pk):
    """End a contact with its outcome, which counts it into the figures."""
    contact, form = own(request, pk), EndForm(request.POST)
    if not form.is_valid():
        return answer(request, contact, "end", form=form)
    try:
        ended(contact, form, by=request.user)
    except Unread as reason:
        contact = own(request, pk)
        form.add_error(None, str(reason))
        form.shown_until(contact.last_line)
        return answer(request, contact, "end", form=form)
    Pause.objects.begin(Pause.Kind.AFTER_CALL, by=request.user)
    messages.success(
        request, "The contact has ended. You can read it for 24 hours. Take the time you need."
    )
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": contact.get_absolute_url()})
    return redirect(contact)


@transaction.atomic
def ended(contact: Contact, form: EndForm, *, by: Staff) -> None:
    """The end as the form says it, with what they were told then."""
    said = form.cleaned_data
    if said["told_of_review"]:
        Step.objects.say(contact, StepKind.REVIEW_RIGHT, by=by)
    words = {name: said[name] for name in ("outcome", "explained", "their_view", "why", "seen")}
    contact.end(by=by, **words)


@require_POST
@requires(Permission.TAKE_CONTACTS)
def note_answer(request, pk):
    """The author answers a supervisor’s question about a note."""
    mine = NoteReview.objects.sent_back_to(request.user).select_related("contact__key")
    review = mine.filter(pk=pk).first() or refuse(request)
    form = AnswerForm(request.POST)
    if form.is_valid():
        review.reply(form.cleaned_data["answer"], by=request.user)
        messages.success(request, "Your answer is with your supervisor.")
    return redirect("notes_back")


@require_POST
@requires(Permission.TAKE_CONTACTS)
def pause(request):
    """A break or after-call time begins or ends; nobody counts it."""
    if request.POST.get("kind") in Pause.Kind.values:
        Pause.objects.begin(request.POST["kind"], by=request.user)
    else:
        Pause.objects.end(by=request.user)
    return redirect("staff_home")
