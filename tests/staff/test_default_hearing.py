"""Who works through inquiries hears of what came back, and nobody against their will."""

from sqlalchemy import select

from intake.notifications.models import Subscription
from intake.notifications.subscriptions import unsubscribe
from intake.staff.default_hearing import CAME_BACK, EVENTS, WROTE, catch_up, hear_by_default
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.people import a_member


def heard(database: Database, event: str = CAME_BACK) -> list[int | None]:
    with database.read() as session:
        return list(
            session.scalars(
                select(Subscription.staff_id)
                .where(Subscription.event == event, Subscription.enabled)
                .order_by(Subscription.staff_id)
            )
        )


def test_a_new_coordinator_hears_of_every_event_and_an_auditor_of_none(database: Database) -> None:
    ida, ann = a_member(database, "ida"), a_member(database, "ann", ["auditor"])

    with database.write() as session:
        hear_by_default(session, ida, ["coordinator"], at=NOON)
        hear_by_default(session, ann, ["auditor"], at=NOON)

    assert [heard(database, event) for event in EVENTS] == [[ida]] * 4


def test_members_of_before_catch_up_once(database: Database) -> None:
    ida, ada = a_member(database, "ida"), a_member(database, "ada", ["administrator"])
    a_member(database, "ann", ["auditor"])

    with database.write() as session:
        counts = [catch_up(session, at=NOON) for _ in range(2)]

    assert counts == [4, 0]
    assert heard(database) == heard(database, WROTE) == sorted([ida, ada])
    assert heard(database, "inquiry.submitted") == []  # what they chose about that is theirs


def test_who_ended_the_rule_is_left_in_peace(database: Database) -> None:
    ida = a_member(database, "ida")
    with database.write() as session:
        hear_by_default(session, ida, ["coordinator"], at=NOON)
        unsubscribe(session, ida, CAME_BACK, "email")

    with database.write() as session:
        assert catch_up(session, at=NOON) == 0

    assert heard(database) == []
