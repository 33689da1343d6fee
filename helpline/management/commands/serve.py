"""`manage serve`: the web server."""

import resource

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from helpline import ready
from helpline.foundation.live import AT_MOST
from helpline.server import SERVER


def allow_files(wanted: int) -> None:
    """Let this process and its workers open so many files, a stream being one, if they may."""
    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY:
        wanted = min(wanted, most)
    if least != resource.RLIM_INFINITY and least < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


class Command(BaseCommand):
    help = "Serve pages and live streams."

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=1, help="Processes.")

    def handle(self, *, host, port, workers, **options):
        ready.or_exit()  # once, before there are several processes that would begin the same things
        connections.close_all()
        allow_files(2 * AT_MOST)
        each = settings.WEB_THREADS + settings.STREAM_READERS + 3
        self.stdout.write(
            f"Database connections: {workers} processes x ({settings.WEB_THREADS} threads + "
            f"{settings.STREAM_READERS} stream readers + 1 writer + 1 post + 1 bell)"
            f" = {workers * each}"
        )
        self.stdout.flush()
        uvicorn.run("helpline.asgi:application", host=host, port=port, workers=workers, **SERVER)
