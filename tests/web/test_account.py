"""Coming in, staying in and going out."""

from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from e2e.conftest import User, cloud
from sightline_local.stack import Stack
from web.conftest import sign_in

pytestmark = pytest.mark.web

#: Goes to another page of the application as its links do, whatever is on the screen.
_GO = "(path) => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')); }"


def assert_in(page: Page) -> None:
    expect(page.get_by_role("navigation", name="Sections")).to_be_visible()


def end_sessions(stack: Stack, user: User) -> None:
    assert stack.resources is not None
    cognito, pool = cloud(stack, "cognito-idp"), stack.resources.pool_id
    # moto knows whose tokens they are by the id alone.
    name = cognito.admin_get_user(UserPoolId=pool, Username=user.card.email)["Username"]
    cognito.admin_user_global_sign_out(UserPoolId=pool, Username=name)


def assert_out(page: Page) -> None:
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_somebody_new_signs_up_and_confirms_by_a_code(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Email address").fill(f"{uuid4().hex}@example.com")
    page.get_by_label("Password").fill("Sightline-new-1")
    page.get_by_role("button", name="Sign up").click()
    page.get_by_role("button", name="Send another code").click()
    expect(page.get_by_text("We have sent a code").last).to_be_visible()
    page.get_by_label("Code").fill("123456")
    page.get_by_role("button", name="Confirm").click()
    assert_in(page)
    expect(page.get_by_text("Your first picture goes here")).to_be_visible()


def test_who_has_not_confirmed_is_asked_for_the_code(page: Page) -> None:
    email = f"{uuid4().hex}@example.com"
    page.goto("/sign-up")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill("Sightline-new-1")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_label("Code")).to_be_visible()
    page.goto("/sign-in")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill("Sightline-new-1")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code").fill("123456")
    page.get_by_role("button", name="Confirm").click()
    assert_out(page)
    page.get_by_label("Password").fill("Sightline-new-1")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert_in(page)


def test_a_wrong_password_is_refused(page: Page, user: User) -> None:
    page.goto("/")
    page.get_by_label("Email address").fill(user.card.email)
    page.get_by_label("Password").fill("Sightline-wrong-1")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("is not right")


def test_the_demo_user_is_at_hand(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Fill in the demo user").click()
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert_in(page)


def test_a_forgotten_password_is_set_anew(page: Page, user: User) -> None:
    page.goto("/")
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("Email address").fill(user.card.email)
    page.get_by_role("button", name="Send a code").click()
    page.get_by_label("Code").fill("123456")
    page.get_by_label("New password").fill("Sightline-again-2")
    page.get_by_role("button", name="Set the password").click()
    assert_in(page)
    page.get_by_role("link", name="Account").click()
    page.get_by_role("button", name="Sign out").click()
    assert_out(page)


def test_a_password_is_changed_and_the_old_one_is_no_longer_good(page: Page, user: User) -> None:
    sign_in(page, user, "/account")
    page.get_by_label("Present password").fill(user.card.password)
    page.get_by_label("New password").fill("Sightline-other-3")
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("The password is changed.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    assert_out(page)
    page.get_by_label("Email address").fill(user.card.email)
    page.get_by_label("Password").fill(user.card.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("is not right")
    page.get_by_label("Password").fill("Sightline-other-3")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert_in(page)


def test_a_password_of_an_administrator_is_replaced_by_ones_own(page: Page, stack: Stack) -> None:
    assert stack.resources is not None
    email = f"{uuid4().hex}@example.com"
    cloud(stack, "cognito-idp").admin_create_user(
        UserPoolId=stack.resources.pool_id,
        Username=email,
        TemporaryPassword="Temporary-pass-1",
        MessageAction="SUPPRESS",
    )
    page.goto("/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill("Temporary-pass-1")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("New password").fill("Sightline-own-4")
    page.get_by_role("button", name="Save").click()
    assert_in(page)


def test_a_reload_and_a_new_tab_go_on(page: Page, context: BrowserContext, user: User) -> None:
    sign_in(page, user)
    page.reload()
    assert_in(page)
    tab = context.new_page()
    tab.goto("/usage")
    assert_in(tab)
    expect(tab.get_by_role("heading", name="Usage")).to_be_visible()
    tab.get_by_role("link", name="Account").click()
    tab.get_by_role("button", name="Sign out").click()
    assert_out(tab)
    assert_out(page)


def test_no_token_is_where_it_would_stay(page: Page, user: User) -> None:
    sign_in(page, user)
    kept = page.evaluate("JSON.stringify([{...localStorage}, document.cookie])")
    assert "eyJ" not in kept
    assert "refresh" not in kept.lower()
    # What survives a reload of the tab is not what opens the API.
    assert "eyJ" not in page.evaluate("JSON.stringify({...sessionStorage})")


def test_a_session_that_has_ended_is_gone_on_with_where_it_was(
    page: Page, stack: Stack, user: User
) -> None:
    page.clock.install()
    sign_in(page, user)
    page.get_by_role("link", name="Usage").click()
    expect(page.get_by_role("heading", name="Usage")).to_be_visible()
    end_sessions(stack, user)
    page.clock.fast_forward("02:00:00")
    # Whatever asks first is refused: the click, or what the page does by itself.
    page.evaluate(_GO, "/albums")
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    page.get_by_label("Email address").fill(user.card.email)
    page.get_by_label("Password").fill(user.card.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Albums", exact=True)).to_be_visible()
    assert page.url.endswith("/albums")


def test_everything_is_taken_along_and_then_erased(page: Page, user: User) -> None:
    image = user.send("mine.jpg", b"no picture, but mine")
    user.wait(image)
    sign_in(page, user, "/account")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export everything").click()
    lines = download.value.path().read_text().splitlines()
    assert any(image in line for line in lines)
    page.get_by_role("button", name="Delete everything").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Type “everything”").fill("everything")
    dialog.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_text("Everything is deleted.")).to_be_visible()
    assert user.http.get("/v1/images").json()["items"] == []
