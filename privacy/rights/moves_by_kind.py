"""What one kind of request needs before its answer is prepared, and what it leads to."""

from privacy.models.restriction import Restriction
from privacy.rights import forms
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
    "lift": Move(
        "Lift the restriction",
        forms.WhyForm,
        lambda r, by, said: r.restriction.lift(by=by, why=said["why"]),
        "It is lifted. What is past its time goes with the next purge.",
        lambda r: r.is_restricted() and r.restriction.is_told(),
        is_next=False,
    ),
}
