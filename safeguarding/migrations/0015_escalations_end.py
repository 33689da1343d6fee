"""An escalation is looked at before its end, and what a person said in it can go sooner; nothing
else of what was judged is ever changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

QUOTES_GO = """
CREATE FUNCTION assessment_only_loses_quotes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.said IS NOT NULL OR to_jsonb(NEW) - 'said' <> to_jsonb(OLD) - 'said' THEN
        RAISE EXCEPTION 'what was done about a worry is never changed'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER assessment_stays ON safeguarding_assessment;
CREATE TRIGGER assessment_stays BEFORE UPDATE ON safeguarding_assessment
    FOR EACH ROW EXECUTE FUNCTION assessment_only_loses_quotes();
"""

QUOTES_STAY = """
DROP TRIGGER assessment_stays ON safeguarding_assessment;
CREATE TRIGGER assessment_stays BEFORE UPDATE ON safeguarding_assessment
    FOR EACH ROW EXECUTE FUNCTION safeguarding_history_stays();
DROP FUNCTION assessment_only_loses_quotes();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("safeguarding", "0014_holds_set_by_requests"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="escalation",
            name="looked_at_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="escalation",
            name="looked_at_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(QUOTES_GO, QUOTES_STAY),
    ]
