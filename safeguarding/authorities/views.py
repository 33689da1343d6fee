"""The desk for authorities: what they ask, how it is considered, and what they are answered.

Nothing on these pages looks for the person that somebody asks about (E08).
"""

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts.acts.views import unsaved
from helpline.foundation.audit.models import record_reading
from helpline.foundation.calendar import day_words, london_date, london_today
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState
from safeguarding.authorities import counts, letters, moves, showing
from safeguarding.authorities.drawn import OVER
from safeguarding.authorities.forms import LogForm
from safeguarding.authorities.kinds import CALL_BACK_SCRIPT
from safeguarding.models import AuthorityRequest
from safeguarding.paging import page_of

TOO_LATE = "too-late"


@require_GET
@requires(Permission.SEE_AUTHORITY_REQUESTS)
def authorities(request):
    """What authorities ask and is not answered yet, the oldest first; or what is over."""
    over, position = request.GET.get("which") == "over", request.GET.get("after", "")
    mine = AuthorityRequest.objects.visible_to(request.user)
    rows = mine.filter(status__in=OVER) if over else mine.open()
    column = "closed_at" if over else "received_at"
    try:
        found, following = page_of(rows, column, position, newest_first=over)
    except ValueError:
        raise Http404 from None
    here = reverse("authorities")
    which = "over" if over else "open"
    context = {
        "rows": [showing.row(each) for each in found],
        "over": over,
        "more_url": f"{here}?which={which}&after={following}" if following else "",
        "may_log": request.user.may(Permission.PREPARE_AUTHORITY_REQUESTS),
        "may_count": request.user.may(Permission.COUNT_AUTHORITY_REQUESTS),
    }
    return render(request, "authorities/list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.PREPARE_AUTHORITY_REQUESTS)
def authority_log(request):
    """Write down what an authority asks."""
    form = LogForm(request.POST or None, by=request.user)
    if form.is_valid():
        made = AuthorityRequest.objects.log(by=request.user, **form.cleaned_data)
        messages.success(request, "It is on the desk. Acknowledge it within one working day.")
        return redirect(made)
    return render(request, "authorities/log.html", {"form": form, "script": CALL_BACK_SCRIPT})


def visible(request, pk) -> AuthorityRequest:
    """A request this person may open, with its key; otherwise the usual 404. That they read it is
    written down before anything is opened."""
    mine = AuthorityRequest.objects.visible_to(request.user).with_keys()
    people = ("logged_by", "acknowledged_by", "verified_by", "decided_by", "signed_by")
    found = mine.select_related("key", *people).filter(pk=pk).first() or refuse(request)
    record_reading(found, by=request.user)
    return found


@require_GET
@requires(Permission.SEE_AUTHORITY_REQUESTS)
def authority(request, pk):
    """One request: what is asked, what is there, how it was considered, what comes next."""
    return page(request, visible(request, pk))


def page(request, found: AuthorityRequest, *, do="", wrong=None):
    """The page of a request; a form with errors is shown in its place, with what was typed."""
    context = showing.shown(found, request.user)
    if wrong is not None:
        context["forms"][do.replace("-", "_")] = wrong
        context |= {"wrong": wrong} | unsaved(wrong)
    too_late = wrong is not None and wrong.has_error(NON_FIELD_ERRORS, TOO_LATE)
    return render(request, "authorities/request.html", context, status=409 if too_late else 200)


@require_POST
@requires(Permission.SEE_AUTHORITY_REQUESTS)
def authority_move(request, pk):
    """The next step of a request, by the name of its verb."""
    found, do = visible(request, pk), request.POST.get("do", "")
    move = moves.MOVES.get(do)
    if move is None:
        raise Refused("Say what is done next.")
    form = moves.form_of(do, found, request.POST)
    if form is not None and not form.is_valid():
        return page(request, found, do=do, wrong=form)
    try:
        move.act(found, request.user, form.cleaned_data if form is not None else {})
    except (Refused, WrongState) as reason:
        if form is None:
            raise
        form.add_error(None, ValidationError(str(reason), code=TOO_LATE))
        return page(request, visible(request, pk), do=do, wrong=form)
    messages.success(request, move.said)
    return redirect(found)


@require_GET
@requires(Permission.SEE_AUTHORITY_REQUESTS)
def authority_acknowledgement(request, pk):
    """The letter that says that we have it, to print."""
    found = visible(request, pk)
    return letter_page(request, found, letters.acknowledgement(found), london_today())


@require_GET
@requires(Permission.SEE_AUTHORITY_REQUESTS)
def authority_reply(request, pk):
    """The letter that answers it, to print, once it is signed."""
    found = visible(request, pk)
    letter = letters.reply(found)
    if letter is None:
        raise WrongState("Nothing has been signed yet, so there is no letter.")
    return letter_page(request, found, letter, london_date(found.signed_at))


def letter_page(request, found: AuthorityRequest, letter, day):
    """A letter on paper."""
    context = {"letter": letter, "day": day_words(day), "back": found.get_absolute_url()}
    return render(request, "authorities/letter.html", context)


@require_GET
@requires(Permission.SEE_AUTHORITY_REQUESTS)
def authority_duties(request):
    """The duties to report that the law lays on somebody."""
    return render(request, "authorities/duties.html", {"duties": showing.duties()})


@require_GET
@requires(Permission.COUNT_AUTHORITY_REQUESTS)
def authority_counts(request):
    """How often it was asked, month by month."""
    context = {
        "months": counts.months(request.user.services, london_today()),
        "kinds": counts.KIND_HEADS,
        "answers": counts.ANSWER_HEADS,
    }
    return render(request, "authorities/counts.html", context)
