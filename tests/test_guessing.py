"""Guessing: slow for everyone, a lock-out for nobody, and no hint of who works here."""

import os
import time

import pytest
import time_machine
from allauth.account import app_settings as account_settings
from allauth.core.internal.ratelimit import parse_rates
from allauth.mfa import app_settings as mfa_settings
from django.contrib.auth.hashers import MD5PasswordHasher, identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from redis import Redis
from redis.exceptions import ConnectionError as RedisGone

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff import slow_down
from helpline.foundation.staff.models import Staff
from tests.signing_in import (
    SECOND_FACTOR,
    SIGN_IN,
    with_password,
)

pytestmark = pytest.mark.django_db


def words(response) -> str:
    """A page without what differs by nature: its token and the address typed into it."""
    lines = response.content.decode().splitlines()
    return "\n".join(line for line in lines if "csrf" not in line.lower() and "@" not in line)


def test_wrong_password_unknown_and_inactive_look_alike_g05(worker, make_staff):
    gone = make_staff("gone")
    Staff.objects.filter(pk=gone.pk).update(is_active=False)
    nobody = Staff(email="nobody@helpline.example")

    answers = [
        with_password(worker, password="not the password")[1],
        with_password(nobody)[1],
        with_password(gone)[1],
    ]

    assert {answer.status_code for answer in answers} == {200}
    assert len({words(answer) for answer in answers}) == 1


def test_reset_form_answers_the_same_for_everyone_g05(worker, client):
    page = "/staff/account/password/reset/"

    known = client.post(page, {"email": worker.email}, follow=True)
    unknown = client.post(page, {"email": "nobody@helpline.example"}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain
    assert words(known) == words(unknown)
    assert Message.objects.count() == 1


def test_every_failed_sign_in_hashes_once_g05(worker, make_staff, monkeypatch):
    gone, invited = make_staff("gone"), make_staff("invited")
    Staff.objects.filter(pk=gone.pk).update(is_active=False)
    invited.set_unusable_password()
    invited.save()
    hashed = []
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher"
    plain = MD5PasswordHasher.encode
    monkeypatch.setattr(f"{hasher}.encode", lambda *args: hashed.append(1) or plain(*args))

    for staff in (worker, gone, invited, Staff(email="nobody@helpline.example")):
        hashed.clear()
        with_password(staff, password="not the password")
        assert len(hashed) == 1, staff.email


def test_reset_form_does_the_same_work_for_everyone_g05(worker, client):
    def work(email):
        with CaptureQueriesContext(connection) as queries:
            client.post("/staff/account/password/reset/", {"email": email})
        return [query["sql"].split(" ")[0] for query in queries if "INSERT" in query["sql"]]

    assert work(worker.email) == work("nobody@helpline.example")
    assert Message.objects.count() == 1


def test_guessing_is_written_down_once_for_any_address_g05(worker):
    for email in (worker.email, "nobody@helpline.example"):
        for _ in range(slow_down.FREE):
            with_password(Staff(email=email), password="not the password")

    events = AuditEvent.objects.filter(action=Action.SIGN_IN_FAILED)
    assert events.count() == 2
    assert events.filter(subject_id=str(worker.pk)).count() == 1


def test_wrong_code_after_the_right_password_is_written_down(worker):
    client, _ = with_password(worker)

    client.post(SECOND_FACTOR, {"code": "000000"})

    event = AuditEvent.objects.get(action=Action.SIGN_IN_FAILED)
    assert (event.subject_id, event.detail) == (str(worker.pk), {"code": True})


def test_third_password_check_at_once_is_sent_away(worker):
    with slow_down.two_at_once(), slow_down.two_at_once():
        _, answer = with_password(worker)

    assert "Sign-in is busy" in answer.content.decode()


@pytest.mark.parametrize(
    "password",
    [
        "elevenchars",
        "passwordpassword",
        "Password2026!",
        "aaaaaaaaaaaaaaaa",
        "velvet heron lane",
        "worker@helpline.example",
        "x" * 1001,
    ],
)
def test_password_that_is_short_known_or_ones_own_is_refused_g07(password):
    person = Staff(email="worker@helpline.example", name="Ada Worker", alias="Velvet Heron Lane")
    with pytest.raises(ValidationError):
        validate_password(password, person)


@pytest.mark.parametrize(
    "password",
    [
        "twelve chars",
        "correct horse battery staple " * 3,
        "пароль-из-слов-тут",
        "🦊🐻🦉🐢🐙🦀🐝🐞🦋🐌🦔🦇",
    ],
)
def test_long_unicode_and_spaces_are_welcome_g07(password):
    assert validate_password(password, Staff(email="worker@helpline.example")) is None


def test_passwords_are_hashed_with_argon2id_and_64_megabytes(settings):
    settings.PASSWORD_HASHERS = ["helpline.foundation.staff.passwords.Argon2id"]

    stored = make_password("correct horse battery")

    assert identify_hasher(stored).algorithm == "argon2"
    assert "argon2id" in stored
    assert "m=65536,t=3" in stored


def test_ten_thousand_failures_delay_and_lock_nobody_out_g06(worker, caplog):
    for number in range(10_000 if os.environ.get("HELPLINE_THOROUGH") else 1_000):
        slow_down.failed(worker.email if number % 10 == 0 else f"{number}@helpline.example")
    client, answer = with_password(worker)
    assert "Wait" in answer.content.decode()

    with time_machine.travel(time.time() + slow_down.LONGEST + 1, tick=False):
        answer = client.post(SIGN_IN, {"login": worker.email, "password": "a long enough password"})

    assert answer.url.startswith(SECOND_FACTOR)
    assert caplog.text.count("sign-in alarm") == 1


@pytest.mark.parametrize(
    ("own", "overall", "seconds"),
    [
        (0, 0, 0),
        (4, 0, 0),
        (5, 0, 1),
        (6, 0, 2),
        (9, 0, 16),
        (10, 0, 30),
        (10_000, 0, 30),
        (0, 300, 10),
    ],
)
def test_delay_grows_and_has_an_end_g06(own, overall, seconds):
    assert slow_down.seconds_between(own, overall) == seconds


def test_new_browser_does_not_escape_the_delay_g06(worker):
    for _ in range(20):
        slow_down.failed(worker.email)

    answers = [with_password(worker)[1].content.decode() for _ in range(3)]

    assert all("Wait" in answer for answer in answers)


def test_no_address_reaches_a_counter_a04(worker, settings):
    client = Client(REMOTE_ADDR="203.0.113.77", headers={"X-Forwarded-For": "203.0.113.77"})
    with_password(worker, client, password="not the password")

    own = f"{settings.CACHES['default']['KEY_PREFIX']}*"
    keys = [key.decode() for key in Redis.from_url(settings.REDIS_URL).keys(own)]

    assert keys
    assert not any("203.0" in key or ":ip:" in key or "worker" in key for key in keys)


def test_without_redis_nobody_signs_in_and_the_page_says_so(worker, monkeypatch):
    def gone(*args, **kwargs):
        raise RedisGone

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCache.get_many", gone)

    _, answer = with_password(worker)

    assert "Sign-in is paused" in answer.content.decode()


def test_no_limit_of_allauth_counts_by_address_a04():
    limits = (account_settings.RATE_LIMITS | mfa_settings.RATE_LIMITS).items()
    for action, rates in limits:
        assert all(rate.per != "ip" for rate in parse_rates(rates)), action
