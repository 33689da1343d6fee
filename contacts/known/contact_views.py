"""While somebody is in touch: looking for their record, keeping one, linking, and undoing that."""

from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from contacts import finding
from contacts.known import showing
from contacts.known.forms import FindForm, KeepForm, LinkForm
from contacts.models import Answer, Consent, Contact, Link, Purpose, ServiceUser
from contacts.wordings import BY_CHANNEL, WORDINGS
from helpline.foundation.audit.models import record_reading
from helpline.foundation.staff.access import refuse, requires
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused

FOUND = "a record that was found in a contact"  # what the signed choices are for
GOOD_FOR = 3600  # seconds


def in_touch(request, pk) -> Contact:
    """An open contact of one's own, its reading written down; otherwise the 404."""
    mine = Contact.objects.visible_to(request.user).with_key().filter(
        pk=pk, worker=request.user, status=Contact.Status.OPEN
    )  # fmt: skip
    contact = mine.first() or refuse(request)
    record_reading(contact, by=request.user, shared=True)
    return contact


def page(request, contact: Contact, **context):
    """The page about whoever is in touch now; it asks nothing that they do not want to tell."""
    links = Link.objects.of(contact).select_related("service_user", "recorded_by")
    link, wording = links.first(), WORDINGS[Purpose.RECORD]
    shown = {
        "contact": contact,
        "link": link and showing.link_of(link),
        "find_form": FindForm(),
        "keep_form": KeepForm(initial={"wording": wording.current.number}),
        "link_form": LinkForm(contact=contact),
        "wording": wording.current,
        "question": wording.template(wording.current),
    }
    return render(request, "known/contact.html", shown | context)


@require_http_methods(["GET", "POST"])
@requires(Permission.FIND_PEOPLE)
def known_contact(request, pk):
    """Is there a record of the person who is in touch? They tell two facts; possibilities show."""
    contact = in_touch(request, pk)
    if request.method == "GET":
        return page(request, contact)
    form = FindForm(request.POST)
    if not form.is_valid():
        return page(request, contact, find_form=form)
    records = finding.find(form.told(), by=request.user, contact=contact)
    found = [
        showing.possibility(record) | {"choice": choice_of(request, contact, record)}
        for record in records
    ]
    return page(request, contact, find_form=form, found=found)


def choice_of(request, contact: Contact, record: ServiceUser) -> str:
    """A signed mark that this person found this record in this contact, good for an hour."""
    return signing.dumps([str(request.user.pk), str(contact.pk), str(record.pk)], salt=FOUND)


def chosen(request, contact: Contact) -> ServiceUser:
    """The record that was found in this contact; one that was not found cannot be chosen."""
    try:
        choice = request.POST.get("choice", "")
        by, of, pk = signing.loads(choice, salt=FOUND, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError):
        raise Refused("Look for the record again: ask them for two facts.") from None
    if by != str(request.user.pk) or of != str(contact.pk):
        refuse(request)
    return ServiceUser.objects.kept().filter(pk=pk, restricted=False).first() or refuse(request)


@require_POST
@requires(Permission.KEEP_RECORDS)
def known_link(request, pk):
    """The person asks that this contact be put together with their record."""
    contact = in_touch(request, pk)
    record, form = chosen(request, contact), LinkForm(request.POST, contact=contact)
    if not form.is_valid():
        raise Refused("A contact is linked only when the person asks for it. Say how they did.")
    Link.objects.link(contact, record, by=request.user, **form.cleaned_data)
    messages.success(request, "This contact belongs to their record now. It can be undone.")
    return redirect(record)


@require_POST
@requires(Permission.KEEP_RECORDS)
def known_unlink(request, pk):
    """The person asks that this contact be anonymous again."""
    contact = in_touch(request, pk)
    link = Link.objects.of(contact).select_related("service_user").first() or refuse(request)
    link.unlink(by=request.user)
    messages.success(request, "This contact is anonymous again.")
    return redirect("known_contact", pk=pk)


@require_POST
@requires(Permission.KEEP_RECORDS)
def known_keep(request, pk):
    """Begin a record at the person's wish, or on a basis that is written down now (L01)."""
    contact = in_touch(request, pk)
    form, link_form = KeepForm(request.POST), LinkForm(request.POST, contact=contact)
    linked = bool(request.POST.get("asked"))
    if not form.is_valid() or (linked and not link_form.is_valid()):
        return page(request, contact, keep_form=form, link_form=link_form)
    with transaction.atomic():
        consent = None
        if form.cleaned_data["agreed"]:
            consent = Consent.objects.answered(
                contact,
                Answer.GIVEN,
                wording=form.cleaned_data["wording"],
                purpose=Purpose.RECORD,
                by=request.user,
                how=BY_CHANNEL[contact.channel],
            )
        record = ServiceUser.objects.keep(
            contact,
            by=request.user,
            details=form.details(),
            consent=consent,
            basis=form.other_basis(),
        )
        if linked:
            Link.objects.link(contact, record, by=request.user, **link_form.cleaned_data)
    messages.success(request, "The record is kept.")
    return redirect(record)
