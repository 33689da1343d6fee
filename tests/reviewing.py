"""Requests in review, for tests of what leaves."""

from helpline.foundation.calendar import london_today
from privacy.models import Concern, RightsRequest
from privacy.review.deciding import Choice, Deciding, Health
from privacy.review.gathering import gather
from privacy.rights.kinds import Found, Kind, Proof, Route, Status


def in_review(*contacts, by, kind=Kind.ACCESS, **more) -> RightsRequest:
    """A request by its person's own code about these contacts, with its items gathered."""
    request = RightsRequest.objects.take_in(
        kind, by=None, route=Route.CODE, words="I want to see what you have", **more
    )
    for contact in contacts:
        Concern.objects.create(request=request, contact=contact, found=Found.CODE)
    standing(request, Status.REVIEW, proof=Proof.CODE, preparer=by)
    gather(request, by=by)
    return request


def standing(request: RightsRequest, status: Status, **more) -> None:
    """The request in another state, with what that state asks for."""
    RightsRequest.objects.filter(pk=request.pk).update(status=status, **more)
    request.refresh_from_db(fields=["status", *more])


def released(request: RightsRequest, *, by) -> None:
    """The request as a second person has approved it: what nobody decided about leaves as it is."""
    for item in request.items.undecided():
        item.decide(Deciding(Choice.RELEASE, "", Health.NONE), by=by)
    said = {"proposed": Status.RELEASED, "decided_by": by, "decided_on": london_today()}
    standing(request, Status.RELEASED, **said)
