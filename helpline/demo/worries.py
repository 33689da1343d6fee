"""Two worries of tonight: one that a supervisor is looking into, and one that nobody has seen."""

from contacts.channels import Channel
from contacts.models import Contact
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Service
from safeguarding.escalations.kinds import Kind, Urgency
from safeguarding.models import Escalation

TABLETS = {
    "said": "I have got the tablets here next to me and I keep looking at them.",
    "concern": "They are alone until tomorrow and speak about tonight.",
    "means": "Tablets from the kitchen, within reach.",
    "timescale": "Tonight.",
    "wants": "Not an ambulance. To talk until it passes.",
}
LATER = {
    "concern": "Calmer than an hour ago, and still alone.",
    "protective": "A friend from work answers messages and could come over.",
    "tried": "We talked about putting the tablets outside the room. They have done it.",
    "timescale": "They do not say tonight any more.",
}
AT_HOME = {
    "said": "He checks my phone every evening and last week he pushed me against the door.",
    "concern": "It is getting worse, and there is a child at home.",
    "wants": "To know what would happen if she told somebody.",
}


def tell(worker: Staff, supervisor: Staff) -> None:
    """Raised in the chat that the worker is in the middle of, and in a call of their own."""
    chats = Contact.objects.filter(worker=worker, status=Contact.Status.OPEN, channel=Channel.CHAT)
    first = Escalation.objects.escalate(
        chats.order_by("started_at").last(),
        by=worker,
        kind=Kind.SUICIDE,
        urgency=Urgency.IMMEDIATE,
        **TABLETS,
    )
    first.acknowledge(by=supervisor)
    first.assess(by=supervisor, **LATER)
    call = Contact.objects.start(service=Service.HELPLINE, channel=Channel.PHONE, by=worker)
    Escalation.objects.escalate(
        call, by=worker, kind=Kind.DOMESTIC_ABUSE, urgency=Urgency.TODAY, **AT_HOME
    )
