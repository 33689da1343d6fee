"""A hold has no contact of its own any more; PostgreSQL keeps the keys of all that it covers."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE FUNCTION hold_in_force_keeps_the_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.key_id IS NULL AND EXISTS (
        SELECT FROM safeguarding_hold WHERE id = NEW.hold_id AND status <> 'released'
    ) THEN
        RAISE EXCEPTION 'hold_in_force_keeps_the_key' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_in_force_keeps_the_key BEFORE INSERT OR UPDATE OF key_id
    ON safeguarding_heldcontact FOR EACH ROW EXECUTE FUNCTION hold_in_force_keeps_the_key();
"""

UNGUARD = """
DROP TRIGGER hold_in_force_keeps_the_key ON safeguarding_heldcontact;
DROP FUNCTION hold_in_force_keeps_the_key();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("safeguarding", "0008_each_hold_covers_its_contact"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField(
            model_name="hold",
            name="contact",
        ),
        migrations.RemoveField(
            model_name="hold",
            name="key",
        ),
        migrations.RemoveField(
            model_name="hold",
            name="reason",
        ),
        migrations.RemoveField(
            model_name="hold",
            name="release_reason",
        ),
        migrations.AlterField(
            model_name="hold",
            name="service",
            field=models.CharField(
                choices=[("helpline", "Helpline"), ("is-this-ok", "Is This OK?")], max_length=20
            ),
        ),
        migrations.AlterField(
            model_name="hold",
            name="believed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RemoveConstraint(
            model_name="hold",
            name="hold_approved_by_another",
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("status", "released"), _negated=True),
                fields=["review_on", "id"],
                name="hold_by_review_day",
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("status", "released")),
                fields=["released_at"],
                name="hold_released",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("released_at__isnull", False), ("status", "released")),
                    models.Q(
                        models.Q(("status", "released"), _negated=True), ("released_at", None)
                    ),
                    _connector="OR",
                ),
                name="hold_released_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "safeguarding"), _negated=True),
                    models.Q(
                        ("ground__in", ["request-open", "claim", "investigation"]), _negated=True
                    ),
                    _connector="OR",
                ),
                name="hold_for_safety_is_about_safety",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_at", None), ("approved_by", None)),
                    models.Q(
                        ("approved_at__isnull", False),
                        ("approved_by__isnull", False),
                        models.Q(("approved_by", models.F("placed_by")), _negated=True),
                        models.Q(("approved_by", models.F("believed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="hold_approved_by_another",
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
