"""axe finds nothing on what takes a role, an act or a state of an inquiry to reach at the desk.

A service of its own: here the administrator ends with every role there is.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import NewPage
from tests.browser.desk import open_the_desk
from tests.browser.desk_people import fill_the_desk
from tests.browser.desk_states import desk_states
from tests.browser.test_every_page import findings, sideways
from tests.running import Running, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("states") / "data"
    with running(folder, INTAKE_LIMITS__SENDS_PER_ADDRESS_PER_HOUR="1000") as up:
        yield up


@pytest.fixture(scope="module")
def filled(real_browser: Browser, service: Running) -> Any:  # noqa: ANN401 - as playwright gives it
    """Return the cookies of somebody signed in, and the references by state."""
    context = real_browser.new_context(base_url=service.base_url, java_script_enabled=False)
    open_the_desk(context.new_page(), service)
    cookies = context.cookies()
    context.close()
    return cookies, fill_the_desk(service)


@pytest.mark.parametrize(
    ("width", "dark"), [(390, False), (1280, True)], ids=["phone-light", "desk-dark"]
)
def test_axe_finds_nothing_in_any_state_of_an_inquiry_and_for_any_role(
    new_page: NewPage,
    filled: Any,  # noqa: ANN401 - as above
    service: Running,
    width: int,
    dark: bool,
) -> None:
    cookies, references = filled
    page = new_page(width=width, dark=dark)
    page.context.add_cookies(cookies)
    found = {}

    for name in desk_states(page, service, references):
        found[name] = findings(page) + (["scrolls sideways"] if sideways(page) else [])

    assert {name: problems for name, problems in found.items() if problems} == {}
    assert {"inquiry-erased", "erasures", "privacy-held", "opening", "pair"} <= set(found)
