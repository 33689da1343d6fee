"""What somebody wrote in an e-mail, without what they answered to and without their signature.

Rather too much is kept than a word lost: a signature is one only where mail programs mark it, and
nothing is taken away for one when nothing would be left.
"""

import re
from collections.abc import Collection

import quotequail

LONGEST = 200_000  # characters that are looked through
SIGNATURE = re.compile(r"^-- $", re.MULTILINE)  # with its space: what people type has none
# Words that programs put there. "Sent from my mum’s phone" is somebody’s, and a worker should know.
SENT_FROM = re.compile(
    r"^(?:sent from (?:my (?:iphone|ipad|ipod|galaxy|samsung|android|huawei|xiaomi|pixel|mobile)"
    r"|yahoo|outlook|aol|samsung|proton|gmail|mail for windows)\b.{0,40}"
    r"|get outlook for (?:android|ios|mac)\b.{0,30}"
    r"|sent (?:via|using|with) (?:aol|bluemail|fairemail|gmail|outlook|proton|samsung|spark|tuta"
    r"|yahoo)\b.{0,40})$",
    re.IGNORECASE | re.MULTILINE,
)
SHORT = 12  # lines below such a mark that may belong to it
FEW = 600  # characters of them
BLOCK = re.compile(
    r"^[ \t*]*From:[^\n]*\n(?:[ \t*]*(?:Sent|Date|To|Cc|Subject|Reply-To):[^\n]*\n?){2,6}",
    re.MULTILINE,
)
RULE = re.compile(r"[_-]{10,}\s*\Z")


def own(text: str, ours: Collection[str]) -> tuple[str, bool]:
    """The words above what was quoted, and whether something went that no `>` marks as quoted.

    What somebody passes on to us is theirs to show, and stays; `ours` are our own mailboxes, by
    which our own mail below theirs is known. Into that they may have written as well.
    """
    text, unmarked = above_reply(text[:LONGEST], ours)
    for block in BLOCK.finditer(text):
        above = RULE.sub("", text[: block.start()])
        if above.strip() and named(ours, block.group()):
            return above.strip(), True
    return text.strip(), unmarked


def above_reply(text: str, ours: Collection[str]) -> tuple[str, bool]:
    """The text without what stands below "… wrote:", which is marked as quoted or names us.

    "On Friday he wrote:", and no mark below it, is what somebody tells us.
    """
    found = quotequail.unwrap(text) or {}
    above, below = found.get("text_top") or "", (found.get("text_bottom") or "").strip()
    if found.get("type") != "reply" or not above.strip():
        return text, False
    between = text.removeprefix(above)
    unmarked = holds_unmarked(between.rpartition(below)[0] if below else between)
    if unmarked and not named(ours, found.get("from") or ""):
        return text, False
    return "\n\n".join(filter(None, [above, below])), unmarked


def holds_unmarked(quoted: str) -> bool:
    """Whether a quotation, below its "… wrote:", holds a line that no `>` marks as quoted."""
    lines = quoted.strip().splitlines()
    told = next((n for n, line in enumerate(lines[:4]) if line.rstrip().endswith(":")), 0)
    return any(line.strip() and not line.startswith(">") for line in lines[told + 1 :])


def named(ours: Collection[str], written: str) -> bool:
    """Whether one of our mailboxes is named there."""
    return any(each in written.lower() for each in ours)


def unsigned(text: str) -> tuple[str, bool]:
    """The text without a signature, and whether there was one."""
    mark = SIGNATURE.search(text)
    below = text[mark.end() :] if mark else ""
    if mark and text[: mark.start()].strip() and below.count("\n") <= SHORT and len(below) <= FEW:
        return text[: mark.start()].rstrip(), True
    sent = SENT_FROM.search(text)
    rest = text[sent.end() :] if sent else ""
    if not any(line.strip() and not line.startswith(">") for line in rest.splitlines()):
        rest = ""
    if sent is None or (rest and not text[: sent.start()].strip()):
        return text, False
    return (text[: sent.start()].rstrip() + rest).rstrip(), True
