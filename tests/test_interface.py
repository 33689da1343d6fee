"""The interface does what its own description says, tried from outside through the door (H12)."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpline.foundation.staff.roles import Scope
from tests.chats import a_line, a_record
from tests.partners import make_key
from tests.serving import ask, served

THOROUGH = os.environ.get("HELPLINE_THOROUGH")
SECONDS = 600 if THOROUGH else 60
# What no schema can say is refused too: a moment in the future, a month that is not over yet.
CONFIGURATION = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", 400, 409, 422]
"""


@pytest.fixture
def site(transactional_db, keys, tmp_path):
    settings = {"KEYS_DIR": str(keys), "PARTNER_PACE": "1000000"}
    with open(tmp_path / "log", "wb") as log, served(log, **settings) as (port, _process):
        yield port


def sent(port, record, key, *headers):
    body = json.dumps(record).encode()
    head = [("Authorization", f"Bearer {key}"), ("Content-Type", "application/json"), *headers]
    return ask(port, "/api/transcripts/", method="POST", body=body, headers=head)


def test_h12_nothing_sent_at_random_finds_a_fault(site, admin, tmp_path):
    _key, token = make_key(admin)
    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(CONFIGURATION)
    command = [Path(sys.executable).parent / "st", f"--config-file={configuration}", "run"]
    options = ["--checks=all", "--phases=examples,coverage,fuzzing,stateful", "--seed=1"]
    address = f"http://127.0.0.1:{site}/api/schema.json"

    found = subprocess.run(
        [
            *command,
            address,
            f"--header=Authorization:Bearer {token}",
            *options,
            f"--max-time={SECONDS}",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": "150"},
    )

    assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-2000:]
    generated, passed = re.search(r"(\d+) generated, (\d+) passed", found.stdout).groups()
    assert int(generated) == int(passed) > 40
    assert "Tested: 2" in found.stdout


def test_a_large_transcript_passes_and_a_larger_one_does_not_h07(site, admin):
    _key, token = make_key(admin, Scope.ADD_TRANSCRIPTS)
    lines = [a_line("x" * 19_000) for _ in range(500)]

    assert sent(site, a_record(lines=lines), token).status == 201
    reply = sent(site, a_record(external_id="more", lines=lines * 2), token)
    assert (reply.status, reply.json["status"]) == (413, 413)
    assert reply.headers["content-type"] == "application/problem+json"


def test_the_door_lets_in_the_key_and_the_idempotency_key_here_and_nowhere_else(site, admin):
    _key, token = make_key(admin, Scope.ADD_TRANSCRIPTS)
    record, once = a_record(), ("Idempotency-Key", "one")

    assert sent(site, record, token, once).status == sent(site, record, token, once).status == 201
    assert sent(site, record, "wrong", ("X-Api-Key", token)).status == 401
    assert sent(site, record, "wrong", ("Cookie", f"staff={token}")).body == b""


def test_what_the_door_itself_refuses_is_a_problem_in_json(site):
    for path, size in (("/api/figures/", 2), ("/api/transcripts/", 10 * 1024 * 1024 + 1)):
        reply = ask(site, path, method="POST", body=b"x" * size)
        assert (reply.status, reply.json["title"]) == (413, "Request Entity Too Large")
        assert reply.headers["content-type"] == "application/problem+json"


def test_each_path_says_which_methods_it_takes(site, admin):
    key = [("Authorization", f"Bearer {make_key(admin)[1]}")]
    for path, takes in (("/api/figures/", "GET, HEAD"), ("/api/transcripts/", "POST")):
        for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"):
            assert ask(site, path, method=method).status == 401
            reply = ask(site, path, method=method, headers=key)
            assert (reply.status, reply.headers["allow"]) == (405, takes)
            assert reply.json["title"] == "Method Not Allowed"


def test_the_description_is_served_from_here_and_names_no_other_place(site):
    page, as_json, as_yaml = (
        ask(site, f"/api/{name}") for name in ("", "schema.json", "schema.yaml")
    )

    assert as_json.json["openapi"].startswith("3.1")
    assert set(as_json.json["paths"]) == {"/api/figures/", "/api/transcripts/"}
    assert as_yaml.text.startswith("openapi: 3.1")
    assert "POST /api/transcripts/" in page.text
    assert not re.search(r"(src|href)=\"(https?:)?//", page.text)
