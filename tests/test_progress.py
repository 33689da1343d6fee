"""Whoever waits for a long import sees how far it is."""

import io

from contacts.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True

    def write(self, text, ending="\n"):
        return super().write(text + ending)


class Log(Terminal):
    def isatty(self):
        return False


def test_a_terminal_shows_a_bar_with_rate_and_time_left(time_machine):
    out = Terminal()
    with Progress(out, size=1000) as progress:
        progress.begun -= 10
        progress.shown -= 10
        progress.add(250, lines=20_000)

    assert "[########......................] 25%  2,000 lines/s  0 min 30 s left" in out.getvalue()
    assert out.getvalue().endswith("\n")


def test_a_log_gets_a_plain_line_now_and_then():
    out = Log()
    with Progress(out, size=1000) as progress:
        progress.add(250, lines=1)
        assert out.getvalue() == ""
        progress.shown -= 31
        progress.add(250, lines=1)
        progress.say("old.jsonl:3: no")

    assert [line.split()[0] for line in out.getvalue().splitlines()] == [
        "50%",
        "old.jsonl:3:",
        "50%",
    ]


def test_an_unknown_size_gives_no_time_left():
    out = Log()
    with Progress(out, size=0) as progress:
        progress.add(250, lines=1)

    assert "left" not in out.getvalue()
