"""How a person signs in, step by step, for the tests that are about it."""

import re
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from helpline.foundation.vault import box

SIGN_IN = "/staff/account/sign-in/"
SECOND_FACTOR = "/staff/account/second-factor/authenticate/"
ENROL = "/staff/account/second-factor/app/"
OWN_PAGE = "/staff/account/second-factor/"  # everyone who is signed in has it
PASSWORD = "a long enough password"


class QuickArgon2id(Argon2PasswordHasher):
    """What `Argon2id` checks like its own: whoever only has to have a password waits for none."""

    time_cost, memory_cost, parallelism = 1, 8, 1


def code(secret: str, steps: int = 0) -> str:
    """What the authenticator app shows, `steps` of 30 seconds from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def secret_of(staff) -> str:
    """The seed of someone's authenticator app."""
    return box.open(
        "second factor", Authenticator.objects.get(user=staff, type="totp").data["secret"]
    )


def with_password(staff, client: Client | None = None, password: str = PASSWORD):
    """Send the first step; returns the browser and the answer."""
    client = client or Client()
    client.get(SIGN_IN)
    return client, client.post(SIGN_IN, {"login": staff.email, "password": password})


def with_both(staff, client: Client | None = None):
    """Send both steps; returns the browser and the last answer."""
    client, _ = with_password(staff, client)
    return client, client.post(SECOND_FACTOR, {"code": code(secret_of(staff))})


def shown_secret(page) -> str:
    """The key that the enrolment page shows to those without a camera."""
    return re.search(r"<code data-secret>(\w+)</code>", page.content.decode())[1]
