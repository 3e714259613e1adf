"""docs/problems.md lists every problem code of the API."""

from generate_problems import PAGE, render_page


def test_the_page_is_up_to_date() -> None:
    """If it is not, run `make docs`."""
    assert PAGE.read_text() == render_page()
