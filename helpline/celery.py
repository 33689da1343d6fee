"""Celery, and the whole schedule of what the product does by itself."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, worker_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpline.settings")

app = Celery("helpline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Every task selects its work from the database, so a lost message costs one interval, nothing more.
app.conf.beat_schedule = {
    "send what waits in the outbox": {
        "task": "helpline.foundation.outbox.tasks.send_what_waits",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "seal the trail": {
        "task": "helpline.foundation.audit.tasks.seal_trail",
        "schedule": 20.0,
        "options": {"expires": 20},
    },
    "sweep for overdue alerts": {
        "task": "safeguarding.tasks.sweep_alerts",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "take chats back": {
        "task": "contacts.tasks.take_chats_back",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "make bundles": {
        "task": "privacy.tasks.make_bundles",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "erase what was decided": {
        "task": "privacy.tasks.erase_what_was_decided",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "send answers to people who wrote": {
        "task": "contacts.tasks.send_answers",
        "schedule": 3.0,
        "options": {"expires": 3},
    },
    "delete copies at suppliers": {
        "task": "contacts.tasks.delete_copies",
        "schedule": crontab(),
        "options": {"expires": 60},
    },
    "forget addresses": {
        "task": "contacts.tasks.forget_addresses",
        "schedule": crontab(minute="35"),
        "options": {"expires": 3600},
    },
    "owe recipients what was corrected": {
        "task": "safeguarding.tasks.owe_what_was_corrected",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 600},
    },
    "purge what is due": {
        "task": "privacy.tasks.purge_what_is_due",
        "schedule": crontab(minute="2,32"),
        "options": {"expires": 1800},
    },
    "remind of what people asked for": {
        "task": "contacts.tasks.remind_of_requests",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 900},
    },
    "open requests of who sent DELETE": {
        "task": "privacy.tasks.open_what_was_texted",
        "schedule": crontab(),
        "options": {"expires": 60},
    },
    "remind of suppliers to review": {
        "task": "contacts.tasks.remind_of_reviews",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 900},
    },
    "turn the keys": {
        "task": "privacy.tasks.turn_keys",
        "schedule": crontab(hour="3", minute="15"),
    },
    "copy the key ring": {
        "task": "privacy.tasks.copy_ring",
        "schedule": crontab(hour="3", minute="45"),
    },
    "anchor the trail": {
        "task": "helpline.foundation.audit.tasks.anchor_trail",
        "schedule": crontab(hour="0", minute="10"),
    },
    "move limits with proclaimed holidays": {
        "task": "privacy.tasks.follow_calendar",
        "schedule": crontab(hour="0", minute="20"),
    },
    "forget proof of who asks after 30 days": {
        "task": "privacy.tasks.forget_evidence",
        "schedule": crontab(minute="35"),
    },
    "end bundles after 90 days": {
        "task": "privacy.tasks.end_bundles",
        "schedule": crontab(hour="4", minute="5"),
    },
    "end facts after six years": {
        "task": "privacy.tasks.end_facts",
        "schedule": crontab(hour="4", minute="10"),
    },
    "end chats that were left behind": {
        "task": "contacts.tasks.end_left_behind",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    "end sessions": {
        "task": "helpline.foundation.staff.tasks.end_sessions",
        "schedule": crontab(minute="20"),
    },
    "forget what partners were answered": {
        "task": "helpline.foundation.staff.tasks.forget_partners",
        "schedule": crontab(minute="25"),
    },
    "forget what was sent": {
        "task": "helpline.foundation.outbox.tasks.forget_what_was_sent",
        "schedule": crontab(hour="4", minute="20"),
    },
}


@worker_init.connect
@beat_init.connect
def refuse_to_start_unready(**kwargs) -> None:
    """The same refusal as the web process: nothing works on a database whose keys are not here."""
    from helpline import ready

    ready.or_exit()


@worker_ready.connect
def catch_up(**kwargs) -> None:
    """Purge at once after a standstill instead of waiting for the hour."""
    app.send_task("privacy.tasks.purge_what_is_due")
