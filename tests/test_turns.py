"""Pages compute one after the other, and a slow one holds nobody up for long."""

from threading import Event, Thread

import pytest

from helpline.foundation import turns
from helpline.foundation.turns import Turns

LONG = 10  # seconds: what never comes in time fails the test


class Pages:
    """A page that says it has begun and ends when it is told to, and one that is quick."""

    def __init__(self):
        self.begun, self.go_on = Event(), Event()
        self.told = []

    def __call__(self, path, start_response):
        if path == "slow":
            self.begun.set()
            assert self.go_on.wait(LONG)
        if path == "broken":
            raise KeyError(path)
        self.told.append(path)
        return [path.encode()]


@pytest.fixture
def pages():
    return Pages()


@pytest.fixture
def asked(pages):
    """The pages behind their turns, and a slow one at work there."""
    front = Turns(pages)
    slow = Thread(target=front, args=("slow", None))
    slow.start()
    assert pages.begun.wait(LONG)
    yield front
    pages.go_on.set()
    slow.join(LONG)


def test_a_page_waits_for_its_turn(asked, pages, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", LONG)
    quick = Thread(target=asked, args=("quick", None))
    quick.start()
    pages.go_on.set()
    quick.join(LONG)

    assert pages.told == ["slow", "quick"]


def test_behind_a_slow_page_nobody_waits_long(asked, pages):
    asked("quick", None)
    asked("quick", None)  # whoever went ahead has taken no turn, and gives none back
    assert pages.told == ["quick", "quick"]


def test_a_broken_page_gives_its_turn_back(pages, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", LONG)
    front = Turns(pages)
    with pytest.raises(KeyError):
        front("broken", None)
    assert front("quick", None) == [b"quick"]
    assert not front.turn.locked()
