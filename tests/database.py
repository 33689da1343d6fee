"""The tests' database: migrated once, and copied for every run until what makes it changes.

The copied one takes no connections, so no test can leave a row in it.
"""

import hashlib
import re
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.backends.postgresql.creation import DatabaseCreation

MADE = "migrated_"  # begins the name of each that is copied
LOCK = 5_157  # the advisory lock of whoever looks for it: workers begin at the same moment
IMPORTED = re.compile(r"^(?:from|import) +([\w.]+)(?: import ([\w, ]+))?", re.MULTILINE)
BOOT = Path("/proc/sys/kernel/random/boot_id")
migrated_by_django = DatabaseCreation.create_test_db


def copied() -> None:
    """From now on test databases are copies."""
    DatabaseCreation.create_test_db = _copy
    DatabaseCreation._destroy_test_db = _drop


def _copy(self, verbosity=1, autoclobber=False, serialize=False, keepdb=False) -> str:
    """What Django's own method does, from a migrated database where there is one."""
    name = self._get_test_db_name()
    with self._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # until this connection ends
        cursor.execute("SHOW server_version")
        source = MADE + fingerprint(cursor.fetchone()[0], sources())
        _drop(self, name, verbosity)
        if not self._database_exists(cursor, source):
            migrated_by_django(self, verbosity, autoclobber, serialize=False)
            _keep(self, cursor, name, source)
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
    settings.DATABASES[self.connection.alias]["NAME"] = name
    self.connection.settings_dict["NAME"] = name
    self.connection.ensure_connection()
    return name


def _keep(self, cursor, name: str, source: str) -> None:
    """Name it for copying only now that it is whole, and forget those of other migrations."""
    self.connection.close()
    cursor.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [MADE])
    for (old,) in cursor.fetchall():
        cursor.execute(f"DROP DATABASE {old} WITH (FORCE)")
    cursor.execute(f"ALTER DATABASE {name} RENAME TO {source}")


def _drop(self, name: str, verbosity: int) -> None:
    """Processes that were killed on purpose may leave a connection that PostgreSQL still counts."""
    with self._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {self._quote_name(name)} WITH (FORCE)")


def fingerprint(server: str, files: set[Path]) -> str:
    """What the migrated database depends on: migrations, what they import, packages, server.

    Without fsync nothing is certain after a power cut, so it holds until the next boot only.
    """
    said = hashlib.sha256(f"{server} {BOOT.read_text() if BOOT.exists() else ''}".encode())
    for path in sorted(files):
        said.update(f"{path}\n".encode() + path.read_bytes())
    return said.hexdigest()[:16]


def sources() -> set[Path]:
    """The files that say how the database is made."""
    folders = [Path(app.path) / "migrations" for app in apps.get_app_configs()]
    migrations = {path for folder in folders for path in folder.glob("*.py")}
    here = {Path(__file__), settings.BASE_DIR / "requirements.lock"}
    return here.union(migrations, *map(imported, migrations))


def imported(migration: Path) -> set[Path]:
    """The modules of ours that this migration imports."""
    names = set()
    for module, parts in IMPORTED.findall(migration.read_text()):
        names |= {module, *(f"{module}.{part.strip()}" for part in parts.split(",") if part)}
    bases = [settings.BASE_DIR / name.replace(".", "/") for name in names]
    files = {file for base in bases for file in (base.with_suffix(".py"), base / "__init__.py")}
    return {file for file in files if file.exists()}
