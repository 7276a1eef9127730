"""Proof of work where a clinic turned it on: done unseen, and nobody waits for it or needs it."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import NewPage
from tests.browser.steps import go_on, walked
from tests.browser.test_every_page import findings, sideways
from tests.browser.test_person import PREFIX, RECEIVED
from tests.running import Running, running

SOLUTION = 'form#answers input[name="altcha"]'
LINE = {
    "en": "You do not need to do anything, or wait.",
    "es": "No tiene que hacer nada ni esperar.",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Run a service of its own for this module, with it switched on."""
    folder: Path = tmp_path_factory.mktemp("proof") / "data"
    with running(
        folder,
        INTAKE_FORM__ALTCHA="true",
        INTAKE_LIMITS__SENDS_PER_ADDRESS_PER_HOUR="1000",
        INTAKE_LIMITS__OTHER_POSTS_PER_MINUTE="1000",
    ) as up:
        yield up


def at_check(page: Page, language: str, email: str) -> None:
    """Walk to check-your-answers."""
    assert list(walked(page, PREFIX[language], email, sends=False))[-1] == "check"
    expect(page).to_have_url(f"{page.url.split('/ask')[0]}/ask/check")


def newest(service: Running) -> tuple[str, list[str]]:
    """Return where the newest inquiry stands and what of the proof spoke against it."""
    with sqlite3.connect(service.data_dir / "intake.db") as database:
        status, reasons = database.execute(
            "SELECT status, spam_reasons FROM inquiries ORDER BY id DESC LIMIT 1"
        ).fetchone()
    return str(status), [one for one in json.loads(reasons) if one.startswith("proof_")]


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_is_solved_while_the_person_reads_and_nothing_is_seen_of_it(
    new_page: NewPage, service: Running, language: str
) -> None:
    page = new_page(width=390, language=language)
    at_check(page, language, f"solved.{language}@mail.example.org")

    expect(page.locator(SOLUTION)).not_to_have_value("")
    expect(page.get_by_text(LINE[language])).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(0)
    expect(page.locator("altcha-widget")).to_be_hidden()
    go_on(page)

    expect(page.get_by_text(RECEIVED[language])).to_be_visible()
    assert newest(service) == ("new", [])


def test_the_one_page_form_is_solved_too_and_holds_no_record_of_moves(
    new_page: NewPage, service: Running
) -> None:
    page = new_page(width=390)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    page.goto("/ask/all")

    expect(page.locator(SOLUTION)).not_to_have_value("")
    challenges = [one for one in asked if "challenge" in one]
    assert challenges == [f"POST {service.base_url}/ask/challenge"]
    assert (
        page.evaluate(
            "document.querySelector('altcha-widget').getConfiguration().humanInteractionSignature"
        )
        is False
    )


@pytest.mark.parametrize("language", ["en", "es"])
def test_without_javascript_the_inquiry_is_new(
    new_page: NewPage, service: Running, language: str
) -> None:
    page = new_page(width=390, language=language, javascript=False)
    at_check(page, language, f"noscript.{language}@mail.example.org")

    expect(page.get_by_text(LINE[language])).to_be_hidden()
    go_on(page)

    expect(page.get_by_text(RECEIVED[language])).to_be_visible()
    assert newest(service) == ("new", ["proof_missing"])


def test_send_waits_for_nothing_while_it_is_being_solved(
    new_page: NewPage, service: Running
) -> None:
    page = new_page(width=390)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/ask/challenge", hold)
    at_check(page, "en", "atonce@mail.example.org")
    expect(page.locator(".altcha")).to_have_attribute("data-state", "verifying")

    go_on(page)

    expect(page.get_by_text(RECEIVED["en"])).to_be_visible()
    assert held
    assert newest(service) == ("new", ["proof_missing"])


def test_a_challenge_that_fails_is_no_trouble_for_the_person(
    new_page: NewPage, service: Running
) -> None:
    page = new_page(width=390)
    page.route("**/ask/challenge", lambda route: route.fulfill(status=429, body="Too many"))
    at_check(page, "en", "refused@mail.example.org")
    expect(page.locator(".altcha")).to_have_attribute("data-state", "error")

    expect(page.get_by_role("alert")).to_have_count(0)
    go_on(page)

    expect(page.get_by_text(RECEIVED["en"])).to_be_visible()
    assert newest(service) == ("new", ["proof_missing"])


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_nothing_where_it_is_on(new_page: NewPage, language: str, dark: bool) -> None:
    page = new_page(width=390, language=language, dark=dark)
    at_check(page, language, "axe@mail.example.org")
    found = {}

    for path in ("check", "all"):
        page.goto(f"{PREFIX[language]}/ask/{path}")
        expect(page.locator(SOLUTION)).not_to_have_value("")
        if problems := findings(page) + (["scrolls sideways"] if sideways(page) else []):
            found[path] = problems

    assert found == {}
