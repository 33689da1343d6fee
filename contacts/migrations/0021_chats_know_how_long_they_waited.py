from django.db import migrations, models

BANDS = [
    ("none", "Not measured"),
    ("to-1", "Up to a minute"),
    ("to-5", "Up to 5 minutes"),
    ("to-15", "Up to 15 minutes"),
    ("to-60", "Up to an hour"),
    ("over-60", "Over an hour"),
]


class Migration(migrations.Migration):
    """How long somebody waited, from when they asked for a person, in the steps of the figures."""

    dependencies = [("contacts", "0020_somebody_looks_before_a_record_ends")]

    operations = [
        migrations.AddField(
            "visit", "waited", models.CharField(choices=BANDS, default="none", max_length=10)
        ),
    ]
