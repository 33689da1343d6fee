"""What somebody at the screen sees, and what axe and a ruler find there."""

from axe_playwright_python.sync_playwright import Axe

from helpline.notices import NOTICES

PATHS = [notice.path for notice in NOTICES.values()]


def seen(page) -> str:
    """What somebody looking at the screen can read."""
    return page.evaluate(
        "document.body.getClientRects().length ? document.body.innerText.trim() : ''"
    )


def sideways(page) -> int:
    """How far one would have to scroll sideways, in pixels."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def broken(page) -> list[tuple[str, str]]:
    """Every axe rule that the page breaks, with the first place."""
    found = Axe().run(page).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in found]
