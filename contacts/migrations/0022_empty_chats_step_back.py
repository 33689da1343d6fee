from django.db import migrations, models

RANKS = [(0, "Not safe"), (1, "Back in the queue"), (2, "In turn"), (3, "Nobody there")]


class Migration(migrations.Migration):
    """A fourth rank, behind everybody who is there."""

    dependencies = [("contacts", "0021_chats_know_how_long_they_waited")]

    operations = [
        migrations.AlterField(
            "contact", "rank", models.PositiveSmallIntegerField(choices=RANKS, default=2)
        ),
    ]
