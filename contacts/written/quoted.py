"""What somebody wrote in an e-mail, without what they answered to and without their signature.

Rather too much is kept than a word lost: a signature is one only where mail programs mark it.
"""

import re
from collections.abc import Collection

import quotequail

LONGEST = 200_000  # characters that are looked through
SIGNATURE = re.compile(r"^(?:-- ?|__)$", re.MULTILINE)
SENT_FROM = re.compile(
    r"^(?:sent from (?:my|yahoo|outlook|aol|samsung|proton|gmail|mail for windows)\b.{0,40}"
    r"|get outlook for \S.{0,30}|sent (?:via|using|with) \S.{0,40})$",
    re.IGNORECASE | re.MULTILINE,
)
SHORT = 12  # lines below such a mark that may belong to it
BLOCK = re.compile(
    r"^[ \t*]*From:[^\n]*\n(?:[ \t*]*(?:Sent|Date|To|Cc|Subject|Reply-To):[^\n]*\n?){2,6}",
    re.MULTILINE,
)
RULE = re.compile(r"[_-]{10,}\s*\Z")


def own(text: str, ours: Collection[str]) -> str:
    """The words above what was quoted. What somebody passes on to us is theirs to show, and stays;
    `ours` are our own mailboxes, by which our own mail below theirs is known."""
    text = text[:LONGEST]
    found = quotequail.unwrap(text)
    if found and found.get("type") == "reply" and (found.get("text_top") or "").strip():
        below = found.get("text_bottom") or ""
        text = "\n\n".join(filter(None, [found["text_top"], below.strip()]))
    for block in BLOCK.finditer(text):
        above = RULE.sub("", text[: block.start()])
        if above.strip() and any(each in block.group().lower() for each in ours):
            return above.strip()
    return text.strip()


def unsigned(text: str) -> tuple[str, bool]:
    """The text without a signature, and whether there was one."""
    mark = SIGNATURE.search(text)
    if mark and text[mark.end() :].count("\n") <= SHORT:
        return text[: mark.start()].rstrip(), True
    sent = SENT_FROM.search(text)
    if sent is None:
        return text, False
    below = text[sent.end() :]
    rest = "" if below.count("\n") <= SHORT // 4 else below
    return (text[: sent.start()].rstrip() + rest).rstrip(), True
