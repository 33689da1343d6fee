"""Draws up what an erasure would take, and says what stands in its way; it destroys nothing."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max, Q

from contacts.models import ActionRequest, Contact, HandOver, ServiceUser
from helpline.foundation.calendar import london_date
from helpline.foundation.staff.models import Staff
from helpline.foundation.states import WrongState
from privacy.erasure.kinds import Choice, Stop, What
from privacy.models.erasure import Erasure, ErasureItem
from privacy.models.rights import RightsRequest
from privacy.rights.kinds import Kind, Status
from safeguarding.models import Escalation, HeldContact


@transaction.atomic
def draw_up(request: RightsRequest, *, by: Staff) -> Erasure:
    """Everything in the scope of a request for deletion; what stands in the way of an item lets it
    stay until somebody says on which ground, or takes the obstacle away."""
    locked = request.locked()
    if locked.kind != Kind.ERASE or locked.status != Status.REVIEW:
        raise WrongState("A plan is drawn up while a request for deletion is reviewed.")
    plan, _ = Erasure.objects.get_or_create(request=locked, defaults={"drawn_by": by})
    list_items(plan, locked)
    return plan


def list_items(plan: Erasure, request: RightsRequest) -> None:
    """Add what is not on the list yet; a second drawing up adds what has come since."""
    there = set(plan.items.values_list("what", "which"))
    number = plan.items.aggregate(last=Max("number"))["last"] or 0
    for what, which, began, stopped in found(request):
        if (what, which) in there:
            continue
        number += 1
        choice = Choice.STAYS if stopped else Choice.GOES
        ErasureItem.objects.create(
            erasure=plan, number=number, what=what, which=which, began_on=began, choice=choice
        )


def found(request: RightsRequest):
    """What is in the scope: which sort of record, which, since when, and whether it is stopped."""
    for contact in request.scope().filter(purged_on=None).order_by("started_at", "pk"):
        began = london_date(contact.started_at)
        yield What.CONTACT, contact.pk, began, bool(stops(contact, request))
    if request.service_user_id:
        record = request.service_user
        yield What.RECORD, record.pk, None, bool(in_the_way_of(record, request))
    for copy in request.copies():
        yield What.COPY, copy.pk, copy.began_on, bool(in_the_way_of(copy, request))


def in_the_way(item: ErasureItem, request: RightsRequest | None) -> list[Stop]:
    """What stands in the way of one item of a plan, of whichever sort; nothing once it is gone."""
    if item.what == What.CONTACT:
        contact = Contact.objects.filter(pk=item.which, purged_on=None).first()
        return stops(contact, request) if contact else []
    model = ServiceUser if item.what == What.RECORD else HandOver
    kept = model.objects.filter(pk=item.which).first()
    return in_the_way_of(kept, request) if kept else []


def in_the_way_of(kept: ServiceUser | HandOver, request: RightsRequest | None) -> list[Stop]:
    """What stands in the way of a record or a copy: what keeps a contact that it belongs to keeps
    it too, and so does whatever else is asked about the record."""
    if isinstance(kept, ServiceUser):
        record, contacts = kept.pk, Contact.objects.filter(belongs_to(kept))
    else:
        record, contacts = kept.service_user_id, Contact.objects.filter(pk=kept.contact_id)
    found = kept_by_safety(contacts, request)
    if ServiceUser.objects.filter(pk=record, restricted=True).exists():
        found.append(Stop.RESTRICTED)
    others = RightsRequest.objects.open().exclude(pk=request.pk if request else None)
    if record and others.filter(service_user=record).exists():
        found.append(Stop.ASKED_ABOUT)
    return found


def belongs_to(record: ServiceUser) -> Q:
    """Which contacts belong to a record, or did when it lost its basis; also past their time."""
    linked = Q(link__service_user=record) | Q(thread__link__service_user=record)
    return linked | Q(belonged__service_user=record)


def stops(contact: Contact, request: RightsRequest | None = None) -> list[Stop]:
    """What stands in the way of destroying a contact; the request’s own hold does not.

    Without a request its copy in casework goes with it, so what keeps that is in the way too.
    """
    found = kept_by_safety([contact], request)
    for copy in () if request else HandOver.objects.filter(contact=contact):
        found += [each for each in in_the_way_of(copy, None) if each not in found]
    if ActionRequest.objects.open().filter(contact=contact).exists():
        found.append(Stop.ASKED)
    if contact.status != Contact.Status.ENDED:
        found.append(Stop.OPEN)
    owed = RightsRequest.objects.to_answer().filter(concerns__contact=contact, kind=Kind.ACCESS)
    if owed.exclude(pk=request.pk if request else None).exists():
        found.append(Stop.COPY_OWED)
    if request and not request.scope().filter(pk=contact.pk).exists():
        found.append(Stop.NOT_THEIRS)
    return found


def kept_by_safety(contacts: Iterable[Contact], request: RightsRequest | None) -> list[Stop]:
    """A hold in force on one of these contacts, but for the request’s own, and an open worry."""
    own = request.concerns.exclude(hold_id=None).values("hold_id") if request else []
    found = []
    if HeldContact.objects.in_force().filter(contact__in=contacts).exclude(hold__in=own).exists():
        found.append(Stop.HELD)
    if Escalation.objects.open().filter(contact__in=contacts).exists():
        found.append(Stop.WORRY)
    return found
