"""The verified list of whom we may tell, and the board of what is still owed."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts.acts.views import refusal, too_late, unsaved
from contacts.showing import marked
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from safeguarding.models import Escalation, Recipient, Task
from safeguarding.sharing import forms, showing
from safeguarding.sharing.kinds import TaskKind

MOST_SHOWN = 200


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_RECIPIENTS)
def recipients(request):
    """Whom we may tell: those that wait for a second person first; and a form to add one."""
    form = forms.RecipientForm(request.POST or None)
    if form.is_valid() and added(request, form):
        return redirect("recipients")
    rows = Recipient.objects.listed().current().with_key().order_by("status", "kind", "added_at")
    context = {"rows": [recipient_row(each, request.user) for each in rows[:MOST_SHOWN]]}
    context |= {"form": form, "heading": "Whom we may tell"}
    return render(request, "sharing/recipients.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@requires(Permission.SHARE)
def escalation_named(request, pk):
    """Somebody the person named, to be told about this one escalation."""
    mine = Escalation.objects.visible_to(request.user).with_keys()
    escalation = mine.filter(pk=pk).first() or refuse(request)
    form = forms.RecipientForm(request.POST or None, named=True)
    if form.is_valid() and added(request, form, escalation=escalation):
        return redirect("escalation_named", escalation.pk)
    rows = Recipient.objects.current().filter(escalation=escalation).with_key()
    context = {"rows": [recipient_row(each, request.user) for each in rows]}
    context |= {"form": form, "heading": "Somebody the person named", "escalation": escalation}
    return render(request, "sharing/recipients.html", context, status=status_of(form))


def added(request, form, **about) -> bool:
    """Whether the entry stands on the list now; else the form says why not."""
    said = dict(form.cleaned_data)
    kind = said.pop("kind")
    if too_late(form, lambda: Recipient.objects.add(kind, by=request.user, **said, **about)):
        return False
    messages.success(request, "It is on the list. A second person makes sure of it next.")
    return True


def status_of(form) -> int:
    """The status of a page on which a form stands."""
    return refusal(form) if refusal(form) != 200 else 400 if form.errors else 200


def recipient_row(entry: Recipient, staff) -> dict:
    """One entry as the list shows it."""
    ways = [entry.rings_at, entry.mails_to, entry.posts_to]
    return {
        "pk": entry.pk,
        "kind_label": entry.get_kind_display(),
        "body": marked(str(entry.body)),
        "ways": [marked(str(way)) for way in ways if way],
        "secure": entry.secure,
        "found_at": marked(str(entry.found_at)),
        "spoke_to": marked(str(entry.spoke_to)),
        "added_by": entry.added_by.alias,
        "approved_by": entry.approved_by.alias if entry.approved_by_id else "",
        "waits": entry.status == Recipient.Status.ADDED,
        "may_approve": entry.added_by.person != staff.person,
        "escalation": entry.escalation_id,
    }


def changeable(request, pk) -> Recipient:
    """An entry of the list, or one of an escalation that this person may open."""
    found = Recipient.objects.current().with_key().filter(pk=pk).first() or refuse(request)
    mine = Escalation.objects.visible_to(request.user)
    if found.escalation_id and not mine.filter(pk=found.escalation_id).exists():
        refuse(request)
    return found


def back_to(found: Recipient):
    """The list on which an entry stands."""
    if found.escalation_id:
        return redirect("escalation_named", found.escalation_id)
    return redirect("recipients")


@require_POST
@requires(Permission.KEEP_RECIPIENTS)
def recipient_approve(request, pk):
    """A second person has made sure of it too."""
    found = changeable(request, pk)
    found.approve(by=request.user)
    messages.success(request, "It is verified. It can be chosen now.")
    return back_to(found)


@require_POST
@requires(Permission.KEEP_RECIPIENTS)
def recipient_drop(request, pk):
    """Take an entry off the list at once; what was on its way there is named."""
    found = changeable(request, pk)
    stopped = found.drop(by=request.user)
    messages.success(request, "It is off the list. Nothing goes there any more.")
    for sharing in stopped:
        name = sharing.reference.replace("-", " ")
        messages.warning(
            request, f"{name} was on its way there. It is stopped, and prepared again."
        )
    return back_to(found)


@require_GET
@requires(Permission.SETTLE_OWED)
def tasks(request):
    """What is still owed, the most overdue first; what is late is red."""
    return tasks_page(request)


def tasks_page(request, *, pk=None, wrong=None):
    """The board; a form that was refused stands with its task, and its words above everything once
    that is done."""
    mine = Task.objects.visible_to(request.user).open()
    rows = mine.select_related("escalation", "disclosure", "call__by")[:MOST_SHOWN]
    shown = []
    for task in rows:
        form = wrong if task.pk == pk else forms.TaskForm(auto_id=f"{task.pk}-%s")
        own_call = task.kind == TaskKind.REVIEW_CALL and task.call.by.person == request.user.person
        shown.append((showing.task_row(task), form, own_call))
    context = {"rows": shown, "may": {"share": request.user.may(Permission.SHARE)}}
    if pk not in [task.pk for task in rows]:
        context |= unsaved(wrong)
    return render(request, "sharing/tasks.html", context, status=status_of(wrong) if wrong else 200)


@require_POST
@requires(Permission.SETTLE_OWED)
def task_settle(request, pk):
    """Somebody did it, or says why it cannot be done."""
    mine = Task.objects.visible_to(request.user).select_related("escalation__key", "call__by")
    task = mine.filter(pk=pk).first() or refuse(request)
    form = forms.TaskForm(request.POST, auto_id=f"{task.pk}-%s")
    if form.is_valid():
        said = form.cleaned_data
        outcome, words = said["outcome"], said["words"]
        if not too_late(form, lambda: task.settle(outcome, by=request.user, words=words)):
            messages.success(request, "It is written down.")
            return redirect("tasks")
    return tasks_page(request, pk=task.pk, wrong=form)
