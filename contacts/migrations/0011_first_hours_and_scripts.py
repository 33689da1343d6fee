"""Each service begins with hours and a script of its own."""

from django.db import migrations
from django.utils import timezone

from contacts.first_scripts import HOURS, SCRIPTS

DAYS = range(8)  # Monday to Sunday, and bank holidays


def begin(apps, schema_editor):
    """Whatever a service has already, it keeps: this may be undone and done again."""
    db = schema_editor.connection.alias
    models = (apps.get_model("contacts", name) for name in ("Opening", "BotScript"))
    opening, script = (model.objects.using(db) for model in models)
    for service in HOURS:
        if not opening.filter(service=service).exists():
            open_daily(opening, service)
        if not script.filter(service=service).exists():
            publish(script, service)


def open_daily(opening, service):
    opens, closes = HOURS[service]
    for day in DAYS:
        opening.create(service=service, day=day, opens=opens, closes=closes)


def publish(script, service):
    script.create(
        service=service,
        number=1,
        status="published",
        steps=SCRIPTS[service],
        published_at=timezone.now(),
    )


class Migration(migrations.Migration):
    dependencies = [("contacts", "0010_who_talks_to_the_bot")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
