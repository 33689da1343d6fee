"""An escalation only ever becomes more urgent, and its limits never move back with it."""

from django.db import migrations

GUARD = """
CREATE FUNCTION escalation_only_more_urgent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rising CONSTANT text[] := ARRAY['planned', 'today', 'immediate'];
BEGIN
    IF array_position(rising, NEW.urgency::text) < array_position(rising, OLD.urgency::text) THEN
        RAISE EXCEPTION 'an escalation cannot become less urgent'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.acknowledge_by > OLD.acknowledge_by THEN
        RAISE EXCEPTION 'an escalation cannot wait longer than was said'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER escalation_only_more_urgent
    BEFORE UPDATE OF urgency, acknowledge_by ON safeguarding_escalation
    FOR EACH ROW EXECUTE FUNCTION escalation_only_more_urgent();
"""

UNGUARD = """
DROP TRIGGER escalation_only_more_urgent ON safeguarding_escalation;
DROP FUNCTION escalation_only_more_urgent();
"""


class Migration(migrations.Migration):
    dependencies = [("safeguarding", "0020_what_can_wait_no_more")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
