"""While whoever asked has the next word, no day is due: it moves with each day that they take."""

from django.db import migrations


def no_day(apps, editor):
    requests = apps.get_model("privacy", "RightsRequest").objects.using(editor.connection.alias)
    requests.filter(status="clock-stopped").update(due_on=None)


class Migration(migrations.Migration):
    dependencies = [("privacy", "0015_complaints_need_no_proof")]

    operations = [migrations.RunPython(no_day, migrations.RunPython.noop)]
