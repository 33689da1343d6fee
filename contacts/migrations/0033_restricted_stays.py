"""What is restricted stays as it is and stays (Art 18), whatever the application is told to do."""

from django.db import migrations

GUARD = """
CREATE FUNCTION restricted_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'restricted_stays' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER restricted_stays BEFORE UPDATE ON contacts_contact FOR EACH ROW
    WHEN (OLD.restricted AND NEW.restricted AND (
        OLD.handle, OLD.nickname, OLD.service, OLD.channel, OLD.status, OLD.outcome, OLD.key_id,
        OLD.started_at, OLD.answered_at, OLD.ended_at, OLD.last_line, OLD.purge_on, OLD.purged_on
    ) IS DISTINCT FROM (
        NEW.handle, NEW.nickname, NEW.service, NEW.channel, NEW.status, NEW.outcome, NEW.key_id,
        NEW.started_at, NEW.answered_at, NEW.ended_at, NEW.last_line, NEW.purge_on, NEW.purged_on
    )) EXECUTE FUNCTION restricted_stays();
CREATE TRIGGER restricted_stays_there BEFORE DELETE ON contacts_contact FOR EACH ROW
    WHEN (OLD.restricted) EXECUTE FUNCTION restricted_stays();

CREATE TRIGGER restricted_stays BEFORE UPDATE ON contacts_serviceuser FOR EACH ROW
    WHEN (OLD.restricted AND NEW.restricted AND (
        OLD.names, OLD.born, OLD.phone, OLD.email, OLD.address, OLD.access_needs, OLD.key_id
    ) IS DISTINCT FROM (
        NEW.names, NEW.born, NEW.phone, NEW.email, NEW.address, NEW.access_needs, NEW.key_id
    )) EXECUTE FUNCTION restricted_stays();
CREATE TRIGGER restricted_stays_there BEFORE DELETE ON contacts_serviceuser FOR EACH ROW
    WHEN (OLD.restricted) EXECUTE FUNCTION restricted_stays();

CREATE FUNCTION restricted_takes_nothing_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM contacts_contact WHERE id = NEW.contact_id AND restricted) THEN
        RAISE EXCEPTION 'restricted_takes_nothing_in' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER restricted_takes_nothing_in BEFORE INSERT OR UPDATE ON contacts_note
    FOR EACH ROW EXECUTE FUNCTION restricted_takes_nothing_in();
CREATE TRIGGER restricted_takes_nothing_in BEFORE INSERT OR UPDATE ON contacts_notereview
    FOR EACH ROW EXECUTE FUNCTION restricted_takes_nothing_in();
CREATE TRIGGER restricted_takes_nothing_in BEFORE INSERT OR UPDATE ON contacts_contacttopic
    FOR EACH ROW EXECUTE FUNCTION restricted_takes_nothing_in();
CREATE TRIGGER restricted_takes_nothing_in BEFORE INSERT OR UPDATE ON contacts_legalbasis
    FOR EACH ROW EXECUTE FUNCTION restricted_takes_nothing_in();
CREATE TRIGGER restricted_takes_nothing_in BEFORE INSERT ON contacts_handover
    FOR EACH ROW EXECUTE FUNCTION restricted_takes_nothing_in();
CREATE TRIGGER restricted_takes_nothing_in BEFORE UPDATE ON contacts_line
    FOR EACH ROW EXECUTE FUNCTION restricted_takes_nothing_in();
"""

TABLES = ("note", "notereview", "contacttopic", "legalbasis", "handover", "line")
UNGUARD = (
    "".join(f"DROP TRIGGER restricted_takes_nothing_in ON contacts_{table};\n" for table in TABLES)
    + """
DROP FUNCTION restricted_takes_nothing_in();
DROP TRIGGER restricted_stays ON contacts_contact;
DROP TRIGGER restricted_stays_there ON contacts_contact;
DROP TRIGGER restricted_stays ON contacts_serviceuser;
DROP TRIGGER restricted_stays_there ON contacts_serviceuser;
DROP FUNCTION restricted_stays();
"""
)


class Migration(migrations.Migration):
    dependencies = [("contacts", "0032_restricted")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
