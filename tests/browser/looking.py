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
    return page.locator("html").evaluate("it => it.scrollWidth - innerWidth")


def broken(page) -> list[tuple[str, str]]:
    """Every axe rule that the page breaks, with the first place."""
    found = Axe().run(page).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in found]


LOOKS = [(1366, 768, "light"), (1366, 768, "dark"), (390, 844, "light"), (390, 844, "dark")]


def faults(page) -> list:
    """What axe finds in both themes, on a wide screen and a phone, and what does not fit a small
    one."""
    found = []
    page.emulate_media(reduced_motion="reduce")
    for width, height, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        found += [(width, scheme, *rule) for rule in broken(page)]
    page.set_viewport_size({"width": 320, "height": 640})
    wide = sideways(page)
    page.set_viewport_size({"width": 1366, "height": 768})
    return [*found, *([("320 px", wide)] if wide > 0 else [])]
