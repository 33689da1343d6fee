"""For what somebody objected that their contact is used, and for what it is not used any more."""

import uuid

from django.db import models

from helpline.foundation.calendar import this_minute


class UsedFor(models.TextChoices):
    """What we do with a contact beside helping and keeping safe, each on our own interest: to this
    somebody can object (Art 21). There is no direct marketing."""

    QUALITY = "quality", "Others read our notes about it, to do better"
    FIGURES = "figures", "It is counted in our figures when it ends"
    RESEARCH = "research", "They are asked whether they would take part in research"


class ObjectedUse(models.Model):
    """That one contact is not used for one of these any more."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact = models.ForeignKey("contacts.Contact", models.CASCADE, related_name="objected_uses")
    used_for = models.CharField(max_length=10, choices=UsedFor)
    since = models.DateTimeField(default=this_minute)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "used_for"], name="objected_once_to_each")
        ]

    def __str__(self) -> str:
        return f"Objection {self.id}"


def stopped(used_for: UsedFor) -> models.Exists:
    """As a condition on contacts: its person objected to this."""
    rows = ObjectedUse.objects.filter(contact=models.OuterRef("pk"), used_for=used_for)
    return models.Exists(rows)
