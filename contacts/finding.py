"""Looking for somebody's record: by what they tell now, never by leafing through names.

Two facts must agree, for everybody. A worker asks while in contact with the person; a supervisor
says why. That somebody was looked for is written down and committed before anything is opened.
"""

import re
from datetime import date

from django.db import connection, models, transaction
from django.db.models import Q

from contacts.matching import MOST, Told, best, exact_hashes, tokens
from contacts.models.contact import Contact
from contacts.models.service_user import ServiceUser
from contacts.vocabulary import WhyKnown
from helpline.foundation.audit.actions import Action
from helpline.foundation.audit.models import record_first
from helpline.foundation.staff.models import Staff
from helpline.foundation.staff.roles import Permission
from helpline.foundation.states import Refused
from helpline.foundation.vault.models import DataKey

FACTS = 2


def find(
    told: Told, *, by: Staff, contact: Contact | None = None, why: str = WhyKnown.IN_CONTACT
) -> list[ServiceUser]:
    """The records that may be this person's, likeliest first: possibilities, joined by nobody.

    Raises `Refused` for fewer than two facts, or where neither a contact of one's own is open nor
    a supervisor or safeguarding lead says why; a data protection officer has a request about data.
    """
    if len(told.facts()) < FACTS:
        raise Refused("Ask for two facts: a name with a birthday, a telephone number or an e-mail.")
    if not _has_cause(by, contact, why):
        raise Refused("A record can be looked for while you are in touch with the person.")
    record_first(Action.PEOPLE_LOOKED_FOR, on=None, by=by, why=why, facts=".".join(told.facts()))
    kept = [(record, facts_of(record)) for record in picked(told, by)]
    return best(told, kept, least=FACTS)


def _has_cause(by: Staff, contact: Contact | None, why: str) -> bool:
    if contact is not None and by.may(Permission.FIND_PEOPLE):
        return contact.worker_id == by.pk and contact.status == Contact.Status.OPEN
    may = by.may(Permission.LOOK_UP_PEOPLE) or by.may(Permission.ANSWER_RIGHTS)
    return may and why in set(WhyKnown) - {WhyKnown.IN_CONTACT}


def picked(told: Told, by: Staff) -> list[ServiceUser]:
    """The few records worth comparing, with their keys.

    Hardly a hash stands in more than one record, which PostgreSQL cannot know: it would sooner read
    a million rows than the index, so for this statement it may not.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        records = list(candidates(told, by))[:MOST]
        keys = DataKey.objects.in_bulk([record.key_id for record in records])
    for record in records:
        record.key = keys[record.key_id]
    return records


def candidates(told: Told, by: Staff) -> models.QuerySet[ServiceUser]:
    """Whatever shares a hash with what was told, by one statement."""
    ways = Q(near__overlap=tokens(told))
    for column, hashes in exact_hashes(told).items():
        ways |= Q(**{f"{column}__in": hashes})
    free = ServiceUser.objects.kept().filter(restricted=False)
    return free.filter(ways, service__in=by.services)


def facts_of(record: ServiceUser) -> Told:
    """What a record holds of the facts, opened in memory to be compared and never shown."""
    return Told(record.names, record.born, record.phone, record.email)


def read_date(text: str) -> date | None:
    """A birthday as people in Britain write it, day first: 7/3/1991, 7.3.91, 1991-03-07."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if len(numbers) != 3:
        return None
    year, month, day = numbers if numbers[0] > 31 else reversed(numbers)
    if year < 100:
        year += 2000 if year <= date.today().year % 100 else 1900
    try:
        return date(year, month, day)
    except ValueError:
        return None
