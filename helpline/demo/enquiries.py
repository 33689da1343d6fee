"""What authorities ask of the helpline of the story: a request to consider, and an enquiry about
somebody missing, which gets the answer that everybody gets."""

from django.utils import timezone

from helpline.foundation.staff.models import Staff
from safeguarding.authorities.kinds import Came, Decision, How, Kind
from safeguarding.models import AuthorityRequest

REQUEST = {
    "body": "Northshire Police, public protection",
    "person": "Sergeant Imogen Halloway",
    "number": "4471",
    "given": "07700 900444",
    "their_reference": "NS/2291/26",
    "subject": "Caller of 12 November, first name Tia",
    "wanted": "What the caller said about where she was on the evening of the 12th",
    "purpose": "An assault on that evening",
}
ENQUIRY = {
    "body": "Harrowgate Police, missing people",
    "person": "Constable Dev Anand",
    "their_reference": "HG/118/26",
    "subject": "Rowan Ellery, 34",
    "wanted": "Whether he has been in touch with you this month",
}


def tell(supervisor: Staff, lead: Staff, dpo: Staff) -> None:
    """One request that waits for the lead, and one enquiry that was answered as all of them are."""
    log = AuthorityRequest.objects.log
    place = {"by": supervisor, "service": "helpline", "came": Came.WRITTEN}
    request = log(Kind.VOLUNTARY, **place, **REQUEST)
    request.acknowledge(by=supervisor)
    request.tick(["written", "officer", "purpose", "exact"], by=supervisor)
    found = {"published": "101", "published_in": "The website of the force"}
    request.verify(by=supervisor, rang_at=timezone.now(), **found)
    request.consider(
        by=supervisor,
        words="For it: a serious assault. Against it: they do not say why our notes are needed, and"
        " whoever speaks to us trusts that we tell nobody. Ask them to say why first.",
    )
    request.advise(by=dpo, words="It is not countersigned, and necessity is asserted, not shown.")
    enquiry = log(Kind.MISSING, **place | {"came": Came.SPOKEN}, **ENQUIRY)
    enquiry.acknowledge(by=supervisor)
    enquiry.tick(["unsaid", "message"], by=supervisor)
    enquiry.decide(Decision.NEITHER, by=lead, why="Everybody who asks is answered so.")
    enquiry.sign(by=supervisor, read=enquiry.last_step())
    enquiry.answer(by=supervisor, how=How.POST)
