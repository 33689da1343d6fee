"""What was handed over stays as it was said."""

from django.db import migrations

GUARD = """
CREATE TRIGGER handover_stays BEFORE UPDATE ON safeguarding_handover
    FOR EACH ROW EXECUTE FUNCTION safeguarding_history_stays();
"""

UNGUARD = "DROP TRIGGER handover_stays ON safeguarding_handover;"


class Migration(migrations.Migration):
    dependencies = [("safeguarding", "0012_handovers_and_debriefs")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
