"""People who ask about their own data, as the tests bring them about."""

from contacts.models import Thread
from privacy import letters
from privacy.erasure.kinds import Choice as Goes
from privacy.erasure.planning import draw_up
from privacy.models import Objection, Rectification, Restriction, RightsRequest
from privacy.review.deciding import Choice, Deciding, Health
from privacy.review.gathering import gather
from privacy.rights.kinds import Kind, Route, Status

WORDS = "Please send me what you have about me."
WHY = "There is a good reason, and this is it."


def take_in(kind=Kind.ACCESS, *, by, route=Route.PHONE, words=WORDS, **said) -> RightsRequest:
    """A request that reached us, with its key at hand."""
    made = RightsRequest.objects.take_in(kind, by=by, route=route, words=words, **said)
    return RightsRequest.objects.with_key().get(pk=made.pk)


def with_code(contact) -> str:
    """The seven words of whoever this contact is with."""
    contact.thread = Thread.objects.create()
    contact.save(update_fields=["thread"])
    return contact.thread.new_code()


def stands(status: Status, by, second, contact, kind=Kind.ACCESS) -> RightsRequest:
    """A request about `contact` that has come as far as `status` by its own verbs."""
    request = take_in(kind, by=by)
    for to, act in way_of(request, by, second, contact, status):
        if request.status == status:
            return request
        act()
        assert request.status == to, (request.status, to)
    assert request.status == status
    return request


def way_of(request, by, second, contact, status):
    """The verbs that lead there, with the status after each."""
    if status in {Status.ID_REQUESTED, Status.ID_RECEIVED}:
        return [
            (Status.ID_REQUESTED, lambda: request.ask_identity(WHY, by=by)),
            (Status.ID_RECEIVED, lambda: request.receive_identity("passport", by=by)),
        ]
    if status == Status.WITHDRAWN:
        return [(status, lambda: request.withdraw(by=by, why=WHY))]
    if status == Status.DUPLICATE_OF:
        return [(status, lambda: request.join_to(take_in(request.kind, by=by), by=by))]
    start = [(Status.ACKNOWLEDGED, lambda: request.acknowledge(by=by))]
    if status in {Status.REFUSED, Status.NOT_IDENTIFIABLE}:
        ground = "unfounded" if status == Status.REFUSED else ""
        return [*start, *proposed(request, by, second, status, refusal=ground)]
    start.append((Status.ID_CONFIRMED, lambda: known(request, by)))
    if status == Status.NO_DATA_FOUND:
        return [*start, *proposed(request, by, second, status)]
    start.append((Status.LOCATING, lambda: found(request, by, contact)))
    if status == Status.CLOCK_STOPPED:
        return [*start, (status, lambda: request.stop_clock(WHY, by=by))]
    start += [
        (Status.COLLECTING, lambda: request.collect(by=by)),
        (Status.REVIEW, lambda: reviewed(request, by)),
    ]
    outcome = status if status == Status.PARTLY_RELEASED else Status.RELEASED
    start += proposed(request, by, second, outcome)
    return [*start, (Status.CLOSED, lambda: told_and_closed(request, by))]


def proposed(request, by, second, outcome, refusal=""):
    """Prepared by one, approved by another."""
    return [
        (
            Status.APPROVAL,
            lambda: request.propose(outcome, by=by, reasons=WHY, refusal=refusal),
        ),
        (Status(outcome), lambda: request.approve(by=second)),
    ]


def reviewed(request, by) -> None:
    """The review, begun and done."""
    request.start_review(by=by)
    decided(request, by)


def decided(request, by) -> None:
    """Everything leaves, and everything goes that can."""
    if request.kind in {Kind.ACCESS, Kind.PORTABILITY}:
        gather(request, by=by)
        for item in request.items.all():
            item.decide(Deciding(Choice.RELEASE, "", Health.NONE), by=by)
    if request.kind == Kind.OBJECT:
        Objection.objects.draw_up(request, uses=["quality"], by=by)
    if request.kind == Kind.RECTIFY:
        line = request.scope().get().lines.filter(speaker="person").first()
        said = {"way": "corrected", "ground": "inaccurate", "words": "It was my uncle.", "why": WHY}
        Rectification.objects.prepare(
            request, f"line:{line.contact_id}:{line.number}", by=by, **said
        )
    if request.kind == Kind.RESTRICT:
        Restriction.objects.draw_up(request, ground="accuracy", why=WHY, by=by)
    if request.kind == Kind.ERASE:
        for item in draw_up(request, by=by).items.all():
            item.decide(Goes.GOES, by=by)


def known(request, by) -> None:
    request.need_no_proof("known", by=by, because=WHY)


def found(request, by, contact) -> None:
    request.locate(by=by)
    request.find_by_code(with_code(contact), by=by)


def letter(request, kind: str | None = None) -> str:
    """A letter with somebody's own words in it."""
    return letters.draft(kind or request.proposed, request).replace(letters.OWN_WORDS, WHY)


def told_and_closed(request, by) -> None:
    request.send_letter(request.proposed, letter(request), by=by)
    request.close(by=by)
