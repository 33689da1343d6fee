"""Taking back the consent to a record: in the ledger, and on the record, by one act."""

from django.db import transaction

from contacts.models import Consent, Purpose, ServiceUser
from helpline.foundation.staff.models import Staff


@transaction.atomic
def take_back(record: ServiceUser, *, by: Staff) -> bool:
    """Write down that they take it back; True when nothing else keeps the record.

    Where the answer itself has gone with its contact, the record alone still knows of it.
    """
    given = Consent.objects.filter(pk__in=record.bases.by_consent().values("consent"))
    for consent in given.select_related("contact__key"):
        standing = Consent.objects.standing(consent.contact).get(Purpose.RECORD)
        if consent.contact.is_unexpired() and standing and standing.is_in_force():
            how = standing.how  # as easily as it was given
            Consent.objects.withdraw(consent.contact, Purpose.RECORD, by=by, how=how)
    if ServiceUser.objects.kept().filter(pk=record.pk).exists():
        if record.bases.by_consent().exists():
            return record.lose_consent(by=by)
        return False
    return True
