"""A sharing moves only as drawn; what left, where it went and what was done stay as they are."""

from django.db import migrations

DRAWN = [
    ("preparing", "prepared"),
    ("preparing", "not-shared"),
    ("prepared", "preparing"),
    ("prepared", "approved"),
    ("prepared", "leaving"),
    ("prepared", "not-shared"),
    ("approved", "preparing"),
    ("approved", "leaving"),
    ("approved", "not-shared"),
    ("leaving", "preparing"),
    ("leaving", "shared"),
]
PAIRS = ", ".join(f"('{start}', '{end}')" for start, end in DRAWN)

GUARD = f"""
CREATE FUNCTION sharing_moves_as_drawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN ({PAIRS}) THEN
        RAISE EXCEPTION 'a sharing cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.status IN ('leaving', 'shared') AND NEW.status <> 'preparing' AND
        (NEW.package, NEW.went_to, NEW.left_mark, NEW.recipient_id, NEW.way, NEW.ground)
        IS DISTINCT FROM
        (OLD.package, OLD.went_to, OLD.left_mark, OLD.recipient_id, OLD.way, OLD.ground)
    THEN
        RAISE EXCEPTION 'what has left is never changed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sharing_moves_as_drawn BEFORE UPDATE ON safeguarding_disclosure
    FOR EACH ROW EXECUTE FUNCTION sharing_moves_as_drawn();
CREATE TRIGGER disclosure_step_stays BEFORE UPDATE ON safeguarding_disclosurestep
    FOR EACH ROW EXECUTE FUNCTION safeguarding_history_stays();
CREATE TRIGGER emergency_call_stays BEFORE UPDATE ON safeguarding_emergencycall
    FOR EACH ROW EXECUTE FUNCTION safeguarding_history_stays();
"""

UNGUARD = """
DROP TRIGGER emergency_call_stays ON safeguarding_emergencycall;
DROP TRIGGER disclosure_step_stays ON safeguarding_disclosurestep;
DROP TRIGGER sharing_moves_as_drawn ON safeguarding_disclosure;
DROP FUNCTION sharing_moves_as_drawn();
"""


class Migration(migrations.Migration):
    dependencies = [("safeguarding", "0010_sharing")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
