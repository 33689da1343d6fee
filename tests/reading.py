"""How hard a page is to read: its sentences, the syllables of its words, and the school grade.

The grade is Flesch and Kincaid's: 0.39 × words a sentence + 11.8 × syllables a word − 15.59, where
grade 6 is a child of eleven. Headings, navigation and addresses are left out, because short scraps
would make any page look easy.
"""

import re
from html.parser import HTMLParser

READ = {"p", "li", "dd", "dt"}
SKIPPED = {"nav", "footer", "header", "address", "svg", "script", "style"}
PASSED_OVER = {"small"}  # a class: articles of law, named for those who look them up
VOID = {"br", "hr", "img", "input", "link", "meta"}
# Words that the rules below count wrongly.
COUNTED = {
    "anyone": 3, "area": 3, "business": 2, "create": 2, "created": 3, "else": 1, "every": 2,
    "everyone": 3, "everything": 3, "idea": 3, "people": 2, "quiet": 2, "racism": 3, "real": 1,
    "safeguarding": 3, "science": 2, "sexism": 3, "sideways": 2, "somebody": 3, "someone": 2,
    "something": 2, "sometimes": 2, "therefore": 2, "website": 2,
}  # fmt: skip


class Page(HTMLParser):
    """Collects what a reader reads in `<main>`, one block after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self.inside: list[tuple[str, bool]] = []  # open tags, and whether each is left out

    def handle_starttag(self, tag, attrs):
        if tag in VOID:
            return
        classes = set((dict(attrs).get("class") or "").split())
        out = tag in SKIPPED or bool(classes & PASSED_OVER)
        self.inside.append((tag, out))
        if tag in READ:
            self.blocks.append("")

    def handle_endtag(self, tag):
        while tag in (name for name, _out in self.inside) and self.inside.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tags = [tag for tag, _out in self.inside]
        read = "main" in tags and READ & set(tags) and not any(out for _tag, out in self.inside)
        if read and not {"h1", "h2", "h3"} & set(tags):
            self.blocks[-1] += data


def blocks(html: str) -> list[str]:
    """The paragraphs and list items of a page's main part."""
    page = Page()
    page.feed(html)
    return [" ".join(block.split()) for block in page.blocks if block.strip()]


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence; a colon ends none, so a list makes its lead no easier."""
    parts = re.split(r"[.!?]+[”\"]?(?=\s|$)", re.sub(r"\S+@\S+", "e-mail", text))
    found = [re.findall(r"[A-Za-z]+(?:[’'-][A-Za-z]+)*", part) for part in parts]
    return [words for words in found if words]


def syllables(word: str) -> int:
    """How many syllables an English word has: its groups of vowels, less those nobody says."""
    word = re.sub(r"[’'](s|t|re|ve|ll|d|m)$", "", word.lower())
    if "-" in word:
        return sum(syllables(part) for part in word.split("-"))
    if word in COUNTED:
        return COUNTED[word]
    said = re.sub(r"(?<=[^aeiouylrw])le(s|d)?$", "el", word)  # little: the l is a syllable
    said = re.sub(r"(?<=[^td])ed$", "", said) if re.search(r"[aeiouy].*ed$", said) else said
    said = re.sub(r"(?<![csxzg])(?<!ch)(?<!sh)es$", "", said)  # takes, but not pages
    said = re.sub(r"e(?=(ly|ment|ful|fully|less|ness)$)", "", said)
    said = re.sub(r"(?<=[aeiouy])([^aeiouy]+|[aeiouy])e$", r"\1", said)
    groups = len(re.findall(r"[aeiouy]+", said))
    apart = r"(?<![tcsg])i(a|o|ou)|[aeouy]ing|(?<![qg])ua(?!r)|eo"  # two vowels, two syllables
    groups += len(re.findall(apart, said))
    return max(1, groups)


def grade(texts: list[str]) -> float:
    """The school grade of these blocks together."""
    found = [words for text in texts for words in sentences(text)]
    words = [word for sentence in found for word in sentence]
    said = sum(syllables(word) for word in words)
    return 0.39 * len(words) / len(found) + 11.8 * said / len(words) - 15.59
