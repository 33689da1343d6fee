"""The trail can be added to and nothing else, whoever asks."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'permission denied: the trail is never changed' USING ERRCODE = '42501';
END $$;
CREATE FUNCTION audit_refuse_until_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.keep_until > CURRENT_DATE THEN
        RAISE EXCEPTION 'permission denied: this event is kept until %', OLD.keep_until
            USING ERRCODE = '42501';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER event_never_changed BEFORE UPDATE ON audit_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER event_kept BEFORE DELETE ON audit_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_until_ended();
CREATE TRIGGER events_not_emptied BEFORE TRUNCATE ON audit_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER seal_never_changed BEFORE UPDATE OR DELETE ON audit_auditseal
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER seals_not_emptied BEFORE TRUNCATE ON audit_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER life_never_changed BEFORE UPDATE OR DELETE ON audit_life
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
"""

ALLOW = """
DROP TRIGGER event_never_changed ON audit_auditevent;
DROP TRIGGER event_kept ON audit_auditevent;
DROP TRIGGER events_not_emptied ON audit_auditevent;
DROP TRIGGER seal_never_changed ON audit_auditseal;
DROP TRIGGER seals_not_emptied ON audit_auditseal;
DROP TRIGGER life_never_changed ON audit_life;
DROP FUNCTION audit_refuse();
DROP FUNCTION audit_refuse_until_ended();
"""

# Whoever was granted more than reading and adding by default loses it; the owner has its triggers.
REVOKE = """
DO $$
DECLARE grantee name;
BEGIN
    FOR grantee IN
        SELECT DISTINCT g.grantee FROM information_schema.role_table_grants g
        WHERE g.table_name = 'audit_auditevent' AND g.grantee NOT IN (CURRENT_USER, 'PUBLIC')
    LOOP
        EXECUTE format('REVOKE UPDATE, TRUNCATE ON audit_auditevent FROM %I', grantee);
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON audit_auditseal, audit_life FROM %I',
        grantee); END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE, ALLOW),
        migrations.RunSQL(REVOKE, migrations.RunSQL.noop),
    ]
