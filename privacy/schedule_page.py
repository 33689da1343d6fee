"""The retention schedule as the data protection officer defends it: class by class, and why."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from helpline.foundation.staff.access import requires
from helpline.foundation.staff.roles import Permission
from privacy import schedule
from privacy.schedule import Class, Rule


@require_GET
@requires(Permission.SEE_RETENTION)
def retention_schedule(request):
    """Every class that the schedule uses, with everything that is in it."""
    used = dict.fromkeys(rule.kept for rule in schedule.SCHEDULE)
    return render(request, "privacy/schedule.html", {"classes": [shown(kept) for kept in used]})


def shown(kept: Class) -> dict:
    """One class: how long, from when, what then, and why we hold each kind of record in it."""
    rules = [rule for rule in schedule.SCHEDULE if rule.kept == kept]
    return {
        "name": kept.name,
        "how_long": how_long(kept.months),
        "starts": kept.starts,
        "then": kept.then,
        "rules": [described(rule) for rule in rules],
    }


def how_long(months: int) -> str:
    """A period as people say it."""
    if not months:
        return "No time of its own"
    years, rest = divmod(months, 12)
    count, unit = (months, "month") if rest else (years, "year")
    return f"{count} {unit}{'' if count == 1 else 's'}"


def described(rule: Rule) -> dict:
    """One kind of record: what it is, why we hold it, and which of it is words."""
    return {
        "what": str(rule.model._meta.verbose_name).capitalize(),
        "because": rule.because,
        "sealed": ", ".join(sorted(name.replace("_", " ") for name in rule.words)),
    }
