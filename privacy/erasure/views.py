"""The plan of a deletion: read before it runs, and its receipt afterwards."""

from typing import NamedTuple

from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from contacts.models import VendorCopy
from contacts.showing import opened_or
from helpline.foundation.calendar import day_words, moment_words
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState
from privacy.erasure.forms import ItemForm
from privacy.erasure.kinds import Choice
from privacy.erasure.planning import draw_up, in_the_way
from privacy.models import Erasure, ErasureItem, RightsRequest
from privacy.review.views import asked
from privacy.rights.kinds import Kind, Status


class Row(NamedTuple):
    """One record of the plan."""

    pk: object
    number: int
    what: str
    began: str
    choice_label: str
    tone: str
    ground: str
    why: str
    stopped: list[str]
    done: str
    form: ItemForm | None


@require_http_methods(["GET", "POST"])
@requires(Permission.APPROVE_RIGHTS)
def erasure(request, pk):
    """What goes, what stays and on which ground; drawing it up again adds what has come since."""
    found = asked(request, pk)
    if found.kind != Kind.ERASE:
        refuse(request)
    if request.method == "POST":
        if not request.user.may(Permission.ANSWER_RIGHTS):
            refuse(request)
        draw_up(found, by=request.user)
        return redirect("rights_erasure", found.pk)
    return page(request, found)


def page(request, found: RightsRequest, *, wrong: dict | None = None, status: int = 200):
    """The plan, with whichever form was refused."""
    plan = Erasure.objects.filter(request=found).first()
    draws = found.status == Status.REVIEW and request.user.may(Permission.ANSWER_RIGHTS)
    context = {
        "request_": found,
        "plan": plan,
        "rows": [row(each, found, (wrong or {}).get(each.pk), draws) for each in items(plan)],
        "draws": draws,
        "problems": plan.problems() if plan else [],
        "done": moment_words(plan.done_at) if plan and plan.done_at else "",
        "copies_gone": day_words(plan.copies_gone_on()) if plan and plan.done_at else "",
        "at_suppliers": at_suppliers(plan) if plan else 0,
    }
    return render(request, "privacy/erasure/plan.html", context, status=status)


def at_suppliers(plan: Erasure) -> int:
    """Texts that suppliers had when this was done, and that are not known to be gone there yet.

    Such a copy knows no contact, so some may be anybody’s.
    """
    if plan.done_at is None:
        return 0
    return VendorCopy.objects.pending().filter(put_at__lte=plan.done_at).count()


def items(plan: Erasure | None) -> list[ErasureItem]:
    """What stands in the plan, with the key that opens why something stays."""
    return list(plan.items.select_related("erasure__request__key")) if plan else []


def row(item: ErasureItem, found: RightsRequest, wrong: ItemForm | None, draws: bool) -> Row:
    """One record as a ready string."""
    why = opened_or(item, "why", "It cannot be opened.")
    initial = {"choice": item.choice, "ground": item.ground, "why": why}
    blank = ItemForm(initial=initial, auto_id=f"item-{item.number}-%s")
    return Row(
        pk=item.pk,
        number=item.number,
        what=item.get_what_display(),
        began=day_words(item.began_on) if item.began_on else "",
        choice_label="Gone" if item.done_at else item.get_choice_display(),
        tone="good" if item.done_at else ("bad" if item.choice == Choice.GOES else "held"),
        ground=item.get_ground_display(),
        why=why,
        stopped=[str(each.label) for each in in_the_way(item, found)],
        done=moment_words(item.done_at) if item.done_at else "",
        form=(wrong or blank) if draws else None,
    )


@require_POST
@requires(Permission.ANSWER_RIGHTS)
def item(request, pk):
    """Decide about one record of the plan."""
    visible = RightsRequest.objects.visible_to(request.user).values("pk")
    rows = ErasureItem.objects.filter(erasure__request__in=visible)
    found = rows.select_related("erasure__request__key").filter(pk=pk).first() or refuse(request)
    form = ItemForm(request.POST, auto_id=f"item-{found.number}-%s")
    if form.is_valid():
        said = form.cleaned_data
        try:
            found.decide(said["choice"], by=request.user, ground=said["ground"], why=said["why"])
        except (Refused, WrongState) as reason:
            form.add_error(None, str(reason))
        else:
            return redirect("rights_erasure", found.erasure.request_id)
    return page(request, found.erasure.request, wrong={found.pk: form}, status=422)
