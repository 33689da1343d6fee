"""Editing a draft one step at a time: write, add, move, take out."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from contacts import bot
from contacts.keeping import flow
from contacts.keeping.script import my_draft
from contacts.keeping.script_forms import StepForm, replaced
from helpline.foundation.staff.access import requires
from helpline.foundation.staff.roles import Permission

FULL = f"A script has at most {bot.MOST_STEPS} steps."
LEADS_ON = {bot.Kind.SAY, bot.Kind.ASK, bot.Kind.SIGNPOST}


def page_of(draft, step_id: str = "") -> str:
    """The draft's page, at one of its steps."""
    page = reverse("chatbot_script", args=[draft.pk])
    return f"{page}#step-{step_id}" if step_id else page


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_CHAT)
def step(request, pk):
    """One step's form: of the step that the address names, or of a new one of some kind."""
    draft = my_draft(request, pk)
    script = draft.script
    found = script.step(request.GET.get("step", ""))
    edited = found or new_step(script, request.GET.get("kind", ""), request.GET.get("after", ""))
    form = StepForm(request.POST or None, draft=draft, step=edited)
    if form.is_valid():
        after = "" if found else request.GET.get("after", "")
        if form.save(put_in(draft.script, form.filled_in(), after), by=request.user):
            messages.success(request, "The draft is saved.")
            return redirect(page_of(draft, edited.id))
    now = draft.script.step(edited.id)
    context = {
        "script": draft,
        "form": form,
        "step": edited,
        "is_new": found is None,
        "kind": flow.kind_words(edited),
        "says_now": now.text if now and now.text != form["text"].value() else "",
        "back": page_of(draft, edited.id if found else ""),
    }
    return render(request, "keeping/step.html", context)


def new_step(script: bot.Script, kind: str, after: str) -> bot.Step:
    """An empty step of a kind; it leads to where the step before it led."""
    kind = kind if kind in bot.Kind.values else bot.Kind.SAY
    number = 1
    while script.step(f"{kind}-{number}"):
        number += 1
    before = script.step(after)
    return bot.Step(f"{kind}-{number}", kind, next=before.next if before else "")


def put_in(script: bot.Script, step: bot.Step, after: str) -> list[bot.Step]:
    """The steps with this one in its place, or new behind another, which then leads to it."""
    before = script.step(after)
    if before is None or script.step(step.id):
        return replaced(script, step)
    if before.kind in LEADS_ON:
        before = before._replace(next=step.id)
    steps = replaced(script, before)
    at = [each.id for each in steps].index(after) + 1
    return [*steps[:at], step, *steps[at:]]


@require_POST
@requires(Permission.KEEP_CHAT)
def move(request, pk):
    """One step up or down; the first one begins the chat."""
    draft = my_draft(request, pk)
    steps = list(draft.script.steps)
    name = request.POST.get("step", "")
    one = next((place for place, each in enumerate(steps) if each.id == name), None)
    other = None if one is None else one + (-1 if "up" in request.POST else 1)
    if one is not None and 0 <= other < len(steps):
        steps[one], steps[other] = steps[other], steps[one]
        draft.edit(steps, by=request.user, seen=request.POST.get("seen", ""))
    return redirect(page_of(draft, name))


@require_POST
@requires(Permission.KEEP_CHAT)
def remove(request, pk):
    """Take a step out; whatever led to it leads to where it led."""
    draft = my_draft(request, pk)
    script = draft.script
    gone = script.step(request.POST.get("step", ""))
    if gone is None:
        return redirect(page_of(draft))
    onward = "" if gone.kind in bot.ENDS or gone.next == gone.id else gone.next
    left = [led_past(each, gone.id, onward) for each in script.steps if each.id != gone.id]
    draft.edit(left, by=request.user, seen=request.POST.get("seen", ""))
    messages.success(request, "The step is taken out.")
    return redirect(page_of(draft))


def led_past(step: bot.Step, gone: str, onward: str) -> bot.Step:
    """A step that leads on where it led to the one that is gone."""
    choices = tuple(
        each._replace(next=onward) if each.next == gone else each for each in step.choices
    )
    return step._replace(next=onward if step.next == gone else step.next, choices=choices)
