from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0036_bases_stay"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(
                condition=models.Q(("status", "failed")),
                fields=["moved_at"],
                name="dispatch_failed",
            ),
        ),
    ]
