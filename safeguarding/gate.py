"""The gate: what must be so before anything a person told us may leave (rules 2.8.3, S0-21).

Facts go in, what is still missing comes out; it reads no database and sends nothing. Harm and law
are two conditions, and neither alone releases anything. That the police ask for something is no
ground: it is a reason to consider one (S0-22).
"""

from typing import NamedTuple

from django.db import models

from contacts.vocabulary import Basis
from safeguarding.circumstances import Circumstance
from safeguarding.sharing import kinds
from safeguarding.sharing.kinds import Harm, RecipientKind, TalkFirst, Trusted, Way

SHORTEST = 20  # characters of a reason that somebody else can understand next year


class Rule(models.TextChoices):
    """The nine conditions, in the order in which somebody works through them."""

    GROUND = "ground", "One of the six published grounds"
    HARM = "harm", "Serious (significant) harm"
    LAW = "law", "The law allows it"
    TALK = "talk", "Talk with them first"
    TELL = "tell", "They are told what and whom"
    RECIPIENT = "recipient", "A verified recipient"
    ITEMS = "items", "No more than is needed"
    WAY = "way", "A secure way"
    PEOPLE = "people", "Decided, and by two people"


class Missing(NamedTuple):
    """One condition that is not met, and a sentence for whoever can mend it."""

    rule: Rule
    words: str


class Facts(NamedTuple):
    """What is so now. Words count here only as there or not, reasons by their length."""

    ground: str = ""
    wish: bool = False  # the person's exact words, for ASKED
    trusted: str = ""  # who is in a position of trust …
    harms_person: bool = False  # … and both facts about them (S2-05c)
    near_children: bool = False
    instrument: bool = False  # for LEGAL_COMPULSION
    power: bool = False
    authority: bool = False
    director: bool = False  # an outside director's or counsel's approval is written down
    harm: str = ""
    harm_to: str = ""
    harm_why: int = 0
    basis: str = ""
    condition: str = ""
    no_consent: str = ""
    under_18: bool = False
    needs_care: bool = False
    at_risk: bool = False
    cannot_protect: bool = False
    talk: str = ""
    talked: bool = False  # when, by whom, told why, told whom, and their view
    talk_why_not: int = 0
    told_before: bool = False  # they were told why, and who will be told
    tell_by: bool = False  # somebody will, by a set time
    recipient: str = ""  # its kind
    verified: bool = False
    officers_unit: bool | None = None  # where the officer works; None: nobody has said where
    items: int = 0
    unreasoned: int = 0
    whole: bool = False
    lead: bool = False  # a safeguarding lead is one of those who decide
    way: str = ""
    reachable: bool = False
    secure: bool = False  # its entry says that mail to it is
    decided: bool = False  # to share, by somebody who may
    immediate: bool = False
    second: bool = False


def missing(facts: Facts) -> list[Missing]:
    """The conditions that are not met; none means that it may leave."""
    found = ((rule, CHECKS[rule](facts)) for rule in Rule)
    return [Missing(rule, words) for rule, words in found if words]


def unrecorded(facts: Facts) -> list[Missing]:
    """What the record lacks whatever is decided: not to share is recorded as fully (E17)."""
    named = "" if facts.ground in Circumstance.values else NO_GROUND
    judged = facts.harm in Harm.values and facts.harm_why >= SHORTEST
    found = {
        Rule.GROUND: named,
        Rule.HARM: "" if judged else NOT_JUDGED,
        Rule.TALK: talk(facts),
    }
    return [Missing(rule, words) for rule, words in found.items() if words]


def one_is_enough(facts: Facts) -> bool:
    """Whether one person may decide alone: a life is at risk now, and no police officer is the
    one who harms (E04)."""
    return facts.immediate and facts.trusted != Trusted.POLICE


NO_GROUND = "Choose which of the six circumstances we have published this is."
NOT_JUDGED = "Say how serious the harm is, and in at least 20 characters why you think so."


def ground(facts: Facts) -> str:
    """A ground, and all the facts that it stands on."""
    if facts.ground not in Circumstance.values:
        return NO_GROUND
    compelled = all([facts.instrument, facts.power, facts.authority])
    needs = {
        Circumstance.ASKED: (facts.wish, "Write down what they asked for, in their exact words."),
        Circumstance.POSITION_OF_TRUST: (
            facts.trusted in Trusted.values and facts.harms_person and facts.near_children,
            "Both must be so: this person harms them, and can get close to other children.",
        ),
        Circumstance.LEGAL_COMPULSION: (
            compelled and facts.director,
            "Name the instrument, the power it cites and the authority, and note the director’s"
            " approval.",
        ),
        Circumstance.LEGAL_RIGHTS: (
            facts.director,
            "Note the approval of a director or of counsel.",
        ),
    }
    holds, otherwise = needs.get(Circumstance(facts.ground), (True, ""))
    return "" if holds else otherwise


def harm(facts: Facts) -> str:
    """Serious harm, unless the ground is the person's wish or the law's."""
    if facts.ground in kinds.WITHOUT_HARM:
        return ""
    if facts.harm not in Harm.values or facts.harm_why < SHORTEST:
        return NOT_JUDGED
    if facts.harm != Harm.SERIOUS:
        return "On this ground, only serious (significant) harm allows us to share."
    return "" if facts.harm_to in kinds.HarmTo.values else "Say who may come to harm."


def law(facts: Facts) -> str:
    """A basis and a condition that fit each other and the ground (rules 2.4)."""
    if facts.basis not in Basis.values or facts.condition not in kinds.Condition.values:
        return "Choose the lawful basis, and what the law asks besides."
    if unfit := misfit(facts):
        return unfit
    without = {kinds.Condition.COUNSELLING, kinds.Condition.SAFEGUARDING, kinds.Condition.VITAL}
    unasked = facts.condition in without or facts.basis in {Basis.VITAL, Basis.RECOGNISED}
    if unasked and not facts.no_consent:
        return "Say why consent could not be had."
    adult = facts.needs_care and facts.at_risk and facts.cannot_protect
    if facts.condition == kinds.Condition.SAFEGUARDING and not (facts.under_18 or adult):
        return (
            "Safeguarding needs somebody under 18, or an adult with care needs, at risk, who"
            " cannot protect themselves because of those needs."
        )
    return ""


def misfit(facts: Facts) -> str:
    """Why this basis or condition is not the law of this ground, if it is not."""
    chosen, only = {facts.basis, facts.condition}, facts.ground
    if chosen & kinds.CONSENTS and (only != Circumstance.ASKED or facts.no_consent):
        return "Consent is the basis only for what they asked us to do."
    if chosen & kinds.VITAL and only != Circumstance.LIFE_IN_DANGER:
        return "Vital interests are the basis only while a life is in danger."
    if facts.basis == Basis.LEGAL_OBLIGATION and only != Circumstance.LEGAL_COMPULSION:
        return "A law obliges us only where the ground is that the law says we must."
    legal = {Circumstance.LEGAL_COMPULSION, Circumstance.LEGAL_RIGHTS}
    if facts.condition == kinds.Condition.CLAIMS and only not in legal:
        return "A legal claim is the condition only of a legal ground."
    if facts.basis == Basis.LEGITIMATE and facts.condition in kinds.SENSITIVE:
        return "Our legitimate interest is no basis for anything sensitive."
    return ""


def talk(facts: Facts) -> str:
    """Tried, with all that was said; or why not (S0-20, S2-06)."""
    if facts.talk not in TalkFirst.values:
        return "Say whether you talked about it with them first."
    if facts.talk == TalkFirst.TRIED:
        said = "Write down when, who talked, what they were told of why and whom, and their view."
        return "" if facts.talked else said
    enough = facts.talk_why_not >= SHORTEST
    return "" if enough else "Say in at least 20 characters why they were not asked first."


def tell(facts: Facts) -> str:
    """They know, or somebody has to tell them by a set time (S1-10)."""
    if facts.told_before or facts.tell_by:
        return ""
    return "They do not know yet: say by when somebody tells them."


def recipient(facts: Facts) -> str:
    """From the verified list, and never where the officer who harms them works (S2-05c)."""
    if facts.recipient not in RecipientKind.values:
        return "Choose who is told, from the verified list."
    if not facts.verified:
        return "A second person has not agreed yet that this recipient is who it should be."
    officer = facts.ground == Circumstance.POSITION_OF_TRUST and facts.trusted == Trusted.POLICE
    if not officer or facts.recipient != RecipientKind.POLICE:
        return ""
    if facts.officers_unit is None:
        return "Say where the officer works, so that it does not go there."
    return "This is where the officer works. Choose another recipient." * facts.officers_unit


def items(facts: Facts) -> str:
    """Each thing ticked with a reason; everything at once only with a safeguarding lead."""
    if facts.items < 1:
        return "Tick what has to leave; nothing else does."
    if facts.unreasoned:
        return "Say of each thing that leaves why it has to."
    if facts.whole and not facts.lead:
        return "That is the whole record, which leaves only with the safeguarding lead."
    return ""


def way(facts: Facts) -> str:
    """A way by which this recipient can be reached, and by mail only where that is secure."""
    if facts.way not in Way.values:
        return "Choose by which way it leaves."
    if not facts.reachable:
        return "The list says of no such way to this recipient."
    if facts.way == Way.EMAIL and not facts.secure:
        return "Mail to this recipient is not known to be secure. Ring them instead."
    return ""


def people(facts: Facts) -> str:
    """Somebody who may has decided to share, and a second person agrees unless a life is at risk
    now."""
    if not facts.decided:
        return "It has not been decided that this is shared. Decide about the escalation first."
    if facts.second or one_is_enough(facts):
        return ""
    return "A second person reads and approves it."


CHECKS = {
    Rule.GROUND: ground,
    Rule.HARM: harm,
    Rule.LAW: law,
    Rule.TALK: talk,
    Rule.TELL: tell,
    Rule.RECIPIENT: recipient,
    Rule.ITEMS: items,
    Rule.WAY: way,
    Rule.PEOPLE: people,
}
