"""What one kind of request needs before its answer is prepared, and what it leads to."""

from privacy.models.objection import Objection
from privacy.models.restriction import Restriction
from privacy.rights import forms, taking_back
from privacy.rights.kinds import Kind, Status
from privacy.rights.move import Move, at

MOVES = {
    "restrict": Move(
        "On which ground it is restricted",
        forms.RestrictForm,
        lambda r, by, said: Restriction.objects.draw_up(
            r, ground=said["ground"], why=said["why"], by=by
        ),
        "It acts once the answer is approved.",
        lambda r: r.kind == Kind.RESTRICT and at(Status.REVIEW)(r),
    ),
    "object": Move(
        "What is stopped",
        forms.ObjectionForm,
        lambda r, by, said: Objection.objects.draw_up(r, uses=said["uses"], by=by),
        "It stops once the answer is approved.",
        lambda r: r.kind == Kind.OBJECT and at(Status.REVIEW)(r),
    ),
    "take-back": Move(
        "Take back what they agreed to",
        forms.TakeBackForm,
        lambda r, by, said: taking_back.take_back(r, said["purpose"], by=by),
        "It is taken back. What loses its basis stands below.",
        lambda r: r.kind == Kind.WITHDRAW and at(*taking_back.WHILE)(r),
    ),
    "lift": Move(
        "Lift the restriction",
        forms.WhyForm,
        lambda r, by, said: r.restriction.lift(by=by, why=said["why"]),
        "It is lifted. What is past its time goes with the next purge.",
        lambda r: r.is_restricted() and r.restriction.is_told(),
        is_next=False,
    ),
}
