"""How far a long import has come, for whoever is watching it."""

import time

WIDTH = 30
ON_A_TERMINAL = 0.2  # seconds between two paintings of the bar
IN_A_LOG = 30  # seconds between two plain lines


class Progress:
    """A bar with the rate and the time left on a terminal; a plain line now and then elsewhere.

    `size` is in bytes; 0 when nobody knows it, as with a pipe.
    """

    def __init__(self, out, size: int):
        self.out, self.size = out, size
        self.live = out.isatty()
        self.done = self.lines = 0
        self.begun = self.shown = time.monotonic()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_problem) -> None:
        self._show()
        if self.live:
            self.out.write("")

    def add(self, size: int, lines: int) -> None:
        """Count what has just been read (bytes) and stored (lines of conversations)."""
        self.done += size
        self.lines += lines
        if time.monotonic() - self.shown >= (ON_A_TERMINAL if self.live else IN_A_LOG):
            self._show()

    def say(self, text: str) -> None:
        """Write a line of its own, above the bar."""
        self.out.write(f"\r\x1b[K{text}" if self.live else text)

    def _show(self) -> None:
        self.shown = time.monotonic()
        bar = f"\r{self._bar()}" if self.live else ""
        self.out.write(f"{bar}{self._words()}", ending="\x1b[K" if self.live else "\n")
        self.out.flush()

    def _share(self) -> float:
        return min(self.done / self.size, 1) if self.size else 0

    def _bar(self) -> str:
        filled = round(self._share() * WIDTH)
        return f"[{'#' * filled}{'.' * (WIDTH - filled)}] "

    def _words(self) -> str:
        spent = max(self.shown - self.begun, 0.001)
        words = f"{self._share():.0%}  {self.lines / spent:,.0f} lines/s"
        if 0 < self._share() < 1:
            left = round(spent / self._share() - spent)
            words += f"  {left // 60} min {left % 60:02} s left"
        return words
