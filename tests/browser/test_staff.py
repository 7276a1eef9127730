"""The first administrator's morning: link, password, authenticator, the desk, one inquiry."""

import re
import sqlite3
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.running import Running
from tests.visitor import ANA


@pytest.fixture
def desk(new_page: NewPage, signed_in: Any) -> Page:  # noqa: ANN401 - playwright's own type
    page = new_page()
    page.context.add_cookies(signed_in["cookies"])
    return page


def test_the_link_works_once(new_page: NewPage, service: Running, signed_in: Any) -> None:  # noqa: ANN401
    page = new_page()

    answer = page.goto(service.welcome_url)

    assert answer is not None
    assert answer.status == 404


def test_staff_see_the_inquiry_its_permissions_and_its_deliveries(
    desk: Page, service: Running
) -> None:
    reference = service.visitor.ask({**ANA, "email": "desk@mail.example.org"}, "/es/ask/all")
    shown = f"{reference[:4]}-{reference[4:]}"

    desk.goto("/staff/inquiries")
    expect(desk.locator(".queue").get_by_text("lupus", exact=False)).to_have_count(0)
    desk.get_by_role("searchbox").fill(shown)
    desk.get_by_role("searchbox").press("Enter")
    desk.get_by_role("link", name=re.compile(shown)).first.click()

    main = desk.locator("main")
    expect(main).to_contain_text("Ana Díaz")
    expect(main).to_contain_text("¿Qué se sabe de las células en el lupus?")
    expect(main).to_contain_text("puede contactarme")
    desk.wait_for_timeout(1500)
    desk.reload()
    expect(main).to_contain_text(re.compile("delivered", re.IGNORECASE))


def test_reading_an_inquiry_is_on_the_audit_trail(desk: Page, service: Running) -> None:
    reference = service.visitor.ask({**ANA, "email": "read@mail.example.org"})

    desk.goto(f"/staff/inquiries/{reference[:4]}-{reference[4:]}")

    with sqlite3.connect(service.data_dir / "intake.db") as database:
        reads = database.execute(
            "SELECT count(*) FROM audit_events WHERE action = 'inquiry.read' AND subject = "
            "(SELECT public_id FROM inquiries WHERE reference = ?)",
            (reference,),
        ).fetchone()[0]
    assert reads == 1


@pytest.mark.parametrize("typed", ["Núñez Quiroga", "ximena nunez", "quiroga", "305-555-0177"])
def test_search_finds_by_name_phone_and_address_and_leaves_no_name_in_the_url(
    desk: Page, service: Running, typed: str
) -> None:
    reference = service.visitor.ask(
        {
            **ANA,
            "full_name": "Ximena Quiroga Núñez",
            "phone": "+1 305-555-0177",
            "email": "quiroga@mail.example.org",
        }
    )

    desk.goto("/staff/inquiries")
    desk.get_by_role("searchbox").fill(typed)
    desk.get_by_role("searchbox").press("Enter")

    expect(desk.locator("main")).to_contain_text(f"{reference[:4]}-{reference[4:]}")
    assert typed.lower() not in desk.url.lower()


def test_everything_is_still_there_after_signing_out_and_nothing_before_signing_in(
    new_page: NewPage,
    service: Running,
    signed_in: Any,  # noqa: ANN401
) -> None:
    stranger = new_page()

    stranger.goto("/staff/inquiries")

    expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()
