"""What the demonstration tells of requests about data, by the verbs that staff use."""

import pytest

from contacts.models import Contact
from helpline.demo import kept_and_corrected
from privacy.models import Rectification, Restriction

pytestmark = pytest.mark.django_db


def test_one_chat_is_restricted_and_one_note_is_to_be_put_right(make_contact, dpo, lead, worker):
    for number in range(6):
        make_contact(f"chat {number}", ended=True)
    kept_and_corrected.tell(dpo, lead, worker)
    assert Restriction.objects.in_force().count() == 1
    assert Contact.objects.filter(restricted=True).count() == 1
    assert Rectification.objects.filter(done_on=None).count() == 2
