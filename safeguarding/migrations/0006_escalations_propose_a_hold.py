from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("safeguarding", "0005_who_is_on_call")]

    operations = [
        migrations.AddField(
            model_name="escalation",
            name="hold_proposal",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "None"),
                    ("proposed", "Proposed"),
                    ("held", "Held"),
                    ("not-needed", "Not needed"),
                ],
                default="",
                max_length=10,
            ),
        ),
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
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="escalation",
            index=models.Index(
                condition=models.Q(("hold_proposal", "proposed")),
                fields=["service", "raised_at", "id"],
                name="escalation_proposes_a_hold",
            ),
        ),
    ]
