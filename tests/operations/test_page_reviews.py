"""Who looks after the pages is mailed when a review is due: once for each page and day."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from intake.inquiries.alerts import REVIEW_DUE
from intake.inquiries.recipients import recipient_of
from intake.notifications.models import OutboxMessage
from intake.notifications.outbox import ensure_channels
from intake.notifications.recipient import Recipient
from intake.notifications.render import render
from intake.operations.page_reviews import tell_of_reviews
from intake.pages.catalog import Catalog
from intake.settings import EscalationSettings, Settings, load_settings
from intake.storage.database import Database
from tests.by_hand import claimed
from tests.desk.people import a_member
from tests.desk.told import CLINIC, messages
from tests.factories import a_clinic, a_keyring
from tests.publishing.a_desk import LUPUS, LUPUS_ES, Desk, changed, shipped

DUE_ON = date(2026, 11, 23)
LATER_ON = date(2026, 11, 25)
DAY_BEFORE = datetime(2026, 11, 20, 17, tzinfo=UTC)  # a Friday, noon at the clinic
THAT_DAY = datetime(2026, 11, 23, 17, tzinfo=UTC)
THAT_NIGHT = datetime(2026, 11, 23, 9, tzinfo=UTC)
TWO_DAYS_ON = datetime(2026, 11, 25, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _channels(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session)


def settings(owner: str = "") -> Settings:
    escalation = EscalationSettings.model_validate({"owner": owner})
    return load_settings().model_copy(update={"escalation": escalation})


def due(*keys: tuple[str, str], on: date = DUE_ON) -> Catalog:
    """Return the shipped pages, some of them due for review on a day."""
    pages = dict(shipped().pages)
    for key in keys:
        pages[key] = replace(pages[key], next_review_on=on)
    return replace(shipped(), pages=pages)


def told(database: Database) -> list[tuple[str, str, list[str]]]:
    return [
        (one.recipient, one.payload["due_on"], one.payload["pages"])
        for one in messages(database, REVIEW_DUE)
    ]


def test_the_editor_is_told_once_of_all_pages_of_a_day(database: Database) -> None:
    editor = a_member(database, "eda", ["editor"])
    a_member(database, "ida", ["coordinator"])
    pages = due(LUPUS, LUPUS_ES)

    counts = [
        tell_of_reviews(database, pages, settings(), at=at)
        for at in (DAY_BEFORE, THAT_NIGHT, THAT_DAY, THAT_DAY, TWO_DAYS_ON)
    ]

    assert counts == [0, 0, 1, 0, 0]
    assert told(database) == [
        (f"staff:{editor}", "2026-11-23", ["Lupus (English)", "Lupus (Spanish)"])
    ]


def test_a_later_day_is_another_mail(database: Database) -> None:
    a_member(database, "eda", ["editor"])
    tell_of_reviews(database, due(LUPUS), settings(), at=THAT_DAY)

    both = replace(
        due(LUPUS), pages={**due(LUPUS).pages, LUPUS_ES: due(LUPUS_ES, on=LATER_ON).pages[LUPUS_ES]}
    )
    tell_of_reviews(database, both, settings(), at=TWO_DAYS_ON)

    assert [(day, pages) for _, day, pages in told(database)] == [
        ("2026-11-23", ["Lupus (English)"]),
        ("2026-11-25", ["Lupus (Spanish)"]),
    ]


def test_the_clinics_owner_is_told_too_and_without_either_the_administrators(
    database: Database,
) -> None:
    admin = a_member(database, "ada", ["administrator"])
    tell_of_reviews(database, due(LUPUS), settings(), at=THAT_DAY)
    alone = told(database)
    editor = a_member(database, "eda", ["editor"])
    tell_of_reviews(database, due(LUPUS), settings("owner@clinic.example"), at=THAT_DAY)

    assert [reader for reader, _, _ in alone] == [f"staff:{admin}"]
    later = {reader for reader, _, _ in told(database)[1:]}
    assert later == {f"staff:{editor}", "contact:owner"}


def test_a_published_text_moves_the_day(database: Database) -> None:
    desk = Desk(database, at=DAY_BEFORE)
    head = f"next_review_on = {shipped().pages[LUPUS].next_review_on}"
    assert head in changed()
    desk.publish(desk.ready(changed().replace(head, f"next_review_on = {DUE_ON}")))

    assert tell_of_reviews(database, shipped(), settings(), at=THAT_DAY) == 1
    assert told(database)[0][2] == ["Lupus (English)"]


def test_the_mail_names_the_pages_and_leads_to_the_list(database: Database) -> None:
    a_member(database, "eda", ["editor"])
    tell_of_reviews(database, due(LUPUS), settings("owner@clinic.example"), at=THAT_DAY)

    with database.read() as session:
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        readers = [
            recipient_of(
                session,
                claimed(row),
                THAT_DAY,
                keyring=a_keyring(),
                clinic=a_clinic(),
                base_url="https://intake.example.org",
                contacts=settings("owner@clinic.example").escalation,
            )
            for row in rows
        ]

    assert all(isinstance(reader, Recipient) for reader in readers)
    addresses = [reader.address for reader in readers if isinstance(reader, Recipient)]
    assert addresses == ["eda@clinic.example", "owner@clinic.example"]
    reader = readers[0]
    assert isinstance(reader, Recipient)
    mail = render(claimed(rows[0]), reader, CLINIC, THAT_DAY)
    assert mail.subject == "Due for review: 1 page"
    assert "- Lupus (English)\n" in mail.text
    assert "https://intake.example.org/staff/pages" in mail.text
