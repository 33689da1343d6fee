"""A person may leave the question for consent unanswered, and is not asked again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0011_first_hours_and_scripts")]

    operations = [
        migrations.AddField("visit", "put_aside", models.BooleanField(default=False)),
    ]
