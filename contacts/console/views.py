"""The console: the queue and one’s own chats, and the one that is being read."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from contacts.console import positions, showing
from contacts.console.forms import LimitForm, SayForm
from contacts.models import ChatLimit, Contact, Draft, SentAnyway, Speaker, Visit
from helpline.foundation import live
from helpline.foundation.audit.models import record_reading
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState

DRAFT = "chat"  # the place of what a worker has typed and not sent


def visible_chat(request, pk) -> Visit:
    """The chat if it is this person’s to see and to act upon; otherwise the 404."""
    rows = Contact.objects.visible_to(request.user).filter(pk=pk)
    rows = rows.with_key().select_related("worker", "visit", "thread")
    contact = rows.filter(visit__isnull=False).first() or refuse(request)
    contact.visit.contact = contact
    return contact.visit


def own_chat(request, pk) -> Visit:
    """A chat in which this person may speak: they have it, or have joined it."""
    visit = visible_chat(request, pk)
    if not showing.speaks(visit.contact, request.user):
        raise WrongState("This chat is not yours. Take it or join it first.")
    return visit


@require_GET
@requires(Permission.TAKE_CONTACTS)
def chats(request):
    """The queue and one’s own chats, none of them opened."""
    Visit.objects.worker_here(request.user)
    return render(request, "console/console.html", showing.around(request.user))


@require_GET
@requires(Permission.TAKE_CONTACTS)
def chats_one(request, pk):
    """One chat in the console; opening it is a reading, and its lines are not new any more."""
    visit = visible_chat(request, pk)
    contact, staff = visit.contact, request.user
    record_reading(contact, by=staff, shared="X-Poll" in request.headers)
    if contact.worker_id == staff.pk:
        visit.read_until(contact.last_line)
    Visit.objects.worker_here(staff)
    context = showing.around(staff, contact) | showing.opened(contact, staff)
    if context["may"]["speak"]:
        typed = with_reply(context["typed"], staff, request.GET.get("reply", ""))
        form = SayForm(initial={"text": typed})
        context["box"] = showing.box(contact, form, "Draft kept." if typed else "")
    return render(request, "console/console.html", context)


def with_reply(typed: str, staff, name: str) -> str:
    """What was typed, and below it a quick reply that was chosen without scripts."""
    return "\n".join(filter(None, [typed, showing.reply(staff, name)]))


@require_POST
@requires(Permission.TAKE_CONTACTS)
def chats_next(request):
    """Take whoever is answered next."""
    visit = Visit.objects.take_next(by=request.user)
    if visit is None:
        messages.success(request, "Nobody is waiting now.")
        return redirect("chats")
    return redirect("chats_one", visit.pk)


@require_POST
@requires(Permission.TAKE_CONTACTS)
def chats_say(request, pk):
    """Say one line; what cannot be sent comes back in its box, with the reason."""
    visit = own_chat(request, pk)
    contact, staff, form = visit.contact, request.user, SayForm(request.POST)
    if not form.is_valid():
        shown = showing.box(contact, form, "Not sent.")
        return answer(request, contact, shown)
    try:
        number = say(contact, form, by=staff)
    except Refused as reason:
        form.add_error("text", str(reason))
        return answer(request, contact, showing.box(contact, form, "Not sent."))
    Draft.objects.filter(contact=contact, staff=staff, place=DRAFT).delete()
    if contact.worker_id == staff.pk:
        visit.read_until(number)
    if "HX-Request" not in request.headers:
        return redirect("chats_one", pk)
    return answer(request, contact, showing.box(contact, SayForm(), "Sent."))


def say(contact: Contact, form: SayForm, *, by) -> int:
    """Say what a form holds, also what was stopped and has a reason; the line’s number."""
    said = form.cleaned_data
    if not form.kinds:
        return contact.say(Speaker.WORKER, said["text"], nonce=said["nonce"])
    line = {"nonce": said["nonce"], "kinds": form.kinds, "reason": said["why"], "by": by}
    return SentAnyway.objects.say(contact, said["text"], **line)


def answer(request, contact: Contact, box: dict):
    """The box alone for a page that updates itself; for any other the whole page."""
    if "HX-Request" in request.headers:
        return render(request, "console/_box.html", {"box": box})
    record_reading(contact, by=request.user, shared=True)
    context = showing.around(request.user, contact) | showing.opened(contact, request.user)
    return render(request, "console/console.html", context | {"box": box})


@require_POST
@requires(Permission.TAKE_CONTACTS)
def chats_draft(request, pk):
    """Keep what has been typed so far, sealed, for its author alone."""
    contact = visible_chat(request, pk).contact
    Draft.objects.keep(contact, request.POST.get("text", ""), by=request.user, place=DRAFT)
    return HttpResponse("Draft kept.", content_type="text/plain")


@require_POST
@requires(Permission.TAKE_CONTACTS)
def chats_writing(request, pk):
    """Somebody is writing; what they write stays on their page until they send it."""
    live.ring(live.WRITING, f"worker:{own_chat(request, pk).pk}")
    return HttpResponse(status=204)


@require_POST
@requires(Permission.TAKE_CONTACTS)
def chats_here(request):
    """A sign of the open console, every 20 seconds, with what it has shown; nobody’s activity."""
    Visit.objects.worker_here(request.user)
    mine = Contact.objects.filter(worker=request.user, status=Contact.Status.OPEN)
    for pk, number in positions.read(request.POST.get("seen", "")).items():
        for visit in Visit.objects.filter(pk=pk, contact__in=mine):
            visit.read_until(number)
    return HttpResponse(status=204)


@require_POST
@requires(Permission.TAKE_CONTACTS)
def chats_limit(request):
    """How many chats one wants at once."""
    form = LimitForm(request.POST)
    if form.is_valid():
        ChatLimit.objects.choose(request.user, form.cleaned_data["at_most"])
        messages.success(request, f"You take up to {form.cleaned_data['at_most']} chats at once.")
    return redirect("chats")


@require_POST
@requires(Permission.TAKE_CONTACTS)
def chats_told(request):
    """One has read which chats went back into the queue while one’s console was gone."""
    Visit.objects.told_what_was_taken(by=request.user)
    return redirect("chats")
