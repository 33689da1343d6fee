"""Started inside `.venv` when the servers are up: tables, static files, the demo story."""

import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, get_commands

from helpline.dev.words import progress


def prepare(told: Path | None) -> None:
    """Migrate as the owner of the tables; with `told`, all that pages need, the story only once."""
    owner = "owner" if "owner" in settings.DATABASES else "default"
    call_command("migrate", database=owner, interactive=False, verbosity=0)
    call_command("ready")  # or exit 2, with the reason
    if told is None:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    if settings.DEMO and not told.exists() and "demo_story" in get_commands():
        progress("Telling the demo story …")
        call_command("demo_story")
        told.touch()


def main(arguments: list[str]) -> int:
    """Prepare, or say in one sentence which setting is wrong."""
    try:
        django.setup()
        prepare(Path(arguments[0]) if arguments else None)
    except ImproperlyConfigured as problem:
        progress(str(problem))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
