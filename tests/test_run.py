"""`./run`: one command starts everything, keeps it running, and leaves nothing behind."""

import os
import signal
import stat
import time

import psycopg2
import pytest

from tests.running import NAMES, core_limit, until

RESTART_LIMIT = 5  # seconds
START_LIMIT = 20  # seconds; alone on the machine it takes 4, here all other tests run beside it


def query(url, statement):
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()
    finally:
        connection.close()


def test_the_first_page_answers_once_it_says_ready(running):
    assert running.status() == 200


def test_settings_and_keys_are_in_a_file_of_our_own(running):
    assert stat.S_IMODE((running.home / "env").stat().st_mode) == 0o600
    assert {"SECRET_KEY", "ROOT_KEY", "INDEX_KEYS", "TRAIL_KEY", "DATABASE_URL"} <= {*running.env}


def test_a_second_run_on_the_same_home_is_refused(running):
    second = running.call()
    assert second.returncode == 2
    assert second.stderr.startswith("Another `./run` uses ")
    assert second.stderr.count("\n") == 1


@pytest.mark.parametrize("name", NAMES)
def test_j10_no_process_dumps_its_memory(running, name):
    def said():
        try:
            return core_limit(running.pid(name))
        except OSError:  # it has ended and is being restarted; its file holds the next pid soon
            return None

    assert until(said) == ["0", "0", "bytes"]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("log_statement", "none"),
        ("log_min_error_statement", "panic"),
        ("log_error_verbosity", "terse"),
        ("log_parameter_max_length", "0"),
        ("log_parameter_max_length_on_error", "0"),
        ("log_min_duration_statement", "-1"),
        ("password_encryption", "scram-sha-256"),
        ("listen_addresses", ""),
    ],
)
def test_n06_the_database_logs_no_words_and_listens_on_no_port(running, setting, value):
    assert query(running.env["DATABASE_URL"], f"SHOW {setting}") == [(value,)]


def test_n06_words_in_a_failing_statement_reach_no_log(running):
    with pytest.raises(psycopg2.Error):
        query(running.env["DATABASE_URL"], "SELECT 'velvet umbrella'::uuid")
    logs = [path.read_bytes() for path in (running.home / "logs").iterdir()]
    assert not [log for log in logs if b"velvet umbrella" in log]


def test_f14_the_application_cannot_make_or_change_tables(running):
    for statement in ("CREATE TABLE t (id int)", "DROP TABLE contacts_contact", "CREATE ROLE r"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            query(running.env["DATABASE_URL"], statement)


def test_nobody_enters_the_database_without_the_password(running):
    password = running.env["DATABASE_PASSWORD"]
    url = running.env["DATABASE_URL"].replace(password, "guess")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        query(url, "SELECT 1")


def test_manage_uses_the_running_database(running):
    done = running.manage("shell", "-v", "0", "-c", "print(__import__('os').environ['KEYS_DIR'])")
    assert done.stdout.strip() == str(running.home / "keys"), done.stderr


def test_manage_gives_the_exit_code_of_its_command(running):
    assert running.manage("purge", "--on", "2027-01-01").returncode == 2


@pytest.mark.parametrize("name", NAMES)
def test_a_process_that_dies_is_started_again_within_5_seconds(running, name):
    dead = running.pid(name)
    os.kill(dead, signal.SIGKILL)
    began = time.monotonic()
    until(lambda: running.pid(name) != dead)
    assert time.monotonic() - began < RESTART_LIMIT
    until(running.is_whole)


def test_after_kill_9_of_everything_it_starts_clean_with_the_same_data(running):
    keys = running.env["ROOT_KEY"]
    before = query(running.env["DATABASE_URL"], "SELECT count(*) FROM staff_staff")
    for pid in [running.process.pid, *(running.pid(name) for name in NAMES)]:
        os.kill(pid, signal.SIGKILL)
    running.process.communicate()

    assert running.start() < START_LIMIT

    assert running.env["ROOT_KEY"] == keys
    assert query(running.env["DATABASE_URL"], "SELECT count(*) FROM staff_staff") == before


def test_after_kill_9_of_run_alone_its_orphans_are_ended_first(running):
    orphans = [running.pid(name) for name in NAMES]
    running.process.kill()
    running.process.communicate()

    assert running.start() < START_LIMIT

    assert not {running.pid(name) for name in NAMES} & {*orphans}
    assert running.status() == 200


def test_sigterm_ends_it_within_10_seconds_and_leaves_no_process(running):
    began = time.monotonic()
    assert running.stop(signal.SIGTERM) == 0
    assert time.monotonic() - began < 10
    assert running.left() == []

    assert running.start() < START_LIMIT


def test_after_ctrl_c_manage_starts_the_servers_it_needs_and_stops_them(running):
    assert running.stop(signal.SIGINT) == 0
    done = running.manage("verify_trail")
    assert (done.returncode, running.left()) == (0, []), done.stderr

    refused = running.call(ROOT_KEY="MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
    assert (refused.returncode, running.left()) == (2, []), refused.stderr
    assert "ROOT_KEY does not open the key ring" in refused.stderr  # J04

    assert running.start() < START_LIMIT
