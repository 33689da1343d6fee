"""The passages of a bundle that the law asks for, from what the system itself runs on (Art 15)."""

from collections.abc import Iterable

from django.conf import settings

from contacts.models import Contact
from helpline.foundation.calendar import day_words, london_date
from privacy import schedule
from privacy.bundle.contents import Part, Passage
from safeguarding.models import Disclosure


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
    """Everybody who was given something of it, by the name of the body and the day (Art 15(1)(c));
    nobody else was."""
    shared = Disclosure.objects.filter(status=Disclosure.Status.SHARED)
    rows = shared.filter(escalation__contact__in=[contact.pk for contact in contacts])
    found = [
        f"{each.recipient.body}, {day_words(london_date(each.received_at))}"
        for each in rows.select_related("recipient__key").order_by("received_at")
    ]
    if not found:
        return Passage("Nobody outside our team has been given any of it.")
    return Passage("We shared some of it, for somebody’s safety, with:", tuple(found))
