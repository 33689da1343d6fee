"""An escalation moves only as drawn, whoever asks and by whatever way; its history stays as it
is."""

from django.db import migrations

DRAWN = [
    ("raised", "acknowledged"),
    ("acknowledged", "assessing"),
    ("assessing", "decided"),
    ("decided", "acting"),
    ("decided", "review"),
    ("acting", "informed"),
    ("acting", "not-informed"),
    ("informed", "review"),
    ("not-informed", "review"),
    ("review", "closed"),
    ("closed", "assessing"),
    ("decided", "assessing"),
    ("acting", "assessing"),
    ("informed", "assessing"),
    ("not-informed", "assessing"),
    ("review", "assessing"),
]
PAIRS = ", ".join(f"('{start}', '{end}')" for start, end in DRAWN)

GUARD = f"""
CREATE FUNCTION escalation_moves_as_drawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN ({PAIRS}) THEN
        RAISE EXCEPTION 'an escalation cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER escalation_moves_as_drawn BEFORE UPDATE OF status ON safeguarding_escalation
    FOR EACH ROW EXECUTE FUNCTION escalation_moves_as_drawn();

CREATE FUNCTION safeguarding_history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was done about a worry is never changed'
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER escalation_step_stays BEFORE UPDATE ON safeguarding_escalationstep
    FOR EACH ROW EXECUTE FUNCTION safeguarding_history_stays();
CREATE TRIGGER assessment_stays BEFORE UPDATE ON safeguarding_assessment
    FOR EACH ROW EXECUTE FUNCTION safeguarding_history_stays();
"""

UNGUARD = """
DROP TRIGGER assessment_stays ON safeguarding_assessment;
DROP TRIGGER escalation_step_stays ON safeguarding_escalationstep;
DROP FUNCTION safeguarding_history_stays();
DROP TRIGGER escalation_moves_as_drawn ON safeguarding_escalation;
DROP FUNCTION escalation_moves_as_drawn();
"""


class Migration(migrations.Migration):
    dependencies = [("safeguarding", "0003_escalations")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
