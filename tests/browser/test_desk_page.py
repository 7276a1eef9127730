"""One inquiry from first call to end without a script; notes, stale pages and two keys."""

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.desk_hands import Pointing
from tests.browser.test_every_page import findings, sideways
from tests.running import Running
from tests.visitor import ANA


@pytest.fixture
def both_roles(service: Running, signed_in: Any) -> None:  # noqa: ANN401 - playwright's own type
    """Let the only member decide clinically too, as in a very small clinic."""
    with sqlite3.connect(service.data_dir / "intake.db") as database:
        database.execute(
            "INSERT OR IGNORE INTO staff_roles (staff_id, role_id)"
            " SELECT staff.id, roles.id FROM staff, roles WHERE roles.name = 'clinician'"
        )


def open_inquiry(page: Page, service: Running, signed_in: Any, email: str) -> None:  # noqa: ANN401
    reference = service.visitor.ask({**ANA, "email": email})
    page.context.add_cookies(signed_in["cookies"])
    page.goto(f"/staff/inquiries/{reference}")


def ahead() -> str:
    """Return a day three weeks from now, as an American keyboard types it."""
    return f"{datetime.now(UTC) + timedelta(days=21):%m/%d/%Y}"


@dataclass
class Eyes:
    """What axe finds in each state of the page; nothing where no script runs."""

    page: Page
    looks: bool = True
    seen: list[str] = field(default_factory=list)

    def look(self, state: str) -> None:
        if self.looks:
            found = findings(self.page) + (["scrolls sideways"] if sideways(self.page) else [])
            self.seen += [f"{state}: {one}" for one in found]


def reach_and_ask(hands: Pointing, eyes: Eyes, reply: Callable[[], None] | None = None) -> None:
    """Claim, three attempts, reach them, ask for more; go on by their reply, or without one."""
    facts = hands.page.locator(".record-facts")
    eyes.look("new")
    hands.press("Claim it")
    for result in ("no_answer", "voicemail", "busy"):
        hands.choose("attempts", "result", result)
        hands.press("Save")
    expect(facts).to_contain_text("Trying to reach them")
    hands.choose("attempts", "result", "reached")
    hands.press("Save")
    expect(facts).to_contain_text("In discussion")

    hands.unfold("information-requests")
    hands.press("Ask and wait")
    expect(hands.page).to_have_title(re.compile("^Error: "))
    eyes.look("refused")
    hands.write("information-requests", "text", "Please tell us the name of your doctor.")
    hands.press("Ask and wait")
    expect(facts).to_contain_text("Waiting on them")
    expect(hands.page.locator(".record-head .due")).to_contain_text("Paused")
    if reply is None:
        hands.unfold("information-requests-ending")
        hands.press("Stop waiting")
        return
    reply()
    hands.page.reload()
    expect(facts).to_contain_text("In discussion")


def decide_and_close(hands: Pointing, eyes: Eyes) -> None:
    """Clinical review, disposition, appointment, close, undo, decline with a letter."""
    facts, main = hands.page.locator(".record-facts"), hands.page.locator("main")
    hands.unfold("clinical-review")
    hands.write("clinical-review", "summary", "She asks what is known.")
    hands.write("clinical-review", "question", "May we see her?")
    hands.press("Hand over")
    expect(facts).to_contain_text("With a clinician")
    eyes.look("clinical review")
    hands.unfold("disposition")
    hands.choose("disposition", "disposition", "offer")
    hands.press("Record the decision")
    hands.unfold("appointment")
    hands.moment("appointment", "starts_at", ahead(), "09:00AM")
    hands.press("Book")
    expect(facts).to_contain_text("Booked")

    hands.unfold("closing")
    hands.choose("closing", "outcome", "consultation_held")
    hands.press("Close")
    expect(facts).to_contain_text("Closed: consultation held")
    eyes.look("closed")
    hands.undo()
    expect(facts).to_contain_text("Booked")
    expect(main).to_contain_text("taken back")

    hands.unfold("closing")
    hands.choose("closing", "outcome", "not_offered")
    hands.pick("closing", "reason_not_offered", "We have no appointments")
    hands.pick("closing", "message_not_offered", "We cannot offer an appointment")
    hands.press("Close")
    expect(facts).to_contain_text("Closed: not offered")
    expect(main).to_contain_text("Letter to the person")


@pytest.mark.usefixtures("both_roles")
def test_the_whole_way_without_a_script_on_a_phone(
    new_page: NewPage,
    service: Running,
    signed_in: Any,  # noqa: ANN401 - playwright's own type
) -> None:
    page = new_page(javascript=False, width=390)
    open_inquiry(page, service, signed_in, "phone.desk@mail.example.org")

    hands, eyes = Pointing(page), Eyes(page, looks=False)
    reach_and_ask(hands, eyes)
    decide_and_close(hands, eyes)


@pytest.mark.usefixtures("both_roles")
def test_a_note_is_kept_as_one_types_and_a_stale_page_keeps_mine(
    new_page: NewPage,
    service: Running,
    signed_in: Any,  # noqa: ANN401 - playwright's own type
) -> None:
    page = new_page(width=390)
    open_inquiry(page, service, signed_in, "stale.desk@mail.example.org")
    other = page.context.new_page()
    other.goto(page.url)
    page.locator("#f-notes-note").fill("Half a thought")
    expect(page.locator("[data-draft-state]")).to_have_text("Draft kept.")
    Pointing(other).press("Claim it")

    hands = Pointing(page)
    hands.choose("attempts", "result", "no_answer")
    hands.write("attempts", "note", "Rang for a minute")
    hands.press("Save")
    expect(page.locator(".conflict")).to_be_focused()
    expect(page.locator(".conflict")).to_contain_text("Rang for a minute")
    assert findings(page) == []
    assert not sideways(page)
    hands.press("Keep mine too")

    expect(page.locator("#timeline")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Rang for a minute")
    expect(page.locator("#f-notes-note")).to_have_value("Half a thought")


def test_a_call_is_logged_in_two_keys_and_taken_back_by_one(
    new_page: NewPage,
    service: Running,
    signed_in: Any,  # noqa: ANN401 - playwright's own type
) -> None:
    page = new_page()
    open_inquiry(page, service, signed_in, "keys.desk@mail.example.org")

    page.keyboard.press("c")
    page.keyboard.press("3")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")

    expect(page.locator("#timeline ~ ol")).to_contain_text("Tried to reach them: call, no answer")
    with page.expect_navigation():
        page.keyboard.press("z")
    expect(page.locator(".record-facts")).to_contain_text("New")
    page.keyboard.press("n")
    expect(page.locator("#f-notes-note")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("e")
    expect(page.locator("details:has(#act-closing)")).to_have_attribute("open", "")
