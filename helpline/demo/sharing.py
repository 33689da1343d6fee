"""A worry that had to be shared: the list of whom we may tell, what two people agreed, and what is
still owed."""

from django.utils import timezone

from contacts.channels import Channel
from contacts.models import Contact
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Service
from safeguarding.escalations.kinds import Decision, Kind, Urgency
from safeguarding.models import Disclosure, EmergencyCall, Escalation, Recipient

FOUND = "Published on their own site"
LISTED = [
    ("police", "County Police, control room", "01632 960101", "Rung on Monday, duty inspector"),
    ("children", "County Council, children’s duty desk", "01632 960102", "Rung on Monday, desk"),
]
WAITS = ("nhs", "County Hospital, safeguarding team", "01632 960103", "Rung today, the secretary")
SAID = "He hits me when my mum is at work. He teaches at my school too."
THEIR_VIEW = "They are afraid of him, and want somebody to stop it."


def tell(worker: Staff, supervisor: Staff, lead: Staff) -> None:
    """Two desks that are verified and one that waits; a sharing half way, and a 999 call."""
    listed = [add(by=supervisor, entry=entry) for entry in LISTED]
    for entry in listed:
        entry.approve(by=lead)
    add(by=supervisor, entry=WAITS)
    half_way(worker, supervisor, listed[1])
    called(worker)


def add(*, by: Staff, entry: tuple) -> Recipient:
    """One desk, found published and rung."""
    kind, body, rings_at, spoke_to = entry
    said = {"body": body, "rings_at": rings_at, "spoke_to": spoke_to, "found_at": FOUND}
    return Recipient.objects.add(kind, by=by, **said)


def call(worker: Staff, words: str) -> Contact:
    """A call in which somebody said this."""
    contact = Contact.objects.start(service=Service.HELPLINE, channel=Channel.PHONE, by=worker)
    contact.say("person", words)
    return contact


def half_way(worker: Staff, supervisor: Staff, to: Recipient) -> None:
    """A sharing that is prepared and waits for the second person."""
    about = call(worker, SAID)
    worry = Escalation.objects.escalate(
        about, by=worker, kind=Kind.POSITION_OF_TRUST, urgency=Urgency.TODAY, concern=THEIR_VIEW
    )
    worry.acknowledge(by=supervisor)
    worry.assess(by=supervisor, concern="A teacher hits a pupil at home and at school.")
    worry.decide(Decision.DISCLOSE, by=supervisor, why="Other children are with him every day.")
    sharing = Disclosure.objects.consider(worry, by=supervisor)
    sharing = Disclosure.objects.with_keys().get(pk=sharing.pk)
    sharing.say_why(
        by=supervisor,
        ground="position-of-trust",
        trusted="teacher",
        harms_person=True,
        near_children=True,
        harm="serious",
        harm_to="both",
        harm_why="They are hit, and he is with a class every day.",
        basis="recognised",
        condition="safeguarding",
        no_consent="cannot",
        under_18=True,
    )
    sharing.talk_first(
        by=supervisor,
        talk="tried",
        talked_at=timezone.now(),
        talked_by=worker,
        told_why="That he could hurt them and others again.",
        told_whom="The county’s children’s desk, and nobody else.",
        their_view=THEIR_VIEW,
        told_of_review=True,
    )
    sharing.address(by=supervisor, recipient=to, way="phone", purpose="To act at the school.")
    sentence = "A teacher at Hill School hits a pupil who is his partner’s child."
    sharing.tick(by=supervisor, ticked={}, fact=sentence, fact_why="They must know who and where.")
    sharing.hand_on(by=supervisor)


def called(worker: Staff) -> None:
    """999 was called an hour ago; a supervisor has not looked at it yet."""
    about = call(worker, "I have taken all of them. I am on the bridge.")
    EmergencyCall.objects.write_down(
        by=worker,
        on=about,
        service="ambulance",
        said="Somebody is on the river bridge and has taken tablets.",
        answered="Log 2214",
    )
