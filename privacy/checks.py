"""Nothing starts under a retention schedule that breaks our promises (C12)."""

from collections.abc import Iterator

from django.core.checks import Error, register
from django.db.models import Model

from contacts.models import Contact
from helpline.foundation.vault.sealed import SealedText
from privacy import schedule
from privacy.schedule import Rule


@register()
def schedule_keeps_the_promises(app_configs, **kwargs) -> Iterator[Error]:
    """Refuse words kept above 18 months or without an end, and periods that are none (S2-36).

    Words under a contact's key have no other limit. Only a class of records has a longer one.
    """
    for rule in schedule.SCHEDULE:
        kept, name = rule.kept, rule.model._meta.label
        if kept.months < 0 or not (kept.starts and kept.then):
            yield Error(f"The class of {name} has no end.", id="helpline.E010")
        if rule.words and not 0 < kept.months <= longest(rule):
            yield Error(
                f"{name} holds words for {kept.months} months.",
                hint=f"These words are kept for 1 to {longest(rule)} months (S2-36).",
                id="helpline.E011",
            )
    if schedule.LONGEST_FOR_WORDS > 18 or schedule.LONGEST_FOR_RECORDS > 72:
        yield Error("Words are promised to be gone after 18 months.", id="helpline.E012")


def longest(rule: Rule) -> int:
    """For how many months the words of this rule may be kept at most."""
    if rule.kept in schedule.RECORDS and not is_of_a_contact(rule.model):
        return schedule.LONGEST_FOR_RECORDS
    return schedule.LONGEST_FOR_WORDS


def is_of_a_contact(model: type[Model]) -> bool:
    """Whether any of its words are sealed under the key of a contact."""
    sealed = [field for field in model._meta.local_fields if isinstance(field, SealedText)]
    return any(Contact in _on_the_way(model, field.key.split("__")) for field in sealed)


def _on_the_way(model: type[Model], path: list[str]) -> Iterator[type[Model]]:
    yield model
    for name in path:
        model = model._meta.get_field(name).related_model
        yield model
