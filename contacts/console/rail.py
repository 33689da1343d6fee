"""The left of the console: whose chats are whose, who waits, and what supervisors have to see."""

import functools
from datetime import timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from contacts.channels import WRITTEN, Channel
from contacts.models import ChatLimit, Contact, Dispatch, Guidance, Rank, SentAnyway, Visit
from contacts.models.contact import ContactQuerySet
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission, Service

SHOWN = 20  # of those who wait; the count says how many there are
LOST_FOR = timedelta(days=3)  # an answer that came back after the end is shown so long


def queued_chats(staff: Staff) -> ContactQuerySet:
    """All chats in the queue of this person’s services, in the order of answering."""
    queue = Contact.objects.waiting().unexpired().in_services_of(staff)
    return queue.filter(visit__isnull=False)


def waiting_chats(staff: Staff) -> ContactQuerySet:
    """Chats in which somebody waits for an answer, in the order of answering."""
    return queued_chats(staff).exclude(rank=Rank.SILENT)


class Rail:
    """What one person has in front of them now; a handful of queries, however many wait."""

    def __init__(self, staff: Staff) -> None:
        self.staff = staff
        self.limit = ChatLimit.objects.of(staff)
        chats = Contact.objects.visible_to(staff).filter(
            status=Contact.Status.OPEN, visit__isnull=False
        )
        lost = Exists(Dispatch.objects.unreached().filter(contact=OuterRef("pk")))
        chats = chats.select_related("visit", "worker").annotate(unreached=lost)
        rows = list(chats.order_by("answered_at", "id"))
        self.own = [row for row in rows if row.worker_id == staff.pk]
        self.others = [row for row in rows if row.worker_id != staff.pk]

    def drawn(self, current=()) -> str:
        """The rail as HTML; `current` are the chats that the page shows."""
        queue, facts = waiting_chats(self.staff), self.queue_facts
        chats = sum(row.channel == Channel.CHAT for row in self.own)
        several = len(self.staff.services) > 1
        context = {
            "own": [self.seat(row, current) for row in self.own],
            "others": [self.seat(row, current) for row in self.others],
            "waiting": [waits(row, several) for row in queue[:SHOWN]],
            "count": facts["count"],
            "more": max(0, facts["count"] - SHOWN),
            "silent": queued_chats(self.staff).filter(rank=Rank.SILENT).count(),
            "since": facts["since"].isoformat() if facts["since"] else "",
            "back": [visit.contact.handle_words for visit in self.back],
            "lost": [(row.handle_words, reverse("chats_one", args=[row.pk])) for row in self.lost],
            "limit": self.limit,
            "chats": chats,
            "written": len(self.own) - chats,
            "full": chats >= self.limit,
        }
        return render_to_string("console/_rail.html", context | self.for_supervisors())

    def news(self, current=()) -> str:
        """What a phone says beside “Chats” while it shows another part; usually nothing."""
        new = sum(self.seat(row, current)["new"] for row in self.own)
        facts = {"not_safe": self.queue_facts["not_safe"], "back": len(self.back), "new": new}
        facts["lost"] = len(self.lost) + sum(row.unreached for row in self.own)
        return render_to_string("console/_news.html", facts)

    @functools.cached_property
    def queue_facts(self) -> dict:
        """How many wait, how many of them are not safe, and since when the longest has waited."""
        not_safe = Count("pk", filter=Q(rank=Rank.NOT_SAFE))
        queue = waiting_chats(self.staff).order_by()
        return queue.aggregate(count=Count("pk"), since=Min("waiting_since"), not_safe=not_safe)

    @functools.cached_property
    def back(self) -> list[Visit]:
        """The chats that went back into the queue, until it is said that this was read."""
        return list(Visit.objects.taken_from(self.staff))

    @functools.cached_property
    def lost(self) -> list[Contact]:
        """Ended conversations whose last answer came back afterwards, when nobody looked at them
        any more: their worker’s for a day, their supervisors’ for three."""
        failed = Dispatch.objects.unreached().filter(moved_at__gt=timezone.now() - LOST_FOR)
        ended = Contact.objects.visible_to(self.staff).filter(status=Contact.Status.ENDED)
        return list(ended.filter(pk__in=failed.values("contact")).newest_first()[:SHOWN])

    def for_supervisors(self) -> dict:
        """What waits for a supervisor; nothing for anybody else."""
        if not self.staff.may(Permission.SUPERVISE_CHATS):
            return {"supervises": False}
        return {
            "supervises": True,
            "guidance": Guidance.objects.to_answer(self.staff).count(),
            "sent": SentAnyway.objects.to_see(self.staff).count(),
        }

    def seat(self, chat: Contact, current) -> dict:
        """One open chat."""
        visit, own = chat.visit, chat.worker_id == self.staff.pk
        new = max(0, chat.last_line - visit.worker_read) if own else 0
        return {
            "pk": chat.pk,
            "url": reverse("chats_one", args=[chat.pk]),
            "handle_words": chat.handle_words,
            "worker": "" if own else chat.worker.alias,
            "worker_away": not own and not visit.worker_is_here(),
            "person_away": chat.channel == Channel.CHAT and not visit.is_here(),
            "way": written_way(chat),
            "new": 0 if chat.pk in current else new,
            "unreached": chat.unreached,
            "current": chat.pk in current,
        }


def waits(row: Contact, several: bool) -> dict:
    """One chat of the queue; its words stay shut until somebody takes it."""
    return {
        "handle": row.handle,
        "handle_words": row.handle_words,
        "take_url": reverse("contact_take", args=[row.pk]),
        "service": Service(row.service).label if several else "",
        "way": written_way(row),
        "not_safe": row.rank == Rank.NOT_SAFE,
        "again": row.rank == Rank.BACK,
        "since": row.waiting_since.isoformat(),
    }


def written_way(row: Contact) -> str:
    """“Text” or “E-mail” for a conversation whose person sits at no page of ours; else nothing."""
    return row.get_channel_display() if row.channel in WRITTEN else ""


def not_safe(staff: Staff) -> ContactQuerySet:
    """Those of the queue who have said that they are not safe."""
    return waiting_chats(staff).filter(rank=Rank.NOT_SAFE)
