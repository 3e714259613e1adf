"""The links that `sightline share create` prints."""

from dataclasses import replace

import pytest

from sightline_cli.share import build_link
from sightline_client import Session

WEB = "https://photos.example.com"


@pytest.mark.parametrize(
    ("api_url", "web_url", "expected"),
    [
        (WEB, f"{WEB}/", f"{WEB}/v1/shared/k3Fv/page"),
        ("https://api.example.com", "", "https://api.example.com/v1/shared/k3Fv/page"),
        # The page of the API would continue to a viewer on its own origin.
        ("https://api.example.com", WEB, f"{WEB}/s/k3Fv"),
    ],
)
def test_a_link_is_that_of_the_web_application(api_url: str, web_url: str, expected: str) -> None:
    session = replace(Session.from_token(api_url, "token"), web_url=web_url)
    assert build_link(session, "k3Fv") == expected
