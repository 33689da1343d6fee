"""The page of figures: a quarter in charts, each with its table, and the same as a file."""

from datetime import date
from typing import NamedTuple

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contacts.models.figure import Band
from helpline.dashboards import charts, hiding, telling
from helpline.dashboards.figures import DIMENSIONS
from helpline.dashboards.periods import Quarter, last_whole_month
from helpline.foundation import sheets
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
    told = counted(quarter)
    context = {
        "form": form,
        "quarter": quarter,
        "fewest": hiding.FEWEST,
        "tiles": tiles(told),
        "weeks": weeks_card(told.weeks),
        "cards": [card(name, counts) for name, counts in told.splits.items()],
    }
    return render(request, "dashboards/figures.html", context)


@require_GET
@requires(Permission.SEE_FIGURES)
def export(request):
    """The same counts as a file, with the same ones left out."""
    form, quarter = chosen(request)
    if quarter is None:
        return render(request, "dashboards/figures.html", {"form": form}, status=400)
    told = counted(quarter)
    cards = [card(name, counts) for name, counts in told.splits.items()]
    rows = [("Quarter", "By", "Group", "Contacts")]
    for each in [weeks_card(told.weeks), *cards]:
        rows += [
            (quarter.words, each["heading"], row["label"], row["count"]) for row in each["rows"]
        ]
    name = f'attachment; filename="figures-{quarter.code}.csv"'
    file = HttpResponse(sheets.sheet(rows), content_type="text/csv; charset=utf-8")
    file["Content-Disposition"] = name
    return file


def chosen(request) -> tuple[QuarterForm, Quarter | None]:
    """The quarter asked for, or that of the last whole month; None for one that cannot be had."""
    newest = Quarter.of(last_whole_month(london_today()))
    quarters = {each.code: each for each in map(newest.before, range(QUARTERS))}
    asked = request.GET if "quarter" in request.GET else {"quarter": newest.code}
    form = QuarterForm(asked, quarters=list(quarters.values()))
    return form, quarters[form.cleaned_data["quarter"]] if form.is_valid() else None


class Counted(NamedTuple):
    """What is told of a quarter: of its months that are over."""

    contacts: int | None
    weeks: dict[date, int | None]
    splits: dict[str, dict[str, int | None]]


def counted(quarter: Quarter) -> Counted:
    """Contacts of a quarter, by week and by each dimension, nothing but what its months tell."""
    months = quarter.months(london_today())
    unsplit = telling.unsplit(months).values()
    contacts = hiding.sums({"all": month.contacts} for month in unsplit)["all"]
    weeks = {week: count for month in unsplit for week, count in month.weeks.items()}
    splits = {name: hiding.sums(telling.split(name, months).values()) for name in DIMENSIONS}
    return Counted(contacts, weeks, splits)


def tiles(told: Counted) -> list[dict]:
    """The quarter in three numbers."""
    waited = {band: told.splits["waited"][band] for band in Band if band != Band.NONE}
    known = None not in waited.values()
    measured = sum(count or 0 for count in waited.values())
    soon = sum(waited[band] or 0 for band in SOON)
    usual = None if told.contacts is None else round(told.contacts / len(told.weeks))
    return [
        {"label": "Contacts", "value": words(told.contacts), "text": "in whole months"},
        {
            "label": "In a usual week",
            "value": words(usual),
            "text": f"over {len(told.weeks)} weeks",
        },
        {
            "label": "Answered in 5 minutes",
            "value": f"{100 * soon / measured:.0f}%" if known and measured else NOT_SHOWN,
            "text": "of those that were answered",
        },
    ]


def words(count: int | None) -> str:
    """A count as people read it."""
    return NOT_SHOWN if count is None else f"{count:,}"


def weeks_card(weeks: dict[date, int | None]) -> dict:
    """Contacts by week."""
    counts = [(f"{week.day} {week:%b}", count) for week, count in weeks.items()]
    return {
        "heading": "Week",
        "rows": [{"label": day_words(week), "count": words(n)} for week, n in weeks.items()],
        "chart": charts.columns(counts),
    }


def card(name: str, counts: dict[str, int | None]) -> dict:
    """Contacts by one dimension; of many groups the chart draws the largest."""
    labels = DIMENSIONS[name].labels()
    shown = [(labels.get(value, value), n) for value, n in counts.items()]
    drawn = shown
    if len(shown) > MOST_BARS:
        drawn = sorted(shown, key=lambda each: each[1] or 0, reverse=True)[:MOST_BARS]
    return {
        "heading": DIMENSIONS[name].heading,
        "rows": [{"label": label, "count": words(n)} for label, n in shown],
        "chart": charts.rows(drawn),
        "only": MOST_BARS if len(shown) > MOST_BARS else None,
    }
