"""A person at the chat, in a browser without scripts, and the hours in which somebody answers."""

import re
import uuid
from datetime import time

from django.conf import settings
from django.test import Client

from contacts.models import BotScript, Day, Opening, Visit
from helpline.foundation.visits import token_of

SCRIPT = {"X-Script": "1"}


def cleared() -> None:
    """No hours and no chatbot: each test says what there is."""
    Opening.objects.all().delete()
    BotScript.objects.all().delete()


def opened(service="helpline", *, opens=time(), closes=time()) -> None:
    """The service answers every day; day and night unless told otherwise."""
    Opening.objects.filter(service=service).delete()
    for day in Day:
        Opening.objects.create(service=service, day=day, opens=opens, closes=closes)


class Visitor(Client):
    """One browser, and what its person does there."""

    def begin(self, **form) -> "Visitor":
        self.get("/chat/")
        self.post("/chat/", form)
        return self

    def say(self, text="hello", *, nonce=None, script=False):
        """Send the form of the box."""
        fields = {"text": text, "nonce": nonce or uuid.uuid4()}
        return self.post("/chat/say/", fields, headers=SCRIPT if script else {})

    def press(self, name, script=False, **fields):
        """Press a button of the chat."""
        return self.post(f"/chat/{name}/", fields, headers=SCRIPT if script else {})

    def page(self, path="/chat/") -> str:
        """The page as text."""
        return self.get(path).content.decode()

    def code(self) -> str:
        """The words, asked for and read off the page."""
        return " ".join(shown_words(self.press("code").content.decode()))

    def visit(self) -> Visit:
        """The visit behind this browser's cookie."""
        return Visit.objects.of(self.session_token())

    def session_token(self) -> str:
        """The token in its cookie."""
        return token_of(self.cookies[settings.VISIT_COOKIE_NAME].value)


def shown_words(page: str) -> list[str]:
    """The seven words on a page; none when there are none."""
    held = re.search(r'<ol class="words"[^>]*>(.*?)</ol>', page, re.DOTALL)
    return re.findall(r"<li>([a-z]+)</li>", held.group(1)) if held else []


def text_of(page: str) -> str:
    """What the page says, as one line."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())
