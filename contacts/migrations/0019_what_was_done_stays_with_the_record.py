import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0018_handed_over"),
    ]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="action",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="entry",
                to="contacts.actionrequest",
            ),
        ),
        migrations.AlterField(
            model_name="link",
            name="asked",
            field=models.CharField(
                choices=[
                    ("chat", "In the chat"),
                    ("voice", "Spoken"),
                    ("form", "On a form"),
                    ("text", "By text"),
                    ("email", "By e-mail"),
                    ("post", "By post"),
                ],
                max_length=10,
            ),
        ),
    ]
