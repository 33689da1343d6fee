"""How many chats somebody wants to have at once: theirs to choose, and nobody counts it."""

from django.db import models
from django.db.models import Q, QuerySet

from helpline.foundation.staff.models import Staff
from helpline.foundation.states import Refused

USUAL = 3
FEWEST, MOST = 1, 6


class ChatLimitQuerySet(models.QuerySet["ChatLimit"]):
    def of(self, staff: Staff) -> int:
        """How many chats this person wants at once."""
        chosen = self.filter(staff=staff).values_list("at_most", flat=True).first()
        return chosen or USUAL

    def choose(self, staff: Staff, at_most: int) -> None:
        """Change one’s own limit; raises `Refused` for a number nobody can keep up with."""
        if not FEWEST <= at_most <= MOST:
            raise Refused(f"Choose between {FEWEST} and {MOST} chats at once.")
        self.update_or_create(staff=staff, defaults={"at_most": at_most})

    def leave_room(self, staff: Staff, chats: QuerySet) -> None:
        """Raise `Refused` when somebody has as many chats as they want.

        Their own row is locked meanwhile, so that two browsers of theirs cannot both be the last.
        """
        Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
        has, wants = chats.count(), self.of(staff)
        if has >= wants:
            raise Refused(
                f"{staff.alias} has {has} chats, and {wants} at once is the limit they chose."
                " Somebody who is not safe can always be taken."
            )


class ChatLimit(models.Model):
    """The number of chats that one worker wants at once, where it is not the usual one."""

    staff = models.OneToOneField(Staff, models.CASCADE, related_name="+", primary_key=True)
    at_most = models.PositiveSmallIntegerField(default=USUAL)

    objects = ChatLimitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="chats_at_once_between_one_and_six",
                condition=Q(at_most__gte=FEWEST, at_most__lte=MOST),
            )
        ]

    def __str__(self) -> str:
        return f"Limit of {self.staff_id}"
