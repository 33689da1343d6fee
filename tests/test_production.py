"""What `check --deploy` says to the committed example of production, and to what spoils it."""

import os
import re
import subprocess

import pytest

from helpline import checks
from helpline.dev import environment, tools, venv
from helpline.dev.environment import without_settings
from helpline.dev.home import ROOT


def deployed(**changes):
    env = without_settings(dict(os.environ)) | tools.production() | changes
    env.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # the browser tests set it for this process
    return subprocess.run(
        [venv.PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
    )


def test_n01_the_example_of_production_passes():
    done = deployed()
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        ("DEMO", "yes", "helpline.E001"),
        ("ALLOWED_HOSTS", "*", "helpline.E002"),
        ("SITE_URL", "http://helpline.example.org", "helpline.E003"),
        ("SECRET_KEY", "django-insecure-secret", "SECRET_KEY is missing or malformed"),
    ],
)
def test_n01_n02_what_belongs_to_ones_own_machine_is_refused(name, value, refusal):
    done = deployed(**{name: value})
    assert done.returncode == 1
    assert refusal in done.stderr


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"TEXTS_BY": "signed", "TEXTS_URL": "http://127.0.0.1:8001"}, "E006"),
        ({"TEXTS_URL": "http://texts.example.org"}, "E006"),
        ({"TEXTS_URL": "https://localhost/texts"}, "E006"),
        ({"TEXTS_BY": "larkfield"}, "E005"),
        ({"TEXTS_SECRET": ""}, "E007"),
        ({"TEXTS_ACCOUNT": ""}, "E007"),
        ({"MAIL_BY": "larkfield"}, "E008"),
        ({"MAIL_BY": "mailgun"}, "E009"),
        ({"ANSWERS_FROM": "helpline@localhost"}, "E021"),
    ],
    ids=lambda each: each if isinstance(each, str) else "-".join(each),
)
def test_n01_texts_and_email_by_this_machine_or_half_set_up_are_refused(settings, changes, refusal):
    real = {"TEXTS_BY": "twilio", "TEXTS_URL": "https://api.twilio.com", "TEXTS_SECRET": "a"}
    real |= {"TEXTS_ACCOUNT": "AC1", "MAIL_BY": "", "ANYMAIL": {}}
    real |= {"ANSWERS_FROM": "Us <talk@helpline.example.org>"}
    assert refused(settings, real) == []
    assert f"helpline.{refusal}" in refused(settings, real | changes)


def refused(settings, given: dict) -> list[str]:
    """What the checks say to these settings."""
    for name, value in given.items():
        setattr(settings, name, value)
    found = [checks.texts_go_by_a_supplier(None), checks.mail_comes_by_a_provider(None)]
    return [error.id for each in found for error in each]


def test_without_texts_and_webhooks_nothing_is_refused(settings):
    none = {"TEXTS_BY": "", "MAIL_BY": "", "ANSWERS_FROM": "us@helpline.example.org"}
    assert refused(settings, none) == []


def test_n01_what_sms_phone_needs_is_refused_where_people_are():
    done = deployed(TEXTS_BY="signed", TEXTS_URL="http://127.0.0.1:8001")
    assert done.returncode == 1
    assert "helpline.E006" in done.stderr


def test_l09_what_the_public_must_be_told_may_not_be_blank():
    blank = ("HELPLINE_EMAIL", "DPO_EMAIL", "PRIVACY_STATEMENT_URL", "ICO_NUMBER")
    done = deployed(**dict.fromkeys(blank, ""))
    assert done.returncode == 1
    for number, name in zip(range(101, 105), blank, strict=True):
        assert f"(helpline.E{number}) {name} is blank" in done.stderr
        assert f"HINT: Set {name}" in done.stderr


def test_every_secret_in_the_example_is_left_for_its_owner():
    lines = tools.PRODUCTION.read_text().splitlines()
    given = [line for line in lines if line.endswith("=")]
    assert {"SECRET_KEY=", "ROOT_KEY=", "INDEX_KEYS=", "TRAIL_KEY="} <= set(given)


def test_the_readme_explains_every_setting_and_no_other():
    section = (ROOT / "README.md").read_text().partition("## Settings\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == environment.names()
