"""Started inside `.venv` when the servers are up: tables, static files, the demo story."""

import io
import sys

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from helpline.dev.words import progress

PAGES = "pages"  # as argument: not the tables alone but all that pages need


def prepare(pages: bool) -> None:
    """Migrate as the owner of the tables and make sure that this database is ours.

    The story is told to an empty database only.
    """
    owner = "owner" if "owner" in settings.DATABASES else "default"
    call_command("migrate", database=owner, interactive=False, verbosity=0)
    call_command("ready")  # or exit 2, with the reason
    if pages:
        call_command("collectstatic", interactive=False, verbosity=0)
    if pages and settings.DEMO:
        call_command("demo_story", stdout=io.StringIO())


def main(arguments: list[str]) -> int:
    """Prepare, or say in one sentence which setting is wrong."""
    try:
        django.setup()
        prepare(PAGES in arguments)
    except ImproperlyConfigured as problem:
        progress(str(problem))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
