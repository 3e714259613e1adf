"""Sign-in, sessions and the account page."""

import re
import shutil
from pathlib import Path
from uuid import uuid4

import httpx
import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e.conftest import User, cloud
from sightline_local.stack import Stack
from web.conftest import open_from_menu, sign_in
from web.screens import NAVIGATE

pytestmark = pytest.mark.web


def assert_signed_in(page: Page) -> None:
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def revoke_sessions(stack: Stack, user: User) -> None:
    assert stack.resources is not None
    cognito, pool = cloud(stack, "cognito-idp"), stack.resources.pool_id
    # moto finds a user's tokens by the user's id, not by email.
    name = cognito.admin_get_user(UserPoolId=pool, Username=user.connection.email)["Username"]
    cognito.admin_user_global_sign_out(UserPoolId=pool, Username=name)


def assert_signed_out(page: Page) -> None:
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def read_code(page: Page, email: str) -> str:
    """Return the last code that was sent to a user, from the page that the form links to."""
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open local mailbox").click()
    mailbox = opened.value
    message = mailbox.get_by_role("article").filter(has_text=email).first
    expect(message).to_contain_text("Your verification code")
    code = re.search(r"is (\d{6})\.", message.inner_text())
    assert code is not None
    mailbox.close()
    return code[1]


def test_an_api_key_is_shown_once_and_revoked(page: Page, user: User) -> None:
    sign_in(page, user, "/settings/api-keys")
    keys = page.locator("section", has=page.get_by_role("heading", name="API keys"))
    keys.get_by_role("button", name="Create API key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What uses the key?").fill("nightly import")
    dialog.get_by_label("Upload, change and delete photos").check()
    dialog.get_by_label("Expires after").select_option("30")
    dialog.get_by_role("button", name="Create API key").click()
    secret = page.get_by_label("API key", exact=True).input_value()
    response = httpx.get(
        f"{user.connection.api}/v1/images", headers={"Authorization": f"Bearer {secret}"}
    )
    assert response.status_code == 200
    dialog.get_by_role("button", name="Close").click()
    expect(keys.get_by_text(secret[:8])).to_be_visible()
    expect(keys.get_by_text("Read photos, Upload, change and delete photos")).to_be_visible()
    assert secret not in page.content()
    keys.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("API key revoked.")).to_be_visible()
    expect(keys.get_by_text(secret[:8])).to_have_count(0)
    assert user.http.get("/v1/api-keys").json()["items"] == []


def test_an_authenticator_app_is_set_up_and_asked_for(page: Page, user: User) -> None:
    sign_in(page, user, "/settings")
    section = page.locator("section", has=page.get_by_role("heading", name="Two-step verification"))
    section.get_by_role("button", name="Set up authenticator app").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("img", name="QR code")).to_be_visible()
    # Codes of a published library, not of ours.
    app = pyotp.TOTP(dialog.get_by_label("Setup key", exact=True).input_value())
    dialog.get_by_label("Verification code").fill("000000")
    dialog.get_by_role("button", name="Turn on").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Incorrect code.")
    dialog.get_by_label("Verification code").fill(app.now())
    dialog.get_by_role("button", name="Turn on").click()
    expect(section.get_by_text("Two-step verification is on.")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Email").fill(user.connection.email)
    page.get_by_label("Password").fill(user.connection.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    page.get_by_label("Verification code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("Incorrect code.")
    page.get_by_label("Verification code").fill(app.now())
    page.get_by_role("button", name="Sign in").click()
    assert_signed_in(page)

    open_from_menu(page, "Settings")
    section.get_by_role("button", name="Turn off").click()
    page.get_by_role("dialog").get_by_role("button", name="Turn off").click()
    expect(section.get_by_role("button", name="Set up authenticator app")).to_be_visible()


def test_a_pool_that_requires_a_code_has_it_set_up_at_sign_in(
    page: Page, user: User, stack: Stack
) -> None:
    assert stack.resources is not None
    cognito, pool = cloud(stack, "cognito-idp"), stack.resources.pool_id
    app = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
    cognito.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="ON", **app)
    try:
        page.goto("/")
        page.get_by_label("Email").fill(user.connection.email)
        page.get_by_label("Password").fill(user.connection.password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("heading", name="Set up authenticator app")).to_be_visible()
        code = pyotp.TOTP(page.get_by_label("Setup key", exact=True).input_value()).now()
        page.get_by_label("Verification code").fill(code)
        page.get_by_role("button", name="Sign in", exact=True).click()
        assert_signed_in(page)
    finally:
        cognito.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OPTIONAL", **app)


def test_a_new_user_signs_up_and_confirms_with_the_code_that_was_sent(page: Page) -> None:
    email = f"{uuid4().hex}@example.com"
    page.goto("/")
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill("Sightline-new-1")
    page.get_by_role("button", name="Create account").click()
    page.get_by_role("button", name="Resend code").click()
    expect(page.get_by_text("We sent a code").last).to_be_visible()
    code = read_code(page, email)
    page.get_by_label("Verification code").fill(f"{(int(code) + 1) % 10**6:06d}")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_contain_text("Incorrect code.")
    page.get_by_label("Verification code").fill(code)
    page.get_by_role("button", name="Confirm").click()
    assert_signed_in(page)
    expect(page.get_by_text("Add your first photo")).to_be_visible()


def test_signing_in_unconfirmed_leads_to_the_code_form(page: Page) -> None:
    email = f"{uuid4().hex}@example.com"
    page.goto("/sign-up")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill("Sightline-new-1")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_label("Verification code")).to_be_visible()
    page.goto("/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill("Sightline-new-1")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Verification code").fill(read_code(page, email))
    page.get_by_role("button", name="Confirm").click()
    assert_signed_out(page)
    page.get_by_label("Password").fill("Sightline-new-1")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert_signed_in(page)


def test_a_wrong_password_is_rejected(page: Page, user: User) -> None:
    page.goto("/")
    page.get_by_label("Email").fill(user.connection.email)
    page.get_by_label("Password").fill("Sightline-wrong-1")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Incorrect email or password.")


def test_the_demo_account_signs_in(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Use demo account").click()
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert_signed_in(page)


def test_a_forgotten_password_is_reset(page: Page, user: User) -> None:
    page.goto("/")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Email").fill(user.connection.email)
    page.get_by_role("button", name="Send code").click()
    page.get_by_label("Verification code").fill(read_code(page, user.connection.email))
    page.get_by_label("New password").fill("Sightline-again-2")
    page.get_by_role("button", name="Reset password").click()
    assert_signed_in(page)
    open_from_menu(page, "Settings")
    page.get_by_role("button", name="Sign out").click()
    assert_signed_out(page)


def test_changing_the_password_invalidates_the_old_one(page: Page, user: User) -> None:
    sign_in(page, user, "/settings")
    page.get_by_label("Current password").fill(user.connection.password)
    page.get_by_label("New password").fill("Sightline-other-3")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Password changed.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    assert_signed_out(page)
    page.get_by_label("Email").fill(user.connection.email)
    page.get_by_label("Password").fill(user.connection.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Incorrect email or password.")
    page.get_by_label("Password").fill("Sightline-other-3")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert_signed_in(page)


def test_a_temporary_password_must_be_replaced(page: Page, stack: Stack) -> None:
    assert stack.resources is not None
    email = f"{uuid4().hex}@example.com"
    cloud(stack, "cognito-idp").admin_create_user(
        UserPoolId=stack.resources.pool_id,
        Username=email,
        TemporaryPassword="Temporary-pass-1",
        MessageAction="SUPPRESS",
    )
    page.goto("/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill("Temporary-pass-1")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("New password").fill("Sightline-own-4")
    page.get_by_role("button", name="Save").click()
    assert_signed_in(page)


def test_a_reload_and_a_new_tab_resume_the_session(
    page: Page, context: BrowserContext, user: User
) -> None:
    sign_in(page, user)
    page.reload()
    assert_signed_in(page)
    tab = context.new_page()
    tab.goto("/usage")
    assert_signed_in(tab)
    expect(tab.get_by_role("heading", name="Usage")).to_be_visible()
    open_from_menu(tab, "Settings")
    tab.get_by_role("button", name="Sign out").click()
    assert_signed_out(tab)
    assert_signed_out(page)


@pytest.mark.parametrize("keep", [True, False])
def test_a_restart_of_the_browser_keeps_the_session_unless_declined(
    browser: Browser, stack: Stack, user: User, tmp_path: Path, keep: bool
) -> None:
    path = shutil.which("chromium") or shutil.which("google-chrome")

    def start() -> BrowserContext:
        return browser.browser_type.launch_persistent_context(
            tmp_path,
            executable_path=path,
            args=["--no-sandbox"],
            base_url=stack.ports.url("web"),
            locale="en-GB",
        )

    with start() as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_label("Keep me signed in").set_checked(keep)
        page.get_by_label("Email").fill(user.connection.email)
        page.get_by_label("Password").fill(user.connection.password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        assert_signed_in(page)
        if keep:
            page.wait_for_function("localStorage.getItem('sightline.isKept') === '1'")
        # IndexedDB holds the token as ciphertext only.
        assert "refresh" not in page.evaluate("JSON.stringify({...localStorage})").lower()
    with start() as context:
        page = context.new_page()
        page.goto("/albums")
        if not keep:
            assert_signed_out(page)
            return
        assert_signed_in(page)
        expect(page.get_by_role("heading", name="Albums", exact=True)).to_be_visible()
        open_from_menu(page, "Settings")
        page.get_by_role("button", name="Sign out").click()
        assert_signed_out(page)
        page.reload()
        assert_signed_out(page)


def test_tokens_are_stored_in_the_tab_until_the_user_signs_out(page: Page, user: User) -> None:
    sign_in(page, user)
    assert "eyJ" in page.evaluate("JSON.stringify({...sessionStorage})")
    kept = page.evaluate("JSON.stringify([{...localStorage}, document.cookie])")
    assert "eyJ" not in kept
    assert "refresh" not in kept.lower()
    open_from_menu(page, "Settings")
    page.get_by_role("button", name="Sign out").click()
    assert_signed_out(page)
    assert page.evaluate("sessionStorage.length") == 0


def test_an_expired_session_resumes_at_the_same_page(page: Page, stack: Stack, user: User) -> None:
    page.clock.install()
    sign_in(page, user)
    open_from_menu(page, "Usage")
    expect(page.get_by_role("heading", name="Usage")).to_be_visible()
    revoke_sessions(stack, user)
    page.clock.fast_forward("02:00:00")
    # The next request is rejected, whether the navigation or the page itself sends it.
    page.evaluate(NAVIGATE, "/albums")
    expect(page.get_by_text("Your session has expired.")).to_be_visible()
    page.get_by_label("Email").fill(user.connection.email)
    page.get_by_label("Password").fill(user.connection.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Albums", exact=True)).to_be_visible()
    assert page.url.endswith("/albums")


def test_all_data_is_exported_and_deleted(page: Page, user: User) -> None:
    image = user.upload("mine.jpg", b"not an image")
    user.wait(image)
    sign_in(page, user, "/settings")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export data").click()
    lines = download.value.path().read_text().splitlines()
    assert any(image in line for line in lines)
    page.get_by_role("button", name="Delete all data").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Type “delete”").fill("delete")
    dialog.get_by_role("button", name="Delete all data").click()
    expect(page.get_by_text("All data deleted.")).to_be_visible()
    assert user.http.get("/v1/images").json()["items"] == []
