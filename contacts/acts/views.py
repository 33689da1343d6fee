"""What people agree to and what they ask us to do: the pages on which it is noted and done."""

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.forms import CharField
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts.acts import forms, moves, showing
from contacts.acts.kinds import NEEDS, Kind
from contacts.desk import own
from contacts.handles import normal
from contacts.models import ActionRequest, Answer, Consent, LostBasis
from contacts.wordings import BY_CHANNEL, current
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import record_first, record_reading
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState

MOST_SHOWN = 100
TOO_LATE = "too-late"


# What they agree to -------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@requires(Permission.ACT_FOR_PEOPLE)
def contact_consents(request, pk):
    """What the person of a contact was asked and answered, and our words for asking."""
    contact = own(request, pk)
    form = forms.ConsentForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        Consent.objects.answered(contact, by=request.user, **form.noted())
        messages.success(request, "Their answer is written down.")
        return redirect("contact_consents", contact.pk)
    for each in showing.read_there(contact):
        record_reading(each, by=request.user)
    context = showing.consents(contact, wrong=form)
    context |= {"contact": contact, "how": BY_CHANNEL[contact.channel].value}
    return render(request, "acts/consents.html", context)


@require_POST
@requires(Permission.ACT_FOR_PEOPLE)
def contact_withdraw(request, pk):
    """They take an answer back: one press, no reason."""
    contact, form = own(request, pk), forms.WithdrawForm(request.POST)
    if not form.is_valid():
        raise Refused("Say what they take back.")
    said = form.cleaned_data
    with transaction.atomic():
        Consent.objects.withdraw(contact, said["purpose"], by=request.user, how=said["how"])
        if said["told"]:
            for row in LostBasis.objects.filter(contact=contact, told_at=None):
                row.tell(by=request.user)
    messages.success(request, "It is taken back. What rested on it alone is below.")
    return redirect("contact_consents", contact.pk)


@require_GET
@requires(Permission.READ_WORDINGS)
def wordings(request):
    """Every wording in which people are or were asked (L02)."""
    return render(request, "acts/wordings.html", {"wordings": showing.wordings()})


@require_GET
@requires(Permission.SETTLE_CONSENTS)
def lost_bases(request):
    """What has to be removed because a consent was taken back."""
    rows = LostBasis.objects.visible_to(request.user).waiting().select_related("contact")
    return render(
        request, "acts/lost.html", {"rows": [showing.lost(row) for row in rows[:MOST_SHOWN]]}
    )


@require_POST
@requires(Permission.SETTLE_CONSENTS)
def lost_basis_settle(request, pk):
    """Agree to a removal, remove, or note that the person was told."""
    mine = LostBasis.objects.visible_to(request.user).select_related("contact", "action")
    row = mine.filter(pk=pk).first() or refuse(request)
    verb = {"agree": row.agree, "remove": row.remove, "tell": row.tell}.get(request.POST.get("do"))
    if verb is None:
        raise Refused("Say what is done with it.")
    verb(by=request.user)
    messages.success(request, "It is written down.")
    return redirect("lost_bases")


# What they ask us to do ---------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@requires(Permission.ACT_FOR_PEOPLE)
def contact_ask(request, pk):
    """The person asks us to do something for them, and agrees to it in our words."""
    contact = own(request, pk)
    form = forms.AskForm(request.POST or None, initial={"how": BY_CHANNEL[contact.channel].value})
    if form.is_valid():
        action = asked(contact, by=request.user, **form.cleaned_data)
        return redirect("action_details", action.pk)
    record_reading(contact, by=request.user)
    texts = [
        (Kind(kind).label, f"consents/{needs.purpose}/{current(needs.purpose)}.html")
        for kind, needs in NEEDS.items()
    ]
    context = {"contact": contact, "form": form, "texts": texts}
    return render(request, "acts/ask.html", context)


@transaction.atomic
def asked(contact, *, by, kind, asked, side, agrees, how) -> ActionRequest:
    """Their agreement and their request, both or neither."""
    purpose = NEEDS[Kind(kind)].purpose
    Consent.objects.answered(
        contact, Answer.GIVEN, wording=current(purpose), purpose=purpose, by=by, how=how
    )
    return ActionRequest.objects.ask(contact, kind, by=by, words=asked, side=side)


def visible(request, pk) -> ActionRequest:
    """A request this person may open, with its key; otherwise the usual 404."""
    mine = ActionRequest.objects.visible_to(request.user).with_key()
    found = mine.select_related("contact__key", "key", "owner", "taken_by").filter(pk=pk)
    return found.first() or refuse(request)


@require_GET
@requires(Permission.SEE_WHO)
def action(request, pk):
    """One request: what was asked, where it stands, what comes next."""
    found = visible(request, pk)
    record_reading(found, by=request.user)
    return action_page(request, found)


def action_page(request, found: ActionRequest, *, details=None, do="", wrong=None):
    """The page of a request; a form with errors is shown in its place.

    Of one that came too late its place may be gone: the words stand above everything, to be taken.
    """
    context = showing.shown(found, request.user)
    context |= {"details": details, "contact": found.contact}
    shown_wrong = {do.replace("-", "_"): wrong} if wrong else {}
    context["forms"] = moves.blank(found, request.user) | shown_wrong
    context |= unsaved(wrong)
    status = refusal(wrong) if wrong else 200
    return render(request, "acts/action.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.ACT_FOR_PEOPLE)
def action_details(request, pk):
    """Their details, for whom it is and the words; opening it shows who they are, so it is
    recorded."""
    found = visible(request, pk)
    form = forms.DetailsForm(request.POST or None, kind=found.kind)
    if form.is_valid() and not too_late(form, lambda: found.give(by=request.user, **form.given())):
        messages.success(request, "It is written down. Read it to them, word for word.")
        return redirect(found)
    record_first(Action.ACTION_DETAILS_SHOWN, on=found, by=request.user, why="to-write-down")
    form.initial = moves.given(found)
    context = {"action": showing.row(found), "form": form, "groups": form.groups()}
    context["wish"] = Consent.objects.says_not_to_be_found(found.contact)
    return render(request, "acts/details.html", context, status=refusal(form))


def too_late(form, act) -> bool:
    """Whether an act is refused: then the form says why, and shows again what was typed."""
    try:
        act()
    except (WrongState, Refused) as reason:
        form.add_error(None, ValidationError(str(reason), code=TOO_LATE))
        return True
    return False


def refusal(form) -> int:
    """The status of a page on which a form stands."""
    return 409 if form.has_error(NON_FIELD_ERRORS, TOO_LATE) else 200


def unsaved(form) -> dict:
    """Why a form came too late, and the words typed in it, for a page on which its place may be
    gone; nothing for one that did not."""
    if form is None or refusal(form) == 200:
        return {}
    boxes = [box for box in form.visible_fields() if isinstance(box.field, CharField)]
    typed = [box.value() for box in boxes if box.value()]
    return {"reason": form.non_field_errors()[0], "unsaved": "\n".join(typed)}


@require_POST
@requires(Permission.SEE_WHO)
def action_show(request, pk):
    """Show who the person is, once the reason is written down."""
    found, form = visible(request, pk), forms.ShowForm(request.POST)
    if not form.is_valid():
        raise Refused("Say why you need to see who they are.")
    why = form.cleaned_data["why"]
    record_first(Action.ACTION_DETAILS_SHOWN, on=found, by=request.user, why=why)
    return action_page(request, found, details=showing.details(found))


@require_POST
@requires(Permission.ACT_FOR_PEOPLE)
def action_move(request, pk):
    """The next step of a request, by the name of its verb."""
    found, do = visible(request, pk), request.POST.get("do", "")
    move = moves.MOVES.get(do)
    if move is None:
        raise Refused("Say what is done next.")
    form = moves.form_of(do, found, request.user, request.POST)
    if form is not None and not form.is_valid():
        record_reading(found, by=request.user)
        return action_page(request, found, do=do, wrong=form)
    said = form.cleaned_data if form is not None else {}
    if not said.get("words"):
        move.act(found, request.user, said)
    elif too_late(form, lambda: move.act(found, request.user, said)):
        record_reading(found, by=request.user)
        return action_page(request, visible(request, pk), do=do, wrong=form)
    messages.success(request, move.said)
    return redirect(found if move.stays else "actions")


@require_POST
@requires(Permission.APPROVE_ACTIONS)
def action_approve(request, pk):
    """A second person approves exactly what they have read."""
    found, form = visible(request, pk), forms.MarkForm(request.POST)
    if not form.is_valid():
        raise Refused("Read it first: only what was read can be approved.")
    found.approve(by=request.user, mark=form.cleaned_data["mark"])
    messages.success(request, "It is approved.")
    return redirect(found)


@require_GET
@requires(Permission.ACT_FOR_PEOPLE)
def actions(request):
    """What people asked us to do: what waits for this person first."""
    mine = ActionRequest.objects.visible_to(request.user).open().with_key().order_by("due_at", "id")
    found = list(mine[:MOST_SHOWN])
    me = request.user
    approves = me.may(Permission.APPROVE_ACTIONS)
    waits = [each for each in found if approves and moves.waits_for_approval(each)]
    rest = [each for each in found if each not in waits]
    groups = [
        ("To approve", waits),
        ("Yours", [each for each in rest if each.owner_id == me.pk]),
        ("Nobody’s yet", [each for each in rest if each.owner_id is None]),
        ("Colleagues’", [each for each in rest if each.owner_id not in (None, me.pk)]),
    ]
    shown = [(title, [showing.row(each) for each in rows]) for title, rows in groups if rows]
    return render(request, "acts/actions.html", {"groups": shown})


@require_GET
@requires(Permission.ACT_FOR_PEOPLE)
def callbacks(request):
    """Who waits to be rung, by the window that closes first; late ones are red."""
    ours = ActionRequest.objects.in_reach_of(request.user).call_backs().with_key()
    tried = Count("steps", filter=Q(steps__attempt__isnull=False))
    found = list(ours.annotate(tries=tried)[:MOST_SHOWN])
    mine = ActionRequest.objects.visible_to(request.user).filter(pk__in=[a.pk for a in found])
    openable = set(mine.values_list("pk", flat=True))
    rows = [showing.row(each, openable=each.pk in openable, tries=each.tries) for each in found]
    return render(request, "acts/callbacks.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@requires(Permission.ACT_FOR_PEOPLE)
def action_reply(request):
    """Somebody answers a message and names its reference; nothing is shown to whoever notes it."""
    form = forms.ReferenceForm(request.POST or None)
    if form.is_valid():
        ours = ActionRequest.objects.unexpired().filter(service__in=request.user.services)
        found = ours.filter(reference=normal(form.cleaned_data["reference"])).first()
        if found is None:
            form.add_error("reference", "There is no message with this reference.")
        elif not too_late(
            form, lambda: found.answered(form.cleaned_data["words"], by=request.user)
        ):
            messages.success(request, "It is kept for the person. Say nothing about them.")
            return redirect("action_reply")
    return render(request, "acts/reply.html", {"form": form}, status=refusal(form))
