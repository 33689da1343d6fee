"""Whether anybody else from the team is in a chat, for the page of its person."""

from contacts.chat import said
from contacts.models import Contact, Joining


def words(contact: Contact) -> str:
    """The sentence that tells the person that somebody else is there too; empty if nobody is."""
    return said.BESIDE if Joining.objects.now().filter(contact=contact).exists() else ""
