"""Staff see that the person was told that we are late, what was promised, and what was not sent."""

import re
from datetime import timedelta

from sqlalchemy import update

from intake.inquiries.models import Inquiry
from intake.inquiries.news import LATE
from intake.notifications.models import OutboxMessage, State
from intake.operations.rounds import DeskRounds
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.work import the_office
from tests.factories import BY_PHONE_ONLY, an_inquiry
from tests.web.dashboard.desk import Colleague

CAME = NOON - timedelta(days=3)  # Friday noon; promised for Monday noon


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def a_late_one(database: Database, **answers: object) -> str:
    reference = an_inquiry(database, at=CAME - timedelta(hours=1), **answers).reference  # type: ignore[arg-type]
    assert DeskRounds(database, the_office()).say_late(NOON) == 1
    return reference


def test_the_page_shows_both_promises_and_that_they_were_told(
    sqlite_database: Database, coordinator: Colleague
) -> None:
    reference = a_late_one(sqlite_database)

    shown = text_of(coordinator.get(f"/staff/inquiries/{reference}").text)

    assert "1 h late" in shown
    assert "Promised again" in shown
    assert "Nov 24, 12:00 pm" in shown
    assert "We were late: a new time was promised: they are told by email" in shown
    assert "We are late" in shown


def test_the_page_says_that_nobody_could_be_told(
    sqlite_database: Database, coordinator: Colleague
) -> None:
    reference = a_late_one(sqlite_database, **BY_PHONE_ONLY)

    shown = text_of(coordinator.get(f"/staff/inquiries/{reference}").text)

    assert "they permit no written way, so nobody tells them" in shown


def test_the_list_shows_the_new_promise_until_they_are_answered(
    sqlite_database: Database, coordinator: Colleague
) -> None:
    a_late_one(sqlite_database)
    assert "New promise: Nov 24, 12:00 pm" in text_of(coordinator.get("/staff/inquiries").text)

    with sqlite_database.write() as session:
        session.execute(update(Inquiry).values(first_responded_at=NOON))
    assert "New promise" not in text_of(coordinator.get("/staff/inquiries").text)


def test_why_a_message_waits_or_was_not_sent_stands_on_the_page(
    sqlite_database: Database, coordinator: Colleague
) -> None:
    reference = a_late_one(sqlite_database)
    late = OutboxMessage.event == LATE
    for state, code, words in (
        (State.PENDING, "address_limit", "this address had enough automatic messages for now"),
        (State.CANCELLED, "suppressed", "this address asked for no more messages"),
        (State.CANCELLED, "answered_meanwhile", "it was answered before this could be sent"),
    ):
        due_at = NOON if state is State.PENDING else None
        with sqlite_database.write() as session:
            values = {"state": state.value, "last_error": code, "due_at": due_at}
            session.execute(update(OutboxMessage).where(late).values(values))

        assert words in text_of(coordinator.get(f"/staff/inquiries/{reference}").text)
