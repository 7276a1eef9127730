"""A coordinator takes a call, checks a caller and joins duplicates, with and without scripts."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.test_every_page import findings, sideways
from tests.running import Running
from tests.visitor import ANA

NEW = "/staff/inquiries/new"
# What a caller answers, by the name of the question, in the order of the call.
CALLER_SAYS = (
    ("safety", "none"),
    ("asking_for", "me"),
    ("age_band", "40_64"),
    ("contact_by", "call"),
    ("voicemail", "yes"),
    ("perm_contact", "yes"),
    ("perm_health", "yes"),
    ("conditions", "lupus"),
    ("diagnosed", "yes"),
    ("agreed", "answer_owed"),
)


def desk(new_page: NewPage, signed_in: Any, **shape: Any) -> Page:  # noqa: ANN401 - playwright's own
    page = new_page(**shape)
    page.context.add_cookies(signed_in["cookies"])
    return page


def sound(page: Page) -> None:
    """Fail for what axe finds and for anything wider than the screen."""
    assert findings(page) == []
    assert not sideways(page)


def fill_in(page: Page, name: str) -> None:
    """Write down what a caller says, in the order of the call."""
    for field, value in CALLER_SAYS:
        page.locator(f'input[name="{field}"][value="{value}"]').check()
    page.locator("#f-full_name").fill(name)
    page.locator("#f-phone").fill("(305) 555-0188")
    page.locator("#f-country").select_option("US")
    page.locator("#f-state").select_option("FL")


@pytest.mark.parametrize(
    ("javascript", "width"), [(False, 390), (True, 1280)], ids=["phone-plain", "desk"]
)
def test_a_call_in_spanish_from_the_first_word_to_the_reference(
    new_page: NewPage,
    signed_in: Any,  # noqa: ANN401
    javascript: bool,
    width: int,
) -> None:
    page = desk(new_page, signed_in, javascript=javascript, width=width)
    page.goto(f"{NEW}?say=es")
    if javascript:
        sound(page)

    page.get_by_role("button", name="Save the inquiry").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    if javascript:
        sound(page)
    fill_in(page, f"Rosa Quiroga {width}")
    page.get_by_role("button", name="Save the inquiry").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Read the reference to the caller")
    expect(page.locator("main")).to_contain_text("Anótelo")
    if javascript:
        sound(page)
    page.get_by_role("link", name="Open the inquiry").click()
    expect(page.locator("main")).to_contain_text(f"Rosa Quiroga {width}")
    expect(page.locator("main")).to_contain_text("puede contactarme")


def test_nothing_is_wider_than_a_phone_and_axe_finds_nothing_in_the_dark(
    new_page: NewPage,
    signed_in: Any,  # noqa: ANN401
    service: Running,
) -> None:
    first = service.visitor.ask({**ANA, "phone": "(305) 555-0171", "email": "a1@mail.example.org"})
    other = service.visitor.ask({**ANA, "phone": "(305) 555-0171", "email": "a2@mail.example.org"})
    page = desk(new_page, signed_in, width=390, dark=True)

    for path in (
        NEW,
        f"/staff/inquiries/{first}",
        f"/staff/inquiries/{first}/duplicates/{other}",
        f"/staff/inquiries/{first}/caller-check",
        f"/staff/inquiries/{first}/read-aloud?say=es",
    ):
        page.goto(path)
        sound(page)


@pytest.mark.parametrize("javascript", [False, True], ids=["plain", "scripted"])
def test_duplicates_are_compared_joined_and_taken_apart(
    new_page: NewPage,
    signed_in: Any,  # noqa: ANN401
    service: Running,
    javascript: bool,
) -> None:
    number = "(305) 555-0172" if javascript else "(305) 555-0173"
    who = {**ANA, "full_name": "Iker Zubiri Soto", "phone": number}
    first = service.visitor.ask({**who, "email": f"b1{javascript}@mail.example.org"})
    other = service.visitor.ask({**who, "email": f"b2{javascript}@mail.example.org"})
    shown = [f"{one[:4]}-{one[4:]}" for one in (first, other)]
    page = desk(new_page, signed_in, javascript=javascript)

    page.goto(f"/staff/inquiries/{first}")
    page.get_by_role("link", name=re.compile(f"Compare with {shown[1]}")).click()
    page.get_by_role("button", name=re.compile(f"Go on with {shown[0]}")).click()
    expect(page.locator("main")).to_contain_text("Joined into this one")
    page.get_by_role("button", name=re.compile("Take apart again")).click()

    expect(page.locator("main")).to_contain_text("The two are apart again")
    expect(page.locator("main")).to_contain_text("Looks alike")
