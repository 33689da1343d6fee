"""People who chose to be known, for tests: their details, their records, their wishes."""

from contacts.models import (
    Answer,
    Consent,
    Contact,
    Entry,
    HandOver,
    Link,
    Purpose,
    ServiceUser,
)
from contacts.vocabulary import Basis, NoConsent
from helpline.foundation.calendar import london_today

DETAILS = {
    "names": "Margaret Oyelaran-Whitcombe",
    "born": "1991-03-07",
    "phone": "07700 900461",
    "email": "meg.whitcombe@post.example",
    "address": "14 Tanner Row",
    "may_call": True,
    "may_voicemail": False,
    "announce_as": "it is about the boiler",
    "safe_times": "weekdays before three",
    "recognition_word": "periwinkle",
    "access_needs": "speaks slowly",
}
OTHER_BASIS = {
    "basis": Basis.VITAL,
    "condition": "vital",
    "no_consent": NoConsent.CANNOT,
    "reason": "She cannot speak and may die of what she took.",
}


def agreed(contact: Contact, by, answer=Answer.GIVEN) -> Consent:
    """The person's answer to the question about a record."""
    return Consent.objects.answered(contact, answer, wording=1, purpose=Purpose.RECORD, by=by)


def make_record(contact: Contact, by, **details) -> ServiceUser:
    """A record kept with the person's consent."""
    told = details or DETAILS
    return ServiceUser.objects.keep(contact, by=by, details=told, consent=agreed(contact, by))


def make_link(contact: Contact, record: ServiceUser, by, **how) -> Link:
    """The person says aloud that this contact belongs to their record."""
    return Link.objects.link(contact, record, by=by, **({"asked": "voice"} | how))


def known_of_the_table(contacts: dict[str, Contact], staff) -> dict[str, dict]:
    """The records and copies of the access table: one linked to the worker's own open contact."""
    colleague = contacts["other"].worker
    linked = make_record(contacts["other"], colleague)
    make_link(contacts["own"], linked, staff)
    promise = Entry.objects.write(linked, "We ring back.", by=colleague, due_on=london_today())
    told = contacts["elsewhere"].say("worker", "We pass this on to our helpline.")
    copy = HandOver.objects.hand_over(contacts["elsewhere"], by=staff, told_in=told)
    return {
        "known": {"linked": linked, "unlinked": make_record(contacts["other"], colleague)},
        "promise": {"promised": promise},
        "copy": {"copy": copy},
    }
