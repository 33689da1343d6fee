"""A hold covers contacts: each has a row of its own, which will keep its key and the reason."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import helpline.foundation.vault.sealed


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0024_contacts_know_of_a_worry"),
        ("safeguarding", "0006_escalations_propose_a_hold"),
        ("vault", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="hold", name="hold_in_force_keeps_the_key"),
        migrations.AlterField(
            model_name="hold",
            name="contact",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="contacts.contact",
            ),
        ),
        migrations.AlterField(
            model_name="hold",
            name="reason",
            field=helpline.foundation.vault.sealed.SealedText(
                null=True, bound=("pk", "contact", "kind"), key="contact__key"
            ),
        ),
        migrations.CreateModel(
            name="HeldContact",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "reason",
                    helpline.foundation.vault.sealed.SealedText(
                        bound=("pk", "hold", "contact"), key="contact__key"
                    ),
                ),
                (
                    "release_reason",
                    helpline.foundation.vault.sealed.SealedText(
                        bound=("pk", "hold", "contact"), key="contact__key", null=True
                    ),
                ),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="covers",
                        to="safeguarding.hold",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="held_by",
                        to="contacts.contact",
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="hold",
            name="contacts",
            field=models.ManyToManyField(
                related_name="holds", through="safeguarding.HeldContact", to="contacts.contact"
            ),
        ),
        migrations.AddConstraint(
            model_name="heldcontact",
            constraint=models.UniqueConstraint(
                fields=("hold", "contact"), name="held_once_by_a_hold"
            ),
        ),
        migrations.AddField(
            model_name="hold",
            name="service",
            field=models.CharField(
                choices=[("helpline", "Helpline"), ("is-this-ok", "Is This OK?")],
                null=True,
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="hold",
            name="believed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
