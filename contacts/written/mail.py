"""An e-mail as it may be stored: its words as text, and to whom the answer goes.

Nothing else of it goes further than this module: no header, no HTML, no attachment, and nothing
that is named in it is fetched. An attachment is never opened, so nothing in it can unpack itself.
"""

import email
import email.errors
import email.message
import email.utils
import hashlib
import re
from collections.abc import Iterator
from email import policy
from email.header import decode_header, make_header

import inscriptis
from django.conf import settings
from lxml.etree import LxmlError

from contacts.channels import Channel
from contacts.written import quoted, senders
from contacts.written.message import Message, Report, Sign, Unreadable
from helpline.foundation.outbox.post import domain
from helpline.foundation.vault import blind

MARK = "received message"  # the purpose of the hashes that keep a message from coming twice
LARGEST = 10 * 1024 * 1024  # bytes
MOST_PARTS = 200
LONGEST_HTML = 1_000_000  # characters
SUBJECT = "Your message"  # of whatever we send: it is shown on locked screens
ROBOTS = ("bulk", "junk", "list", "auto_reply")
ANSWERING = ("x-autoreply", "x-autorespond", "list-id", "list-unsubscribe")
STATUS = re.compile(rb"^Status:\s*([245])\.", re.IGNORECASE | re.MULTILINE)
OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@([^>\s]+)>", re.ASCII)
# What calls itself by a narrow alphabet is often written in a wider one, as browsers know too.
WIDER = dict.fromkeys(["iso-8859-1", "latin-1", "us-ascii", "ascii"], "cp1252")
WIDER |= {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "iso-8859-9": "cp1254"}
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")
SOFT = re.compile(r"(?<!^--) \n(?![>\s])", re.MULTILINE)  # a line that goes on (RFC 3676)


def read(raw: bytes) -> Message | Report:
    """One raw e-mail; raises `Unreadable` for bytes that are none."""
    if not raw.strip():
        raise Unreadable("This is no e-mail.")
    letter, broken = parsed(raw[:LARGEST])
    if report := report_in(letter, raw):
        return report
    sender = mailbox_of(letter)
    parts = [] if broken else list(parts_of(letter))
    text, left_out = words_of(parts)
    if len(text) > quoted.LONGEST:
        left_out.append(Sign.LONG)
    text, answered = quoted.own(text, ours())
    text, signed = quoted.unsigned(text)
    subject, text = without(sender, subject_above(letter, text)), without(sender, text)
    if broken or len(raw) > LARGEST:
        left_out.append(Sign.UNREADABLE)
    if answered:
        left_out.append(Sign.ANSWERED)
    if signed:
        left_out.append(Sign.SIGNATURE)
    return Message(
        channel=Channel.EMAIL,
        sender=sender,
        words=f"{subject}\n\n{text}".strip(),
        subject=subject,
        mark=mark_of(letter, raw, sender),
        dropped=len(letter.keys()) + max(0, len(parts) - 1),
        automatic=is_automatic(letter),
        left_out=tuple(dict.fromkeys(left_out)),
    )


def parsed(raw: bytes) -> tuple[email.message.Message, bool]:
    """The e-mail; of one that is nested beyond reason the head alone, and True."""
    try:
        return email.message_from_bytes(raw, policy=policy.compat32), False
    except (RecursionError, ValueError, LookupError):
        head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
        return email.message_from_bytes(head + b"\n\n", policy=policy.compat32), True


def header(letter: email.message.Message, name: str) -> str:
    """A header as text, however it is encoded; empty when it is not there."""
    held = as_it_came(letter, name)
    try:
        held = str(make_header(decode_header(held)))
    except (ValueError, LookupError, email.errors.MessageError):
        pass
    return UNSEEN.sub("", " ".join(held.split()))


def as_it_came(letter: email.message.Message, name: str) -> str:
    """A header with what is encoded in it still so; empty when it is not there."""
    items = letter.raw_items()
    found = (value for each, value in items if each.lower() == name.lower())
    return decoded(str(next(found, ""))[:2000].encode("utf-8", "surrogateescape"), "utf-8")


def mailbox_of(letter: email.message.Message) -> str:
    """Whom to answer: the one mailbox of From, and no other that the e-mail may name.

    It is looked for before names are decoded: theirs may hold a comma, or a mailbox.
    """
    for written in (as_it_came(letter, "From"), header(letter, "From")):
        told = email.utils.getaddresses([" ".join(UNSEEN.sub("", written).split())])
        if found := {senders.mailbox(box) for _name, box in told} - {""}:
            return found.pop() if len(found) == 1 else ""
    return ""


def subject_of(letter: email.message.Message) -> str:
    """What the person wrote as the subject; nothing where it is ours, answered."""
    said = re.sub(r"^(?:\s*(?:re|aw|sv|antw)\s*:\s*)+", "", header(letter, "Subject"), flags=re.I)
    return "" if said.strip().lower() == SUBJECT.lower() else said.strip()


def subject_above(letter: email.message.Message, text: str) -> str:
    """The subject that stands above the text, if it says anything that this does not begin with."""
    said = subject_of(letter)
    return "" if text.lower().startswith(said.lower()) else said


def without(sender: str, words: str) -> str:
    """The words with their writer’s own mailbox taken out, wherever a mail program put it."""
    if not sender:
        return words
    return re.sub(re.escape(sender), "[their address]", words, flags=re.IGNORECASE)


def mark_of(letter: email.message.Message, raw: bytes, sender: str) -> str:
    """What stands for this e-mail: delivered again, it is the same one."""
    named = header(letter, "Message-ID") or hashlib.sha256(raw).hexdigest()
    return blind.index(MARK, f"mail:{named}:{sender}")


def ours() -> list[str]:
    """Our own mailboxes."""
    named = [settings.ANSWERS_FROM, settings.HELPLINE_EMAIL]
    return [email.utils.parseaddr(each)[1].lower() for each in named if each]


def is_automatic(letter: email.message.Message) -> bool:
    """Whether a machine sent it: nobody wrote it, and nobody waits for an answer (RFC 3834)."""
    said = header(letter, "Auto-Submitted").lower()
    if said and not said.startswith("no"):
        return True
    if header(letter, "Precedence").lower() in ROBOTS:
        return True
    if any(name in letter for name in ANSWERING):
        return True
    if letter.get_content_type() == "multipart/report":  # a receipt, a delay
        return True
    if "Return-Path" in letter and header(letter, "Return-Path") == "<>":
        return True
    return mailbox_of(letter).partition("@")[0] in {"mailer-daemon", "postmaster", "no-reply"}


def report_in(letter: email.message.Message, raw: bytes) -> Report | None:
    """What a mail server tells of a message of ours; None for anything else, and for a delay."""
    if letter.get_content_type() != "multipart/report":
        return None
    status = STATUS.search(raw)
    found = [
        pk for pk, at in OURS.findall(raw.decode("latin-1")) if at == domain(settings.ANSWERS_FROM)
    ]
    if status is None or not found or status[1] == b"4":
        return None
    state = "delivered" if status[1] == b"2" else "failed"
    return Report(found[-1], state, dropped=len(letter.keys()), key=found[-1])


def parts_of(letter: email.message.Message) -> Iterator[email.message.Message]:
    """The parts that hold something themselves, a bounded number; not those of enclosed mails."""
    waiting, seen = [letter], 0
    while waiting and seen < MOST_PARTS:
        part, seen = waiting.pop(0), seen + 1
        inside = part.get_payload() if part.is_multipart() else None
        if isinstance(inside, list) and part.get_content_maintype() == "multipart":
            waiting = [each for each in inside if hasattr(each, "walk")] + waiting
        else:
            yield part


def words_of(parts: list[email.message.Message]) -> tuple[str, list[Sign]]:
    """The text of an e-mail, plain where there is any, and what was left out."""
    plain: list[str] = []
    html: list[str] = []
    left_out: list[Sign] = []
    for part in parts:
        kind = part.get_content_type()
        if part.get_content_maintype() == "multipart":  # its parts cannot be told apart
            kind = "text/plain"
        # What a phone company makes of a picture message has a name for its text as well.
        named = part.get_filename() and kind != "text/plain"
        attached = named or part.get_content_disposition() == "attachment"
        if attached or kind not in {"text/plain", "text/html"}:
            left_out.append(Sign.ATTACHMENT)
        else:
            (plain if kind == "text/plain" else html).append(text_in(part))
    text = "\n\n".join(filter(str.strip, plain))
    if not text.strip():
        left_out += [Sign.LONG for each in html if len(each) > LONGEST_HTML]
        text = "\n\n".join(filter(str.strip, map(from_html, html)))
    return UNSEEN.sub("", text).strip(), left_out


def text_in(part: email.message.Message) -> str:
    """The text of one part, in the charset it names or the one it seems to have."""
    try:
        held = part.get_payload(decode=True)
    except (ValueError, LookupError):
        return ""
    if not isinstance(held, bytes):
        return ""
    text = decoded(held, str(part.get_content_charset() or "utf-8"))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    return SOFT.sub("" if str(part.get_param("delsp", "")).lower() == "yes" else " ", text)


def decoded(held: bytes, named: str) -> str:
    """Bytes as letters. Whatever is whole UTF-8 is that, also under a Western name; and it stays
    that with a few bytes broken."""
    first = "utf-8" if WIDER.get(named) == "cp1252" else named
    for charset in (first, WIDER.get(named, named), "utf-8"):
        try:
            return held.decode(charset)
        except (LookupError, ValueError):
            continue
    text = held.decode("utf-8", "replace")
    letters = sum(not each.isascii() for each in text)
    return text if 2 * text.count("\ufffd") <= letters else held.decode("cp1252", "replace")


def from_html(markup: str) -> str:
    """HTML as text: nothing in it is fetched, run or shown as a link."""
    try:
        text = inscriptis.get_text(UNSEEN.sub("", markup[:LONGEST_HTML]))
        return re.sub(r"\s*\n\s*\n\s*", "\n\n", re.sub(r"(?m)[ \t]+$", "", text))
    except (LxmlError, ValueError, RecursionError):
        return re.sub(r"<[^>]{0,2000}>", " ", markup[:LONGEST_HTML])
