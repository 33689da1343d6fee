"""The person answers the chatbot; the same way with and without JavaScript."""

from django.shortcuts import render

from contacts.chat import public, walking
from contacts.chat.bot.forms import AnswerForm
from contacts.models import Contact, Rank


@public.in_chat
def answer(request, visit):
    """Take one answer; what cannot be stored comes back in its box, and so does what was typed
    before another button was pressed."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return wrong(request, visit, form)
    if may_be_slowed(visit, form) and public.slowed(visit, form):
        return wrong(request, visit, form, status=429)
    if not walking.answer(visit, **form.given):
        return public.too_late(request, visit, form)
    visit.here(active=True)
    return public.went_on(request) if form.given["text"] else public.answered(request, visit)


def may_be_slowed(visit, form) -> bool:
    """Words may, and whatever is pressed that cannot bring a person any sooner (I03): that somebody
    is not safe never waits."""
    presses = form.given["text"] is None and visit.contact.status in walking.SILENT
    return not presses or visit.contact.rank == Rank.NOT_SAFE


def wrong(request, visit, form, status=422):
    """The same question again, with what was typed and why it cannot be stored; the box of the
    chat, when the chatbot has nothing to ask any more."""
    if not public.is_script(request):
        asks = visit.contact.status == Contact.Status.BOT
        boxes = {"bot_form" if asks else "form": form}
        return public.page(request, visit, typed=public.typed_in(request), status=status, **boxes)
    return render(request, "chat/_bot_alert.html", {"form": form}, status=status)
