"""A question to a colleague, with as little of the contact as it needs (S1-14)."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from contacts.models.contact import Contact
from helpline.foundation import live
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import AuditEvent
from helpline.foundation.calendar import this_minute
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission, Role
from helpline.foundation.states import Refused, WrongState
from helpline.foundation.vault.sealed import SealedText

MOST_LINES = 20
CLOSES_AFTER = timedelta(hours=24)  # after the contact has ended
PLACE = ("pk", "contact", "asked_by")


class ColleagueQuestionQuerySet(models.QuerySet["ColleagueQuestion"]):
    def with_key(self) -> "ColleagueQuestionQuerySet":
        """With the contact’s key at hand, so that the words open."""
        return self.select_related("contact__key", "asked_by", "asked_of", "answered_by")

    def still_open(self) -> "ColleagueQuestionQuerySet":
        """Of contacts that go on or ended less than a day ago, and may still be read."""
        since = timezone.now() - CLOSES_AFTER
        going = Q(contact__ended_at=None) | Q(contact__ended_at__gt=since)
        return self.filter(going, contact__in=Contact.objects.unexpired())

    def visible_to(self, staff: Staff) -> "ColleagueQuestionQuerySet":
        """What this person asked, and what they are asked: by name, or as one of the supervisors.

        It opens the question and the chosen lines, never the contact.
        """
        if not staff.may(Permission.TAKE_CONTACTS):
            return self.none()
        mine = Q(asked_by=staff) | Q(asked_of=staff)
        if Role.SUPERVISOR in staff.roles:
            near = Q(contact__team=None) | Q(contact__team__in=staff.team_ids)
            mine |= Q(asked_of=None) & near
        return self.still_open().filter(mine, contact__service__in=staff.services)

    def to_answer(self, staff: Staff) -> "ColleagueQuestionQuerySet":
        """What waits for this person, who never answers a question of their own."""
        waits = self.visible_to(staff).filter(answered_at=None)
        return waits.exclude(asked_by__person=staff.person).order_by("asked_at", "pk")

    @transaction.atomic
    def ask(
        self,
        contact: Contact,
        question: str,
        *,
        by: Staff,
        of: Staff | None,
        lines: Iterable[int] = (),
    ) -> "ColleagueQuestion":
        """Ask one colleague, or any supervisor (`of` None), showing only these lines.

        Raises `Refused` for no question, a colleague of another service, more than 20 lines or
        lines that were not said.
        """
        contact, chosen = contact.locked(), sorted(set(lines))
        if not question.strip():
            raise Refused("Write what you want to ask.")
        if of is not None and (of.person == by.person or contact.service not in of.services):
            raise Refused("Ask a colleague who works for this service.")
        if len(chosen) > MOST_LINES:
            raise Refused("Choose at most 20 lines: only what the question needs.")
        if contact.lines.filter(number__in=chosen).count() != len(chosen):
            raise Refused("One of these lines was never said.")
        made = self.create(
            contact=contact, question=question.strip(), asked_by=by, asked_of=of, lines=chosen
        )
        facts = {"lines": len(chosen), "question": made.pk}
        AuditEvent.objects.record(Action.COLLEAGUE_ASKED, on=contact, by=by, **facts)
        live.ring("contacts", contact.service)
        return made


class ColleagueQuestion(models.Model):
    """What somebody asked about one of their contacts, and what the colleague answered; it goes
    with the contact."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="questions")
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    asked_of = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    lines = ArrayField(models.PositiveIntegerField(), default=list)  # their numbers
    question = SealedText(key="contact__key", bound=PLACE)
    asked_at = models.DateTimeField(default=this_minute)
    answer = SealedText(null=True, key="contact__key", bound=PLACE)
    answered_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = ColleagueQuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="question_answered_by_somebody_else",
                condition=Q(answered_by=None, answered_at=None)
                | Q(answered_by__isnull=False, answered_at__isnull=False)
                & ~Q(answered_by=models.F("asked_by")),
            )
        ]

    def __str__(self) -> str:
        return f"Question {self.id}"

    def get_absolute_url(self) -> str:
        return reverse("colleague_question", args=[self.pk])

    @transaction.atomic
    def reply(self, words: str, *, by: Staff) -> None:
        """The colleague answers; of two who do, one is told that it has been answered."""
        contact = self.contact.locked()
        if not words.strip():
            raise Refused("Write an answer.")
        if by.person == self.asked_by.person:
            raise Refused("Somebody else answers what you asked.")
        asked = ColleagueQuestion.objects.select_for_update().get(pk=self.pk)
        if asked.answered_at:
            raise WrongState("Somebody else has answered this meanwhile.")
        asked.contact, asked.answer = contact, words.strip()
        asked.answered_by, asked.answered_at = by, this_minute()
        asked.save(update_fields=["answer", "answered_by", "answered_at"])
        AuditEvent.objects.record(Action.COLLEAGUE_ANSWERED, on=contact, by=by, question=self.pk)
        live.ring("contacts", contact.service)
