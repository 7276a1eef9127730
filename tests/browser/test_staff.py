"""The first administrator's morning: link, password, authenticator, the desk, one inquiry."""

import base64
import re
import sqlite3
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import NewPage
from tests.running import Running
from tests.visitor import ANA

PASSWORD = "four quiet lanterns at the harbor"


def code_for(key: str) -> str:
    """Return what an authenticator app shows now."""
    letters = "".join(letter for letter in key.upper() if letter.isalnum())
    secret = base64.b32decode(letters + "=" * (-len(letters) % 8))
    return TOTP(secret, 6, SHA1(), 30, enforce_key_length=False).generate(int(time.time())).decode()


def open_the_desk(page: Page, service: Running) -> None:
    """Take the one-time link to a signed-in desk, as README.md tells a new administrator."""
    page.goto(service.welcome_url)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_label(re.compile("I also answer inquiries")).check()
    page.get_by_role("button", name="Set my password").click()
    page.get_by_label("E-mail").fill("hello@clinic.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Show me the picture to scan").click()
    key = page.locator("code.key").inner_text()
    page.get_by_label(re.compile("Enter the code")).fill(code_for(key))
    page.get_by_role("button", name="Check the code").click()
    page.goto("/staff/inquiries")


@pytest.fixture(scope="session")
def signed_in(real_browser: Browser, service: Running) -> Any:  # noqa: ANN401 - playwright's own type
    """Sign in once without JavaScript and hand the cookies to every test."""
    context = real_browser.new_context(base_url=service.base_url, java_script_enabled=False)
    page = context.new_page()
    open_the_desk(page, service)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    state = context.storage_state()
    context.close()
    return state


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
    expect(desk.get_by_text("lupus", exact=False)).to_have_count(0)
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
