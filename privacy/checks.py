"""Nothing starts under a retention schedule that breaks our promises (C12)."""

from collections.abc import Iterator

from django.core.checks import Error, register

from privacy import schedule


@register()
def schedule_keeps_the_promises(app_configs, **kwargs) -> Iterator[Error]:
    """Refuse words kept above 18 months or without an end, and periods that are none (S2-36)."""
    for rule in schedule.SCHEDULE:
        kept, name = rule.kept, rule.model._meta.label
        if kept.months < 0 or not (kept.starts and kept.then):
            yield Error(f"The class of {name} has no end.", id="helpline.E010")
        if rule.words and not 0 < kept.months <= schedule.LONGEST_FOR_WORDS:
            yield Error(
                f"{name} holds words for {kept.months} months.",
                hint=f"Words are kept for 1 to {schedule.LONGEST_FOR_WORDS} months (S2-36).",
                id="helpline.E011",
            )
    if schedule.LONGEST_FOR_WORDS > 18:
        yield Error("Words are promised to be gone after 18 months.", id="helpline.E012")
