"""A complaint is answered whoever makes it, also where a question who they are stays open."""

from django.db import migrations, models
from django.db.models import Q

NAME = "rights_proof_asked_for_was_seen"


class Migration(migrations.Migration):
    dependencies = [("privacy", "0014_erasures_are_no_purge")]

    operations = [
        migrations.RemoveConstraint("rightsrequest", NAME),
        migrations.AddConstraint(
            "rightsrequest",
            models.CheckConstraint(
                name=NAME,
                condition=Q(identity_asked_on=None)
                | ~Q(status__in=["id-confirmed", "locating", "clock-stopped", "collecting"])
                & ~Q(status="review")
                & (Q(kind="complaint") | ~Q(status__in=["released", "partly-released"]))
                | Q(identity_received_on__isnull=False, identity_confirmed_on__isnull=False),
            ),
        ),
    ]
