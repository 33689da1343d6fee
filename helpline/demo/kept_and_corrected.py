"""What people ask about their own data in the story: one chat is kept and not used, and one person
says that a note about them is wrong."""

from contacts.models import Contact, Thread
from contacts.vocabulary import NoteKind
from helpline.foundation.staff.models import Staff
from privacy import letters
from privacy.models import Rectification, Restriction, RightsRequest
from privacy.rights.kinds import Kind, Route, Status

RESTRICT = "Keep what I wrote. I may need it for court, so please do not delete or use it."
CLAIM = "They are preparing a claim against somebody and ask that it stays as it is."
WRONG = "Your note says that my dad shouted. It was my uncle. And I was not angry with her."
NOTE = "Says that her father shouts at her in the evenings."
VIEW = "Seems angry with her mother."


def tell(dpo: Staff, lead: Staff, worker: Staff) -> None:
    """One restriction in force, and one correction in review with what is prepared of it."""
    quiet, noted = old_chats()
    asked = located(dpo, quiet, Kind.RESTRICT, Route.POST, RESTRICT)
    Restriction.objects.draw_up(asked, ground="claims", why=CLAIM, by=dpo)
    asked.propose(Status.RELEASED, by=dpo, reasons=CLAIM)
    asked.approve(by=lead)
    words = letters.draft(Status.RELEASED, asked).replace(letters.OWN_WORDS, CLAIM)
    asked.send_letter(Status.RELEASED, words, by=dpo)
    asked.close(by=dpo)

    fact = noted.add_note(NOTE, by=worker)
    view = noted.add_note(VIEW, by=worker, kind=NoteKind.VIEW)
    wrong = located(dpo, noted, Kind.RECTIFY, Route.EMAIL, WRONG)
    said = {"ground": "inaccurate", "why": "She says so herself, and nobody else knows.", "by": dpo}
    Rectification.objects.prepare(
        wrong, f"note:{fact.pk}", way="corrected", words="Her uncle shouts at her.", **said
    )
    Rectification.objects.prepare(
        wrong, f"note:{view.pk}", way="disputed", words="I was not angry, I was afraid.", **said
    )


def old_chats() -> list[Contact]:
    """Two chats of some weeks ago that nobody holds and nobody is worried about."""
    ended = Contact.objects.filter(status=Contact.Status.ENDED, held=False, escalated=False)
    return list(ended.filter(thread=None).newest_first()[3:5])


def located(dpo: Staff, contact: Contact, kind: Kind, route: Route, words: str) -> RightsRequest:
    """A request about this chat, found by its seven words and brought into review."""
    contact.thread = Thread.objects.create()
    contact.save(update_fields=["thread"])
    made = RightsRequest.objects.take_in(kind, by=dpo, route=route, words=words)
    made.acknowledge(by=dpo)
    made.find_by_code(contact.thread.new_code(), by=dpo)
    made.need_no_proof("code", by=dpo)
    made.locate(by=dpo)
    made.collect(by=dpo)
    made.start_review(by=dpo)
    return made
