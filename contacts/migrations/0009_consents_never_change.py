"""What somebody agreed to or refused is written once: a change of mind is a row of its own."""

from django.db import migrations

REVOKE = """
DO $$
DECLARE grantee name;
BEGIN
    FOR grantee IN
        SELECT DISTINCT g.grantee FROM information_schema.role_table_grants g
        WHERE g.table_name = 'contacts_consent' AND g.grantee NOT IN (CURRENT_USER, 'PUBLIC')
    LOOP
        EXECUTE format('REVOKE UPDATE ON contacts_consent FROM %I', grantee);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0008_chat")]

    operations = [migrations.RunSQL(REVOKE, migrations.RunSQL.noop)]
