"""A request of an authority, and one for a location, move only as drawn, whoever asks; what was
done with them stays as it is."""

from django.db import migrations

AUTHORITY = [
    ("unverified", "verified"),
    ("verified", "unverified"),
    ("unverified", "decided"),
    ("verified", "decided"),
    ("decided", "unverified"),
    ("decided", "verified"),
    ("decided", "signed"),
    ("signed", "unverified"),
    ("signed", "verified"),
    ("signed", "answered"),
    ("unverified", "withdrawn"),
    ("verified", "withdrawn"),
]
LOCATION = [
    ("requested", "approved"),
    ("requested", "stopped"),
    ("approved", "sent"),
    ("approved", "stopped"),
    ("sent", "found"),
    ("sent", "nothing"),
    ("found", "told"),
    ("found", "not-told"),
    ("nothing", "told"),
    ("nothing", "not-told"),
]


def guard(name: str, table: str, drawn: list[tuple[str, str]]) -> str:
    """The trigger that lets only the drawn moves of one table pass."""
    pairs = ", ".join(f"('{start}', '{end}')" for start, end in drawn)
    return f"""
CREATE FUNCTION {name}_moves_as_drawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN ({pairs}) THEN
        RAISE EXCEPTION 'this cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {name}_moves_as_drawn BEFORE UPDATE OF status ON {table}
    FOR EACH ROW EXECUTE FUNCTION {name}_moves_as_drawn();
"""


def unguard(name: str, table: str) -> str:
    """Take the trigger of one table away."""
    return f"""
DROP TRIGGER {name}_moves_as_drawn ON {table};
DROP FUNCTION {name}_moves_as_drawn();
"""


HISTORY = """
CREATE TRIGGER authority_step_stays BEFORE UPDATE ON safeguarding_authoritystep
    FOR EACH ROW EXECUTE FUNCTION safeguarding_history_stays();
CREATE TRIGGER location_step_stays BEFORE UPDATE ON safeguarding_locationstep
    FOR EACH ROW EXECUTE FUNCTION safeguarding_history_stays();
"""
NO_HISTORY = """
DROP TRIGGER location_step_stays ON safeguarding_locationstep;
DROP TRIGGER authority_step_stays ON safeguarding_authoritystep;
"""
ONE, OTHER = "safeguarding_authorityrequest", "safeguarding_locationrequest"
GUARD = guard("authority_request", ONE, AUTHORITY) + guard("location_request", OTHER, LOCATION)
UNGUARD = unguard("location_request", OTHER) + unguard("authority_request", ONE)


class Migration(migrations.Migration):
    dependencies = [("safeguarding", "0017_authorities_and_locations")]

    operations = [migrations.RunSQL(GUARD + HISTORY, NO_HISTORY + UNGUARD)]
