"""axe finds nothing where the desk tells of trouble: the band, dead letters, forms that came back.

A service of its own, so that its alarms stand on no other test's pages.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import NewPage
from tests.browser.desk import open_the_desk
from tests.browser.test_every_page import findings, sideways
from tests.browser.trouble import in_trouble, troubled_pages
from tests.running import Running, command, environment, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("trouble") / "data") as up:
        command("demo", "--count", "10", env=environment(up.data_dir))
        in_trouble(up.data_dir)
        yield up


@pytest.fixture(scope="module")
def signed_in(real_browser: Browser, service: Running) -> Any:  # noqa: ANN401 - playwright's own type
    context = real_browser.new_context(base_url=service.base_url, java_script_enabled=False)
    open_the_desk(context.new_page(), service)
    state = context.storage_state()
    context.close()
    return state


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_where_the_desk_tells_of_trouble(
    new_page: NewPage,
    signed_in: Any,  # noqa: ANN401 - playwright's own type
    width: int,
    dark: bool,
) -> None:
    page = new_page(width=width, dark=dark)
    page.goto("/staff/login")
    page.context.add_cookies(signed_in["cookies"])
    found, bands, wrong = {}, set(), set()

    for name in troubled_pages(page):
        found[name] = findings(page) + (["scrolls sideways"] if sideways(page) else [])
        if page.get_by_role("heading", name="Needs attention now").count():
            bands.add(name)
        if page.get_by_role("heading", name="There is a problem").count():
            wrong.add(name)

    assert {name: problems for name, problems in found.items() if problems} == {}
    assert bands == set(found)
    assert wrong == {name for name in found if name.endswith("errors")}
