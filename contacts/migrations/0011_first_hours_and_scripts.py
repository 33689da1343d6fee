"""Each service begins with hours and a script of its own."""

from django.db import migrations
from django.utils import timezone

from contacts.first_scripts import HOURS, SCRIPTS

DAYS = range(8)  # Monday to Sunday, and bank holidays


def begin(apps, schema_editor):
    """Whatever a service has already, it keeps: this may be undone and done again."""
    opening, script = (apps.get_model("contacts", name) for name in ("Opening", "BotScript"))
    for service in HOURS:
        if not opening.objects.filter(service=service).exists():
            open_daily(opening, service)
        if not script.objects.filter(service=service).exists():
            publish(script, service)


def open_daily(opening, service):
    opens, closes = HOURS[service]
    for day in DAYS:
        opening.objects.create(service=service, day=day, opens=opens, closes=closes)


def publish(script, service):
    script.objects.create(
        service=service,
        number=1,
        status="published",
        steps=SCRIPTS[service],
        published_at=timezone.now(),
    )


class Migration(migrations.Migration):
    dependencies = [("contacts", "0010_who_talks_to_the_bot")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
