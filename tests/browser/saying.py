"""What a person says on the page of their chat."""

from playwright.sync_api import expect

BOX = "Your message"


def listens(page) -> None:
    """Wait until Enter sends: before its script has begun, a key only makes a new line."""
    page.locator(".chat__hint:not([hidden])").wait_for(state="attached")


def said(page, words: str, number: int) -> None:
    """Type and send one line, and wait until it is there."""
    listens(page)
    page.get_by_label(BOX).fill(words)
    page.get_by_label(BOX).press("Enter")
    expect(page.locator(f"#line-{number}")).to_contain_text(words)
