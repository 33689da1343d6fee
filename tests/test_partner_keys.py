"""Who lets other systems in, for what, for how long, and that an end is an end."""

import re
from datetime import date, timedelta
from unittest.mock import Mock

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from redis.exceptions import RedisError

from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff import partner_access
from helpline.foundation.staff.models import PartnerAnswer, PartnerKey
from helpline.foundation.staff.roles import Scope
from helpline.foundation.staff.tasks import forget_partners
from helpline.foundation.states import Refused, WrongState
from tests.chats import a_record
from tests.partners import make_key, post, system

pytestmark = pytest.mark.django_db

FIGURES = "/api/figures/"
BARE = (401, b"")


def answered(answer) -> tuple[int, bytes]:
    return answer.status_code, answer.content


def form(**changes) -> dict:
    until = add_months(london_today(), 6).isoformat()
    said = {"name": "Old chats", "service": "helpline", "scopes": ["figures:read"]}
    return said | {"until": until} | changes


def test_an_administrator_makes_a_key_that_is_shown_once(admin, signed_in):
    client = signed_in(admin)
    page = client.post("/staff/partners/new/", form()).content.decode()
    (token,) = re.findall(r"hlp_[\w-]{43}", page)

    assert system(token).get(FIGURES).status_code == 200
    assert token not in client.get("/staff/partners/").content.decode()
    key = PartnerKey.objects.get()
    assert token not in str(vars(key))
    made = AuditEvent.objects.get(action=Action.PARTNER_KEY_MADE)
    assert (made.actor, made.subject_id) == (str(admin.pk), str(key.pk))


@pytest.mark.parametrize(
    "wrong",
    [
        *({"name": " "}, {"scopes": []}, {"scopes": ["everything"]}, {"service": "none"}),
        *({"until": text} for text in ("", "30/02/2026", "2026-02-30", "0000-01-01", "9999-12-31")),
        *({"until": text} for text in ("0001-01-01", "tomorrow", "2026-13-01")),
    ],
)
def test_a_malformed_key_is_not_made_h09(admin, signed_in, wrong):
    answer = signed_in(admin).post("/staff/partners/new/", form(**wrong))

    assert answer.status_code == 400
    assert not PartnerKey.objects.exists()


def test_a_key_lasts_12_months_at_most(admin):
    limit = add_months(london_today(), 12)
    make_key(admin, name="longest", days=(limit - london_today()).days)

    for days in (-1, (limit - london_today()).days + 1):
        with pytest.raises(Refused, match="12 months"):
            make_key(admin, name=f"{days}", days=days)


def test_the_database_too_knows_no_key_for_ever(admin):
    key, _ = make_key(admin)

    for change in ({"until": date(2100, 1, 1)}, {"scopes": []}, {"scopes": ["everything"]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PartnerKey.objects.filter(pk=key.pk).update(**change)


def test_a_name_means_one_key(admin, signed_in):
    key, _ = make_key(admin)
    with pytest.raises(Refused, match="not been ended"):
        make_key(admin)
    assert signed_in(admin).post("/staff/partners/new/", form()).status_code == 400

    key.end(by=admin)
    make_key(admin)


def test_a_key_that_ended_is_refused_at_once(admin, signed_in):
    key, token = make_key(admin)
    assert system(token).get(FIGURES).status_code == 200

    signed_in(admin).post(reverse("staff_end_partner_key", args=[key.pk]))

    assert answered(system(token).get(FIGURES)) == BARE
    assert AuditEvent.objects.filter(action=Action.PARTNER_KEY_ENDED).count() == 1


def test_a_key_ends_only_once(admin):
    key, _ = make_key(admin)
    stale = PartnerKey.objects.get(pk=key.pk)
    key.end(by=admin)

    with pytest.raises(WrongState):
        stale.end(by=admin)
    assert AuditEvent.objects.filter(action=Action.PARTNER_KEY_ENDED).count() == 1


def test_a_key_opens_on_its_last_day_and_not_on_the_next(admin):
    _, token = make_key(admin, days=3)
    with time_machine.travel(london_today() + timedelta(days=3, hours=12)):
        assert system(token).get(FIGURES).status_code == 200
    with time_machine.travel(london_today() + timedelta(days=4, hours=12)):
        assert answered(system(token).get(FIGURES)) == BARE


def test_only_the_day_of_its_last_use_is_kept(admin):
    key, token = make_key(admin)
    system(token).get(FIGURES)

    key.refresh_from_db()
    assert key.last_used_on == london_today()
    assert type(key.last_used_on) is date


@pytest.mark.parametrize(
    "said", ["", "Bearer", "Bearer ", "Bearer x", "Basic {}", "bearer {} ", "Bearer {}x", "{}"]
)
def test_without_a_key_there_is_a_bare_401_f02(admin, client, said):
    _, token = make_key(admin)
    headers = {"Authorization": said.format(token)}

    for path in (FIGURES, "/api/transcripts/", "/api/none/", "/api/figures"):
        for ask in (client.get, client.post, client.put, client.delete, client.options):
            answer = ask(path, headers=headers)
            assert answered(answer) == BARE, path
            assert answer.headers["www-authenticate"] == "Bearer"


def test_a_staff_session_opens_nothing_here(admin, signed_in):
    assert answered(signed_in(admin).get(FIGURES)) == BARE


def test_a_key_does_what_its_scopes_say_and_no_more(admin):
    reader = system(make_key(admin, Scope.READ_FIGURES, name="reader")[1])
    writer = system(make_key(admin, Scope.ADD_TRANSCRIPTS, name="writer")[1])

    assert (reader.get(FIGURES).status_code, post(reader, a_record()).status_code) == (200, 403)
    assert (writer.get(FIGURES).status_code, post(writer, a_record()).status_code) == (403, 201)
    assert AuditEvent.objects.filter(action=Action.ACCESS_REFUSED).count() == 2


def test_every_refusal_is_a_problem_in_json(admin):
    client = system(make_key(admin)[1])
    refusals = {
        client.get("/api/none/"): 404,
        client.get("/api/figures"): 404,
        client.post(FIGURES): 405,
        client.get("/api/transcripts/"): 405,
        client.get(FIGURES, {"none": 1}): 400,
        client.get(FIGURES, headers={"Accept": "text/html"}): 406,
    }
    for answer, status in refusals.items():
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code == status
        assert answer.json()["type"] == "about:blank"
        assert answer.json()["title"]


def test_what_fails_on_our_side_is_a_problem_in_json_too(admin, monkeypatch):
    client = system(make_key(admin)[1])
    client.raise_request_exception = False
    monkeypatch.setattr("helpline.dashboards.api.told", None)

    answer = client.get(FIGURES)

    assert (answer.status_code, answer.json()["title"]) == (500, "Internal Server Error")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_key_that_asks_too_often_waits_and_no_other(admin, settings):
    settings.PARTNER_PACE = 3
    one, two = (system(make_key(admin, name=name)[1]) for name in ("one", "two"))

    answers = [one.get(FIGURES) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["retry-after"] == "60"
    assert answers[-1].json()["status"] == 429
    assert two.get(FIGURES).status_code == 200


def test_the_pace_is_counted_under_the_key_alone(admin, monkeypatch):
    key, token = make_key(admin)
    counters = Mock(incr=Mock(return_value=1))
    monkeypatch.setattr(partner_access, "cache", counters)
    system(token).get(FIGURES, REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": "192.0.2.2"})

    assert {call.args[0] for call in counters.method_calls} == {f"partner:{key.pk}"}


def test_without_its_counters_the_interface_closes_for_the_moment(admin, monkeypatch):
    _, token = make_key(admin)
    counters = Mock(add=Mock(side_effect=RedisError))
    monkeypatch.setattr(partner_access, "cache", counters)

    answer = system(token).get(FIGURES)

    assert (answer.status_code, answer.json()["status"]) == (503, 503)


def test_rows_go_a_month_after_their_end_and_answers_after_a_day(admin):
    ended, token = make_key(admin, name="ended", days=200)
    make_key(admin, name="runs out", days=1)
    valid, _ = make_key(admin, name="valid", days=200)
    post(system(token), a_record(), idempotency_key="one")
    ended.end(by=admin)

    with time_machine.travel(london_today() + timedelta(days=2, hours=12)):
        forget_partners()
    assert (PartnerKey.objects.count(), PartnerAnswer.objects.count()) == (3, 0)
    with time_machine.travel(london_today() + timedelta(days=40)):
        forget_partners()
    assert list(PartnerKey.objects.all()) == [valid]
