"""An administrator adds a webhook without JavaScript; axe finds nothing on the filled page."""

from typing import Any

import pytest

from tests.browser.conftest import NewPage
from tests.browser.test_every_page import findings, sideways


@pytest.mark.parametrize("width", [390, 1280])
def test_a_webhook_is_added_and_the_page_can_be_read(
    new_page: NewPage,
    signed_in: Any,  # noqa: ANN401 - playwright's own type
    width: int,
) -> None:
    page = new_page(width=width)
    page.goto("/staff/login")
    page.context.add_cookies(signed_in["cookies"])

    page.goto("/staff/endpoints")
    page.get_by_label("Name", exact=True).fill(f"Records {width}")
    page.get_by_label("Address", exact=True).fill("http://hooks.clinic.example/")
    page.get_by_role("button", name="Add webhook").click()
    refused = findings(page)
    page.get_by_label("Address", exact=True).fill("https://hooks.clinic.example/")
    page.get_by_role("button", name="Add webhook").click()

    assert "whsec_" in page.locator("code").inner_text()
    assert (refused, findings(page), sideways(page)) == ([], [], False)
