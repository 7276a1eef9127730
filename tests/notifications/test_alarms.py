"""An alarm is open once, until somebody or something clears it."""

from datetime import timedelta

from intake.notifications.alarms import clear_alarm, open_alarms, raise_alarm
from intake.storage.database import Database
from tests.conftest import NOON

LATER = NOON + timedelta(hours=1)


def test_an_alarm_raised_twice_is_one_and_keeps_its_beginning(database: Database) -> None:
    with database.write() as session:
        first = raise_alarm(session, "ledger", "receipts", {"missing": 1}, at=NOON)
        again = raise_alarm(session, "ledger", "receipts", {"missing": 2}, at=LATER)
        other = raise_alarm(session, "ledger", "elsewhere", {}, at=LATER)

    with database.read() as session:
        alarms = open_alarms(session)
    assert (first, again, other) == (True, False, True)
    assert [(one.subject, one.detail, one.raised_at) for one in alarms] == [
        ("receipts", {"missing": 1}, NOON),
        ("elsewhere", {}, LATER),
    ]


def test_a_cleared_alarm_is_gone_and_may_be_raised_anew(database: Database) -> None:
    with database.write() as session:
        raise_alarm(session, "channel", "email", {}, at=NOON)
        cleared = clear_alarm(session, "channel", "email", at=LATER)
        nothing = clear_alarm(session, "channel", "email", at=LATER)
        anew = raise_alarm(session, "channel", "email", {}, at=LATER)

    with database.read() as session:
        assert [one.raised_at for one in open_alarms(session)] == [LATER]
    assert (cleared, nothing, anew) == (True, False, True)
