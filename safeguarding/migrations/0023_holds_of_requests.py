"""A hold that a request about data has set ends with that request, and by nobody before."""

from django.db import migrations, models


def find_theirs(apps, editor):
    db = editor.connection.alias
    concerns = apps.get_model("privacy", "Concern").objects.using(db).exclude(hold_id=None)
    holds = apps.get_model("safeguarding", "Hold").objects.using(db).filter(kind="rights")
    holds.filter(pk__in=concerns.values("hold_id")).update(for_request=True)


class Migration(migrations.Migration):
    dependencies = [
        ("safeguarding", "0022_judgements_disputed"),
        ("privacy", "0004_rights_requests"),
    ]

    operations = [
        migrations.AddField("hold", "for_request", models.BooleanField(default=False)),
        migrations.RunPython(find_theirs, migrations.RunPython.noop),
        migrations.AddConstraint(
            "hold",
            models.CheckConstraint(
                name="hold_for_request_is_of_its_kind",
                condition=models.Q(for_request=False) | models.Q(kind="rights"),
            ),
        ),
    ]
