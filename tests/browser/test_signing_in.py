"""Coming in, in a real browser: by invitation, with a second factor enrolled on the spot."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from helpline.demo import people
from helpline.foundation.staff.models import Invitation, Staff
from helpline.foundation.staff.roles import Role
from tests.signing_in import PASSWORD, code, secret_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def hashes(settings):
    """Passwords as the server makes them itself."""
    settings.PASSWORD_HASHERS = ["helpline.foundation.staff.passwords.Argon2id"]


def is_accessible(page) -> bool:
    """No violation of any axe rule."""
    found = Axe().run(page).response["violations"]
    assert not found, [(rule["id"], rule["nodes"][0]["html"]) for rule in found]
    return True


def sign_in(page, staff, password=PASSWORD):
    page.goto("/staff/account/sign-in/")
    page.get_by_label("E-mail address").fill(staff.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_invited_administrator_joins_and_enrols_on_the_spot(page):
    link = Invitation.objects.invite("ada@helpline.example", Role.ADMINISTRATOR, by=None)
    page.goto("/staff/" + link.partition("/staff/")[2])
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("Your alias").fill("Wren")
    page.get_by_label("Password").fill("correct horse battery")
    assert is_accessible(page)
    page.get_by_role("button", name="Join").click()

    sign_in(page, Staff.objects.get(), "correct horse battery")
    page.wait_for_url("**/second-factor/app/")
    assert page.locator("img[alt^='QR code']").evaluate("picture => picture.naturalWidth") > 0
    assert is_accessible(page)
    page.get_by_label("code").fill(code(page.locator("[data-secret]").inner_text()))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    assert is_accessible(page)
    page.get_by_role("link", name="Go on").click()

    page.wait_for_url("**/staff/people/")
    assert is_accessible(page)


def test_password_and_code_open_the_pages_and_sign_out_shuts_them(page, admin):
    sign_in(page, admin)
    page.get_by_label("Code").fill(code(secret_of(admin)))
    assert is_accessible(page)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/staff/people/")

    page.get_by_role("button", name="Sign out").first.click()
    page.wait_for_url("**/sign-in/")
    page.go_back()

    page.wait_for_url("**/sign-in/**")


def test_passkey_is_enrolled_and_used(page, admin):
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True}
    ready = {"isUserVerified": True, "automaticPresenceSimulation": True}
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options | ready})
    admin.authenticator_set.all().delete()

    sign_in(page, admin)
    page.get_by_role("link", name="Use a passkey instead").click()
    page.get_by_role("button", name="Add this passkey").wait_for()
    assert is_accessible(page)
    page.get_by_role("button", name="Add this passkey").click()
    page.wait_for_url("**/recovery-codes/")
    page.get_by_role("button", name="Sign out").first.click()
    sign_in(page, admin)
    page.get_by_role("button", name="Use a passkey").click()

    page.wait_for_url("**/staff/people/")


def test_one_click_of_the_demonstration_signs_in(page):
    people.arrive()
    page.goto("/staff/account/sign-in/")
    assert is_accessible(page)

    page.get_by_role("button", name="Data protection officer").click()

    page.wait_for_url("**/staff/owed/")


def test_quiet_page_warns_at_thirteen_minutes_and_one_key_extends(page, admin):
    page.clock.install()
    sign_in(page, admin)
    page.get_by_label("Code").fill(code(secret_of(admin)))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/staff/people/")
    warning = page.get_by_text("Are you still there?")

    page.clock.run_for("12:55")
    assert not warning.is_visible()
    page.clock.run_for("00:10")
    assert warning.is_visible()
    assert is_accessible(page)

    with page.expect_response("**/still-here/") as answer:
        page.keyboard.press("a")
    assert answer.value.status == 204
    expect(warning).to_be_hidden()


def test_pages_about_people_and_accounts_are_accessible_in_both_schemes(page, admin, worker):
    sign_in(page, admin)
    page.get_by_label("Code").fill(code(secret_of(admin)))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/staff/people/")
    account = "/staff/account/second-factor"
    paths = [
        f"/staff/people/{worker.pk}/",
        f"/staff/people/{admin.pk}/",
        f"/staff/people/{worker.pk}/deactivate/",
        "/staff/approvals/",
        "/staff/account/password/",
        f"{account}/",
        f"{account}/recovery-codes/",
        f"{account}/recovery-codes/new/",
        f"{account}/passkeys/",
        f"{account}/app/remove/",
    ]
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for path in paths:
            page.goto(path)
            assert path in page.url
            assert is_accessible(page)
