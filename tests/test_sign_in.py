"""Signing in: a password, and a second factor that is used every time."""

import json
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings as django_settings
from django.test import Client

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.outbox.models import Message
from helpline.foundation.staff.models import Session
from helpline.foundation.staff.sign_in import factors
from tests.signing_in import (
    ENROL,
    OWN_PAGE,
    SECOND_FACTOR,
    SIGN_IN,
    code,
    secret_of,
    shown_secret,
    with_both,
    with_password,
)

pytestmark = pytest.mark.django_db


def test_password_and_code_open_the_staff_pages(worker):
    client, answer = with_both(worker)

    assert answer.status_code == 302
    assert client.get(OWN_PAGE).status_code == 200
    assert AuditEvent.objects.about(worker).filter(action=Action.SIGNED_IN).count() == 1


def test_password_alone_opens_nothing(worker):
    client, answer = with_password(worker)

    assert answer.url.startswith(SECOND_FACTOR)
    assert client.get("/staff/").url.startswith(SIGN_IN)
    assert not Session.objects.filter(staff=worker).exists()


def test_second_factor_is_enrolled_on_the_spot(make_staff):
    newcomer = make_staff("newcomer")
    Authenticator.objects.filter(user=newcomer).delete()
    client, _ = with_password(newcomer)
    assert client.get("/staff/").url == ENROL

    secret = shown_secret(client.get(ENROL))
    picture = client.get("/staff/account/second-factor/app/picture/")
    answer = client.post(ENROL, {"code": code(secret)})

    assert picture["Content-Type"] == "image/svg+xml"
    assert answer.url == "/staff/account/second-factor/recovery-codes/"
    assert client.get(answer.url).content.count(b"<li><code>") == 10
    assert client.get(OWN_PAGE).status_code == 200


def test_enrolling_gives_the_browser_a_new_key(make_staff):
    newcomer = make_staff("newcomer")
    Authenticator.objects.filter(user=newcomer).delete()
    client, _ = with_password(newcomer)
    before = client.cookies["staff"].value
    secret = shown_secret(client.get(ENROL))

    client.post(ENROL, {"code": code(secret)})

    assert client.cookies["staff"].value != before
    assert Client(headers={"Cookie": f"staff={before}"}).get("/staff/").status_code == 302


def test_someone_enrolled_elsewhere_meanwhile_signs_in_again(make_staff):
    newcomer = make_staff("newcomer")
    kept = list(Authenticator.objects.filter(user=newcomer))
    Authenticator.objects.filter(user=newcomer).delete()
    client, _ = with_password(newcomer)

    Authenticator.objects.bulk_create(kept)

    assert client.get(ENROL).url.startswith(SIGN_IN)


def test_code_is_taken_once_g04(worker):
    used = code(secret_of(worker))
    first, _ = with_password(worker)
    assert first.post(SECOND_FACTOR, {"code": used}).status_code == 302

    second, _ = with_password(worker)

    assert second.post(SECOND_FACTOR, {"code": used}).status_code == 200
    assert second.get("/staff/").status_code == 302


def test_code_of_the_step_before_cannot_be_used_again_a_minute_later_g04(worker):
    with time_machine.travel("2026-11-20 10:00:05Z", tick=False) as clock:
        used = code(secret_of(worker), 1)
        client, _ = with_password(worker)
        assert client.post(SECOND_FACTOR, {"code": used}).status_code == 302
        clock.shift(50)

        again, _ = with_password(worker)
        assert again.post(SECOND_FACTOR, {"code": used}).status_code == 200


@pytest.mark.parametrize(("steps", "status"), [(-2, 200), (-1, 302), (0, 302), (1, 302), (2, 200)])
def test_clock_may_be_one_step_out_g04(worker, steps, status):
    with time_machine.travel("2026-11-20 10:00:05Z", tick=False):
        client, _ = with_password(worker)
        answer = client.post(SECOND_FACTOR, {"code": code(secret_of(worker), steps)})
    assert answer.status_code == status


def test_code_that_enrolled_the_app_does_not_also_sign_in(make_staff):
    newcomer = make_staff("newcomer")
    Authenticator.objects.filter(user=newcomer).delete()
    client, _ = with_password(newcomer)
    used = code(shown_secret(client.get(ENROL)))
    client.post(ENROL, {"code": used})

    other, _ = with_password(newcomer)

    assert other.post(SECOND_FACTOR, {"code": used}).status_code == 200


def test_recovery_code_works_once_g11(worker):
    kept = Authenticator.objects.get(user=worker, type="recovery_codes")
    written_down = RecoveryCodes(kept).get_unused_codes()[0]
    client, _ = with_password(worker)
    assert client.post(SECOND_FACTOR, {"code": written_down}).status_code == 302

    with time_machine.travel("2036-01-01", tick=False):  # far beyond what the counters remember
        kept.refresh_from_db()
        assert RecoveryCodes(kept).validate_code(written_down) is False


def test_guessing_codes_ends_after_ten_tries(worker):
    client, _ = with_password(worker)
    for guess in range(10):
        client.post(SECOND_FACTOR, {"code": f"{guess:06}"})

    answer = client.post(SECOND_FACTOR, {"code": code(secret_of(worker))})

    assert answer.status_code == 200
    assert "Too many" in answer.content.decode()


def test_seeds_are_sealed(worker):
    stored = json.dumps(
        list(Authenticator.objects.filter(user=worker).values_list("data", flat=True))
    )

    assert secret_of(worker) not in stored
    assert factors(worker).count() == 1


def test_seed_shown_during_enrolment_is_sealed_too(make_staff):
    newcomer = make_staff("newcomer")
    Authenticator.objects.filter(user=newcomer).delete()
    client, _ = with_password(newcomer)

    secret = shown_secret(client.get(ENROL))

    assert not any(secret in data for data in Session.objects.values_list("data", flat=True))


def test_password_is_reset_by_the_mailed_link_and_ends_every_session(worker, signed_in, client):
    elsewhere = signed_in(worker)
    client.post("/staff/account/password/reset/", {"email": worker.email})
    mail = Message.objects.select_related("key").get()
    link = next(line for line in str(mail.body).splitlines() if line.startswith("http"))
    assert link.startswith(django_settings.SITE_URL)

    form = client.get(link.removeprefix(django_settings.SITE_URL), follow=True)
    new = {"password1": "quite another password", "password2": "quite another password"}
    client.post(form.redirect_chain[-1][0], new)

    assert elsewhere.get("/staff/").status_code == 302
    assert with_password(worker, password="quite another password")[1].url == SECOND_FACTOR


def test_reset_link_works_once(worker, client):
    client.post("/staff/account/password/reset/", {"email": worker.email})
    mail = Message.objects.select_related("key").get()
    link = next(line for line in str(mail.body).splitlines() if line.startswith("http"))
    worker.set_password("quite another password")
    worker.save()

    page = client.get(link.removeprefix(django_settings.SITE_URL), follow=True)

    assert "has been used or has run out" in page.content.decode()


def test_last_factor_cannot_be_removed(worker, signed_in):
    client, _ = with_both(worker)

    page = client.get("/staff/account/second-factor/app/remove/")
    client.post("/staff/account/second-factor/app/remove/")

    assert "only second factor" in page.content.decode()
    assert factors(worker).count() == 1


def test_last_passkey_cannot_be_removed(worker):
    client, _ = with_both(worker)
    Authenticator.objects.filter(user=worker, type="totp").delete()
    passkey = Authenticator.objects.create(user=worker, type="webauthn", data={"name": "Phone"})

    client.post(f"/staff/account/second-factor/passkeys/{passkey.pk}/remove/")

    assert factors(worker).get() == passkey


def test_factors_change_only_after_a_fresh_code(worker):
    client, _ = with_both(worker)

    with time_machine.travel(time.time() + 10 * 60, tick=False):
        answer = client.get("/staff/account/second-factor/passkeys/add/")

    assert answer.url.startswith("/staff/account/second-factor/again/")


def test_change_of_password_is_mailed_and_audited_without_any_address(worker):
    client, _ = with_both(worker)
    new = "quite another password"

    client.post(
        "/staff/account/password/",
        {"oldpassword": "a long enough password", "password1": new, "password2": new},
    )

    mail = Message.objects.select_related("key").get()
    assert "Your password was changed." in str(mail.body)
    assert "127.0.0.1" not in str(mail.body)
    assert AuditEvent.objects.filter(action=Action.PASSWORD_CHANGED).count() == 1
    assert client.get(OWN_PAGE).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "login/code/",
        "inactive/",
        "password/set/",
        "login/",
        "3rdparty/",
    ],
)
def test_pages_of_allauth_that_we_do_not_want_do_not_exist(client, path):
    assert client.get(f"/staff/account/{path}").status_code == 404
