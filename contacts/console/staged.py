"""What is said about confidentiality, in the order in which it is said; the wording is ours."""

from typing import NamedTuple

CURSOR = "{cursor}"


class Staged(NamedTuple):
    """A reply that nobody changes: it keeps a promise of the public page."""

    name: str
    stage_label: str
    title: str
    text: str


EXPLAIN = "Confidentiality: explain"
MAY = "Confidentiality: we may need to share"
WILL = "Confidentiality: we are going to share"

REPLIES = [
    Staged(
        "explain",
        EXPLAIN,
        "What stays between us",
        "You don’t have to tell me who or where you are, and I can’t see it. What you say stays"
        " with our team. There is one exception: if I thought you or someone else could be"
        " seriously hurt, we might need to get help. I would talk to you about it first. {cursor}",
    ),
    Staged(
        "explain-choice",
        EXPLAIN,
        "They decide what to say",
        "You decide what you want to tell me. If you’d rather not answer something, that’s fine,"
        " just leave it. {cursor}",
    ),
    Staged(
        "may-share",
        MAY,
        "We may need to get help",
        "Thank you for trusting me with this. What you’ve just told me makes me worried about"
        " {cursor}. I may need to talk to someone here about how to keep you safe. I want to do"
        " that together with you. What do you think would help?",
    ),
    Staged(
        "may-share-ask",
        MAY,
        "Would they agree to help",
        "Would it be all right if we got somebody to help? We would only pass on what they need to"
        " know, and I’d tell you what we say. {cursor}",
    ),
    Staged(
        "will-share",
        WILL,
        "We are going to get help, and why",
        "I’m really worried that {cursor}, so we are going to get help now, even though that isn’t"
        " what you wanted. We are doing it because your safety comes first. I’m staying here with"
        " you, and I’ll tell you who we speak to and what we say.",
    ),
    Staged(
        "will-share-after",
        WILL,
        "What happens next",
        "This is what happens next: {cursor}. You can ask me anything about it. If you think we got"
        " this wrong, you can ask us to look at it again.",
    ),
]
