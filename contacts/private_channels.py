"""Words that would lead somebody away from our own channels: numbers, addresses, handles, meetings.

We promise not to write to people privately and not to ask to meet them (S1-12, S1-13). Before a
line is sent it is looked through here; what is on the signposting list, or the charity's own,
passes. It helps an honest worker to notice; it is no lock against somebody who means to get round.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.utils.text import get_text_list

from contacts.models import Signpost

SAID = {
    "phone-number": "a phone number that is not on our list",
    "e-mail": "an e-mail address that is not on our list",
    "handle": "an account of a messenger or social network",
    "invitation": "an invitation to talk somewhere else",
    "meeting": "an invitation to meet",
}

DIGITS = {"zero": "0", "oh": "0", "nought": "0", "one": "1", "two": "2", "three": "3", "four": "4"}
DIGITS |= {"five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9"}
TIMES = {"double": 2, "triple": 3, "treble": 3}
DIGIT_WORD = "|".join(DIGITS)
SPELLED = re.compile(
    rf"\b(?:(?:double|triple|treble)\s+)?(?:{DIGIT_WORD}|\d)"
    rf"(?:[\s,.-]+(?:(?:double|triple|treble)\s+)?(?:{DIGIT_WORD}|\d))+\b"
)
WORD = re.compile(rf"\b(?:double|triple|treble|{DIGIT_WORD}|\d)\b")

# Numbers that are no telephone's: days, times, spans of years, money, shares.
NO_PHONE = re.compile(
    r"\b\d{4}-\d\d-\d\d\b|(?<![\d./-])\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d\d)(?![\d./-])"
    r"|(?<![\d.:])\d{1,2}[:.][0-5]\d(?![\d.:])(?:\s*[ap]m\b)?|\b(?:19|20)\d\d\s*[-–/]\s*(?:19|20)\d\d\b"
    r"|[£$€]\s*\d[\d\s,.]*|\b\d[\d,.]*\s*%"
)
RUN = re.compile(r"(?<![\w])(?:\+\s?)?\(?\d(?:[\s().\-–/_*]{0,3}\d){5,16}(?!\w)")
CUE = re.compile(
    r"\b(?:call|ring|text|phone|dial|mobile|number|reach|whats\s?app|contact)\b[^.!?\n]{0,40}$"
)
EVERYBODYS = re.compile(r"^(?:116\d{3}|999|112|111|101|100)$")  # European and emergency numbers

TLD = r"(?:com|net|org|uk|co|io|me|eu|info|de|fr|ie|app|email|live|mail)"
MAILBOXES = r"(?:gmail|googlemail|hotmail|outlook|yahoo|ymail|icloud|proton(?:mail)?|aol|msn|gmx"
MAILBOXES += r"|btinternet|virginmedia|zoho|live)"
NAME = r"(?<![\w.+-])[\w.+-]{1,200}"  # bounded, so that no long word takes long
MAIL = re.compile(
    rf"{NAME}\s*[\[(<{{]?\s*(?:@|\bat\b)\s*[\])>}}]?\s*{MAILBOXES}\b"
    rf"|{NAME}\s?@\s?[\w-]+(?:\s?\.\s?[\w-]+)+"
    rf"|{NAME}\s*[\[(<{{]?\s*\bat\b\s*[\])>}}]?\s*[\w-]+\s*[\[(<{{]?\s*\bdot\b\s*[\])>}}]?\s*{TLD}\b"
    rf"|{NAME}\s*[\[({{]\s*at\s*[\])}}]\s*[\w.-]+"
    rf"|\bmy\s+(?:own\s+|personal\s+|private\s+|work\s+)?(?:e-?mail|{MAILBOXES})\b"
)

PLATFORM = r"(?:insta(?:gram)?|ig|snap(?:chat)?|telegram|discord|whats\s?app|tik\s?tok|kik|signal"
PLATFORM += r"|facebook|fb|messenger|skype|twitter|reddit|twitch|roblox|steam|wechat|viber|zoom)"
HANDLE = re.compile(
    rf"(?<![\w@./])@[a-z_][\w.]{{2,}}"
    rf"|\b[\w.]{{2,32}}#\d{{4}}\b"
    rf"|\b(?:t\.me|wa\.me|m\.me|fb\.me|discord\.gg|instagram\.com|snapchat\.com|facebook\.com"
    rf"|tiktok\.com|telegram\.me|x\.com|twitter\.com|discord\.com)/[\w./@#?=-]+"
    rf"|\bmy\s+(?:own\s+|personal\s+|private\s+)?{PLATFORM}\b"
    rf"|\b{PLATFORM}\s*(?:[:=@]|is\s*:|handle|user\s?name|id\b)\s*@?\w"
    rf"|\bi(?:'| a)?m\s+@?[\w.]+\s+on\s+{PLATFORM}\b"
    r"|\bmy\s+(?:handle|user\s?name|gamer\s?tag|mobile|cell"
    r"|(?:own |personal |private |phone |mobile )number)\b"
)
HERE = r"(?!\s+(?:here|in\s+(?:this|the)\s+chat|now|back\s+here|any\s?time\s+here)\b)"
INVITATION = re.compile(
    rf"\b(?:text|dm|pm|message|msg|snap|whats\s?app|inbox|face\s?time|e-?mail|add|follow)\s+me\b{HERE}"
    rf"|\b(?:call|ring|phone)\s+me\s+(?:on|at|back|later|tomorrow|tonight|any\s?time|when|if|after|up)\b{HERE}"
    rf"|\b(?:reach|contact|find|get|speak\s+to|talk\s+to)\s+me\s+(?:on|at|outside|privately|directly|through|via)\b"
    rf"|\b(?:dms|inbox)\s+(?:is|are)\s+open\b|\bslide\s+into\s+my\b"
    rf"|\b(?:talk|chat|speak|carry\s+on|move|switch|go)\s+(?:\w+\s+){{0,2}}(?:on|over|to|via)\s+{PLATFORM}\b"
    rf"|\b(?:talk|chat|speak)\s+(?:privately|outside\s+(?:of\s+)?(?:this|here|the\s+chat|work))\b"
    rf"|\badd\s+(?:you|u)\s+on\s+{PLATFORM}\b"
    rf"|\b(?:give|send|tell)\s+me\s+your\s+(?:mobile|phone|number|{PLATFORM}|e-?mail)\b"
)
MEETING = re.compile(
    r"\bmeet\s+(?:up\s+with\s+)?me\b|\bmeeting\s+(?:up\s+with\s+)?me\b"
    r"|\b(?:let(?:'?s| us)|shall we|can we|could we|should we|we (?:can|could|should|might|will)"
    r"|we'll|why (?:don'?t|not) we)\s+(?:\w+\s+){0,2}(?:meet|hang out|get together)\b"
    r"|\bi(?:'ll|'d| will| can| could| would| want to| am going to|'m going to)"
    r"\s+(?:\w+\s+){0,3}(?:meet|visit|pick|collect|drive|come to)\s+(?:up\s+with\s+)?"
    r"(?:you|u|your)\b"
    r"|\b(?:would|do|could|can|will) you\s+(?:\w+\s+){0,3}(?:meet|come and meet|hang out)"
    r"\s+(?:up\s+)?(?:with\s+)?(?:me|us)\b|\bfancy (?:meeting|a coffee|a drink|hanging out)\b"
    r"|\bcome (?:over |round |back )?to (?:mine|ours|my (?:house|flat|place|home|room|office))\b"
    r"|\bcome (?:and|to) (?:see|stay with|live with|meet) me\b"
    r"|\bsee you (?:in person|face to face|in real life|irl)\b|\bhang out with me\b"
    r"|\bi(?:'ll|'d| will| can| could)\s+(?:\w+\s+){0,2}come "
    r"(?:to (?:you|yours|u|where|see|meet)|over|round to|by)\b"
    r"|\bi(?:'ll| will| can| could)\s+wait for you\b"
)
NEVER = re.compile(
    r"(?:won'?t|will not|can'?t|cannot|can not|never|not able to|not going to|don'?t|do not)"
    r"\s+(?:\w+\s+){0,4}$"
)


class Known(NamedTuple):
    """What staff may point people to."""

    numbers: frozenset[str]
    words: frozenset[str]


def plain(words: str) -> str:
    """Lower case without disguises: full-width letters, hidden characters, curly quotes."""
    flat = unicodedata.normalize("NFKC", words).lower().replace("’", "'").replace("‘", "'")
    return "".join(letter for letter in flat if unicodedata.category(letter) != "Cf")


def number(digits: str) -> str:
    """A telephone number as everybody writes it: without spaces, and with a 0 for the country."""
    only = re.sub(r"\D", "", digits)
    for country in ("0044", "44"):
        if only.startswith(country) and len(only) > 10:
            rest = only.removeprefix(country)
            return rest if rest.startswith("0") else f"0{rest}"
    return only


def known() -> Known:
    """The signposting list and the charity’s own ways."""
    said = [settings.HELPLINE_NUMBER, settings.HELPLINE_EMAIL, settings.DPO_EMAIL]
    said += [way for _name, way, _whom in settings.HELP_ELSEWHERE]
    for entry in Signpost.objects.current().values_list("reached_by", "offers"):
        said += entry
    return known_from(said)


def known_from(texts: Iterable[str]) -> Known:
    """Every number, address and handle in these texts."""
    flat = [plain(text) for text in texts]
    runs = [re.findall(r"\+?\d(?:[\s().\-–/]{0,3}\d){2,}", text) for text in flat]
    words = [found.group().strip() for text in flat for found in MAIL.finditer(text)]
    words += [found.group().strip() for text in flat for found in HANDLE.finditer(text)]
    return Known(frozenset(number(run) for group in runs for run in group), frozenset(words))


def spelled_out(words: str) -> str:
    """Digits said as words, as digits: “oh seven double seven” is 0777."""

    def digits(found: re.Match) -> str:
        told, times = "", 1
        for word in WORD.findall(found.group()):
            if word in TIMES:
                times = TIMES[word]
            else:
                told, times = told + DIGITS.get(word, word) * times, 1
        return told if len(told) >= 7 else found.group()

    return SPELLED.sub(digits, words)


def has_phone(words: str, allowed: Known) -> bool:
    """Whether a telephone number is in it that staff may not give."""
    text = NO_PHONE.sub(lambda found: "·" * len(found.group()), spelled_out(words))
    for found in RUN.finditer(text):
        run = number(found.group())
        if run in allowed.numbers or EVERYBODYS.match(run):
            continue
        if is_phone(found.group(), run, cue=bool(CUE.search(text[: found.start()]))):
            return True
    return False


def is_phone(written: str, run: str, *, cue: bool) -> bool:
    """Whether a run of digits is a telephone number, where words before it may give a cue."""
    abroad = written.lstrip("( ").startswith(("+", "00"))
    if abroad or (run.startswith("0") and len(run) >= 8):
        return len(run) >= 8
    groups = re.findall(r"\d+", written)
    one_by_one = all(len(group) == 1 for group in groups)
    long = any(len(group) >= 3 for group in groups)
    return (cue and (long or one_by_one)) or (one_by_one and len(run) >= 10) or len(groups[0]) >= 10


def invites_to_meet(words: str) -> bool:
    """Whether it asks the person to meet; saying that we never do is no invitation."""
    for found in MEETING.finditer(words):
        asks = "why" in found.group()
        if asks or not NEVER.search(words[: found.start()].split(".")[-1]):
            return True
    return False


def found_in(words: str, allowed: Known) -> list[str]:
    """The kinds of ways out of our channels in `words`, as codes for the trail; usually none."""
    text = plain(words)
    kinds = ["phone-number"] if has_phone(text, allowed) else []
    for kind, pattern in [("e-mail", MAIL), ("handle", HANDLE), ("invitation", INVITATION)]:
        ways = {way.group().strip().rstrip(".") for way in pattern.finditer(text)}
        if ways - allowed.words:
            kinds.append(kind)
    return kinds + (["meeting"] if invites_to_meet(text) else [])


def reason(kinds: list[str]) -> str:
    """Why a line was stopped, in words for the worker."""
    return get_text_list([SAID[kind] for kind in kinds], "and")
