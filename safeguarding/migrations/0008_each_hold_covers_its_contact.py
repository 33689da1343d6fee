"""What is held stays held: each hold covers the contact that it had, its reason sealed anew."""

from django.db import migrations

from helpline.foundation.vault.models import DataKey
from helpline.foundation.vault.sealed import seal, unseal

WORDS = ("reason", "release_reason")
KINDS = {"request-open": "rights", "claim": "legal", "investigation": "breach"}


def reseal(source, target, key_id, db: str) -> None:
    """The words of `source` in `target`, whose place is another one."""
    cipher = DataKey.objects.using(db).get(pk=key_id).cipher
    for name in WORDS:
        words = source.__dict__[name]
        if words is not None:
            places = [each._meta.get_field(name).place_of(each) for each in (source, target)]
            words = seal(cipher, unseal(cipher, words, places[0]), places[1])
        target.__dict__[name] = words


def cover(apps, schema_editor):
    """Each hold covers the one contact that it had."""
    Hold = apps.get_model("safeguarding", "Hold")
    HeldContact = apps.get_model("safeguarding", "HeldContact")
    db = schema_editor.connection.alias
    for hold in Hold.objects.using(db).select_related("contact"):
        held = HeldContact(hold=hold, contact=hold.contact, key_id=hold.key_id)
        reseal(hold, held, hold.contact.key_id, db)
        held.save(using=db)
        hold.service, hold.believed_by_id = hold.contact.service, hold.placed_by_id
        if hold.kind == "safeguarding":
            hold.kind = KINDS.get(hold.ground, hold.kind)
        hold.save(using=db, update_fields=["service", "believed_by", "kind"])


def uncover(apps, schema_editor):
    """Each hold has the one contact that it covers; of several, every further one is lost."""
    Hold = apps.get_model("safeguarding", "Hold")
    db = schema_editor.connection.alias
    for hold in Hold.objects.using(db):
        held = hold.covers.select_related("contact").order_by("pk").first()
        hold.contact, hold.key_id = held.contact, held.key_id
        reseal(held, hold, held.contact.key_id, db)
        hold.save(using=db)


class Migration(migrations.Migration):
    dependencies = [("safeguarding", "0007_holds_cover_contacts")]

    operations = [migrations.RunPython(cover, uncover)]
