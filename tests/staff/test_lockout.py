"""How many guesses a member's account stands."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from intake.staff.lockout import (
    GUESSES_MAX,
    count_guess,
    forget_failures,
    give_back,
    is_locked,
    wait_after,
)
from intake.staff.models import Staff
from intake.storage.database import Database
from tests.conftest import NOON
from tests.staff.accounts_app import invite


@pytest.fixture
def member_id(database: Database) -> int:
    invite(database, at=NOON)
    with database.read() as session:
        return session.scalars(select(Staff.id)).one()


def guess(database: Database, member_id: int, at: object = NOON) -> bool:
    with database.write() as session:
        return count_guess(session, member_id, at=at) is not None  # type: ignore[arg-type]


def test_ten_guesses_are_quick_and_the_next_waits_a_minute(
    database: Database, member_id: int
) -> None:
    assert [guess(database, member_id) for _ in range(11)] == [True] * 10 + [False]
    assert guess(database, member_id, NOON + timedelta(seconds=59)) is False
    assert guess(database, member_id, NOON + timedelta(seconds=60)) is True
    assert guess(database, member_id, NOON + timedelta(seconds=61)) is False


def test_the_wait_doubles_to_an_hour() -> None:
    minutes = [wait_after(failures) / timedelta(minutes=1) for failures in range(9, 19)]

    assert minutes == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_after_a_hundred_no_wait_helps_and_a_reset_does(database: Database, member_id: int) -> None:
    at = NOON
    made = 0
    while guess(database, member_id, at):
        made += 1
        at += timedelta(hours=1)

    assert made == GUESSES_MAX
    assert guess(database, member_id, at + timedelta(days=365)) is False
    with database.write() as session:
        forget_failures(session, member_id)
    assert guess(database, member_id, at) is True


def test_half_a_sign_in_does_not_forget_earlier_failures(
    database: Database, member_id: int
) -> None:
    for _ in range(4):
        guess(database, member_id)
    with database.write() as session:
        right = count_guess(session, member_id, at=NOON)
    assert right is not None

    with database.write() as session:
        give_back(session, member_id, right)

    with database.read() as session:
        assert session.scalar(select(Staff.failed_sign_ins)) == 4


def test_giving_back_the_tenth_guess_takes_its_own_lock_away_only(
    database: Database, member_id: int
) -> None:
    with database.write() as session:
        session.execute(update(Staff).values(failed_sign_ins=9))
        right = count_guess(session, member_id, at=NOON)
        assert right is not None
        session.execute(update(Staff).values(locked_until=NOON + timedelta(minutes=4)))

    with database.write() as session:
        give_back(session, member_id, right)

    with database.read() as session:
        assert session.scalar(select(Staff.locked_until)) == NOON + timedelta(minutes=4)


def test_nobody_has_no_guesses(database: Database) -> None:
    assert guess(database, 0) is False


def test_a_lock_in_the_past_is_none() -> None:
    assert not is_locked(10, NOON, at=NOON)
    assert is_locked(10, NOON + timedelta(seconds=1), at=NOON)
