"""One believable week at the helpline, told through the same verbs that staff use."""

from datetime import datetime, timedelta

from django.utils import timezone

from contacts import importing
from contacts.channels import Channel
from contacts.models import ActionRequest, Consent, Contact, How, Signpost
from contacts.vocabulary import Outcome
from helpline.demo import (
    carriers,
    chats,
    enquiries,
    figures,
    kept_and_corrected,
    people,
    rights,
    rota,
    sharing,
    words,
    worries,
    written,
)
from helpline.foundation.audit import seals
from helpline.foundation.calendar import add_months, london_today
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Role, Service
from safeguarding.escalations.kinds import Kind, Urgency
from safeguarding.models import Escalation, Hold

NICKNAMES = ["Otter", None, "J", None, None, "sunny", None]
AGO = [*range(1, 8), *range(9, 60, 3), *range(70, 500, 11)]  # days since an older chat began
DAYS_LEFT = [1, 3, 6, 12, 25]  # of chats that leave soon


def tell() -> bool:
    """Tell the story once; False when it has been told before."""
    cast = people.arrive()
    if Contact.objects.exists():
        return False
    worker, supervisor, lead = cast[Role.WORKER], cast[Role.SUPERVISOR], cast[Role.LEAD]
    second = people.another_worker("Sam Hill", "Dunnock")
    figures.tell()
    yesterday = old_chats()
    leaving = chats_that_leave_soon()
    on_hold(leaving, worker, supervisor, lead)
    worried_about(leaving[3], worker)
    calls(worker, second)
    requests(worker, supervisor)
    places_to_turn_to()
    sharing.tell(worker, supervisor, lead)
    carriers.tell(cast[Role.DPO])
    rota.tell(supervisor, lead)
    enquiries.tell(supervisor, lead, cast[Role.DPO])
    chats.tell(worker, yesterday)
    written.tell(worker)
    worries.tell(worker, supervisor)
    rights.tell(worker, cast[Role.DPO], lead, about=a_chat_asked_about())
    kept_and_corrected.tell(cast[Role.DPO], lead, worker)
    seals.seal()
    return True


def old_chats() -> Contact:
    """What other people said over the last year and a half; the chat of yesterday."""
    evening = timezone.now().replace(hour=19, minute=5)
    for number, days in enumerate(AGO):
        began = evening - timedelta(days=days, minutes=37 * number % 300)
        import_chat(number, began)
    return Contact.objects.newest_first().first()


def chats_that_leave_soon() -> list[Contact]:
    """Chats whose 18 months are over within the month; oldest first."""
    found = []
    for number, days in enumerate(DAYS_LEFT):
        day = add_months(london_today() + timedelta(days), -18)
        noon = timezone.make_aware(datetime(day.year, day.month, day.day, 12, number))
        before = set(Contact.objects.values_list("pk", flat=True))
        import_chat(100 + number, noon)
        found += Contact.objects.with_key().exclude(pk__in=before)
    return found


def a_chat_asked_about() -> Contact:
    """A chat of six weeks ago, whose person now asks for a copy."""
    before = set(Contact.objects.values_list("pk", flat=True))
    import_chat(200, timezone.now() - timedelta(days=44, hours=3), words.ASKED_ABOUT)
    return Contact.objects.with_key().exclude(pk__in=before).get()


def import_chat(number: int, began: datetime, spoken: list | None = None) -> None:
    """One of our conversations as if another system had held it."""
    at, lines = began, []
    for who, minutes, text in spoken or words.CONVERSATIONS[number % len(words.CONVERSATIONS)]:
        at += timedelta(minutes=minutes)
        lines.append({"speaker": chats.SPEAKERS[who], "at": at.isoformat(), "text": text})
    answers = [{"question": q, "answer": a} for q, a in words.SURVEY] if number % 3 == 0 else []
    said = {
        "external_id": f"demo-{number}",
        "started_at": began.isoformat(),
        "nickname": NICKNAMES[number % len(NICKNAMES)],
        "lines": lines,
        "survey": answers,
    }
    service = Service.IS_THIS_OK if number % 3 else Service.HELPLINE
    conversation = importing.conversation(said, timezone.now())
    importing.store(conversation, service=service, today=london_today())


def on_hold(leaving: list[Contact], worker: Staff, supervisor: Staff, lead: Staff) -> None:
    """Chats that stay: one approved, and two in one hold that waits for a second person."""
    review = add_months(london_today(), 3)
    kept = []
    for chat, also, ground, reason in [
        (leaving[0], [], Hold.Ground.HARMED_NOW, words.REASONS[0]),
        (leaving[1], [leaving[4]], Hold.Ground.HARMING_ANOTHER, words.REASONS[1]),
    ]:
        said = {"kind": Hold.Kind.SAFEGUARDING, "ground": ground, "reason": reason}
        who = {"by": supervisor, "believed_by": worker if also else supervisor}
        kept.append(Hold.objects.place(chat, also=also, review_on=review, **said, **who))
    kept[0].approve(by=lead)


def worried_about(chat: Contact, worker: Staff) -> None:
    """A worry that can wait until tomorrow; it proposes to hold its chat."""
    about = {"kind": Kind.EXPLOITATION, "urgency": Urgency.PLANNED}
    Escalation.objects.escalate(chat, by=worker, **about, concern=words.CONCERN)


def calls(worker: Staff, second: Staff) -> None:
    """Phone calls of today, noted and ended; the worker is still in one."""
    for number, (who, note) in enumerate(zip([second, worker, worker], words.NOTES, strict=True)):
        call = Contact.objects.start(service=Service.HELPLINE, channel=Channel.PHONE, by=who)
        call.add_note(note, by=who)
        if number < 2:
            call.end(by=who, outcome=Outcome.INFORMED)


def requests(worker: Staff, supervisor: Staff) -> None:
    """What callers asked for: a message that is approved, one to approve, and a call-back."""
    call = Contact.objects.start(service=Service.HELPLINE, channel=Channel.PHONE, by=worker)
    for purpose, answer in [("message", "given"), ("call-back", "given"), ("found", "refused")]:
        Consent.objects.answered(call, answer, wording=1, purpose=purpose, by=worker, how=How.VOICE)
    made = []
    for kind, asked, details in words.REQUESTS:
        request = ActionRequest.objects.ask(call, kind, by=worker, words=asked)
        now = timezone.now()
        hours = {"window_from": now, "window_to": now + timedelta(hours=3)}
        request.give(by=worker, **details, **(hours if kind == "call-back" else {}))
        request.agree(by=worker, mark=request.mark())
        made.append(request)
    for request in made[:2]:
        request.check_recipient("published", by=worker, mark=request.recipient_mark())
    made[0].approve(by=supervisor, mark=made[0].mark())


def places_to_turn_to() -> None:
    """The list that workers point people to."""
    for name, offers, reached_by in words.SIGNPOSTS:
        Signpost.objects.create(name=name, offers=offers, reached_by=reached_by)
