"""A chat goes to somebody else, or somebody comes to help: what workers do with each other."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from contacts.console import showing
from contacts.console.forms import GuidanceForm, PassForm
from contacts.console.views import own_chat, visible_chat
from contacts.models import Draft, Guidance, Joining
from helpline.foundation.staff.access import requires
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused


@require_http_methods(["GET", "POST"])
@requires(Permission.TAKE_CONTACTS)
def chats_pass(request, pk):
    """Hand a chat to a colleague or back to the queue, with a note that its person never sees."""
    visit = visible_chat(request, pk)
    form = PassForm(request.POST or None, contact=visit.contact)
    if form.is_valid():
        said = form.cleaned_data
        try:
            visit.pass_on(to=said["to"], note=said["note"], by=request.user, why=said["why"])
        except Refused as reason:
            form.add_error("to", str(reason))
        else:
            who = f"with {said['to'].alias}" if said["to"] else "back in the queue"
            messages.success(request, f"The chat is {who} now.")
            return redirect("chats")
    context = {"contact": showing.heading(visit.contact), "form": form}
    return render(request, "console/pass.html", context)


@require_POST
@requires(Permission.TAKE_CONTACTS)
def chats_ask(request, pk):
    """Ask the supervisors (S1-14)."""
    contact, form = own_chat(request, pk).contact, GuidanceForm(request.POST)
    if form.is_valid():
        Guidance.objects.ask(contact, form.cleaned_data["question"], by=request.user)
        messages.success(request, "Your supervisors are asked. The answer appears beside the chat.")
    elif typed := request.POST.get("question", "").strip():
        Draft.objects.keep(contact, typed, by=request.user, place="guidance")
        messages.error(request, "Your question is too long. It is kept below; please shorten it.")
    return redirect("chats_one", pk)


@require_POST
@requires(Permission.SUPERVISE_CHATS)
def chats_join(request, pk):
    """Come into a chat; its page tells the person that somebody else is there."""
    Joining.objects.join(visible_chat(request, pk).contact, by=request.user)
    return redirect("chats_one", pk)


@require_POST
@requires(Permission.SUPERVISE_CHATS)
def chats_leave(request, pk):
    """Leave it again, which the page says too."""
    Joining.objects.leave(visible_chat(request, pk).contact, by=request.user)
    return redirect("chats_one", pk)
