"""What was written down of a proof goes 30 days after it was seen, whenever it was keyed."""

import datetime

from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Least


def shorten(apps, schema_editor) -> None:
    """Count the days from when it was seen."""
    rows = apps.get_model("privacy", "Evidence").objects.using(schema_editor.connection.alias)
    rows.update(forget_on=Least("forget_on", F("seen_on") + datetime.timedelta(days=30)))


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0008_erasures"),
    ]

    operations = [
        migrations.RunPython(shorten, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("forget_on__lte", models.F("seen_on") + datetime.timedelta(days=30))
                ),
                name="evidence_goes_30_days_after_it_was_seen",
            ),
        ),
    ]
