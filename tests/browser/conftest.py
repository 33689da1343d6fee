"""A real browser before the whole product, which runs in a process of its own."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.serving import free_port, served

# Playwright's loop runs in this thread; the tests' own queries are plain and wait their turn.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(autouse=True)
def hashes(settings):
    """Passwords as the server in the other process hashes them."""
    settings.PASSWORD_HASHERS = ["helpline.foundation.staff.passwords.Argon2id"]


@pytest.fixture(scope="session")
def chromium():
    """Chromium, started once."""
    path = os.environ.get("HELPLINE_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def site(transactional_db, keys, tmp_path):
    """The product on a name that passkeys accept: its address."""
    port = free_port()
    address = f"http://localhost:{port}"
    settings = {"KEYS_DIR": str(keys), "SITE_URL": address, "DEMO": "yes"}
    with open(tmp_path / "log", "wb") as log, served(log, port=port, **settings):
        yield address


@pytest.fixture
def page(chromium, site):
    """A page of a fresh browser; the test fails on anything the browser complains of."""
    context = chromium.new_context(base_url=site, viewport={"width": 1366, "height": 768})
    page = context.new_page()
    complaints = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    yield page
    context.close()
    assert complaints == []
