"""The work list by keyboard, several at once, without scripts, and while somebody else works."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.test_every_page import findings, sideways
from tests.running import Running
from tests.visitor import ANA

OPEN = "/staff/inquiries?view=unassigned"


def desk_page(new_page: NewPage, signed_in: Any, **shape: Any) -> Page:  # noqa: ANN401
    page = new_page(**shape)
    page.context.add_cookies(signed_in["cookies"])
    return page


@pytest.fixture
def desk(new_page: NewPage, signed_in: Any) -> Page:  # noqa: ANN401 - playwright's own type
    return desk_page(new_page, signed_in)


@pytest.fixture(autouse=True)
def two(service: Running) -> list[str]:
    """Let two people ask, so that the list has lines to move on."""
    return [
        service.visitor.ask({**ANA, "email": f"list{number}@mail.example.org"})
        for number in range(2)
    ]


def here(page: Page) -> str:
    return page.locator("[data-row].is-here").get_attribute("data-row") or ""


def test_the_list_is_worked_by_keys_alone(desk: Page) -> None:
    desk.goto(OPEN)
    first, second = (
        desk.locator("[data-row]").nth(place).get_attribute("data-row") for place in (0, 1)
    )

    desk.keyboard.press("j")
    assert here(desk) == first
    desk.keyboard.press("j")
    assert here(desk) == second
    desk.keyboard.press("k")
    desk.keyboard.press("x")
    expect(desk.get_by_role("button", name="Assign 1 to me")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("button", name="Assign to me")).to_be_visible()
    desk.keyboard.press("a")

    expect(desk.locator(".toast")).to_contain_text("1 inquiry is assigned.")
    expect(desk.locator(f"[data-row='{first}']")).to_have_count(0)
    desk.wait_for_timeout(100)
    desk.keyboard.press("z")
    expect(desk.locator(".toast")).to_contain_text("1 act is taken back.")
    expect(desk.locator(f"[data-row='{first}']")).to_have_count(1)


def test_enter_opens_and_g_leads_to_a_view_from_any_page(desk: Page) -> None:
    desk.goto(OPEN)
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile(r"/staff/inquiries/\w{8}$"))

    desk.keyboard.press("g")
    desk.keyboard.press("q")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Quarantine")
    desk.keyboard.press("/")
    expect(desk.get_by_role("searchbox")).to_be_focused()
    desk.keyboard.type("gq?.j")
    expect(desk.get_by_role("searchbox")).to_have_value("gq?.j")


def test_help_and_blur_have_a_key_and_a_button(desk: Page) -> None:
    desk.goto(OPEN)

    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Keys")).to_be_visible()
    assert findings(desk) == []
    desk.keyboard.press("Escape")
    desk.keyboard.press(".")
    expect(desk.get_by_role("button", name="Blur")).to_have_attribute("aria-pressed", "true")
    desk.goto("/staff/account")
    expect(desk.locator("body")).to_have_class(re.compile("is-blurred"))
    desk.get_by_role("button", name="Blur").click()
    expect(desk.locator("body")).not_to_have_class(re.compile("is-blurred"))


def test_single_keys_that_are_turned_off_do_nothing(desk: Page) -> None:
    desk.goto("/staff/account")
    desk.get_by_role("button", name="Turn single keys off").click()
    desk.goto(OPEN)
    try:
        desk.keyboard.press("j")
        desk.keyboard.press("?")
        expect(desk.locator(".is-here")).to_have_count(0)
        expect(desk.get_by_role("dialog", name="Keys")).to_have_count(0)
        desk.get_by_role("button", name="Keys").click()
        expect(desk.get_by_role("dialog", name="Keys")).to_be_visible()
    finally:
        desk.goto("/staff/account")
        desk.get_by_role("button", name="Turn single keys on").click()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_several_are_taken_and_given_back_with_the_mouse(
    new_page: NewPage,
    signed_in: Any,  # noqa: ANN401
    *,
    javascript: bool,
) -> None:
    page = desk_page(new_page, signed_in, javascript=javascript, width=390)
    page.goto(OPEN)
    boxes = page.locator("input[name=chosen]")
    for place in (0, 1):
        boxes.nth(place).check()

    page.get_by_role("button", name="Assign 2 to me" if javascript else "Assign to me").click()

    expect(page.locator(".toast")).to_contain_text("2 inquiries are assigned.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("2 acts are taken back.")


def test_the_list_looks_again_and_loses_neither_choice_nor_place(
    desk: Page, service: Running
) -> None:
    desk.clock.install()
    desk.goto(OPEN)
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    chosen = here(desk)

    reference = service.visitor.ask({**ANA, "email": "news@mail.example.org"})
    desk.clock.run_for(16_000)

    expect(desk.locator(f"[data-row='{reference}']")).to_have_count(1)
    expect(desk.locator("[data-live=found]")).to_contain_text("1 more in this list")
    assert here(desk) == chosen
    expect(desk.locator(f"[data-row='{chosen}'] input")).to_be_checked()
    expect(desk.locator(f"[data-row='{chosen}'] .open")).to_be_focused()


def test_filters_work_without_scripts_and_name_no_condition_in_the_address(
    new_page: NewPage,
    signed_in: Any,  # noqa: ANN401
) -> None:
    page = desk_page(new_page, signed_in, javascript=False)
    page.goto(OPEN)

    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Condition").select_option("als")
    page.get_by_role("button", name="Show").click()

    expect(page.locator("main")).to_contain_text("Nothing in this list fits the filters.")
    assert "als" not in page.url.partition("?")[2].partition("about=")[0]
    expect(page.get_by_label("Condition")).to_have_value("als")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_in_any_state_of_the_list(
    new_page: NewPage,
    signed_in: Any,  # noqa: ANN401
    width: int,
    *,
    dark: bool,
) -> None:
    page = desk_page(new_page, signed_in, width=width, dark=dark)
    page.goto(OPEN)
    page.get_by_text("Filters", exact=True).click()
    page.locator("input[name=chosen]").first.check()
    found = {"chosen": findings(page)}
    page.get_by_role("button", name="Assign 1 to me").click()
    expect(page.locator(".toast")).to_be_visible()
    found["told"] = findings(page)
    page.get_by_role("button", name="Undo").click()
    page.goto("/staff/inquiries?view=snoozed")
    found["empty"] = findings(page) + (["scrolls sideways"] if sideways(page) else [])

    assert {state: problems for state, problems in found.items() if problems} == {}
