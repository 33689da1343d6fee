"""Each role sees only what is theirs, in a real browser and by its own address bar."""

import pytest

from helpline.foundation.staff.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)

SEEN = {
    Role.WORKER: [
        *("Live chat", "Waiting", "Mine", "Ended", "Escalations", "Asked of us", "Colleagues"),
        *("Call-backs", "On call", "Asked about data", "Wordings", "Your sign-in"),
    ],
    Role.SUPERVISOR: [
        *("Live chat", "Waiting", "Mine", "Team’s", "Ended", "Escalations", "Asked of us"),
        *("Colleagues", "Call-backs", "Notes to review", "Still owed", "Whom we may tell", "Holds"),
        *("On call", "Locations", "Chatbot", "Opening hours", "Find a record"),
        *("Places to turn to", "Asked about data", "Authorities", "Wordings", "Figures"),
        "Your sign-in",
    ],
    Role.LEAD: [
        *("Team’s", "Ended", "Escalations", "Still owed", "Whom we may tell", "Holds", "On call"),
        *("Locations", "Find a record", "Both sides", "Data requests", "Asked about data"),
        *("Authorities", "Taken back", "Wordings", "Figures", "Approvals", "Your sign-in"),
    ],
    Role.DPO: [
        *("Still owed", "Data requests", "Asked about data", "Retention", "Authorities"),
        *("Taken back", "Wordings", "Figures", "Suppliers", "Approvals", "Your sign-in"),
    ],
    Role.ADMINISTRATOR: ["People", "Partner systems", "Suppliers", "Approvals", "Your sign-in"],
}


def places(page) -> dict[str, str]:
    """What the side navigation offers, and where it leads."""
    links = page.locator("header .nav a").all()
    return {link.locator("span").first.inner_text(): link.get_attribute("href") for link in links}


def test_each_role_sees_its_own_places_and_finds_nothing_at_the_others(enter, refused):
    """F01, D-06."""
    people = {role: enter(role.value) for role in Role}
    offered = {role: places(page) for role, page in people.items()}
    assert {role: list(own) for role, own in offered.items()} == SEEN

    everywhere = {address for own in offered.values() for address in own.values()}
    refused |= everywhere
    for role, page in people.items():
        for address in everywhere:
            mine = address in offered[role].values()
            assert page.goto(address).status == (200 if mine else 404), (role, address)
