"""What each right means, in plain words, for whoever asks and for whoever was answered."""

from privacy.rights.kinds import Kind

MEANS = {
    Kind.ACCESS: "You get a copy of what we have about you, and can read who has seen it.",
    Kind.ERASE: (
        "We delete it. You need not say why. If the law or somebody’s safety makes us keep a part,"
        " we tell you which and why."
    ),
    Kind.RECTIFY: (
        "If a fact is wrong, we change it. What we thought stays, but your own words stand next to"
        " it. If we gave it to somebody, we tell them too."
    ),
    Kind.RESTRICT: (
        "We keep it and do not use it. Nobody reads it, adds to it or deletes it. We may still have"
        " to use it to keep somebody safe. We tell you before that ends."
    ),
    Kind.OBJECT: (
        "You can say no when we use it to do better: when others read our notes, when we count"
        " chats, or when we ask about research. We stop, or tell you why not."
    ),
    Kind.PORTABILITY: (
        "You get what you gave us yourself, in files that other computers can read. This works for"
        " what you said yes to. For all else, ask for a copy."
    ),
    Kind.WITHDRAW: (
        "You take back a yes. We stop at once. We tell you what is deleted, and what we may still"
        " keep and why."
    ),
    Kind.COMPLAINT: "You tell us what we did wrong with your data. We look at it and write to you.",
}
