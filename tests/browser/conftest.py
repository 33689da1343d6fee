"""A real browser before the whole product, which runs in a process of its own."""

import os
import re
import shutil
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

from helpline.demo import people
from tests.browser.weather import weather
from tests.ports import free_port
from tests.serving import served

# Playwright's loop runs in this thread; the tests' own queries are plain and wait their turn.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")

expect.set_options(timeout=30_000)  # as long as Playwright waits for everything else

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
    """Passwords that the server in the other process can check, made in no time."""
    settings.PASSWORD_HASHERS = ["tests.signing_in.QuickArgon2id"]


def program() -> str:
    """The Chromium that `./run test` found."""
    return os.environ.get("HELPLINE_CHROMIUM") or shutil.which("chromium")


@pytest.fixture(scope="session")
def chromium():
    """Chromium, started once."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def elsewhere():
    """The address where the way out leads."""
    with weather() as address:
        yield address


@pytest.fixture
def site(transactional_db, keys, tmp_path, elsewhere):
    """The product on a name that passkeys accept: its address."""
    port = free_port()
    address = f"http://localhost:{port}"
    settings = {"KEYS_DIR": str(keys), "SITE_URL": address, "DEMO": "yes", "EXIT_TO": elsewhere}
    with open(tmp_path / "log", "wb") as log, served(log, port=port, **settings):
        yield address


@pytest.fixture
def refused() -> set[str]:
    """The paths that are refused on purpose; a test adds them before it asks."""
    return set()


@pytest.fixture
def room(chromium, site, refused):
    """Make fresh browsers; the test fails on anything that one of them complains of."""
    rooms, heard = [], []

    def complained(message):
        path = urlsplit(message.location["url"]).path
        expected = path in refused and message.text.startswith("Failed to load resource")
        if message.text.startswith("Response Status Error Code"):  # htmx says it once more
            expected = not refused.isdisjoint(re.split(r"[ ,]+", message.text))
        if message.type in {"error", "warning"} and not expected:
            heard.append(f"{path}: {message.text}")

    def make(**options):
        context = chromium.new_context(base_url=site, **options)
        context.on("console", complained)
        context.on("weberror", lambda problem: heard.append(str(problem.error)))
        rooms.append(context)
        return context

    yield make
    for context in rooms:
        context.close()
    assert heard == []


@pytest.fixture
def page(room):
    """A page of a fresh browser."""
    return room(viewport={"width": 1366, "height": 768}).new_page()


@pytest.fixture
def enter(room):
    """Somebody of the cast at a browser of their own, signed in."""
    people.arrive()

    def as_role(role: str):
        page = room(locale="en-GB").new_page()
        page.goto("/staff/account/sign-in/")
        page.locator(f"button[name=role][value={role}]").click()
        page.get_by_role("button", name="Sign out").first.wait_for()
        return page

    return as_role
