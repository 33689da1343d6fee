"""Lines and notes are written once: the application may add and remove them, not change them."""

from django.db import migrations

REVOKE = """
DO $$
DECLARE grantee name;
BEGIN
    FOR grantee IN
        SELECT DISTINCT g.grantee FROM information_schema.role_table_grants g
        WHERE g.table_name = 'contacts_line' AND g.grantee NOT IN (CURRENT_USER, 'PUBLIC')
    LOOP
        EXECUTE format('REVOKE UPDATE ON contacts_line, contacts_note FROM %I', grantee);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]

    operations = [migrations.RunSQL(REVOKE, migrations.RunSQL.noop)]
