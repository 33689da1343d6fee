"""Sessions: sealed rows that end at once, when quiet for 15 minutes, and after eight hours."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.utils import timezone

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.staff.models import RoleGrant, Session
from helpline.foundation.staff.roles import Role
from helpline.foundation.staff.sessions import SessionStore, staff_of
from helpline.foundation.staff.tasks import end_sessions
from tests.signing_in import OWN_PAGE, SIGN_IN, with_both, with_password

pytestmark = pytest.mark.django_db
NOON = "2026-11-20 12:00:00Z"


def key_of(client: Client) -> str:
    return client.cookies["staff"].value


def is_in(client: Client, **headers) -> bool:
    return client.get(OWN_PAGE, headers=headers).status_code == 200


def test_cookie_lives_in_the_browser_only(worker):
    client, _ = with_password(worker)
    cookie = client.cookies["staff"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["max-age"]
    assert not cookie["expires"]


def test_cookie_is_bound_to_this_host_under_https(worker, settings):
    settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE = "__Host-staff", True

    client = Client()
    client.get(SIGN_IN, secure=True)
    gone = client.post("/staff/account/sign-out/", secure=True).cookies["__Host-staff"]

    assert (gone["secure"], gone["path"], gone["domain"]) == (True, "/", "")


def test_key_is_stored_as_a_keyed_hash_and_data_sealed(worker):
    client, _ = with_both(worker)
    row = Session.objects.get(staff=worker)

    assert row.key_hash != key_of(client)
    assert str(worker.pk) not in row.data
    assert worker.email not in row.data


def test_public_paths_have_no_session_and_no_cookie(client):
    for path in ("/", "/health", "/exit/", "/nothing-here/"):
        assert not client.get(path).cookies, path
    assert not Session.objects.exists()


def test_there_is_no_csrf_cookie(client):
    client.get(SIGN_IN)

    assert set(client.cookies) == {"staff"}


def test_key_changes_at_sign_in_so_none_can_be_planted_g01(worker):
    planted = Client()
    planted.get(SIGN_IN)
    before = key_of(planted)

    client, _ = with_both(worker, planted)

    assert key_of(client) != before
    assert staff_of(before) is None


def test_invented_key_is_never_taken_over_g01(client):
    client.cookies["staff"] = "x" * 32

    client.get(SIGN_IN)

    assert key_of(client) != "x" * 32


def test_key_in_the_address_is_ignored_g01(worker, signed_in):
    key = signed_in(worker).session.session_key

    assert Client().get(f"/staff/?staff={key}&sessionid={key}").status_code == 302


def test_quiet_for_fifteen_minutes_is_out_g02(worker):
    with time_machine.travel(NOON, tick=False) as clock:
        client, _ = with_both(worker)
        clock.shift(timedelta(minutes=14, seconds=59))
        assert is_in(client)
        clock.shift(timedelta(minutes=15))
        assert not is_in(client)


def test_eight_hours_is_the_end_even_when_busy_g02(worker):
    with time_machine.travel(NOON, tick=False) as clock:
        client, _ = with_both(worker)
        for _ in range(47):
            clock.shift(timedelta(minutes=10))
            assert is_in(client)
        clock.shift(timedelta(minutes=10))
        assert not is_in(client)


def test_one_key_extends_g02(worker):
    with time_machine.travel(NOON, tick=False) as clock:
        client, _ = with_both(worker)
        clock.shift(timedelta(minutes=13))
        assert client.post("/staff/still-here/").status_code == 204
        clock.shift(timedelta(minutes=13))
        assert is_in(client)


def test_page_that_asks_by_itself_is_not_activity_g02(worker):
    with time_machine.travel(NOON, tick=False) as clock:
        client, _ = with_both(worker)
        clock.shift(timedelta(minutes=14))
        assert is_in(client, **{"X-Poll": "1"})
        clock.shift(timedelta(minutes=2))
        assert not is_in(client)


def test_stream_asking_who_reads_is_not_activity_g02(worker):
    with time_machine.travel(NOON, tick=False) as clock:
        client, _ = with_both(worker)
        clock.shift(timedelta(minutes=14))
        assert staff_of(key_of(client)) == worker
        clock.shift(timedelta(minutes=2))
        assert staff_of(key_of(client)) is None


def test_stream_knows_nobody_whose_second_factor_is_missing(worker, make_staff):
    half, _ = with_password(worker)
    unenrolled = make_staff("unenrolled")
    unenrolled.authenticator_set.all().delete()
    other, _ = with_password(unenrolled)

    assert staff_of(key_of(half)) is None
    assert staff_of(key_of(other)) is None
    assert Session.objects.filter(staff=unenrolled).exists()


def test_sign_out_is_the_end_of_the_cookie_g03(worker):
    client, _ = with_both(worker)
    old = key_of(client)

    answer = client.post("/staff/account/sign-out/")

    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert not is_in(Client(headers={"Cookie": f"staff={old}"}))
    assert AuditEvent.objects.about(worker).filter(action=Action.SIGNED_OUT).exists()


def test_sign_out_needs_a_press_g03(worker):
    client, _ = with_both(worker)

    assert client.get("/staff/account/sign-out/").status_code == 405
    assert is_in(client)


def test_deactivation_ends_sessions_at_once_f07(worker, admin):
    client, _ = with_both(worker)
    key = key_of(client)

    worker.deactivate(by=admin)

    assert not is_in(client)
    assert staff_of(key) is None
    assert not Session.objects.filter(staff=worker).exists()


@pytest.mark.parametrize("change", ["approved", "ended"])
def test_change_of_role_ends_sessions_at_once_f07(worker, admin, lead, change):
    waiting = RoleGrant.objects.ask(worker, Role.SUPERVISOR, by=admin)
    client, _ = with_both(worker)

    if change == "approved":
        waiting.approve(by=lead)
    else:
        worker.grants.in_force().get().end(by=admin)

    assert not is_in(client)


def test_deactivation_rings_the_streams_f07(worker, admin, monkeypatch):
    rung = []
    monkeypatch.setattr("helpline.foundation.live.ring", lambda *name: rung.append(name))

    worker.deactivate(by=admin)

    assert ("staff", str(worker.pk)) in rung


def test_request_under_way_when_the_session_is_ended_saves_nothing(worker):
    store = SessionStore()
    store.create()
    Session.objects.all().delete()

    with pytest.raises(UpdateError):
        store.save()


def test_damaged_session_is_as_good_as_none(worker):
    client, _ = with_both(worker)
    Session.objects.update(data="1.damaged")

    assert not is_in(client)


def test_new_password_ends_the_other_browsers(worker):
    other, _ = with_both(worker)
    with time_machine.travel(time.time() + 60, tick=False):
        client, _ = with_both(worker)
        new = {"password1": "quite another password", "password2": "quite another password"}
        client.post("/staff/account/password/", {"oldpassword": "a long enough password", **new})

        assert not is_in(other)
        assert is_in(client)


def test_sweep_removes_what_no_cookie_opens(worker, signed_in):
    signed_in(worker)
    long_ago = timezone.now() - timedelta(hours=9)
    Session.objects.create(key_hash="0" * 64, data="", started_at=long_ago, seen_at=long_ago)

    end_sessions()

    assert Session.objects.get().staff == worker
