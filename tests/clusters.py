"""A PostgreSQL cluster of a test's own: to be copied, restored, and searched byte by byte."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg2
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from helpline.dev.account import of_servers
from helpline.foundation.audit import lives
from tests.racing import until

DATABASE = "helpline"
SETTINGS = ["listen_addresses=", "fsync=off", "logging_collector=off", "shared_buffers=32MB"]


class Cluster(NamedTuple):
    """Where one lies; its socket is in the same folder, which only its own account can enter."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def restore(self, dump: Path) -> None:
        """Make the database anew from a dump."""
        run("dropdb", *at(self), "--if-exists", "--force", DATABASE)
        run("createdb", *at(self), DATABASE)
        run("pg_restore", *at(self), "-d", DATABASE, "--no-owner", str(dump))

    def base_backup(self) -> Path:
        """A base backup with its WAL, as an operator would take it."""
        target = Path(tempfile.mkdtemp(dir=self.folder)) / "backup"
        run("pg_basebackup", *at(self), "-D", str(target), "-X", "stream", "-c", "fast")
        return target


def at(cluster: Cluster) -> list[str]:
    return ["-h", str(cluster.folder), "-U", "postgres"]


def binaries() -> Path:
    """Where the programs of the server under test lie."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
        return Path(cursor.fetchone()[0])


def run(program: str, *arguments: str, **options) -> None:
    done = subprocess.run(
        [str(binaries() / program), *arguments], capture_output=True, text=True, **options
    )
    assert done.returncode == 0, done.stderr


def dump(target: Path) -> Path:
    """A dump of the database that this process is connected to."""
    where = connection.settings_dict
    options = ["-h", where["HOST"], "-U", where["USER"], "-d", where["NAME"], "-Fc", "-f", target]
    options += ["-p", where["PORT"]] if where["PORT"] else []
    run("pg_dump", *map(str, options), env=os.environ | {"PGPASSWORD": where["PASSWORD"] or ""})
    return target


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A new cluster, running; gone afterwards. As root its server is `nobody`'s."""
    account = of_servers()
    made = Cluster(account.folder(Path(tempfile.mkdtemp(prefix="helpline-"))))
    bin_, become = binaries(), account.options()
    initdb = ["initdb", "-D", str(made.data), "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8"]
    run(*initdb, "--no-instructions", "--locale=C", cwd="/", **become)
    options = [word for setting in SETTINGS for word in ("-c", setting)]
    options += ["-c", f"unix_socket_directories={made.folder}", "-D", str(made.data)]
    with open(made.folder / "log", "w") as log:
        server = subprocess.Popen(
            [str(bin_ / "postgres"), *options], stdout=log, stderr=log, cwd="/", **become
        )
    try:
        until(lambda: answers(made))
        yield made
    finally:
        server.terminate()  # smart: waits for connections, so the next line ends them at once
        server.send_signal(2)
        server.wait(20)
        shutil.rmtree(made.folder)


def migrate() -> None:
    """Make the tables where this process is connected to."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def answers(made: Cluster) -> bool:
    try:
        psycopg2.connect(host=str(made.folder), user="postgres", dbname="postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


@contextmanager
def living_in(made: Cluster, role: str = "postgres") -> Iterator[None]:
    """Every query of this process goes to that cluster's database meanwhile, as that role."""
    where = connection.settings_dict
    before = dict(where)
    connection.close()
    where.update(HOST=str(made.folder), PORT="", USER=role, PASSWORD="", NAME=DATABASE)
    lives.current.cache_clear()
    try:
        yield
    finally:
        connection.close()
        where.update(before)
        lives.current.cache_clear()


def bytes_below(folder: Path) -> bytes:
    """Every file of a data folder, one after the other: tables, indexes, WAL, logs."""
    return b"\0".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
