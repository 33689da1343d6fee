"""The retention schedule names every model and every field, and breaks no promise (C12, S2-36)."""

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db import models

from contacts.models.contact import KEEP_MONTHS
from helpline.foundation.audit.models import KEEP_MONTHS as TRAIL_MONTHS
from helpline.foundation.vault.sealed import SealedText
from privacy import schedule

FRAMEWORK = {"auth.Permission", "auth.Group", "contenttypes.ContentType"}  # about no person


def rules() -> list:
    return sorted(schedule.SCHEDULE, key=lambda rule: rule.model._meta.label)


every_rule = pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.model._meta.label)


def test_c12_it_names_every_model_once():
    """Tables of the libraries too, where they hold anything about a person."""
    known = [rule.model._meta.label for rule in schedule.SCHEDULE]
    assert sorted(known) == sorted(set(known))
    assert {model._meta.label for model in apps.get_models()} - FRAMEWORK == set(known)


@every_rule
def test_c12_it_names_every_field(rule):
    assert rule.words | rule.plain == {field.name for field in rule.model._meta.local_fields}
    assert not rule.words & rule.plain


@every_rule
def test_c12_it_says_why_how_long_and_what_happens_then(rule):
    assert all([rule.because, rule.kept.name, rule.kept.starts, rule.kept.then])


@every_rule
def test_c12_words_are_sealed_and_what_is_sealed_counts_as_words(rule):
    sealed = {f.name for f in rule.model._meta.local_fields if isinstance(f, SealedText)}
    assert sealed == rule.words


PLAIN_TEXT = {
    "audit.AuditEvent.detail",  # codes and numbers only; free text is refused
    "privacy.PurgeRun.held_by_kind",  # counts
    "contacts.BotScript.steps",  # what the chatbot says to everybody
    "staff.Session.data",  # the keys of a staff member's sign-in
    "mfa.Authenticator.data",  # a secret that the vault has sealed
}


def test_c12_no_column_of_open_ended_text_is_in_clear():
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.TextField | models.JSONField | models.FileField)
    }
    assert found - PLAIN_TEXT == set()


def test_the_schedule_is_what_the_code_does():
    assert schedule.WORDS.months == KEEP_MONTHS == schedule.LONGEST_FOR_WORDS == 18
    assert schedule.FACTS.months == TRAIL_MONTHS


def ids() -> list[str]:
    return [found.id for found in run_checks() if found.id.startswith("helpline.E01")]


def test_c12_the_schedule_as_it_is_passes_the_system_check():
    assert ids() == []


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"months": 19}, "helpline.E011"),
        ({"months": 0}, "helpline.E011"),
        ({"months": -1}, "helpline.E010"),
        ({"then": ""}, "helpline.E010"),
        ({"starts": ""}, "helpline.E010"),
    ],
)
def test_c12_the_system_check_refuses_one_that_breaks_the_promise(monkeypatch, changes, refused):
    rule = next(rule for rule in schedule.SCHEDULE if rule.words)
    broken = rule._replace(kept=rule.kept._replace(**changes))
    monkeypatch.setattr(schedule, "SCHEDULE", [*schedule.SCHEDULE, broken])
    assert refused in ids()


def test_c12_the_limit_itself_cannot_be_raised(monkeypatch):
    monkeypatch.setattr(schedule, "LONGEST_FOR_WORDS", 24)
    assert ids() == ["helpline.E012"]
