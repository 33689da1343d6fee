"""The public pages can be read by a child of eleven (S1-02, P11)."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from helpline.context import facts
from helpline.notices import NOTICES
from safeguarding.circumstances import TOLD
from tests.reading import blocks, grade, sentences, syllables

HARDEST_PAGE = 6  # the school grade of a child of eleven
HARDEST_BLOCK = 10  # of one paragraph with enough words to tell
LONGEST_SENTENCE = 30  # words
PAGES = Path(settings.BASE_DIR, "templates/public")
MAILS = sorted(Path(settings.BASE_DIR, "templates/emails").iterdir())
FAULTS = ["400", "403", "403_csrf", "404", "409", "429", "500", "503"]
TEXTS = sorted([*PAGES.glob("_*.html"), *PAGES.glob("*/*.html")])

# Words of the office. What a page must name once, by its legal name, stands in quotation marks.
JARGON = [
    "abscond", "allegation", "beneficiary", "caseworker", "client", "cohort", "comply",
    "consent based", "data subject", "disclosure", "engage with", "erasure", "facilitate",
    "hereby", "herein", "implement", "in accordance with", "in respect of", "lawful basis",
    "leverage", "liaise", "modality", "multi agency", "notwithstanding", "perpetrator",
    "personal data", "prior to", "process your", "processing", "pursuant", "rectification",
    "restriction of", "risk assess", "safeguarding concern", "service user", "signpost",
    "stakeholder", "statutory", "subject access", "third party", "third parties", "triage",
    "utilise", "vulnerable", "whilst",
]  # fmt: skip

SPOKEN = {
    1: "a asked called changed eyes goes guess help keeps life locked lives phone rules sent "
    "shared use used walked whole words yes",
    2: "advice angry being believes changes choices closest cookies danger data delete "
    "device helpline judges little mother needed pages people places police private quiet reading "
    "reasons staying table texted trying uses weather website worried",
    3: "addresses ambulance another anyone carefully companies created decided different "
    "everyone example family history idea important messages nobody officer privacy promises "
    "racism remember safeguarding serious videos volunteer",
    4: "anybody confidential continuing emergency information necessary organising seriously",
    5: "organisation electricity",
    6: "accessibility responsibility",
}
COUNTS = [(word, count) for count, words in SPOKEN.items() for word in words.split()]

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(request, client):
    """The readable blocks of one public page."""
    return blocks(client.get(NOTICES[request.param].path).content.decode())


every_page = pytest.mark.parametrize("page", list(NOTICES), indirect=True)


@pytest.mark.parametrize(("word", "count"), COUNTS)
def test_the_measure_counts_syllables_as_people_say_them(word, count):
    assert syllables(word) == count


def test_the_measure_knows_a_childrens_book_from_an_office():
    book = ["The cat sat by the door. It was cold, and she did not want to go out."]
    office = [
        "Processing of personal data is necessary for the establishment, exercise or defence of"
        " legal claims, in accordance with the applicable legislation and organisational policies."
    ]

    assert grade(book) < 2
    assert grade(office) > 16


def test_the_measure_reads_what_people_read_and_no_more():
    html = (
        "<main><h1>Hard heading</h1><p>One. Two!</p><nav><ul><li>Go</li></ul></nav></main><p>x</p>"
    )

    assert blocks(html) == ["One. Two!"]
    assert sentences("We do. Write to a.b@c.example now!") == [
        ["We", "do"],
        ["Write", "to", "e-mail", "now"],
    ]


@every_page
def test_p11_a_child_of_eleven_can_read_the_page(page):
    assert len(page) > 5
    assert grade(page) <= HARDEST_PAGE


@every_page
def test_p11_no_single_paragraph_is_hard(page):
    long = [block for block in page if sum(map(len, sentences(block))) >= 12]

    assert not [block for block in long if grade([block]) > HARDEST_BLOCK]


@every_page
def test_p11_no_sentence_is_long(page):
    found = [words for block in page for words in sentences(block)]

    assert not [" ".join(words) for words in found if len(words) > LONGEST_SENTENCE]


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_p11_no_page_speaks_like_an_office(text):
    said = text.read_text().lower()

    assert not [word for word in JARGON if word in said]


@pytest.mark.parametrize("name", FAULTS)
def test_p11_a_page_of_a_fault_is_as_plain(name):
    page = blocks(render_to_string(f"{name}.html", facts() | {"reason": ""}))

    assert len(page) > 2
    assert grade(page) <= HARDEST_PAGE
    assert not [word for word in JARGON if word in " ".join(page).lower()]


@pytest.mark.parametrize("mail", MAILS, ids=lambda path: path.name)
def test_p11_so_is_every_mail_that_leaves(mail):
    context = {"what": "Your password was changed.", "link": "it", "expires_at": timezone.now()}
    said = render_to_string(f"emails/{mail.name}", context)

    assert grade(said.split("\n\n")) <= HARDEST_PAGE
    assert not [word for word in JARGON if word in said.lower()]


# What somebody asked us to pass on, word for word, and where an answer reaches us.
LETTERS = {"passed_message.txt": {"words", "organisation", "email", "number", "reference"}}
# What two people agreed to share, numbered, and to which desk.
LETTERS["shared.txt"] = {"item", "forloop", "body", "attention"} | LETTERS["passed_message.txt"]


@pytest.mark.parametrize("mail", MAILS, ids=lambda path: path.name)
def test_a11_no_mail_names_a_member_of_staff(mail):
    """Nor anybody else: a link, a moment, and which of a few things happened."""
    named = set(re.findall(r"{{ *(\w+)", mail.read_text()))

    assert named <= {"what", "link", "expires_at"} | LETTERS.get(mail.name, set())


def test_p11_nor_does_the_list_of_circumstances():
    said = " ".join([*(each.label for each in TOLD), *(told.words for told in TOLD.values())])

    assert not [word for word in JARGON if word in said.lower()]
    assert grade([told.words for told in TOLD.values()]) <= HARDEST_PAGE


@every_page
def test_s0_05_no_page_judges_anyone(page):
    said = " ".join(page).lower()

    judging = ("attention seek", "naughty", "your fault", "manipulat")
    assert not [word for word in judging if word in said]
