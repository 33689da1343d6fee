"""A legal basis and a step of a request are written once, as answers to a wording are."""

from django.db import migrations

REVOKE = """
DO $$
DECLARE grantee name;
BEGIN
    FOR grantee IN
        SELECT DISTINCT g.grantee FROM information_schema.role_table_grants g
        WHERE g.table_name = 'contacts_actionstep' AND g.grantee NOT IN (CURRENT_USER, 'PUBLIC')
    LOOP
        EXECUTE format(
            'REVOKE UPDATE ON contacts_consent, contacts_legalbasis, contacts_actionstep FROM %I',
            grantee
        );
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0016_consents_and_requests")]

    operations = [migrations.RunSQL(REVOKE, migrations.RunSQL.noop)]
