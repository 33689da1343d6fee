"""The server goes away in the middle of a sentence: no line is lost, and none comes twice."""

import signal
import uuid
from http.client import HTTPException
from threading import Thread

import pytest

from contacts.models import Line
from tests import chats
from tests.racing import until
from tests.serving import free_port, served
from tests.speaking import a_person

pytestmark = pytest.mark.django_db(transaction=True)

LINES = 60


class Page:
    """A person's page: it says its lines in order, and shows what its stream tells it.

    Whatever is not answered is sent again, with the nonce it had; a stream that ends is opened
    again after the last line that was shown. That is what the page's script does.
    """

    def __init__(self, person, port):
        self.person, self.port = person, port
        self.shown: list[str] = []
        self.stored = 0
        self.over = False
        self.threads = [Thread(target=self.talk), Thread(target=self.look)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *problem):
        self.over = True
        for thread in self.threads:
            thread.join(30)

    def talk(self):
        for number in range(LINES):
            nonce = uuid.uuid4()
            while not self.over and not self.is_stored(f"line {number}", nonce):
                pass
            self.stored += 1

    def is_stored(self, words, nonce):
        try:
            return self.person.say(self.port, words, nonce).status == 204
        except (OSError, HTTPException):
            return False

    def look(self):
        while not self.over and len(self.shown) < LINES:
            seen = self.shown[-1] if self.shown else "0"
            try:
                with self.person.listen(self.port, headers=[("Last-Event-ID", seen)]) as page:
                    self.take(page)
            except (OSError, HTTPException):
                continue

    def take(self, page):
        while len(self.shown) < LINES and (event := page.event()):
            if "id" in event:
                self.shown.append(event["id"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_chat_goes_on_when_the_server_is_started_again(number, keys, tmp_path, worker):
    person, port = a_person(worker), free_port()
    with open(tmp_path / "log", "wb") as log, Page(person, port) as page:
        for stop_after in (LINES // 4, LINES // 2):
            with served(log, port, KEYS_DIR=str(keys)) as (_port, process):
                until(lambda least=stop_after: page.stored >= least, 30)
                process.send_signal(number)
                process.wait(10)
        with served(log, port, KEYS_DIR=str(keys)):
            until(lambda: page.stored == LINES and len(page.shown) >= LINES, 30)
            page.over = True
    assert page.shown == [str(number) for number in range(1, LINES + 1)]
    assert chats.words(person.contact) == [f"line {number}" for number in range(LINES)]
    assert Line.objects.count() == LINES
