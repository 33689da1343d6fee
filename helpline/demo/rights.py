"""What people ask about their own data: a copy in review, one that waits for proof, a deletion that
is nearly due, an answer to approve, and one that was given."""

from datetime import timedelta

from contacts.models import Contact, Thread
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import Staff
from privacy import letters
from privacy.bundle.contents import Cut
from privacy.models import ReviewItem, RightsRequest
from privacy.models.review import list_names, release_own
from privacy.review.deciding import Choice, Deciding, Health
from privacy.review.exemptions import Exemption
from privacy.review.gathering import gather
from privacy.review.sources import opened
from privacy.rights.kinds import Kind, Route, Status

COUSIN = "Leah"
DOUBTS = "They write from an address that we do not know, and give a name that many people have."
KNOWN = "They rang from the number that we agreed on, and gave the word that we agreed on."
HERS = "She has not been asked, and told it to her cousin alone. Nothing is lost without it."
NICKNAME = "You chatted with me in the spring, I called myself Otter. Send me what was said."
NO_PROOF = "A nickname and a season prove nothing, and they have no seven words."
NO_COPY = "Nothing was found under the words that they gave, and they wanted to be told so."


def tell(worker: Staff, dpo: Staff, lead: Staff, *, about: Contact) -> None:
    """Four that are open and one that is closed; `about` is a chat in which a cousin is named."""
    in_review(dpo, about)
    waits_for_proof(worker, dpo)
    nearly_due(worker, dpo)
    to_approve(dpo)
    closed(worker, dpo, lead)


def asked(kind: Kind, days: int, **said) -> RightsRequest:
    """A request that reached us so many days ago."""
    received_on = london_today() - timedelta(days)
    made = RightsRequest.objects.take_in(kind, received_on=received_on, **said)
    return RightsRequest.objects.with_key().get(pk=made.pk)


def in_review(dpo: Staff, about: Contact) -> None:
    """A copy of a chat: who asks was proved last week, and some of its items are decided."""
    words = "I was in touch with you in autumn. I want to read what we said, all of it."
    request = asked(Kind.ACCESS, 19, by=None, route=Route.FORM, words=words, reach="Post, to Jo")
    today = london_today()
    request.ask_identity(DOUBTS, by=dpo, on=today - timedelta(18))
    request.receive_identity("passport", by=dpo, on=today - timedelta(13), details="Signed 2021")
    request.confirm_identity(by=dpo, on=today - timedelta(12))
    request.locate(by=dpo)
    Contact.objects.filter(pk=about.pk).update(thread=(thread := Thread.objects.create()))
    request.find_by_code(thread.new_code(), by=dpo)
    request.collect(by=dpo)
    request.start_review(by=dpo)
    gather(request, by=dpo)
    list_names(request, COUSIN, by=dpo)
    lines = list(request.items.filter(line__isnull=False, contact=about)[:7])
    first, second, named, *_ = lines
    release_own([first], by=dpo)
    second.decide(Deciding(Choice.RELEASE, "", Health.NONE), by=dpo)
    without_her(named, dpo)


def without_her(item: ReviewItem, dpo: Staff) -> None:
    """Her name and number go out of one line."""
    said = opened(item.kind, [item])[item.pk].words
    mark = Exemption.THIRD_PARTY.mark
    cuts = [
        Cut(at, at + len(out), mark)
        for out in (COUSIN, "07700 900312")
        if (at := said.find(out)) >= 0
    ]
    item.decide(
        Deciding(
            Choice.REDACT,
            said,
            Health.NONE,
            exemption=Exemption.THIRD_PARTY,
            test=HERS,
            who="A cousin",
            known="Her name and number, from herself",
            cuts=cuts,
        ),
        by=dpo,
    )


def waits_for_proof(worker: Staff, dpo: Staff) -> None:
    """No clock runs: they were asked who they are, and have the next word."""
    words = "Please send what you hold about me to my new e-mail address."
    request = asked(Kind.ACCESS, 6, by=worker, route=Route.EMAIL, words=words)
    request.ask_identity(DOUBTS, by=dpo, on=london_today() - timedelta(5))
    text = letters.draft("id-requested", request).replace(letters.OWN_WORDS, DOUBTS)
    request.send_letter("id-requested", text, by=dpo)


def nearly_due(worker: Staff, dpo: Staff) -> None:
    """A deletion that somebody asked for on the telephone four weeks ago."""
    words = "I want everything deleted. I am fine now and do not want it lying around."
    request = asked(Kind.ERASE, 28, by=worker, route=Route.PHONE, words=words)
    request.acknowledge(by=dpo)
    request.need_no_proof("known", by=dpo, because=KNOWN)


def to_approve(dpo: Staff) -> None:
    """A nickname alone: the neutral answer waits for a second person."""
    request = asked(Kind.ACCESS, 9, by=None, route=Route.FORM, words=NICKNAME)
    request.acknowledge(by=dpo)
    request.propose(Status.NOT_IDENTIFIABLE, by=dpo, reasons=NO_PROOF)


def closed(worker: Staff, dpo: Staff, lead: Staff) -> None:
    """Answered, told and closed: we hold nothing under the words that they gave."""
    words = "What do you still have from when I texted you last year?"
    request = asked(Kind.ACCESS, 21, by=worker, route=Route.TEXT, words=words)
    request.acknowledge(by=dpo)
    request.need_no_proof("known", by=dpo, because=KNOWN)
    request.propose(Status.NO_DATA_FOUND, by=dpo, reasons=NO_COPY)
    request.approve(by=lead)
    text = letters.draft("no-data", request).replace(letters.OWN_WORDS, NO_COPY)
    request.send_letter("no-data", text, by=dpo)
    request.close(by=dpo)
