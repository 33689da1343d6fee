"""When a basis was written down, and which it was, is never changed; one that came later says so
(S2-26, D15), whatever the application is told to do."""

from django.db import migrations

GUARD = """
CREATE FUNCTION basis_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'basis_is_never_changed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER basis_is_never_changed BEFORE UPDATE ON contacts_legalbasis
    FOR EACH ROW EXECUTE FUNCTION basis_is_never_changed();
CREATE TRIGGER basis_is_never_changed BEFORE UPDATE ON contacts_recordbasis FOR EACH ROW
    WHEN ((OLD.basis, OLD.condition, OLD.no_consent, OLD.reason, OLD.wording, OLD.agreed_at,
           OLD.recorded_by_id, OLD.recorded_at)
        IS DISTINCT FROM (NEW.basis, NEW.condition, NEW.no_consent, NEW.reason, NEW.wording,
           NEW.agreed_at, NEW.recorded_by_id, NEW.recorded_at))
    EXECUTE FUNCTION basis_is_never_changed();

CREATE FUNCTION basis_that_came_later_says_so() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT NEW.late AND EXISTS (
        SELECT FROM contacts_contact
        WHERE id = NEW.contact_id AND ended_at + interval '1 hour' < NEW.recorded_at
    ) THEN
        RAISE EXCEPTION 'basis_that_came_later_says_so' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM contacts_contact
        WHERE id = NEW.contact_id AND started_at > NEW.recorded_at
    ) THEN
        RAISE EXCEPTION 'basis_is_not_older_than_its_contact' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER basis_that_came_later_says_so BEFORE INSERT ON contacts_legalbasis
    FOR EACH ROW EXECUTE FUNCTION basis_that_came_later_says_so();
"""

UNGUARD = """
DROP TRIGGER basis_that_came_later_says_so ON contacts_legalbasis;
DROP FUNCTION basis_that_came_later_says_so();
DROP TRIGGER basis_is_never_changed ON contacts_recordbasis;
DROP TRIGGER basis_is_never_changed ON contacts_legalbasis;
DROP FUNCTION basis_is_never_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0035_objections")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
