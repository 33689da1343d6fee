"""That 999 was called is a step of its escalation."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("safeguarding", "0023_holds_of_requests")]

    operations = [
        migrations.AlterField(
            model_name="escalationstep",
            name="kind",
            field=models.CharField(
                choices=[
                    ("raised", "Raised"),
                    ("acknowledged", "Acknowledged"),
                    ("assessed", "Assessed"),
                    ("decided", "Decided"),
                    ("acted", "Acted on"),
                    ("informed", "The person was told"),
                    ("not-informed", "The person could not be told"),
                    ("reviewed", "Looked back on"),
                    ("closed", "Closed"),
                    ("reopened", "Opened again"),
                    ("handed-over", "Handed over"),
                    ("held", "The contact was held"),
                    ("hold-not-needed", "No hold was needed"),
                    ("taken-on", "Taken on"),
                    ("hastened", "Could wait no more"),
                    ("police-level", "The police’s own level noted"),
                    ("called", "999 was called"),
                ],
                max_length=20,
            ),
        ),
    ]
