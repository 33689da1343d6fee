import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0022_empty_chats_step_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="Forgotten",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("unlinked", "That a contact belonged to a record"),
                            ("nickname", "The nickname of a contact"),
                            ("survey", "The answers about how we did, of a contact"),
                        ],
                        max_length=10,
                    ),
                ),
                ("which", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="Belonged",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="belonged",
                        to="contacts.contact",
                    ),
                ),
                (
                    "service_user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="belonged",
                        to="contacts.serviceuser",
                    ),
                ),
            ],
        ),
    ]
