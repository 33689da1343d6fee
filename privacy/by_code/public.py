"""Rights for people who never said who they are: their seven words are enough."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from contacts.models import Consent, Contact, Visit
from contacts.wordings import How
from helpline.foundation.calendar import day_words, london_date
from helpline.foundation.states import Refused
from privacy.bundle.public import given
from privacy.by_code import acting
from privacy.by_code.forms import CorrectForm, DeleteForm
from privacy.models import Erasure
from privacy.review import readers
from privacy.rights import by_words
from privacy.rights.kinds import Kind
from privacy.rights.public import stands

WRONG = "These are not the seven words of these chats. Check them and try again."


def mine(request) -> Visit:
    """The chat that this browser has open by its words; 404 without one."""
    visit = Visit.objects.of(request.session.token)
    if visit is None or visit.contact.thread_id is None:
        raise Http404
    return visit


@require_safe
@login_not_required
def yours(request):
    """Everything that somebody can do with what their words open."""
    try:
        visit = mine(request)
    except Http404:
        return redirect("back")
    return page(request, visit)


def page(request, visit: Visit, *, delete=None, correct=None, status: int = 200):
    """The one page, with whichever form was refused."""
    chats = acting.own(visit)
    context = {
        "chats": [shown(chat) for chat in chats],
        "agreed": agreed(visit.contact),
        "requests": [stands(each) for each in acting.requests_of(visit)],
        "still_open": any(chat.status != Contact.Status.ENDED for chat in chats),
        "waits": Erasure.objects.waiting_for(chats).exists(),
        "delete": delete or DeleteForm(auto_id="delete-%s"),
        "correct": correct or CorrectForm(auto_id="correct-%s"),
    }
    return render(request, "by_code/yours.html", context, status=status)


def shown(chat: Contact) -> dict:
    """One chat: its day, until when it stays, and who has read it."""
    return {
        "pk": chat.pk,
        "began": day_words(london_date(chat.started_at)),
        "keep_until": day_words(chat.purge_on),
        "readers": readers.of(chat),
    }


def agreed(contact: Contact) -> list:
    """What they have agreed to and can take back."""
    standing = Consent.objects.standing(contact).values()
    return [consent for consent in standing if consent.is_in_force()]


@require_POST
@login_not_required
def delete(request):
    """Delete all of it, now or in 24 hours, with the words typed once more."""
    visit = mine(request)
    form = DeleteForm(request.POST, auto_id="delete-%s")
    if not form.is_valid():
        return page(request, visit, delete=form, status=422)
    if not acting.has_words(visit, form.cleaned_data["words"]):
        again = DeleteForm({"when": form.cleaned_data["when"], "words": ""}, auto_id="delete-%s")
        again.add_error("words", WRONG)
        return page(request, visit, delete=again, status=422)
    later = form.cleaned_data["when"] == "later"
    done = acting.delete(visit, later=later)
    return render(request, "by_code/deleted.html", {"done": done, "later": later})


@require_POST
@login_not_required
def keep(request):
    """They have changed their mind within the 24 hours."""
    visit = mine(request)
    for plan in Erasure.objects.waiting_for(acting.own(visit)):
        plan.call_off()
    return redirect("by_code")


@require_POST
@login_not_required
def correct(request):
    """Add a correction to one of these chats."""
    visit = mine(request)
    chosen = [chat for chat in acting.own(visit) if str(chat.pk) == request.POST.get("chat")]
    form = CorrectForm(request.POST, auto_id="correct-%s")
    if form.is_valid() and chosen:
        try:
            acting.correct(visit, chosen[0], form.cleaned_data["words"])
        except Refused as reason:
            form.add_error("words", str(reason))
        else:
            return redirect("by_code")
    return page(request, visit, correct=form, status=422)


@require_POST
@login_not_required
def restrict(request):
    """Ask that it is kept and not used for now."""
    visit = mine(request)
    by_words.ask(Kind.RESTRICT, acting.own(visit))
    return redirect("by_code")


@require_POST
@login_not_required
def take_back(request):
    """Take back what was agreed to, as easily as it was given."""
    visit = mine(request)
    purpose = request.POST.get("purpose", "")
    if purpose in {consent.purpose for consent in agreed(visit.contact)}:
        Consent.objects.withdraw(visit.contact, purpose, by=None, how=How.CHAT)
    return redirect("by_code")


@require_POST
@login_not_required
def take(request):
    """Everything that was said, as a file."""
    return given(acting.file_of(mine(request)))
