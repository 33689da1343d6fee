"""The verbs of a request as its page offers them: where, with which form, and what it calls."""

from privacy.rights import forms, moves_by_kind
from privacy.rights.kinds import COPIES, RELEASES, WORKING, Kind, Status
from privacy.rights.move import Move, at, others, still_open

S = Status
MOVES = {
    "acknowledge": Move(
        "They know that we have it",
        None,
        lambda r, by, said: r.acknowledge(by=by),
        "It is written down that they know.",
        at(S.RECEIVED),
    ),
    "known": Move(
        "It is certain who they are",
        forms.KnownForm,
        lambda r, by, said: r.need_no_proof(said["proof"], by=by, because=said["why"]),
        "It is written down why it is certain.",
        lambda r: at(S.RECEIVED, S.ACKNOWLEDGED, S.LOCATING)(r) and not r.proof,
    ),
    "ask-identity": Move(
        "Ask who they are",
        forms.DoubtForm,
        lambda r, by, said: r.ask_identity(
            said["doubts"], by=by, on=said["on"], late_because=said["late_because"]
        ),
        "The month begins when their proof arrives.",
        lambda r: at(S.RECEIVED, S.ACKNOWLEDGED, S.LOCATING)(r) and not r.proof,
        is_next=False,
    ),
    "receive-identity": Move(
        "Their proof has arrived",
        forms.ProofForm,
        lambda r, by, said: r.receive_identity(
            said["kind"], by=by, on=said["on"], details=said["details"]
        ),
        "The month runs from that day.",
        at(S.ID_REQUESTED),
    ),
    "confirm": Move(
        "It proves who they are",
        forms.DayForm,
        lambda r, by, said: r.confirm_identity(by=by, on=said["on"]),
        "Our 30 days run from that day.",
        at(S.ID_RECEIVED),
    ),
    "ask-authority": Move(
        "Ask for their authority",
        forms.DayForm,
        lambda r, by, said: r.ask_authority(by=by, on=said["on"]),
        "The month begins when it arrives.",
        lambda r: others(r) and not r.authority_asked_on,
    ),
    "receive-authority": Move(
        "Their authority has arrived",
        forms.AuthorityForm,
        lambda r, by, said: r.receive_authority(by=by, on=said["on"], details=said["details"]),
        "The month runs from that day.",
        lambda r: others(r) and not r.authority_received_on,
    ),
    "weigh": Move(
        "It is plainly best for the child",
        forms.WhyForm,
        lambda r, by, said: r.weigh_interests(said["why"], by=by),
        "It is written down why.",
        lambda r: r.may_be_weighed() and r.status in WORKING and not r.best_interests,
        is_next=False,
    ),
    "locate": Move(
        "Begin to look for it",
        None,
        lambda r, by, said: r.locate(by=by),
        "Find what it is about, below.",
        at(S.ACKNOWLEDGED, S.ID_CONFIRMED),
    ),
    "collect": Move(
        "Everything is found",
        None,
        lambda r, by, said: r.collect(by=by),
        "Bring it together.",
        at(S.LOCATING),
    ),
    "restart": Move(
        "They have answered",
        forms.DayForm,
        lambda r, by, said: r.restart_clock(by=by, on=said["on"]),
        "The clock goes on.",
        at(S.CLOCK_STOPPED),
    ),
    "review": Move(
        "Begin the review",
        None,
        lambda r, by, said: r.start_review(by=by),
        "Go through it, item by item.",
        at(S.COLLECTING),
    ),
    "propose": Move(
        "Prepare the answer",
        forms.ProposeForm,
        lambda r, by, said: r.propose(
            said["outcome"], by=by, reasons=said["reasons"], refusal=said["refusal"]
        ),
        "Somebody else approves it now.",
        lambda r: r.status in WORKING and r.status != S.RECEIVED,
    ),
    "close": Move(
        "Close it",
        None,
        lambda r, by, said: r.close(by=by),
        "It is closed. Nothing is kept for it any more.",
        lambda r: r.is_answered() and r.is_open() and not r.must_be_told(),
    ),
    "again": Move(
        "Go through the review again",
        forms.WhyForm,
        lambda r, by, said: r.review_again(by=by, why=said["why"]),
        "It is in review again. Its file and its link open nothing any more.",
        lambda r: r.kind in COPIES and at(*RELEASES)(r),
        is_next=False,
    ),
    "stop": Move(
        "Ask what they are after",
        forms.StopForm,
        lambda r, by, said: r.stop_clock(said["question"], by=by, on=said["on"]),
        "The clock stands until they answer.",
        lambda r: r.kind == Kind.ACCESS and at(S.LOCATING, S.COLLECTING)(r),
        is_next=False,
    ),
    "extend": Move(
        "It takes two more months",
        forms.ExtendForm,
        lambda r, by, said: r.extend(said["ground"], by=by, reasons=said["reasons"]),
        "Send them the letter today.",
        lambda r: still_open(r) and r.kind != Kind.COMPLAINT and not r.extended_on,
        is_next=False,
    ),
    "correct": Move(
        "A date is wrong",
        forms.CorrectForm,
        lambda r, by, said: r.correct_date(said["field"], said["on"], by=by, why=said["why"]),
        "It is corrected; what it was stays in the history.",
        lambda r: True,
        is_next=False,
    ),
    "withdraw": Move(
        "They do not want it any more",
        forms.WhyForm,
        lambda r, by, said: r.withdraw(by=by, why=said["why"]),
        "It is withdrawn.",
        still_open,
        is_next=False,
    ),
    **moves_by_kind.MOVES,
}
APPROVE = {
    "approve": Move(
        "Approve this answer",
        None,
        lambda r, by, said: r.approve(by=by),
        "It is approved. Now they are told.",
        at(S.APPROVAL),
    ),
    "send-back": Move(
        "Send it back",
        forms.WhyForm,
        lambda r, by, said: r.send_back(by=by, why=said["why"]),
        "It goes back to where it was prepared.",
        at(S.APPROVAL),
    ),
}
