"""Somebody with a phone and a mailbox beside a whole `./run`: the commands that anybody can try."""

import subprocess
from contextlib import contextmanager
from threading import Thread

import psycopg2

from tests.running import until


class Phone:
    """`./run manage sms_phone` in a second terminal: what it shows, and what is typed into it."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.process = process
        self.shown: list[str] = []
        self.reader = Thread(target=lambda: self.shown.extend(iter(process.stdout.readline, "")))
        self.reader.start()

    def write(self, text: str) -> None:
        """Type a text and press Enter."""
        self.process.stdin.write(f"{text}\n")
        self.process.stdin.flush()

    def shows(self, words: str) -> bool:
        """Whether a text with these words has come."""
        return any(line.startswith("< ") and words in line for line in self.shown)


@contextmanager
def phone(running, number: str):
    """A phone with this number, once it is on; it is put away afterwards."""
    command = running.command("manage", "sms_phone", "--number", number, PYTHONUNBUFFERED="1")
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    process = subprocess.Popen(**command, **pipes)
    mine = Phone(process)
    try:
        until(lambda: mine.shown or process.poll() is not None, 60)
        yield mine
    finally:
        process.stdin.close()
        process.wait(10)
        mine.reader.join(10)
        process.stdout.close()
        process.stderr.close()


def piped(running, letter: bytes) -> str:
    """A raw e-mail on the standard input of `./run manage receive_email`; what it answers."""
    command = running.command("manage", "receive_email") | {"text": False}
    done = subprocess.run(**command, input=letter, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def conversations(running) -> dict[str, str]:
    """The handle of every conversation by text or e-mail, by its id."""
    with psycopg2.connect(running.env["DATABASE_OWNER_URL"]) as owner, owner.cursor() as cursor:
        cursor.execute(
            "SELECT c.id::text, c.handle FROM contacts_contact c"
            " JOIN contacts_correspondence w ON w.contact_id = c.id WHERE c.status = 'waiting'"
        )
        return dict(cursor.fetchall())
