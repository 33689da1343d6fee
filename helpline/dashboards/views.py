"""The page of figures: a quarter in charts, each with its table, and the same as a file."""

from datetime import timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contacts.models.figure import Band
from helpline.dashboards import charts, figures, hiding, sheets
from helpline.dashboards.figures import DIMENSIONS
from helpline.dashboards.periods import WEEK, Quarter
from helpline.foundation.calendar import day_words, london_today
from helpline.foundation.staff.access import requires
from helpline.foundation.staff.roles import Permission

QUARTERS = 12  # that can be chosen
MOST_BARS = 10
NOT_SHOWN = "Not shown"
SOON = (Band.TO_1, Band.TO_5)


class QuarterForm(forms.Form):
    """Which quarter."""

    quarter = forms.ChoiceField()

    def __init__(self, *args, quarters: list[Quarter], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["quarter"].choices = [(each.code, each.words) for each in quarters]


@require_GET
@requires(Permission.SEE_FIGURES)
def page(request):
    """Charts of one quarter."""
    form, quarter = chosen(request)
    if quarter is None:
        return render(request, "dashboards/figures.html", {"form": form}, status=400)
    weeks, splits = counted(quarter)
    context = {
        "form": form,
        "quarter": quarter,
        "fewest": hiding.FEWEST,
        "tiles": tiles(weeks, splits),
        "weeks": weeks_card(weeks),
        "cards": [card(name, counts) for name, counts in splits.items()],
    }
    return render(request, "dashboards/figures.html", context)


@require_GET
@requires(Permission.SEE_FIGURES)
def export(request):
    """The same counts as a file, with the same ones left out."""
    form, quarter = chosen(request)
    if quarter is None:
        return render(request, "dashboards/figures.html", {"form": form}, status=400)
    weeks, splits = counted(quarter)
    rows = [("Quarter", "By", "Group", "Contacts")]
    for each in [weeks_card(weeks), *(card(name, counts) for name, counts in splits.items())]:
        rows += [
            (quarter.words, each["heading"], row["label"], row["count"]) for row in each["rows"]
        ]
    name = f'attachment; filename="figures-{quarter.code}.csv"'
    file = HttpResponse(sheets.sheet(rows), content_type="text/csv; charset=utf-8")
    file["Content-Disposition"] = name
    return file


def chosen(request) -> tuple[QuarterForm, Quarter | None]:
    """The quarter asked for, or that of the last whole week; None for one that cannot be had."""
    today = london_today()
    newest = Quarter.of(today - timedelta(days=today.weekday()) - WEEK)
    quarters = {each.code: each for each in map(newest.before, range(QUARTERS))}
    asked = request.GET if "quarter" in request.GET else {"quarter": newest.code}
    form = QuarterForm(asked, quarters=list(quarters.values()))
    return form, quarters[form.cleaned_data["quarter"]] if form.is_valid() else None


def counted(quarter: Quarter) -> tuple[dict, dict]:
    """Contacts by week, and by each dimension; weeks that are not over do not count yet."""
    mondays = quarter.weeks(london_today())
    first, end = mondays[0], mondays[-1] + WEEK
    weeks = dict.fromkeys(mondays, 0) | figures.by_week(first, end)
    return weeks, {name: figures.split(name, first, end) for name in DIMENSIONS}


def tiles(weeks: dict, splits: dict) -> list[dict]:
    """The quarter in three numbers."""
    total = sum(weeks.values())
    waited = hiding.shown(splits["waited"])
    soon = [waited[band] for band in SOON]
    measured = total - (waited[Band.NONE] or 0)
    known = None not in waited.values() and measured
    return [
        {"label": "Contacts", "value": words(hiding.alone(total)), "text": "in whole weeks"},
        {
            "label": "In a usual week",
            "value": words(None if hiding.alone(total) is None else round(total / len(weeks))),
            "text": f"over {len(weeks)} weeks",
        },
        {
            "label": "Answered in 5 minutes",
            "value": f"{100 * sum(soon) / measured:.0f}%" if known else NOT_SHOWN,
            "text": "of those that were answered",
        },
    ]


def words(count: int | None) -> str:
    """A count as people read it."""
    return NOT_SHOWN if count is None else f"{count:,}"


def weeks_card(weeks: dict) -> dict:
    """Contacts by week."""
    shown = hiding.shown(weeks)
    counts = [(f"{week.day} {week:%b}", count) for week, count in shown.items()]
    return {
        "heading": "Week",
        "rows": [{"label": day_words(week), "count": words(n)} for week, n in shown.items()],
        "chart": charts.columns(counts),
    }


def card(name: str, counts: dict[str, int]) -> dict:
    """Contacts by one dimension; of many groups the chart draws the largest."""
    labels = DIMENSIONS[name].labels()
    shown = [(labels.get(value, value), n) for value, n in hiding.shown(counts).items()]
    drawn = shown
    if len(shown) > MOST_BARS:
        drawn = sorted(shown, key=lambda each: each[1] or 0, reverse=True)[:MOST_BARS]
    return {
        "heading": DIMENSIONS[name].heading,
        "rows": [{"label": label, "count": words(n)} for label, n in shown],
        "chart": charts.rows(drawn),
        "only": MOST_BARS if len(shown) > MOST_BARS else None,
    }
