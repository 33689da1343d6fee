"""Sharing what somebody told us: the pages on which it is considered, read, approved and sent."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts.acts.views import refusal, too_late, unsaved
from contacts.models import Contact
from contacts.models.whose import record_of
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import record_first, record_reading
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused
from safeguarding.models import Disclosure, Escalation
from safeguarding.sharing import forms, showing, sources
from safeguarding.sharing.kinds import Status, Way
from safeguarding.sharing.moves import MOVES

NOT_RIGHT = 400  # a form that cannot be taken: what was typed stands in it still


@require_http_methods(["GET", "POST"])
@requires(Permission.SHARE)
def escalation_share(request, pk):
    """What was and is considered to be shared about one escalation; a press begins anew."""
    mine = Escalation.objects.visible_to(request.user).with_keys()
    escalation = mine.filter(pk=pk).first() or refuse(request)
    if request.method == "POST":
        made = Disclosure.objects.consider(escalation, by=request.user)
        return redirect("share", made.pk)
    rows = Disclosure.objects.with_keys().filter(escalation=escalation).order_by("-started_at")
    record_reading(escalation, by=request.user)
    context = {"escalation": escalation, "rows": [showing.row(each) for each in rows]}
    context["calls"] = showing.calls(escalation)
    return render(request, "sharing/list.html", context)


def visible(request, pk) -> Disclosure:
    """A sharing this person may decide about, with its keys; otherwise the usual 404."""
    mine = Disclosure.objects.visible_to(request.user).with_keys()
    return mine.filter(pk=pk).first() or refuse(request)


@require_GET
@requires(Permission.SHARE)
def share(request, pk):
    """One sharing: what is still missing, what leaves, and what comes next."""
    found = visible(request, pk)
    part = request.headers.get("HX-Target") == "leaving"
    record_reading(found, by=request.user, shared=part)
    if part:
        return render(request, "sharing/_leaving.html", {"leaving": showing.leaving(found)})
    return share_page(request, found)


def share_page(request, found: Disclosure, *, do: str = "", wrong=None):
    """The page of a sharing; a form that was refused stands in its place with what was typed.

    Of one that came too late the place may be gone: its words stand above everything, to be taken.
    """
    context = showing.shown(found, request.user)
    for offer in context["offers"]:
        if offer["name"] == do and wrong is not None:
            offer |= {"form": wrong, "folded": False}
    if do not in [offer["name"] for offer in context["offers"]]:
        context |= unsaved(wrong)
    status = (NOT_RIGHT if refusal(wrong) == 200 else 409) if wrong is not None else 200
    return render(request, "sharing/share.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.SHARE)
def share_why(request, pk):
    """The ground, the harm and the law."""
    found = visible(request, pk)
    form = forms.WhyForm(request.POST or None, disclosure=found)
    return written(request, found, form, found.say_why, "Why it may be shared")


@require_http_methods(["GET", "POST"])
@requires(Permission.SHARE)
def share_talk(request, pk):
    """Whether it was talked about with the person first."""
    found = visible(request, pk)
    form = forms.TalkForm(request.POST or None, disclosure=found, by=request.user)
    return written(request, found, form, found.talk_first, "Talk with them first")


@require_http_methods(["GET", "POST"])
@requires(Permission.SHARE)
def share_to(request, pk):
    """Who is told, and by which way."""
    found = visible(request, pk)
    form = forms.ToForm(request.POST or None, disclosure=found)
    return written(request, found, form, found.address, "Who is told")


def written(request, found: Disclosure, form, verb, heading: str):
    """One page of the preparation: what is filled in is written down, or stays as typed."""
    taken = form.is_valid() and not too_late(
        form, lambda: verb(by=request.user, **form.cleaned_data)
    )
    if taken:
        messages.success(request, "It is written down.")
        return redirect("share", found.pk)
    record_reading(found, by=request.user)
    status = refusal(form) if refusal(form) != 200 else NOT_RIGHT if form.errors else 200
    context = {"share": showing.row(found), "form": form, "heading": heading}
    return render(request, "sharing/write.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.SHARE)
def share_items(request, pk):
    """Each thing that could leave, with its tick; beside it what leaves and what stays."""
    found = visible(request, pk)
    contact = readable(request, found)
    there, facts = showing.source_rows(found, contact)
    shown = {each.tick for each in there} | {f"fact:{item.pk}" for item in facts}
    stored = dict(found.reasons())
    unseen = {each.tick for each in sources.sources(found.contact())} - shown
    hidden = {tick: why for tick, why in stored.items() if tick in unseen}
    form = forms.ItemsForm(request.POST or None, sources=there, facts=facts, ticked=stored)
    record_what_is_shown(request, found, contact)
    valid = form.is_valid()
    if "HX-Request" in request.headers:
        ticked, fact = set(form.chosen()), form.cleaned_data.get("fact", "")
        context = showing.preview(found, there, ticked, fact)
        return render(request, "sharing/_preview.html", context)
    if valid and not too_late(form, lambda: tick(request, found, form, hidden)):
        messages.success(request, "Only what is ticked leaves. Read it below.")
        return redirect("share_items", found.pk)
    status = refusal(form) if refusal(form) != 200 else NOT_RIGHT if form.errors else 200
    context = {"share": showing.row(found), "form": form, "hidden": len(hidden)}
    context |= {"readable": contact is not None, "rows": form.table()}
    context |= showing.preview(found, there, set(form.chosen()) if valid else set(stored))
    return render(request, "sharing/items.html", context, status=status)


def tick(request, found: Disclosure, form, hidden: dict) -> None:
    """Store the ticks of the form, and those of what this person may not read as they were."""
    said = form.cleaned_data
    new = {"fact": said["fact"], "fact_why": said["fact_why"]}
    found.tick(by=request.user, ticked=form.chosen() | hidden, **new)


def readable(request, found: Disclosure) -> Contact | None:
    """The contact, if this person may read what was said in it."""
    mine = Contact.objects.visible_to(request.user).with_key()
    return mine.filter(pk=found.escalation.contact_id).first()


def record_what_is_shown(request, found: Disclosure, contact: Contact | None) -> None:
    """Write down whose words, and whose details, the page is about to open (F10)."""
    part = "HX-Request" in request.headers  # one event for each quarter of an hour stands for all
    record_reading(found, by=request.user, shared=part)
    if contact is None:
        return
    record_reading(contact, by=request.user, shared=part)
    if record_of(contact) and not part:
        record_first(Action.IDENTITY_SEEN, on=contact, by=request.user, why="safety")


@require_POST
@requires(Permission.SHARE)
def share_move(request, pk):
    """The next step of a sharing, by the name of its verb."""
    found, do = visible(request, pk), request.POST.get("do", "")
    move = MOVES.get(do)
    if move is None:
        raise Refused("Say what is done next.")
    if not move.asks:
        move.act(found, request.user, "")
        messages.success(request, move.said)
        return redirect("share", found.pk)
    form = forms.WordsForm(request.POST, label=move.asks, help_text=move.hint, auto_id=f"{do}-%s")
    if form.is_valid() and not too_late(
        form, lambda: move.act(found, request.user, form.cleaned_data["words"])
    ):
        messages.success(request, move.said)
        return redirect("share", found.pk)
    record_reading(found, by=request.user)
    return share_page(request, visible(request, pk), do=do, wrong=form)


@require_POST
@requires(Permission.SHARE)
def share_approve(request, pk):
    """A second person approves exactly what they have read."""
    found, form = visible(request, pk), forms.MarkForm(request.POST)
    if not form.is_valid():
        raise Refused("Read it first: only what was read can be approved.")
    found.approve(by=request.user, mark=form.cleaned_data["mark"])
    messages.success(request, "It is approved.")
    return redirect("share", found.pk)


@require_POST
@requires(Permission.SHARE)
def share_read(request, pk):
    """What is read out on the telephone or printed, as it was fixed; that it was opened is
    recorded."""
    found = visible(request, pk)
    record_reading(found, by=request.user)
    body = found.read_out(by=request.user)
    context = {"share": showing.row(found), "body": body, "by_post": found.way == Way.POST}
    context |= {"went_to": str(found.went_to), "open": found.status == Status.LEAVING}
    return render(request, "sharing/read.html", context)
