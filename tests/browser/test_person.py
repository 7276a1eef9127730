"""The whole way of a person, from an honest page to the receipt, as different people walk it."""

import re
import time
from email import message_from_bytes, policy

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Inbox, NewPage

CONTINUE = {"en": "Continue", "es": "Continuar"}
SEND = {"en": "Send your inquiry", "es": "Enviar mi solicitud"}
START = {"en": "Start now", "es": "Empezar"}
ASK = {"en": "Ask about a consultation", "es": "Pregunte por una consulta"}
RECEIVED = {"en": "We received your inquiry", "es": "Recibimos su solicitud"}
PREFIX = {"en": "", "es": "/es"}
REFERENCE = re.compile(r"\b[2346789BCDFGHJKMPQRTVWXY]{4}-[2346789BCDFGHJKMPQRTVWXY]{4}\b")


def _choose(page: Page, name: str, value: str) -> None:
    page.locator(f'input[name="{name}"][value="{value}"]').check()


def _go_on(page: Page, language: str) -> None:
    page.get_by_role("button", name=CONTINUE[language], exact=True).click()


def walk_to_check(
    page: Page, language: str, *, email: str, start: str = "/conditions/lupus"
) -> None:
    """Walk from a condition page to check-your-answers, one page at a time."""
    page.goto(PREFIX[language] + start)
    page.get_by_role("button", name=ASK[language]).first.click()
    _choose(page, "safety", "none")
    page.get_by_role("button", name=START[language]).click()
    _choose(page, "asking_for", "me")
    _go_on(page, language)
    page.locator('input[name="full_name"]').fill("María de los Ángeles Núñez")
    _choose(page, "age_band", "65_79")
    _go_on(page, language)
    expect(page.locator('input[name="conditions"][value="lupus"]')).to_be_checked()
    _choose(page, "diagnosed", "yes")
    _go_on(page, language)
    page.locator('textarea[name="story"]').fill("What is known? ¿Qué se sabe?")
    _go_on(page, language)
    _choose(page, "contact_by", "call")
    _choose(page, "contact_by", "email")
    page.locator('input[name="phone"]').fill("(305) 555-0123 ext 4")
    page.locator('input[name="email"]').fill(email)
    page.locator('select[name="country"]').select_option("US")
    _go_on(page, language)
    _choose(page, "voicemail", "name_only")
    page.locator('select[name="state"]').select_option("FL")
    _go_on(page, language)
    _choose(page, "language", language)
    _choose(page, "interpreter", "no")
    _go_on(page, language)
    page.locator('input[name="perm_contact"]').check()
    page.locator('input[name="perm_health"]').check()
    _go_on(page, language)


def received_mail(inbox: Inbox, address: str) -> bytes:
    """Return the message that reached ``address`` through the real SMTP server."""
    until = time.monotonic() + 15
    while time.monotonic() < until:
        if found := inbox.to(address):
            return found[0]
        time.sleep(0.1)
    raise AssertionError("no message arrived")


def told_in(mail: bytes) -> str:
    """Return the headers and every part of a mail as its reader sees them."""
    message = message_from_bytes(mail, policy=policy.default)
    parts = [str(part.get_content()) for part in message.walk() if not part.is_multipart()]
    return "\n".join([*map(str, message.values()), *parts])


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_person_asks_and_gets_a_receipt_and_a_message(
    new_page: NewPage, inbox: Inbox, language: str, javascript: bool, width: int
) -> None:
    page = new_page(javascript=javascript, language=language, width=width)
    address = f"maria.{language}.{javascript}.{width}@mail.example.org".lower()

    walk_to_check(page, language, email=address)
    expect(page.get_by_text("María de los Ángeles Núñez")).to_be_visible()
    page.get_by_role("button", name=SEND[language]).click()

    expect(page.get_by_text(RECEIVED[language])).to_be_visible()
    found = REFERENCE.search(page.locator("main").inner_text())
    assert found
    mail = received_mail(inbox, address)
    words = told_in(mail)
    assert found[0] in words
    assert "lupus" not in words.lower()
    assert "Ángeles" not in words


def test_back_after_sending_says_that_it_was_sent(new_page: NewPage) -> None:
    page = new_page()
    walk_to_check(page, "en", email="back@mail.example.org")
    page.get_by_role("button", name=SEND["en"]).click()
    expect(page.get_by_text(RECEIVED["en"])).to_be_visible()
    reference = REFERENCE.search(page.locator("main").inner_text())
    assert reference

    page.goto("/ask/check")

    expect(page.get_by_text(reference[0])).to_be_visible()


def test_errors_take_the_focus_and_lead_to_their_fields(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/ask")
    page.get_by_role("button", name=START["en"]).click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    summary.get_by_role("link").first.click()
    expect(page.locator('input[name="safety"]').first).to_be_focused()


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_one_page_form_needs_no_cookie_and_no_script(new_page: NewPage, language: str) -> None:
    page = new_page(javascript=False, language=language, width=390)
    page.context.route("**/*", lambda route: route.continue_(headers=_without_cookie(route)))
    page.goto(f"{PREFIX[language]}/ask/all")
    _fill_all(page, language)

    page.get_by_role("button", name=SEND[language]).click()

    expect(page.get_by_text(RECEIVED[language])).to_be_visible()


def _without_cookie(route: object) -> dict[str, str]:
    headers = dict(route.request.headers)  # type: ignore[attr-defined]
    headers.pop("cookie", None)
    return headers


def _fill_all(page: Page, language: str) -> None:
    _choose(page, "safety", "none")
    _choose(page, "asking_for", "me")
    page.locator('input[name="full_name"]').fill("李")
    _choose(page, "age_band", "not_said")
    _choose(page, "conditions", "by_phone")
    _choose(page, "diagnosed", "not_sure")
    _choose(page, "contact_by", "call")
    page.locator('input[name="phone"]').fill("305.555.0123")
    _choose(page, "voicemail", "no")
    page.locator('select[name="country"]').select_option("US")
    page.locator('select[name="state"]').select_option("TX")
    _choose(page, "language", language)
    _choose(page, "interpreter", "no")
    page.locator('input[name="perm_contact"]').check()
    page.locator('input[name="perm_health"]').check()


def test_the_whole_form_can_be_sent_by_keyboard_alone(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/ask/all")

    for key in ("safety:none", "asking_for:me", "age_band:40_64", "diagnosed:no"):
        _tab_to(page, key)
        page.keyboard.press("Space")
    page.locator('input[name="full_name"]').focus()
    page.keyboard.type("O'Brien-Núñez")
    for key in (
        "conditions:als",
        "contact_by:call",
        "voicemail:yes",
        "language:en",
        "interpreter:no",
        "perm_contact:yes",
        "perm_health:yes",
    ):
        _tab_to(page, key)
        page.keyboard.press("Space")
    page.locator('input[name="phone"]').focus()
    page.keyboard.type("+52 55 5555 0123")
    page.locator('select[name="country"]').focus()
    page.keyboard.type("Spain")
    page.get_by_role("button", name=SEND["en"]).focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text(RECEIVED["en"])).to_be_visible()


def _tab_to(page: Page, key: str) -> None:
    """Focus a control that Tab or an arrow key would reach; fails when it takes no focus."""
    name, value = key.split(":")
    control = page.locator(f'input[name="{name}"][value="{value}"]')
    control.focus()
    expect(control).to_be_focused()
