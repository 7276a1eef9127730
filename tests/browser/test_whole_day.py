"""A coordinator's whole day, from the invitation on: by keyboard alone, and on a phone."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.desk import PASSWORD, code_for
from tests.browser.desk_hands import Pointing, Typing
from tests.browser.device import Device
from tests.browser.private import open_private_page
from tests.browser.test_calls import CALLER_SAYS
from tests.browser.test_desk_page import Eyes, decide_and_close, reach_and_ask
from tests.running import Running
from tests.visitor import ANA, Answers, reference_on

OWN_PASSWORD = "nine paper boats under a bridge"


@dataclass
class Day:
    """One member's browser, and how they work."""

    device: Device
    hands: Pointing
    service: Running
    number: int  # so that nobody of one day is known on another

    @property
    def page(self) -> Page:
        return self.device.page

    @property
    def width(self) -> int:
        return 1280 if isinstance(self.hands, Typing) else 390

    def somebody(self, name: str, line: int, **more: str) -> Answers:
        """Return the answers of somebody nobody knows."""
        return {
            **ANA,
            "full_name": name,
            "phone": f"(7{self.number}) 555-01{line}",
            "email": f"day{self.number}{line}@mail.example.org",
            **more,
        }

    def ask(self, name: str, line: int, **more: str) -> str:
        """Let somebody send an inquiry; return its reference."""
        return self.service.visitor.ask(self.somebody(name, line, **more))

    def find(self, reference: str) -> None:
        """Search for an inquiry and open it."""
        self.hands.fill(self.page.get_by_role("searchbox"), reference)
        self.hands.go(self.page.get_by_role("button", name="Search", exact=True))
        self.hands.go(self.page.locator("[data-row] a.open", has_text=shown(reference)))
        expect(self.page.locator("h1")).to_be_visible()

    def promised(self, reference: str) -> tuple[Any, ...]:
        """Return what must survive whatever staff do: when it came, and what was promised."""
        with sqlite3.connect(self.service.data_dir / "intake.db") as database:
            found: tuple[Any, ...] = database.execute(
                "SELECT status, received_at, first_response_due_at, assignee_id FROM inquiries"
                " WHERE reference = ?",
                (reference,),
            ).fetchone()
        return found


def shown(reference: str) -> str:
    return f"{reference[:4]}-{reference[4:]}"


@pytest.fixture(params=["keyboard", "phone"])
def day(request: pytest.FixtureRequest, real_browser: Browser, service: Running) -> Iterator[Day]:
    is_phone = request.param == "phone"
    width = 390 if is_phone else 1280
    device = Device(real_browser, service, "internal", width=width, dark=not is_phone)
    hands = (Pointing if is_phone else Typing)(device.page)
    yield Day(device, hands, service, 31 if is_phone else 32)
    device.context.close()
    assert device.errors == []


def test_the_whole_day(day: Day, new_page: NewPage, signed_in: Any) -> None:  # noqa: ANN401
    email = f"lucia.{day.number}@clinic.example"

    link = invite(day, new_page, signed_in, email)
    sign_in_by_passkey(day, link, email)
    from_first_call_to_letter(day, new_page)
    out_of_quarantine(day)
    together_and_apart(day)
    by_phone(day)


def invite(day: Day, new_page: NewPage, signed_in: Any, email: str) -> str:  # noqa: ANN401
    """Let the administrator invite a member, in the same way of working; return the link."""
    page = new_page(width=day.width)
    page.context.add_cookies(signed_in["cookies"])
    hands = type(day.hands)(page)
    page.goto("/staff/members")
    hands.fill(page.get_by_label("Full name"), "Lucía Prado")
    hands.fill(page.get_by_label("E-mail"), email)
    for role in ("coordinator", "clinician"):
        hands.tick(page.locator(f'input[name="roles"][value="{role}"]'))
    hands.press("Invite")
    if page.get_by_role("heading", name="Confirm that it is you").is_visible():
        hands.fill(page.get_by_label("Password"), PASSWORD)
        hands.press("Go on")
    expect(page.locator("main")).to_contain_text("The one-time link of Lucía Prado")
    return page.locator("code.link").inner_text().partition("/staff/")[2]


def sign_in_by_passkey(day: Day, link: str, email: str) -> None:
    """Take the link, set up a second factor, add a passkey and sign in with it alone."""
    page, hands = day.page, day.hands
    page.goto(f"/staff/{link}")
    hands.fill(page.get_by_label("Password", exact=True), OWN_PASSWORD)
    hands.fill(page.get_by_label("The same password again"), OWN_PASSWORD)
    hands.press("Set my password")
    hands.fill(page.get_by_label("E-mail"), email)
    hands.fill(page.get_by_label("Password"), OWN_PASSWORD)
    hands.press("Go on")
    hands.press("Show me the picture to scan")
    key = page.locator("code.key").inner_text()
    hands.fill(page.get_by_label(re.compile("Enter the code")), code_for(key))
    hands.press("Check the code")
    page.goto("/staff/account")
    hands.go(page.get_by_role("link", name="Add a passkey"))
    hands.fill(page.get_by_label("Name of the passkey"), "My device")
    hands.press("Make the passkey")
    expect(page.get_by_text("The passkey is added")).to_be_visible()
    if page.locator(".menu").is_visible():
        hands.open(page.locator(".menu summary"))
    hands.open(page.locator(".who summary"))
    hands.go(page.get_by_role("button", name="Sign out", exact=True))
    hands.go(page.get_by_role("button", name="Sign in with a passkey"))
    expect(page.get_by_role("heading", name="Needs first reply")).to_be_visible()


def from_first_call_to_letter(day: Day, new_page: NewPage) -> None:
    """Claim, three attempts, reach, ask, reply, review, decide, book, close, undo, decline."""
    person = new_page(width=day.width)
    path = open_private_page(person, day.service, answers=day.somebody("Nélida Otero", 10))
    theirs, words = type(day.hands)(person), "Doctor Vidal, in Tampa, for six years."

    def reply() -> None:
        person.goto(path)
        expect(person.locator("main")).to_contain_text("Please tell us the name of your doctor.")
        theirs.fill(person.locator("textarea"), words)
        theirs.go(person.locator("form[action$='/messages'] button"))
        expect(person.locator("main")).to_contain_text(words)

    day.find(reference_on(person.content()))
    eyes = Eyes(day.page)
    reach_and_ask(day.hands, eyes, reply)
    expect(day.page.locator("#timeline ~ ol")).to_contain_text(words)
    decide_and_close(day.hands, eyes)
    assert eyes.seen == []


def out_of_quarantine(day: Day) -> None:
    """Let somebody out whom screening doubted: the promise is the one of the first day."""
    reference = day.ask("Ulises Barrera", 11, website="https://example.org")
    before = day.promised(reference)
    assert before[0] == "quarantined"

    day.find(reference)
    day.hands.unfold("restoration")
    day.hands.press("It is a person")

    expect(day.page.locator(".record-facts")).to_contain_text("New")
    assert day.promised(reference) == ("new", *before[1:])


def together_and_apart(day: Day) -> None:
    """Join two inquiries of one person, and take them apart as they were."""
    first = day.ask("Iker Zubiri Soto", 12)
    other = day.ask("Iker Zubiri Soto", 12, story="Once more, in case it was lost.")
    before = [day.promised(one) for one in (first, other)]
    page, hands = day.page, day.hands

    day.find(first)
    hands.go(page.get_by_role("link", name=f"Compare with {shown(other)}"))
    hands.go(page.get_by_role("button", name=f"Go on with {shown(first)}"))
    expect(page.locator("main")).to_contain_text("Joined into this one")
    assert day.promised(other)[0] == "closed"
    hands.go(page.get_by_role("button", name=re.compile("Take apart again")))

    expect(page.locator("main")).to_contain_text("The two are apart again")
    assert [day.promised(one) for one in (first, other)] == before


def by_phone(day: Day) -> None:
    """Write down what a caller says, and read the reference to them."""
    page, hands = day.page, day.hands
    page.goto("/staff/inquiries/new")

    def radios(name: str) -> Locator:
        return page.locator(f'input[name="{name}"]')

    for name, value in CALLER_SAYS:
        if radios(name).first.get_attribute("type") == "radio":
            hands.mark(radios(name), value)
        else:
            hands.tick(radios(name).and_(page.locator(f'[value="{value}"]')))
    hands.fill(page.locator("#f-full_name"), "Berta Landa")
    hands.fill(page.locator("#f-phone"), f"(7{day.number}) 555-0119")
    hands.select(page.locator("#f-country"), "United States")
    hands.select(page.locator("#f-state"), "Florida")
    hands.press("Save the inquiry")

    expect(page.get_by_role("heading", level=1)).to_have_text("Read the reference to the caller")
    hands.go(page.get_by_role("link", name="Open the inquiry"))
    expect(page.locator("main")).to_contain_text("Berta Landa")
