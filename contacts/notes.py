"""Notes looked at by somebody else, and the list of places people can turn to."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts.desk_forms import AnswerForm, QuestionForm, SignpostForm
from contacts.desk_showing import noted
from contacts.models import Contact, Note, NoteReview, Signpost
from contacts.models.objected import UsedFor, stopped
from contacts.showing import opened_or
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent, record_reading
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission

LOOK_BACK = timedelta(days=14)
AT_ONCE = 20


def to_review(staff):
    """Notes of the last two weeks that this person may read and nobody has reviewed, oldest
    first; none of a contact whose person objected to that."""
    visible = Contact.objects.visible_to(staff).exclude(stopped(UsedFor.QUALITY))
    since = timezone.now() - LOOK_BACK
    notes = Note.objects.current().filter(contact__in=visible, review=None, written_at__gte=since)
    return notes.exclude(written_by__person=staff.person).order_by("written_at")


@require_GET
@requires(Permission.REVIEW_NOTES)
def notes_review(request):
    """What was noted lately, for a second pair of eyes: factual, respectful (S1-16)."""
    rows = to_review(request.user).select_related("contact__key", "written_by")[:AT_ONCE]
    for contact in {note.contact for note in rows}:
        record_reading(contact, by=request.user, shared=True)
    page = [(noted(note), note.contact) for note in rows]
    context = {
        "page": page,
        "left": to_review(request.user).count(),
        "answered": answered(request.user),
    }
    return render(request, "contacts/notes_review.html", context)


def answered(staff) -> list[dict]:
    """What authors answered to this supervisor, each with its question; a reading as any other."""
    rows = NoteReview.objects.answered_for(staff).select_related("contact__key", "note__written_by")
    found = []
    for review in rows[:AT_ONCE]:
        record_reading(review.contact, by=staff, shared=True)
        lost = "It cannot be opened."
        question, said = opened_or(review, "question", lost), opened_or(review, "answer", lost)
        author = review.note.written_by.alias
        found.append({"author": author, "question": question, "answer": said})
    return found


@require_POST
@requires(Permission.REVIEW_NOTES)
def note_review(request, pk):
    """A note is well, or goes back to its author with a question."""
    note = to_review(request.user).filter(pk=pk).first() or refuse(request)
    form = QuestionForm(request.POST)
    question = form.cleaned_data["question"].strip() if form.is_valid() else ""
    NoteReview.objects.review(note, by=request.user, question=question)
    messages.success(request, "Sent back with your question." if question else "Reviewed.")
    return redirect("notes_review")


@require_GET
@requires(Permission.TAKE_CONTACTS)
def notes_back(request):
    """Notes of one’s own that came back with a question."""
    back = NoteReview.objects.sent_back_to(request.user)
    rows = back.select_related("note__written_by", "reviewed_by", "contact__key")
    page = []
    for review in rows.order_by("reviewed_at"):
        record_reading(review.contact, by=request.user, shared=True)
        review.note.contact = review.contact
        question = opened_or(review, "question", "The question cannot be opened.")
        page.append({"review": review, "note": noted(review.note), "question": question})
    context = {"page": page, "form": AnswerForm()}
    return render(request, "contacts/notes_back.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_SIGNPOSTS)
def signposts(request):
    """The list of places people can turn to, as staff keep it."""
    form = SignpostForm(request.POST or None)
    if form.is_valid():
        entry = form.save()
        AuditEvent.objects.record(Action.SIGNPOST_CHANGED, on=entry, by=request.user, dropped=False)
        messages.success(request, "It is on the list.")
        return redirect("signposts")
    context = {"page": Signpost.objects.current(), "form": form}
    return render(request, "contacts/signposts.html", context)


@require_POST
@requires(Permission.KEEP_SIGNPOSTS)
def signpost_drop(request, pk):
    """Take an entry off the list."""
    get_object_or_404(Signpost.objects.current(), pk=pk).drop(by=request.user)
    messages.success(request, "It is off the list.")
    return redirect("signposts")
