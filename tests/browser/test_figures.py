"""Figures and partner systems in a real browser: light and dark, on a phone, without JavaScript."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from helpline.demo import figures, people
from helpline.foundation.calendar import london_today
from helpline.foundation.staff.models import PartnerKey
from helpline.foundation.staff.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 320, "height": 700}


def come_in(page, role: Role) -> None:
    people.arrive()
    page.goto("/staff/account/sign-in/")
    page.get_by_role("button", name=role.label, exact=True).click()
    page.locator(".me").last.wait_for(state="attached")


def assert_sound(page) -> None:
    """Nothing that axe complains of, and nothing wider than the screen."""
    assert Axe().run(page).response["violations"] == []
    assert page.locator("html").evaluate("it => it.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, {"width": 1366, "height": 768}], ids=["phone", "desk"])
def test_figures_can_be_read_by_anyone(page, scheme, size):
    figures.tell()
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(size)
    come_in(page, Role.SUPERVISOR)
    page.goto("/staff/figures/")
    for summary in page.get_by_text("Show as a table").all():
        summary.click()

    assert page.get_by_role("img").count() == 1
    assert page.get_by_role("table").count() == 7
    assert_sound(page)


def test_an_earlier_quarter_is_chosen_and_taken_along_as_a_file(page):
    figures.tell()
    come_in(page, Role.DPO)
    page.goto("/staff/figures/")
    page.get_by_role("combobox", name="Quarter").select_option(index=1)
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/?quarter=*")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()

    assert download.value.suggested_filename.startswith("figures-20")
    assert page.get_by_role("img").count() == 1


def test_a_key_is_made_copied_and_ended(page):
    come_in(page, Role.ADMINISTRATOR)
    page.get_by_role("link", name="Partner systems").click()
    page.get_by_label("System").wait_for()
    assert_sound(page)
    page.get_by_label("System").fill("City police")
    page.get_by_label("Read figures").check()
    page.get_by_label("Last day").fill(london_today().isoformat())
    page.get_by_role("button", name="Make the key").click()
    shown = page.locator("code.token").inner_text()
    assert_sound(page)
    assert PartnerKey.objects.by_token(shown).name == "City police"

    page.get_by_role("link", name="I have copied it").click()
    page.get_by_role("link", name="End… the key of City police").wait_for()
    assert shown not in page.content()
    page.get_by_role("link", name="End… the key of City police").click()
    page.get_by_role("button", name="End the key").wait_for()
    assert_sound(page)
    page.get_by_role("button", name="End the key").click()
    page.get_by_text("is shut out from now on").wait_for()
    assert PartnerKey.objects.by_token(shown) is None


def test_other_systems_makers_can_read_what_there_is(page):
    page.goto("/api/")
    assert_sound(page)
