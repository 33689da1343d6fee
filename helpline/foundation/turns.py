"""Pages take turns at computing, so that whoever waits for a line waits for one page, not for all.

Python runs one thread at a time. Were several pages at it together, each thread that carries a line
would have to wait for all of them again and again.
"""

from collections.abc import Callable, Iterable
from threading import Lock

PATIENCE = 0.05  # seconds; then a page goes ahead beside one that takes long


class Turns:
    """A WSGI application that lets one request in at a time, and nobody wait long for it."""

    def __init__(self, pages: Callable) -> None:
        self.pages = pages
        self.turn = Lock()

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        """The page's own answer; what it still streams afterwards is nobody's turn."""
        mine = self.turn.acquire(timeout=PATIENCE)
        try:
            return self.pages(environ, start_response)
        finally:
            if mine:
                self.turn.release()
