"""The passages of a bundle that the law asks for, from what the system itself runs on (Art 15)."""

from collections.abc import Iterable

from django.conf import settings

from contacts.models import Contact
from helpline.foundation.calendar import day_words, london_date
from privacy import schedule
from privacy.bundle.contents import Part, Passage
from safeguarding.models import Disclosure, EmergencyCall, Escalation, Task

RECIPIENTS = (
    "We give some of it to others only to keep somebody safe, because you asked us to, or because"
    " the law says we must: to the emergency services, the police, social services, a doctor or a"
    " court. Each time that we have told you about is listed here, with the day. Where telling"
    " could put somebody in danger, it is not listed. These words are the same for everybody."
)


def passages(contacts: Iterable[Contact]) -> dict[Part, Passage]:
    """Every passage, in plain words; lists come from the retention schedule and the trail."""
    return {
        Part.PURPOSES: Passage(
            "To give you the help you asked for, to keep you or somebody else safe, to do what the"
            " law says we must, and to do better next time. We use it for nothing else."
        ),
        Part.CATEGORIES: Passage(
            "What you told us and what we answered, our notes on how we helped, what you agreed to"
            " or refused, what we decided about somebody’s safety, and what you asked us to do. It"
            " may be about your health, your faith, who you love, or a crime."
        ),
        Part.SOURCE: Passage(
            "From you. Notes and decisions are ours. Where somebody else told us something, it says"
            " so beside it."
        ),
        Part.RECIPIENTS: recipients(contacts),
        Part.RETENTION: Passage(
            "These are the periods that our system runs on:",
            tuple(f"{each.name}: {months(each)}, from when {each.starts}" for each in kept()),
        ),
        Part.RIGHTS: Passage(
            "You can ask us for a correction or for deletion, to stop using it for a while, or to"
            " have it to take elsewhere, and you can object. What you agreed to you can take back."
            " Nothing of this costs you anything."
        ),
        Part.COMPLAINT_TO_US: Passage(
            "Tell us, and somebody who had nothing to do with it looks at it. We say within 30 days"
            " that we have it.",
            tuple(filter(None, (settings.DPO_EMAIL, settings.DPO_ADDRESS))),
        ),
        Part.COMPLAINT_TO_ICO: Passage(
            "You can complain to the Information Commissioner, and you can go to a court.",
            tuple(filter(None, (settings.ICO_URL,))),
        ),
        Part.AUTOMATED: Passage("No machine decides anything about you here, and none scores you."),
        Part.TRANSFERS: Passage(
            f"We keep it in {settings.DATA_KEPT_IN}, and send it to no other country."
        ),
        Part.READERS: Passage(
            "Each time somebody opens a conversation we write down who it was. In each chapter you"
            " find in which role they did, and on which day."
        ),
    }


def kept() -> list[schedule.Class]:
    """The retention classes in which something of a person can be, each once."""
    found = {rule.kept.name: rule.kept for rule in schedule.SCHEDULE if rule.words}
    return list(found.values())


def months(each: schedule.Class) -> str:
    """A period as people say it."""
    if not each.months:
        return "as long as what it belongs to"
    years, rest = divmod(each.months, 12)
    return f"{years} years" if not rest and years > 1 else f"{each.months} months"


def recipients(contacts: Iterable[Contact]) -> Passage:
    """Who was given something of it, by the name of the body and the day (Art 15(1)(c)), as far as
    the person has been told.

    What they have not been told is left out, and the words are the same for everybody: where
    telling was judged dangerous, neither a name nor a missing sentence may say so.
    """
    worries = Escalation.objects.filter(contact__in=[contact.pk for contact in contacts])
    told = Task.objects.told().filter(escalation__in=worries)
    shared = Disclosure.objects.filter(status=Disclosure.Status.SHARED)
    shared = shared.filter(pk__in=told.values("disclosure")).select_related("recipient__key")
    calls = EmergencyCall.objects.filter(pk__in=told.values("call"))
    found = [(each.received_at, str(each.recipient.body)) for each in shared]
    found += [(each.called_at, f"{each.get_service_display()}, by 999") for each in calls]
    rows = tuple(f"{who}, {day_words(london_date(at))}" for at, who in sorted(found))
    return Passage(RECIPIENTS, rows)
