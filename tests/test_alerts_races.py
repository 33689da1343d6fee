"""Two sweepers, a killed one, wrong clocks, no beat, no Redis: no alert is lost or doubled."""

import os
import signal
from datetime import timedelta
from threading import Event

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from helpline.foundation.outbox.models import Message
from safeguarding.escalations.clock import database_now
from safeguarding.models import Alert, Escalation, OnCall, Post, Sweep
from safeguarding.sweeping import sweep
from tests.killing import KILLED, killers
from tests.ports import free_port
from tests.racing import outcome, rivals, until
from tests.serving import served
from tests.test_outbox import Post as MailServer
from tests.test_outbox import open_on
from tests.worries import raised

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
FIVE = timedelta(minutes=5)
NO_REDIS = "unix:///nonexistent/redis.sock"


@pytest.fixture
def waiting(contact, worker, supervisor, lead):
    """An immediate escalation of which the supervisor was told and the lead comes next."""
    now = database_now()
    for post, staff in [(Post.SUPERVISOR, supervisor), (Post.LEAD, lead)]:
        OnCall.objects.put("helpline", post, staff, now - HOUR, now + 48 * HOUR, by=lead)
    return raised(contact, worker)


def raised_ago(escalation, ago: timedelta) -> None:
    """Have it been raised, and its first alert told, that long ago by the database's clock."""
    at = database_now() - ago
    Escalation.objects.filter(pk=escalation.pk).update(raised_at=at)
    escalation.alerts.update(due_at=at, alerted_at=at)


def steps(escalation) -> list[list[str]]:
    """Who was told at each step."""
    rows = escalation.alerts.order_by("step")
    return [sorted(each.staff.name for each in row.told.select_related("staff")) for row in rows]


class Held:
    """A sweep that is held in the middle of its alert."""

    def __init__(self, monkeypatch):
        self.inside, self.go_on = Event(), Event()
        whole = Alert.leave

        def leave(alert, people):
            self.inside.set()
            assert self.go_on.wait(10)
            whole(alert, people)

        monkeypatch.setattr(Alert, "leave", leave)


def test_of_two_sweepers_the_second_finds_the_lock_taken_and_leaves(waiting, monkeypatch):
    raised_ago(waiting, FIVE)
    held = Held(monkeypatch)
    with rivals() as start:
        first = start(sweep)
        assert held.inside.wait(10)
        assert sweep() is None  # not 0: it did not even look
        held.go_on.set()
        assert outcome(first) == 1
    assert sweep() == 0
    assert steps(waiting) == [["Supervisor"], ["Lead"]]


def test_without_that_lock_the_second_passes_over_the_row_that_the_first_holds(
    waiting, monkeypatch
):
    raised_ago(waiting, FIVE)
    monkeypatch.setattr(type(Sweep.objects), "begin", lambda self: True)
    held = Held(monkeypatch)
    with rivals() as start:
        first = start(sweep)
        assert held.inside.wait(10)
        assert sweep() == 0  # it looked, and the row was not to be had
        held.go_on.set()
        assert outcome(first) == 1
    assert steps(waiting) == [["Supervisor"], ["Lead"]]


def test_without_any_lock_postgresql_lets_one_of_two_tell_the_step(waiting, lead):
    """The reason is said: the unique step, not some other fault."""
    now, both = database_now() + FIVE, []
    at_once = Event()

    def tell():
        with transaction.atomic():
            escalation = Escalation.objects.get(pk=waiting.pk)
            at_once.wait(10)
            return Alert.objects.tell(escalation, [lead], due_at=now, now=now)

    before = Message.objects.count()
    with rivals(2) as start:
        telling = [start(tell) for _ in range(2)]
        at_once.set()
        both = [outcome(each) for each in telling]
    (lost,) = [each for each in both if isinstance(each, IntegrityError)]
    assert "told_once" in str(lost)
    assert steps(waiting) == [["Supervisor"], ["Lead"]]
    assert Message.objects.count() == before + 1


def test_a_sweeper_killed_in_the_middle_leaves_nothing_and_the_next_tells_it_once(waiting):
    raised_ago(waiting, FIVE)
    before = Message.objects.count()
    with killers() as order:
        assert order("sweep", at="in the middle of an alert") == KILLED
    assert (steps(waiting), Message.objects.count()) == ([["Supervisor"]], before)
    assert sweep() == 1
    assert sweep() == 0
    assert (steps(waiting), Message.objects.count()) == ([["Supervisor"], ["Lead"]], before + 1)


@pytest.mark.parametrize("wrong", [-3 * HOUR, 3 * HOUR])
def test_e11_a_wrong_clock_of_ours_neither_delays_nor_hastens_an_alert(
    contact, worker, supervisor, lead, waiting, wrong
):
    with time_machine.travel(timezone.now() + wrong):
        other = raised(contact, worker)
        assert abs(other.raised_at - database_now()) < FIVE
        assert sweep() == 0
        raised_ago(waiting, FIVE)
        assert sweep() == 1
    assert steps(waiting) == [["Supervisor"], ["Lead"]]


def test_e11_j02_a_web_process_killed_at_4_59_and_started_again_tells_it_without_beat_or_redis(
    waiting, keys, tmp_path
):
    options = {"KEYS_DIR": str(keys), "REDIS_URL": NO_REDIS}
    with open(tmp_path / "log", "wb") as log:
        with served(log, **options) as (_port, process):
            until(Sweep.objects.exists, 30)
            raised_ago(waiting, FIVE - SECOND)
            os.kill(process.pid, signal.SIGKILL)
            process.wait(10)
            assert steps(waiting) == [["Supervisor"]]
        with served(log, workers=2, **options):
            until(lambda: len(steps(waiting)) > 1, 40)
            swept = Sweep.objects.get().swept_at
            until(lambda: Sweep.objects.get().swept_at > swept, 40)
    assert steps(waiting) == [["Supervisor"], ["Lead"]]


def test_e10_without_redis_and_workers_the_web_sends_the_mail_that_was_left(
    waiting, keys, tmp_path
):
    port, post = free_port(), MailServer()
    options = {
        "KEYS_DIR": str(keys),
        "REDIS_URL": NO_REDIS,
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
    }
    options["FROM_EMAIL"] = "us@helpline.example"
    Message.objects.update(not_before=timezone.now() - timedelta(seconds=31))
    log = open(tmp_path / "log", "wb")  # noqa: SIM115
    with log, open_on(port, post), served(log, **options):
        until(lambda: post.letters, 40)
    assert post.subjects() == ["An escalation waits"]
    assert Message.objects.get().sent_at


def test_e10_without_redis_and_mail_it_is_raised_shown_and_acknowledged(
    waiting, contact, worker, supervisor, signed_in, settings
):
    away = settings.CACHES["default"] | {"LOCATION": NO_REDIS}
    settings.CACHES = {"default": away}
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    client = signed_in(worker)
    page = reverse("contact_escalate", args=[contact.pk])
    client.post(page, {"kind": "suicide", "urgency": "immediate"})
    assert Escalation.objects.count() == 2

    other = signed_in(supervisor)
    assert "2 escalations wait" in other.get(reverse("on_call")).content.decode()
    other.post(reverse("escalation_move", args=[waiting.pk]), {"do": "acknowledge"})
    assert Escalation.objects.get(pk=waiting.pk).owner == supervisor
    assert sweep() == 0
    assert Message.objects.filter(sent_at=None).count() == 2
