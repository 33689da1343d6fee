"""The review of a request, item by item, in two panes."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused
from privacy.models import ReviewItem, RightsRequest
from privacy.models.review import exemptions_of, list_names, names_of, release_own
from privacy.review import gathering, highlighter, showing
from privacy.review.forms import DecideForm, NamesForm
from privacy.review.sources import all_opened, read_now
from privacy.rights.kinds import Status


def asked(request, pk) -> RightsRequest:
    """A request about data that this person may go through, with its key."""
    theirs = RightsRequest.objects.gone_through_by(request.user).with_key()
    return theirs.filter(pk=pk).first() or refuse(request)


def item_of(request, pk) -> ReviewItem:
    """An item of such a request."""
    theirs = RightsRequest.objects.gone_through_by(request.user)
    mine = ReviewItem.objects.filter(request__in=theirs.values("pk"))
    rows = mine.select_related("contact", "request__key")
    return rows.filter(pk=pk).first() or refuse(request)


def which(request) -> str:
    """Which items are shown."""
    chosen = request.GET.get("show", "all")
    return chosen if chosen in showing.SHOWS else "all"


def after(request) -> int:
    """The number of the last item of the page before."""
    said = request.GET.get("after", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 8 else 0


@require_GET
@requires(Permission.APPROVE_RIGHTS)
def review(request, pk):
    """What is decided about each item, and what then leaves."""
    return page(request, asked(request, pk))


def page(request, found: RightsRequest, *, wrong: dict | None = None, status: int = 200):
    """One page of items; `wrong` holds the forms that were refused, by the number of their item."""
    items = showing.items_of(found, which(request), after(request))
    items, more = items[: showing.ON_A_PAGE], items[showing.ON_A_PAGE :]
    showing.read_first(items, request.user)
    decides = found.status == Status.REVIEW and request.user.may(Permission.ANSWER_RIGHTS)
    sides = showing.sides(found, items, decides=decides)
    wrong = wrong or {}
    here = reverse("rights_review", args=[found.pk])
    show = which(request)
    context = {
        "request_": found,
        "items": [side._replace(form=wrong.get(side.number, side.form)) for side in sides],
        "decides": decides,
        "collects": found.status in {Status.COLLECTING, Status.REVIEW} and decides,
        "shows": [
            (key, label, f"{here}?show={key}", key == show) for key, label in showing.SHOWS.items()
        ],
        "more_url": f"{here}?show={show}&after={items[-1].number}" if more else "",
        "back": f"?show={show}&after={after(request)}",
        "total": found.items.count(),
        "left": found.items.undecided().count(),
        "missed": showing.missed(),
        "tests": [(each.label, each.asks.test, each.asks.law) for each in exemptions_of(found)],
        "names": NamesForm(initial={"names": "\n".join(names_of(found))}),
        "round": found.review_round(),
    }
    return render(request, "privacy/review/review.html", context, status=status)


@require_POST
@requires(Permission.ANSWER_RIGHTS)
def decide(request, pk):
    """Decide about one item; a refusal keeps everything that was typed."""
    item = item_of(request, pk)
    found = item.request
    showing.read_first([item], request.user)
    words = read_now(item)
    form = DecideForm(
        request.POST,
        words=words,
        found=highlighter.marks(words, names_of(found)),
        allowed=exemptions_of(found),
        auto_id=f"item-{item.number}-%s",
    )
    if form.is_valid():
        try:
            item.decide(form.deciding(), by=request.user)
        except Refused as lacking:
            form.add_error(None, str(lacking))
        else:
            return redirect(f"{back(request, found)}#item-{item.number + 1}")
    return page(request, found, wrong={item.number: form}, status=422)


def back(request, found: RightsRequest) -> str:
    """The page of items that a form stood on."""
    asked_for = f"?show={which(request)}&after={after(request)}"
    return reverse("rights_review", args=[found.pk]) + asked_for


@require_POST
@requires(Permission.ANSWER_RIGHTS)
def undo(request, pk):
    """Take back the last decision about one item."""
    item = item_of(request, pk)
    item.undo(by=request.user)
    return redirect(f"{back(request, item.request)}#item-{item.number}")


@require_POST
@requires(Permission.ANSWER_RIGHTS)
def release(request, pk):
    """Let leave what whoever asks said themselves, as far as it is on this page and unmarked."""
    found = asked(request, pk)
    items = showing.items_of(found, which(request), after(request))[: showing.ON_A_PAGE]
    showing.read_first(items, request.user)
    names, shown = names_of(found), all_opened(items)
    plain = [i for i in items if i.pk in shown and not highlighter.marks(shown[i.pk].words, names)]
    done = release_own(plain, by=request.user)
    messages.success(request, f"{done} of their own lines leave as they are.")
    return redirect(back(request, found))


@require_POST
@requires(Permission.ANSWER_RIGHTS)
def gather(request, pk):
    """Add what has come since, or draw up the list at first."""
    found = asked(request, pk)
    added = gathering.gather(found, by=request.user)
    messages.success(request, f"{added} items were added." if added else "Everything is there.")
    return redirect("rights_review", found.pk)


@require_POST
@requires(Permission.ANSWER_RIGHTS)
def names(request, pk):
    """The names that the highlighter looks for in this request."""
    found = asked(request, pk)
    form = NamesForm(request.POST)
    if form.is_valid():
        list_names(found, form.cleaned_data["names"], by=request.user)
        messages.success(request, "The names are marked from now on.")
    return redirect(back(request, found))
