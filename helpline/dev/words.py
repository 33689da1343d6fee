"""How `run` speaks: progress and refusals on stderr, what a script may read on stdout."""

import sys


class Refusal(Exception):
    """It cannot go on: one sentence that says what to do, then exit 2."""


class Stopped(BaseException):
    """SIGINT, SIGTERM or SIGHUP came: end everything and exit 0."""


def progress(sentence: str) -> None:
    """Tell the person who waits."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def answer(text: str) -> None:
    """Print for people and scripts alike, at once; a reader who has gone away is no error."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        progress(text)
