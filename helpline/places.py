"""Where staff may go: every place of the navigation, who has it, and what counts beside it."""

from collections.abc import Callable
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from contacts.console.rail import not_safe, waiting_chats
from contacts.lists import LISTS, contacts_of
from contacts.models import (
    ActionRequest,
    ColleagueQuestion,
    Contact,
    Guidance,
    HandOver,
    LostBasis,
    NoteReview,
    Rank,
    Reveal,
    SentAnyway,
    ServiceUser,
    Supplier,
)
from contacts.notes import to_review
from helpline.foundation.staff.models import RoleGrant, Staff
from helpline.foundation.staff.roles import Permission
from privacy.models import Brake, RightsRequest
from safeguarding.escalations.ending import to_look_at
from safeguarding.escalations.kinds import Urgency
from safeguarding.models import (
    AuthorityRequest,
    Escalation,
    Hold,
    LocationRequest,
    Recipient,
    Task,
)
from safeguarding.on_call.showing import gaps_soon


class Place(NamedTuple):
    """One entry of the side navigation, for whoever has `permission`; None: for everyone."""

    label: str
    icon: str
    page: tuple  # name and arguments of its URL
    permission: Permission | None
    rows: Callable[[Staff], QuerySet | list] | None = None
    counted: str = ""  # what the number counts, for those who hear it
    urgent: bool = False
    only_with_rows: bool = False
    shouts: bool = False  # red as a whole, and before everything else


class Entry(NamedTuple):
    """A place as one person sees it."""

    label: str
    icon: str
    url: str
    count: str
    counted: str
    urgent: bool
    current: bool = False
    shouts: bool = False


def waiting(staff: Staff) -> QuerySet:
    """Everyone who waits for an answer from this person's services."""
    return contacts_of("waiting", staff).exclude(rank=Rank.SILENT)


def own(staff: Staff) -> QuerySet:
    """The contacts this person is in the middle of."""
    return contacts_of("mine", staff).filter(status=Contact.Status.OPEN)


def unapproved(staff: Staff) -> QuerySet:
    """Holds that wait for a second person."""
    return Hold.objects.visible_to(staff).filter(status=Hold.Status.PLACED)


def owed(staff: Staff) -> QuerySet:
    """What is late of all that is owed after something was shared or 999 was called."""
    return Task.objects.visible_to(staff).late()


def unverified(staff: Staff) -> QuerySet:
    """Recipients that wait for a second person."""
    return Recipient.objects.listed().waiting()


def unacknowledged(staff: Staff) -> QuerySet:
    """Requests of authorities that nobody has acknowledged."""
    return AuthorityRequest.objects.visible_to(staff).unacknowledged()


def sought(staff: Staff) -> QuerySet:
    """Requests for a location that are not over: somebody approves, asks or tells the person."""
    return LocationRequest.objects.visible_to(staff).open()


def stops(staff: Staff) -> QuerySet:
    """A purge that stopped itself and waits for two people."""
    return Brake.objects.filter(status__in=[Brake.Status.PULLED, Brake.Status.ASKED])


def sent_back(staff: Staff) -> QuerySet:
    """This person’s notes that came back with a question."""
    return NoteReview.objects.sent_back_to(staff)


def asked_of_me(staff: Staff) -> QuerySet:
    """What colleagues ask this person."""
    return ColleagueQuestion.objects.to_answer(staff)


def late_requests(staff: Staff) -> QuerySet:
    """What people asked for, this person may do, and was due."""
    return ActionRequest.objects.visible_to(staff).late()


def taken_back(staff: Staff) -> QuerySet:
    """What has to be removed because somebody took an agreement back."""
    return LostBasis.objects.visible_to(staff).waiting()


def handed_over(staff: Staff) -> QuerySet:
    """Chats handed over into casework that nobody has taken yet."""
    return HandOver.objects.visible_to(staff).filter(status=HandOver.Status.WAITING)


def data_requests(staff: Staff) -> QuerySet:
    """Requests about data: what a DPO has to answer, and what waits for a lead to approve."""
    rows = RightsRequest.objects.visible_to(staff)
    return rows.to_answer() if staff.may(Permission.ANSWER_RIGHTS) else rows


def ending_records(staff: Staff) -> QuerySet:
    """Records that end soon and that nobody has looked at."""
    return ServiceUser.objects.to_look_at(staff)


def unreviewed(staff: Staff) -> QuerySet:
    """Suppliers that somebody has to review, to ask, or to approve again."""
    return Supplier.objects.in_need(timezone.now())


def asked_roles(staff: Staff) -> QuerySet:
    """Roles that wait for a second person."""
    return RoleGrant.objects.waiting()


def nobodys(staff: Staff) -> QuerySet:
    """Escalations that nobody owns yet, or any more."""
    return Escalation.objects.visible_to(staff).nobodys()


def immediate(staff: Staff) -> QuerySet:
    """A life may be at risk, and nobody has said yet that they are looking."""
    worries = Escalation.objects.visible_to(staff).unacknowledged()
    return worries.filter(urgency=Urgency.IMMEDIATE)


ICONS = {
    "waiting": "chat-bubble-left-right",
    "mine": "user",
    "team": "user-group",
    "ended": "folder",
}
COUNTS = {"waiting": (waiting, "waiting"), "mine": (own, "open")}


def of_contacts(which: str) -> Place:
    """The place of one list of contacts."""
    each = LISTS[which]
    page = ("contact_list", which)
    return Place(each.heading, ICONS[which], page, each.permission, *COUNTS.get(which, ()))


def to_approve(label, icon, page, permission, rows) -> Place:
    """A place where a red number waits for a second person."""
    return Place(label, icon, (page,), permission, rows, "to approve", urgent=True)


def questions(staff: Staff) -> QuerySet:
    """Workers’ questions that a supervisor has not answered."""
    return Guidance.objects.to_answer(staff)


def stopped(staff: Staff) -> QuerySet:
    """Lines that were sent although they were stopped, and that no supervisor has seen."""
    return SentAnyway.objects.to_see(staff)


def for_supervisors(label, icon, page, rows, counted) -> Place:
    """A place of supervisors, there with a red number as long as something waits for them."""
    return Place(
        label, icon, (page,), Permission.SUPERVISE_CHATS, rows, counted, True, only_with_rows=True
    )


def addresses_asked(staff: Staff) -> QuerySet:
    """Wishes to see an address that wait for a second person."""
    return Reveal.objects.to_decide(staff)


LIVE_CHAT = Place(
    "Live chat",
    "chat-bubble-oval-left-ellipsis",
    ("chats",),
    Permission.TAKE_CONTACTS,
    waiting_chats,
    "waiting",
)

PLACES = [
    LIVE_CHAT._replace(
        label="Not safe, waiting",
        icon="exclamation-triangle",
        rows=not_safe,
        counted="not safe",
        urgent=True,
        only_with_rows=True,
        shouts=True,
    ),
    Place(
        "Immediate",
        "bell-alert",
        ("escalations",),
        Permission.LOOK_INTO_ESCALATIONS,
        immediate,
        "immediate",
        urgent=True,
        only_with_rows=True,
        shouts=True,
    ),
    LIVE_CHAT,
    for_supervisors("Guidance asked", "question-mark-circle", "guidance", questions, "to answer"),
    for_supervisors("Sent anyway", "eye", "sent_anyway", stopped, "to see"),
    to_approve(
        "Addresses asked for",
        "eye-slash",
        "addresses",
        Permission.REVEAL_ADDRESSES,
        addresses_asked,
    )._replace(only_with_rows=True),
    *(of_contacts(which) for which in LISTS),
    Place(
        "Escalations",
        "flag",
        ("escalations",),
        Permission.SEE_ESCALATIONS,
        nobodys,
        "for somebody to own",
        urgent=True,
    ),
    Place(
        *("Asked of us", "clipboard-document-check", ("actions",)),
        *(Permission.ACT_FOR_PEOPLE, late_requests, "late"),
        urgent=True,
    ),
    Place(
        *("Colleagues", "chat-bubble-bottom-center-text", ("colleagues",)),
        *(Permission.TAKE_CONTACTS, asked_of_me, "to answer"),
        urgent=True,
    ),
    Place("Call-backs", "phone-arrow-up-right", ("callbacks",), Permission.ACT_FOR_PEOPLE),
    Place(
        "Sent back",
        "arrow-uturn-left",
        ("notes_back",),
        Permission.TAKE_CONTACTS,
        sent_back,
        "to answer",
        urgent=True,
        only_with_rows=True,
    ),
    Place(
        "Notes to review",
        "pencil-square",
        ("notes_review",),
        Permission.REVIEW_NOTES,
        to_review,
        "to review",
    ),
    Place(
        "Still owed", "bell-alert", ("tasks",), Permission.SETTLE_OWED, owed, "late", urgent=True
    ),
    to_approve(
        "Whom we may tell",
        "building-office-2",
        "recipients",
        Permission.KEEP_RECIPIENTS,
        unverified,
    ),
    to_approve("Holds", "shield-check", "holds", Permission.PLACE_HOLDS, unapproved),
    Place(
        "On call",
        "phone",
        ("on_call",),
        Permission.SEE_ESCALATIONS,
        gaps_soon,
        "with nobody",
        urgent=True,
    ),
    Place(
        "Locations",
        "signal",
        ("locations",),
        Permission.ASK_FOR_LOCATION,
        sought,
        "to finish",
        urgent=True,
    ),
    Place("Chatbot", "cpu-chip", ("chatbot",), Permission.KEEP_CHAT),
    Place("Opening hours", "clock", ("hours",), Permission.KEEP_CHAT),
    Place(
        "Handed over",
        "arrow-right-on-rectangle",
        ("handed_over_list",),
        Permission.TAKE_CONTACTS,
        handed_over,
        "to take",
        only_with_rows=True,
    ),
    Place("Find a record", "identification", ("known_find",), Permission.LOOK_UP_PEOPLE),
    Place(
        "Records that end",
        "calendar-days",
        ("known_ending",),
        Permission.LOOK_UP_PEOPLE,
        ending_records,
        "to look at",
        only_with_rows=True,
    ),
    Place(
        "Worries that end",
        "calendar-days",
        ("escalations_ending",),
        Permission.LOOK_INTO_ESCALATIONS,
        to_look_at,
        "to look at",
        only_with_rows=True,
    ),
    Place("Places to turn to", "map-pin", ("signposts",), Permission.KEEP_SIGNPOSTS),
    Place("Both sides", "arrows-right-left", ("both_sides",), Permission.SEE_BOTH_SIDES),
    Place(
        "Data requests",
        "inbox-stack",
        ("rights",),
        Permission.APPROVE_RIGHTS,
        data_requests,
        "open",
    ),
    Place("Asked about data", "hand-raised", ("rights_new",), Permission.LOG_RIGHTS),
    Place("Retention", "archive-box-x-mark", ("retention",), Permission.SEE_RETENTION),
    to_approve("Stopped purge", "hand-raised", "brake", Permission.LIFT_BRAKE, stops)._replace(
        only_with_rows=True
    ),
    Place(
        "Authorities",
        "building-library",
        ("authorities",),
        Permission.SEE_AUTHORITY_REQUESTS,
        unacknowledged,
        "to acknowledge",
        urgent=True,
    ),
    Place(
        "Taken back",
        "arrow-uturn-down",
        ("lost_bases",),
        Permission.SETTLE_CONSENTS,
        taken_back,
        "to remove",
    ),
    Place("Wordings", "document-text", ("wordings",), Permission.READ_WORDINGS),
    Place("Figures", "chart-bar", ("figures",), Permission.SEE_FIGURES),
    Place("People", "users", ("staff_people",), Permission.MANAGE_STAFF),
    Place("Partner systems", "server-stack", ("staff_partners",), Permission.MANAGE_STAFF),
    Place(
        "Suppliers",
        "truck",
        ("suppliers",),
        Permission.SEE_SUPPLIERS,
        unreviewed,
        "to review",
        urgent=True,
    ),
    to_approve(
        "Approvals", "check-badge", "staff_approvals", Permission.APPROVE_ROLES, asked_roles
    ),
    Place("Your sign-in", "key", ("mfa_index",), None),
]
