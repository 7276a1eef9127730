"""Notification health: what went wrong is seen and can be sent again."""

from datetime import timedelta

from sqlalchemy import update

from intake.crypto.tokens import show_reference
from intake.notifications.models import Channel, OutboxMessage
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import an_inquiry
from tests.web.dashboard.desk import Colleague


def give_up(database: Database) -> None:
    with database.write() as session:
        session.execute(
            update(OutboxMessage).values(
                state="dead", due_at=None, finished_at=NOON, last_error="recipient_refused"
            )
        )


def test_a_message_that_was_given_up_is_shown_and_sent_again(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    receipt = an_inquiry(sqlite_database)
    give_up(sqlite_database)

    page = coordinator.get("/staff/deliveries").text
    assert show_reference(receipt.reference) in page
    assert "the mail server refused the address" in page
    assert "ana.diaz" not in page
    action = page.split('/replay"')[0].rsplit('action="', 1)[1] + "/replay"
    again = coordinator.post(action)

    assert again.status_code == 303
    after = coordinator.get("/staff/deliveries").text
    assert "on its way again" in after
    assert "Nothing needs a person" in after


def test_what_waits_is_counted(coordinator: Colleague, sqlite_database: Database) -> None:
    an_inquiry(sqlite_database)

    page = coordinator.get("/staff/deliveries").text

    assert '<td class="number">1</td>' in page


def test_a_channel_that_fails_is_shown_with_its_reason(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    an_inquiry(sqlite_database)
    with sqlite_database.write() as session:
        session.execute(
            update(Channel).values(
                failing_since=NOON - timedelta(hours=1), failing_reason="sign_in_refused"
            )
        )

    page = coordinator.get("/staff/deliveries").text

    assert "refuses our user name or password" in page
    assert "No worker is running" in page


def test_a_message_that_is_not_given_up_is_not_sent_again(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    assert coordinator.post("/staff/deliveries/made-up/replay").status_code == 409
