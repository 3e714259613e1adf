"""Sign-in on the page of the user pool: that of MiniStack's Cognito, which enforces PKCE."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from sightline_local.provisioning import DemoUser
from sightline_local.stack import Stack, consecutive_ports
from web.conftest import VISIBILITY_SECONDS, WEB

pytestmark = pytest.mark.web

USER = DemoUser()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack on MiniStack, because moto has no sign-in page."""
    folder = tmp_path_factory.mktemp("stack")
    with Stack(
        consecutive_ports(0), folder, VISIBILITY_SECONDS, web=WEB / "dist", cloud="ministack"
    ) as stack:
        stack.start()
        yield stack


def open_sign_in_page(page: Page, path: str = "/") -> dict[str, list[str]]:
    """Open the page as a user does; return the parameters of the authorization request."""
    page.goto(path)
    with page.expect_request("**/oauth2/authorize?*") as request:
        page.get_by_role("button", name="Use the sign-in page").click()
    return parse_qs(urlsplit(request.value.url).query)


def submit(page: Page, password: str = USER.password) -> None:
    page.locator("input[name=username]").fill(USER.email)
    page.locator("input[name=password]").fill(password)
    page.locator("form button, form input[type=submit]").first.click()


def test_the_page_signs_in_and_returns_to_where_the_user_was(page: Page) -> None:
    parameters = open_sign_in_page(page, "/settings")
    assert parameters["code_challenge_method"] == ["S256"]
    assert parameters["response_type"] == ["code"]
    submit(page)
    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()
    assert urlsplit(page.url).path == "/settings"
    expect(page.get_by_role("main").get_by_text(USER.email)).to_be_visible()
    # The page of the pool changes these.
    expect(page.get_by_role("heading", name="Two-step verification")).to_have_count(0)
    # The API accepts the token.
    page.get_by_role("link", name="API keys").click()
    expect(page.get_by_role("button", name="Create API key")).to_be_visible()
    assert "sightline.signInPage" not in page.evaluate("Object.keys(sessionStorage)")
    page.reload()
    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()


def test_a_callback_of_another_tab_is_rejected(page: Page) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto("/sign-in/callback?code=stolen&state=forged")
    expect(page.get_by_role("alert")).to_contain_text("This sign-in was started somewhere else")
    parameters = open_sign_in_page(page, "/")
    page.goto("/sign-in/callback?code=stolen&state=forged")
    expect(page.get_by_role("alert")).to_contain_text("This sign-in was started somewhere else")
    # The pending sign-in has ended, and its own callback no longer works.
    page.goto(f"/sign-in/callback?code=stolen&state={parameters['state'][0]}")
    expect(page.get_by_role("alert")).to_contain_text("This sign-in was started somewhere else")
    assert not [url for url in requests if url.endswith("/oauth2/token")]


def test_an_error_of_the_page_is_shown(page: Page) -> None:
    (state,) = open_sign_in_page(page)["state"]
    page.goto(f"/sign-in/callback?error=access_denied&state={state}")
    expect(page.get_by_role("alert")).to_contain_text("Sign-in failed.")
    page.get_by_role("link", name="Back to sign in").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_code_without_its_verifier_is_rejected(page: Page) -> None:
    (state,) = open_sign_in_page(page)["state"]
    key = "sightline.signInPage"
    page.goto("/sign-in")
    page.evaluate(
        """(key) => {
            const pending = JSON.parse(sessionStorage.getItem(key));
            sessionStorage.setItem(key, JSON.stringify({ ...pending, verifier: "x".repeat(43) }));
        }""",
        key,
    )
    page.go_back()
    submit(page)
    expect(page.get_by_role("alert")).to_contain_text("Sign-in failed.")
    assert state in page.url
