"""The work list by keyboard, several at once, without scripts, and while somebody else works."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.desk import open_the_desk
from tests.browser.test_every_page import findings, sideways
from tests.running import Running, running
from tests.visitor import ANA

OPEN = "/staff/inquiries?view=unassigned"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Run a desk of its own: what other tests send would push lines off the first page."""
    folder = tmp_path_factory.mktemp("list") / "data"
    with running(folder, INTAKE_LIMITS__SENDS_PER_ADDRESS_PER_HOUR="1000") as up:
        yield up


@pytest.fixture(scope="module")
def signed_in(real_browser: Browser, service: Running) -> Any:  # noqa: ANN401 - playwright's own
    context = real_browser.new_context(base_url=service.base_url, java_script_enabled=False)
    open_the_desk(context.new_page(), service)
    state = context.storage_state()
    context.close()
    return state


def desk_page(new_page: NewPage, signed_in: Any, **shape: Any) -> Page:  # noqa: ANN401
    page = new_page(**shape)
    page.context.add_cookies(signed_in["cookies"])
    return page


@pytest.fixture
def desk(new_page: NewPage, signed_in: Any) -> Page:  # noqa: ANN401 - playwright's own type
    return desk_page(new_page, signed_in)


@pytest.fixture(autouse=True, scope="module")
def two(service: Running) -> None:
    """Let two people ask, so that the list has lines to move on; each test gives them back.

    Once: more from one address within the hour would be taken for a flood.
    """
    for number in range(2):
        service.visitor.ask({**ANA, "email": f"list{number}@mail.example.org"})


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
    expect(desk).to_have_url(re.compile(r"/staff/inquiries/\w{8}\?view=unassigned$"))

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


def test_the_place_outlives_an_act_and_the_way_back(desk: Page) -> None:
    desk.goto(OPEN)
    lines = [line.get_attribute("data-row") for line in desk.locator("[data-row]").all()]
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    assert here(desk) == lines[1]
    desk.keyboard.press("a")

    expect(desk.locator(".toast")).to_contain_text("1 inquiry is assigned.")
    expect(desk.locator(f"[data-row='{lines[1]}']")).to_have_count(0)
    left = [line for line in lines if line != lines[1]]
    assert here(desk) == left[min(1, len(left) - 1)]
    desk.locator(".toast").get_by_role("button", name="Undo").click()
    expect(desk.locator(".toast")).to_contain_text("1 act is taken back.")
    desk.keyboard.press("k")
    kept = here(desk)
    desk.keyboard.press("Enter")
    expect(desk.locator("h1 .ref")).to_have_text(f"{kept[:4]}-{kept[4:]}")
    desk.keyboard.press("u")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Unassigned")
    assert here(desk) == kept


def test_beside_the_list_the_next_one_is_two_keys_away(desk: Page) -> None:
    desk.goto(OPEN)
    lines = [line.get_attribute("data-row") or "" for line in desk.locator("[data-row]").all()]
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk.locator(".beside [aria-current=page]")).to_have_count(2)  # the view and the line
    assert here(desk) == lines[0]

    desk.keyboard.press("j")
    assert here(desk) == lines[1]
    expect(desk.locator("h1 .ref")).to_have_text(f"{lines[0][:4]}-{lines[0][4:]}")
    desk.keyboard.press("Enter")

    expect(desk.locator("h1 .ref")).to_have_text(f"{lines[1][:4]}-{lines[1][4:]}")
    assert here(desk) == lines[1]
    assert "view=unassigned" in desk.url
    desk.keyboard.press("a")
    expect(desk.get_by_role("button", name="Give it back")).to_be_visible()
    assert "view=unassigned" in desk.url
    desk.keyboard.press("z")
    expect(desk.get_by_role("button", name="Claim it")).to_be_visible()


def test_the_list_beside_looks_again_and_never_reads_the_inquiry_again(
    desk: Page, service: Running
) -> None:
    desk.clock.install()
    desk.goto(OPEN)
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk.locator(".beside .queue")).to_be_visible()
    opened = here(desk)
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))

    reference = service.visitor.ask({**ANA, "email": "beside@mail.example.org"})
    desk.clock.run_for(16_000)

    expect(desk.locator(f".beside [data-row='{reference}']")).to_have_count(1)
    expect(desk.locator(f"[data-row='{opened}'] .open")).to_have_attribute("aria-current", "page")
    assert desk.locator(".beside input").count() == 0
    assert not any(f"/staff/inquiries/{opened}?" in url for url in asked)


@pytest.mark.parametrize("width", [390, 1280])
def test_without_scripts_an_inquiry_stands_beside_its_list_or_alone_on_a_phone(
    new_page: NewPage,
    signed_in: Any,  # noqa: ANN401
    width: int,
) -> None:
    page = desk_page(new_page, signed_in, javascript=False, width=width)
    page.goto(OPEN)
    second = page.locator(".queue .open").nth(1).inner_text().split()[-1]
    page.locator(".queue .open").first.click()

    if width < 1100:
        expect(page.locator(".beside")).to_be_hidden()
        page.get_by_role("link", name="Inquiries").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Unassigned")
        page.locator(".queue .open").nth(1).click()
    else:
        page.locator(".beside .open").nth(1).click()
    expect(page.locator("h1 .ref")).to_have_text(second)
    page.get_by_role("button", name="Claim it").click()
    expect(page.get_by_role("button", name="Give it back")).to_be_visible()
    assert "view=unassigned" in page.url
    page.get_by_role("button", name="Give it back").click()


def test_the_bar_is_one_line_and_its_menus_close_again(desk: Page) -> None:
    desk.goto(OPEN)
    bar = desk.locator(".app-bar").bounding_box()
    assert bar is not None
    assert bar["height"] < 60

    desk.get_by_text("Manage", exact=True).click()
    expect(desk.get_by_role("link", name="Webhooks")).to_be_visible()
    assert findings(desk) == []
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("link", name="Webhooks")).to_be_hidden()
    desk.get_by_text("Manage", exact=True).click()
    desk.get_by_role("heading", level=1).click()
    expect(desk.get_by_role("link", name="Webhooks")).to_be_hidden()


def test_on_a_phone_the_bar_is_a_menu_that_needs_no_script(
    new_page: NewPage,
    signed_in: Any,  # noqa: ANN401
) -> None:
    page = desk_page(new_page, signed_in, javascript=False, width=390)
    page.goto(OPEN)
    expect(page.get_by_role("link", name="Numbers")).to_be_hidden()

    page.get_by_text("Menu", exact=True).click()
    assert not sideways(page)
    page.get_by_text("Manage", exact=True).click()
    assert not sideways(page)
    page.get_by_role("link", name="Members").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Members")


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
    expect(page.locator(".toast")).to_contain_text("taken back")
    page.locator(".queue .open").first.click()
    expect(page.locator("h1 .ref")).to_be_visible()
    found["beside"] = findings(page) + (["scrolls sideways"] if sideways(page) else [])
    page.goto("/staff/inquiries?view=snoozed")
    found["empty"] = findings(page) + (["scrolls sideways"] if sideways(page) else [])

    assert {state: problems for state, problems in found.items() if problems} == {}
