import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0002_run_says_what_it_kept"),
    ]

    operations = [
        migrations.RenameField(
            model_name="disposal",
            old_name="contacts",
            new_name="gone",
        ),
        migrations.AlterField(
            model_name="disposal",
            name="retention_class",
            field=models.CharField(max_length=60),
        ),
        migrations.AlterField(
            model_name="disposal",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disposals",
                to="privacy.purgerun",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposal",
            constraint=models.UniqueConstraint(
                fields=("run", "retention_class"), name="one_certificate_for_a_run_and_class"
            ),
        ),
    ]
