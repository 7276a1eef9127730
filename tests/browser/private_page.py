"""The private page in all its states, with a desk that writes back: for axe and the pictures."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page
from sqlalchemy import select

from intake.crypto.keyring import open_keyring
from intake.crypto.tokens import parse_reference
from intake.desk.attempts import log_attempt
from intake.desk.callbacks import book_callback
from intake.desk.messages import write_to_person
from intake.desk.models import Channel, Result
from intake.desk.moves import request_information
from intake.desk.office import DeskMember, office
from intake.inquiries.queries import read_inquiry
from intake.settings import DeskSettings, load_settings
from intake.staff.models import Staff
from intake.storage.database import Database

WORDS = {
    "en": (
        "Thank you for your message.\n\nWe read it, and have one question before we call you.",
        "Please write the name of the doctor who treats you, and since when.",
        "Is it enough if my daughter calls you with the name? She has all the papers.",
    ),
    "es": (
        "Gracias por su mensaje.\n\nLo leímos y tenemos una pregunta antes de llamarle.",
        "Escriba el nombre de la doctora o del doctor que le atiende, y desde cuándo.",
        "¿Basta si mi hija les llama con el nombre? Ella tiene todos los papeles.",
    ),
}


def private_pages(page: Page, data_dir: Path, language: str) -> Iterator[str]:
    """Walk from the receipt, which ``page`` shows, through every state; yield the name of each."""
    code = re.sub(r"\D", "", page.locator(".keep .code").inner_text())
    reference = page.locator(".receipt .reference").inner_text()
    link = page.locator('.actions a[href*="/s/"]').get_attribute("href") or ""
    page.goto(link)
    yield "status"
    _enter(page, f"{(int(code) + 1) % 1_000_000:06d}")
    yield "status-wrong-code"
    page.goto(link)
    page.locator("form[action$='/code-by-mail'] button").click()
    yield "status-code-sent"
    page.goto(link)
    _enter(page, code)
    yield "status-opened-early"
    page.locator("textarea").fill(WORDS[language][2])
    page.locator("form[action$='/messages'] button").click()
    as_it_went(data_dir, reference, language)
    page.goto(link)
    yield "status-opened"
    page.locator("form[action$='/messages'] button").click()
    yield "status-message-error"
    for noun in ("corrections", "contact-times"):
        page.goto(f"{link}/{noun}")
        yield f"status-{noun}"
    for box in page.locator('input[name="contact_by"]').all():
        box.uncheck()
    page.locator("main form button.button").last.click()
    yield "status-contact-times-error"
    page.goto(link)
    page.locator("textarea").fill("x")
    page.context.clear_cookies()
    page.locator("form[action$='/messages'] button").click()
    yield "status-code-again"


def as_it_went(data_dir: Path, reference: str, language: str) -> None:
    """Let the desk talk with the person: reached, a message, a request, a call-back."""
    stored = parse_reference(reference) or ""
    database = Database(f"sqlite:///{data_dir / 'intake.db'}")
    keyring = open_keyring(data_dir / "keys" / "keyring.json")
    desk = office(keyring, load_settings().clinic, DeskSettings())
    at = datetime.now(UTC)
    try:
        with database.read() as session:
            rosa = session.scalars(select(Staff).order_by(Staff.id)).unique().all()[0]
            by = DeskMember(rosa.id, rosa.public_id, ("coordinator", "clinician"))
        version = read_inquiry(database, keyring, stored, actor=by.actor, at=at).summary.version
        with database.write() as session:
            version = log_attempt(
                session, desk, stored, version,
                channel=Channel.CALL, result=Result.REACHED, by=by, at=at,
            ).version  # fmt: skip
            version = write_to_person(
                session, desk, stored, version,
                text=WORDS[language][0], form_key="made-up", by=by, at=at,
            ).version  # fmt: skip
            tomorrow = (at + timedelta(days=2)).replace(hour=17, minute=0, second=0, microsecond=0)
            version = book_callback(
                session, desk, stored, version, starts_at=tomorrow, by=by, at=at
            ).done.version
            request_information(
                session, desk, stored, version, text=WORDS[language][1], by=by, at=at
            )
    finally:
        database.close()


def _enter(page: Page, code: str) -> None:
    page.locator('input[name="code"]').fill(code)
    page.locator('form:has(input[name="code"]) button').first.click()
