"""Eight at once: a code is good for one of them, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from flask_security.proxies import _security
from passlib.totp import TOTP
from sqlalchemy import event, select, update

from intake.staff.accounts.state import accounts
from intake.staff.lockout import count_guess
from intake.staff.models import Staff, StaffSession
from intake.storage.database import Database
from tests.staff.accounts_app import Person, StoppedClock

THREADS = 8


def together(app: Flask, ask: Callable[[], bool]) -> int:
    """Return how many of eight threads that ask at the same moment hear yes."""
    start = Barrier(THREADS)

    def one(_number: int) -> bool:
        with app.test_request_context():
            start.wait()
            return ask()

    with ThreadPoolExecutor(THREADS) as threads:
        return sum(threads.map(one, range(THREADS)))


def test_one_code_of_the_app_is_accepted_once_of_eight(
    rosa: Person, app: Flask, clock: StoppedClock
) -> None:
    rosa.first_sign_in()
    token = TOTP(key=rosa.key).generate(clock().timestamp()).token

    def ask() -> bool:
        member = accounts().store.find_user(email=rosa.email)
        assert member is not None
        assert member.tf_totp_secret is not None
        right: bool = _security.totp_factory.verify_totp(
            token, member.tf_totp_secret, member, window=30
        )
        return right

    assert together(app, ask) == 1


def test_one_recovery_code_is_accepted_once_of_eight(
    rosa: Person, app: Flask, database: Database
) -> None:
    with app.test_request_context():
        member = accounts().store.find_user(email=rosa.email)
        assert member is not None
        code = _security.mf_recovery_codes_util.create_recovery_codes(member)[4]
        accounts().store.commit()

    def ask() -> bool:
        member = accounts().store.find_user(email=rosa.email)
        assert member is not None
        right: bool = _security.mf_recovery_codes_util.check_recovery_code(member, code)
        return right

    assert together(app, ask) == 1
    with database.read() as session:
        assert len(session.scalar(select(Staff.mf_recovery_codes)) or ()) == 9


def test_eight_guesses_at_once_are_eight_guesses_and_the_eleventh_waits(
    rosa: Person, app: Flask, database: Database, clock: StoppedClock
) -> None:
    with database.write() as session:
        session.execute(update(Staff).values(failed_sign_ins=5))

    def ask() -> bool:
        with database.write() as session:
            staff_id = session.scalar(select(Staff.id))
            assert staff_id is not None
            return count_guess(session, staff_id, at=clock()) is not None

    assert together(app, ask) == 5


def test_reading_a_page_takes_no_write_lock_but_once_a_minute(
    rosa: Person, app: Flask, database: Database, clock: StoppedClock
) -> None:
    rosa.first_sign_in()
    assert rosa.is_in()
    opened: list[str] = []

    def seen(*about: object) -> None:
        opened.append(str(about[2]))

    def written() -> list[str]:
        return [statement for statement in opened if "UPDATE" in statement or "BEGIN" in statement]

    event.listen(database.writer, "before_cursor_execute", seen)

    for _ in range(5):
        clock.advance(seconds=5)
        rosa.get("/staff/account")
        rosa.get("/staff/change")
    assert written() == []
    clock.advance(minutes=1)
    rosa.get("/staff/account")
    rosa.get("/staff/account")

    assert len([one for one in written() if "UPDATE" in one]) == 1
    with database.read() as session:
        assert session.scalar(select(StaffSession.seen_at)) == clock()
