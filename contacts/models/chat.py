"""A web chat's technical side: which browser may go on with it, who is there, what comes next.

A visit knows no browser: it keeps the keyed hash of a random token that one browser's cookie holds,
and forgets it when the person leaves. Everything said stays in the contact's lines.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property

from django.db import models, transaction
from django.utils import timezone

from contacts import checking
from contacts.channels import Channel
from contacts.chat import said
from contacts.models.bot import BotScript
from contacts.models.contact import Contact, Rank
from contacts.models.figure import Band, band
from contacts.models.limit import ChatLimit
from contacts.models.thread import Thread
from contacts.models.words import Line, Speaker, open_all
from contacts.vocabulary import NoteKind
from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused, WrongState, move
from helpline.foundation.vault import blind
from helpline.foundation.vault.sealed import CannotOpen

TOKEN = "visit"  # noqa: S105 (the purpose of the tokens' hashes)
QUIET_FOR = timedelta(minutes=30)  # of somebody who does nothing; then only their code opens it
GONE_AFTER = timedelta(seconds=60)  # without a sign of a page that gives one every 20 seconds
TAKEN_BACK_AFTER = timedelta(minutes=3)  # without a sign of the worker’s page


class VisitQuerySet(models.QuerySet["Visit"]):
    def of(self, token: str) -> "Visit | None":
        """The visit that this browser's token opens now, with its contact and key; or None.

        None also when the person has done nothing for 30 minutes, or the contact is due (S2-36).
        """
        if not token:
            return None
        lately = timezone.now() - QUIET_FOR
        mine = self.filter(token__in=blind.indexes(TOKEN, token), active_at__gt=lately)
        visit = mine.select_related("contact__key").first()
        return visit if visit and visit.contact.is_unexpired() else None

    def behind(self, typed: str) -> "list[Visit]":
        """The chats that a return code opens, the newest first; each until it is due (S2-36).

        One query, whether the code is right, wrong, replaced or of nothing any more (K08).
        """
        chats = self.filter(contact__in=Contact.objects.unexpired())
        return list(chats.filter(contact__thread__in=Thread.objects.behind(typed)).newest_first())

    def joined_to(self, visit: "Visit") -> "list[Visit]":
        """The chats that the person of this one may read: it, and what their code joins to it."""
        chats = self.filter(contact__in=Contact.objects.unexpired())
        thread = visit.contact.thread_id
        mine = models.Q(contact__thread=thread) if thread else models.Q(pk=visit.pk)
        return list(chats.filter(mine).newest_first())

    def newest_first(self) -> "VisitQuerySet":
        """The newest first, each with its contact and key; one that goes on before one that
        ended, when both began in the same minute."""
        last = models.F("contact__ended_at").desc(nulls_first=True)
        return self.select_related("contact__key").order_by("-contact__started_at", last)

    @transaction.atomic
    def begin(
        self,
        token: str,
        *,
        service: str,
        nickname: str | None = None,
        bot: BotScript | None = None,
        notices: tuple[int, int],
        thread: Thread | None = None,
    ) -> "Visit":
        """Begin a chat for the browser that holds `token`: with the chatbot, or in the queue.

        `notices` are the versions of the confidentiality and the privacy notice that the page
        showed or linked to before the first word (S2-08). Nothing about the person is asked.
        """
        contact = Contact.objects.prepared(service, Channel.CHAT, timezone.now())
        contact.nickname, contact.thread = nickname or None, thread
        if bot:
            contact.status, contact.waiting_since = Contact.Status.BOT, None
        contact.save(force_insert=True)
        visit = self.create(
            contact=contact,
            token=blind.index(TOKEN, token),
            bot=bot,
            bot_step=bot.first_step if bot else "",
            confidentiality=notices[0],
            privacy=notices[1],
        )
        AuditEvent.objects.record(Action.CONTACT_STARTED, on=contact, by=None)
        live.ring("contacts", service)
        return visit

    @transaction.atomic
    def take_next(self, *, by: Staff) -> "Visit | None":
        """Give a worker the chat that is answered next; None when nobody waits.

        Who is not safe comes first, then who went back into the queue, then the longest wait.
        """
        queue = Contact.objects.waiting().unexpired().in_services_of(by)
        queue = queue.filter(visit__isnull=False).exclude(rank=Rank.SILENT)
        rows = queue.select_for_update(skip_locked=True, no_key=True, of=("self",))
        contact = rows.first()
        if contact is None:
            return None
        contact.take(by=by)
        return contact.visit

    def worker_here(self, staff: Staff, now: datetime | None = None) -> None:
        """The console of this worker gives a sign of itself, for all the chats they have."""
        now = now or timezone.now()
        mine = self.filter(contact__worker=staff, contact__status=Contact.Status.OPEN)
        silent = models.Q(worker_here_at=None) | models.Q(worker_here_at__lte=now - GONE_AFTER)
        back = list(mine.filter(silent).values_list("pk", flat=True))
        mine.update(worker_here_at=now)
        for pk in back:
            live.ring("contact", pk)

    def take_back(self, now: datetime | None = None) -> int:
        """Put every chat whose worker’s console is gone back into the queue; how many it was.

        A text or an e-mail that is answered is nobody’s to answer, so it stays where it is. Safe to
        run in several processes at once.
        """
        before = (now or timezone.now()) - TAKEN_BACK_AFTER
        gone = self.filter(contact__status=Contact.Status.OPEN, worker_here_at__lt=before)
        gone = gone.exclude(token=None, contact__correspondence__unanswered=False)
        return sum(visit.take_back(before) for visit in gone.select_related("contact"))

    def taken_from(self, staff: Staff) -> "VisitQuerySet":
        """Chats that went back into the queue while this worker’s console was gone."""
        ours = Contact.objects.unexpired().in_services_of(staff)
        return self.filter(taken_from=staff, contact__in=ours).select_related("contact")

    def told_what_was_taken(self, *, by: Staff) -> None:
        """Somebody has read which of their chats went back into the queue."""
        self.filter(taken_from=by).update(taken_from=None)


class Visit(models.Model):
    """One chat as its person's browser knows it: whose it is and when anybody was there is emptied
    soon after the chat ends."""

    contact = models.OneToOneField(
        Contact, models.CASCADE, related_name="visit", primary_key=True, editable=False
    )
    token = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 (none: closed)
    bot = models.ForeignKey(BotScript, models.PROTECT, null=True, related_name="+")
    bot_step = models.CharField(max_length=40, blank=True, default="")
    confidentiality = models.PositiveSmallIntegerField()
    privacy = models.PositiveSmallIntegerField()
    message = models.BooleanField(default=False)  # left while nobody was on, and read later
    put_aside = models.BooleanField(default=False)  # the question for consent, unanswered
    active_at = models.DateTimeField(null=True, default=timezone.now)  # the person did something
    here_at = models.DateTimeField(null=True, default=timezone.now)  # their page gave a sign
    worker_here_at = models.DateTimeField(null=True)  # the worker's page gave a sign
    worker_read = models.PositiveIntegerField(default=0)  # the last line their console has shown
    in_company = models.BooleanField(default=False)  # a supervisor is there beside the worker
    taken_from = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    waited = models.CharField(max_length=10, choices=Band, default=Band.NONE)  # for figures

    objects = VisitQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Visit {self.contact_id}"

    def is_here(self, now: datetime | None = None) -> bool:
        """Whether the person's page has given a sign lately."""
        since = (now or timezone.now()) - GONE_AFTER
        return self.token is not None and self.here_at is not None and self.here_at > since

    def worker_is_here(self, now: datetime | None = None) -> bool:
        """Whether the worker's page has given a sign lately."""
        since = (now or timezone.now()) - GONE_AFTER
        return self.worker_here_at is not None and self.worker_here_at > since

    @property
    def has_stopped(self) -> bool:
        """Whether the person said that they want to stop, and has not gone on since."""
        return self.token is not None and self.here_at is None

    @cached_property
    def unread(self) -> dict[int, list[Line]]:
        """Lines that were fetched together with this visit, by the number that they come after."""
        return {}

    def lines_after(self, number: int) -> list[Line]:
        """What was said after that line, opened; a stream has it fetched already."""
        if number in self.unread:
            return open_all(self.contact, self.unread[number])
        return Line.objects.filter(number__gt=number).opened(self.contact)

    def say(self, words: str, *, nonce: uuid.UUID) -> int:
        """The person says something; the same form sent twice says it once (H13)."""
        return self.contact.say(Speaker.PERSON, words, nonce=nonce)

    def here(self, *, active: bool) -> None:
        """The person's page gives a sign of itself; `active` when the person has done something.

        Only that moment is kept, and only until some time after the chat ends.
        """
        now = timezone.now()
        changes = {"here_at": now} | ({"active_at": now} if active else {})
        was_here = self.is_here(now)
        Visit.objects.filter(pk=self.pk).exclude(token=None).update(**changes)
        if not was_here:
            live.ring("contact", self.contact_id)

    def begin_turn(self) -> None:
        """A worker has the chat from now on, and their console is there."""
        rows = Visit.objects.filter(pk=self.pk)
        rows.update(worker_here_at=timezone.now(), worker_read=0, taken_from=None)

    def count_wait(
        self, asked: datetime | None, answered: datetime | None, *, now: datetime
    ) -> None:
        """Note in wide steps how long the person had waited for the first answer they got."""
        if answered is None:
            Visit.objects.filter(pk=self.pk).update(waited=band(asked, now))

    def count_company(self) -> None:
        """Note whether somebody has joined, so that the person’s page need not ask for it."""
        joined = self.contact.joinings.filter(left_at=None).exists()
        Visit.objects.filter(pk=self.pk).update(in_company=joined)

    def read_until(self, number: int) -> None:
        """The worker’s console has shown the lines up to this one; only marks of theirs use it."""
        Visit.objects.filter(pk=self.pk, worker_read__lt=number).update(worker_read=number)

    @transaction.atomic
    def pass_on(self, *, to: Staff | None, note: str, by: Staff, why: str = "") -> None:
        """Hand a chat to a colleague, or without one to the head of the queue.

        The note is for whoever takes over; the person reads a fixed line. Raises `Refused` without
        a note or for somebody who cannot take it, `WrongState` when the chat has moved on.
        """
        contact = self.contact.locked()
        mine = contact.worker_id == by.pk or by.may(Permission.SUPERVISE_CHATS)
        if contact.status != Contact.Status.OPEN or not mine:
            raise WrongState("This chat is not yours any more. Somebody else has it.")
        if not note.strip():
            raise Refused("Write a note for whoever takes over, so that nobody starts again.")
        found = checking.identifying(note)
        contact.add_note(
            note, by=by, kind=NoteKind.HANDOVER, place="handover", why=why, identifying=found
        )
        AuditEvent.objects.record(
            Action.CHAT_PASSED_ON, on=contact, by=by, to=to.pk if to else "queue"
        )
        if to is None:
            self._back(contact)
        else:
            self._to(contact, to)

    def _to(self, contact: Contact, to: Staff) -> None:
        able = to.is_active and to.may(Permission.TAKE_CONTACTS) and contact.service in to.services
        if not able or to.pk == contact.worker_id:
            raise Refused("This colleague cannot take the chat. Choose somebody else.")
        if contact.channel == Channel.CHAT:
            ChatLimit.objects.leave_room(to, Contact.objects.chats_of(to))
        is_open = Contact.Status.OPEN
        move(contact, is_open, allowed=[is_open], worker=to, team=to.teams.first())
        contact.joinings.filter(left_at=None, staff=to).update(left_at=this_minute())
        self.begin_turn()
        self.count_company()
        contact.say_on_page(Speaker.SYSTEM, said.PASSED_ON)
        live.ring("contacts", contact.service)

    def _back(self, contact: Contact, taken_from: Staff | None = None) -> None:
        """Back to the head of the queue, with everything that was said; not safe is not safe."""
        move(
            contact,
            Contact.Status.WAITING,
            allowed=[Contact.Status.OPEN],
            worker=None,
            team=None,
            rank=min(contact.rank, Rank.BACK),
            waiting_since=timezone.now(),
        )
        contact.joinings.filter(left_at=None).update(left_at=this_minute())
        rows = Visit.objects.filter(pk=self.pk)
        rows.update(worker_here_at=None, in_company=False, taken_from=taken_from)
        contact.say_on_page(Speaker.SYSTEM, said.BACK)
        live.ring("contacts", contact.service)

    @transaction.atomic
    def take_back(self, before: datetime) -> bool:
        """Back into the queue, once, if the worker’s console gave no sign since `before`."""
        try:
            contact = self.contact.locked()
            _ = contact.key.cipher  # where nothing can be said any more nobody waits
        except (WrongState, CannotOpen):
            return False
        silent = Visit.objects.select_for_update().filter(pk=self.pk, worker_here_at__lt=before)
        if contact.status != Contact.Status.OPEN or not silent.exists():
            return False
        worker = contact.worker
        self._back(contact, taken_from=worker)
        AuditEvent.objects.record(Action.CHAT_TAKEN_BACK, on=contact, by=None, worker=worker.pk)
        live.ring("contact", contact.pk)
        return True

    @transaction.atomic
    def ask_for_person(self, *, not_safe: bool = False) -> None:
        """Leave the chatbot for the queue; whoever is not safe comes before everybody (S2-20).

        Who waits already and now says that they are not safe moves ahead; nobody loses a place.
        """
        contact = self.contact
        waiting: list[str] = [Contact.Status.BOT]
        rank: int = contact.rank
        if not_safe:
            waiting, rank = [*waiting, Contact.Status.WAITING], Rank.NOT_SAFE
            contact.stays_not_safe()
        since = contact.waiting_since or timezone.now()
        try:
            move(contact, Contact.Status.WAITING, allowed=waiting, rank=rank, waiting_since=since)
        except WrongState:
            if contact.status == Contact.Status.ENDED:
                raise
            return  # somebody answers already, or they wait already
        Visit.objects.filter(pk=self.pk).update(bot_step="")
        self.bot_step = ""
        live.ring("contacts", contact.service)
        live.ring("contact", contact.pk)

    @transaction.atomic
    def stop(self) -> None:
        """The person wants to stop: they have left, and may still go on from this browser.

        Only a worker ends a chat.
        """
        Visit.objects.filter(pk=self.pk).update(here_at=None)
        self.here_at = None
        live.ring("contact", self.contact_id)

    @transaction.atomic
    def leave_message(self) -> None:
        """What the person writes waits until somebody is on."""
        Visit.objects.filter(pk=self.pk).update(message=True)
        self.message = True
        live.ring("contacts", self.contact.service)

    def put_consent_aside(self) -> None:
        """The person leaves the question for consent unanswered, and is not asked again."""
        Visit.objects.filter(pk=self.pk).update(put_aside=True)
        self.put_aside = True

    @transaction.atomic
    def answer_survey(self, answers: Iterable[tuple[int, str, str]]) -> None:
        """Keep what the person answered afterwards (number, question, answer), once (S2-21)."""
        contact = self.contact.locked(restricted_too=True)
        if contact.survey.exists():
            return
        for number, question, answer in answers:
            contact.survey.create(contact=contact, number=number, question=question, answer=answer)

    @transaction.atomic
    def new_code(self) -> str:
        """The words with which the person comes back, from any browser; told once, here (S2-68).

        Asking again makes new ones, and the ones before open nothing more.
        """
        contact = self.contact.locked(restricted_too=True)
        if contact.thread is None:
            contact.thread = Thread.objects.create()
            contact.save(update_fields=["thread"])
        self.contact.thread = contact.thread
        AuditEvent.objects.record(Action.CODE_MADE, on=contact, by=None)
        return contact.thread.new_code()

    @transaction.atomic
    def leave(self) -> None:
        """The person leaves: this browser opens the chat no more, only their code does."""
        Visit.objects.filter(pk=self.pk).update(token=None, here_at=None, active_at=None)
        live.ring("contact", self.contact_id)

    @transaction.atomic
    def reopen(self, token: str) -> None:
        """The person is back with their code, in the browser that holds `token` from now on."""
        now = timezone.now()
        self.token, self.active_at, self.here_at = blind.index(TOKEN, token), now, now
        self.save(update_fields=["token", "active_at", "here_at"])
        AuditEvent.objects.record(Action.CODE_USED, on=self.contact, by=None)
        live.ring("contact", self.contact_id)
