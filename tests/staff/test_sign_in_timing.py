"""An unknown address takes as long as a known one, with the real cost of argon2."""

import time
from statistics import median

from flask import Flask

from intake.staff.accounts import accept_link
from intake.staff.accounts.guesses import password_is_right
from intake.staff.accounts.state import accounts
from intake.storage.database import Database
from tests.conftest import NOON
from tests.staff.accounts_app import PASSWORD, StoppedClock, accounts_app, invite

ROUNDS = 9


def test_known_and_unknown_take_the_same_time(sqlite_database: Database) -> None:
    app: Flask = accounts_app(sqlite_database, StoppedClock(NOON), quick=False)
    token = invite(sqlite_database, at=NOON)
    spent: dict[str, list[float]] = {"rosa.soto@clinic.example": [], "nobody@clinic.example": []}
    with app.test_request_context():
        assert accept_link(token, PASSWORD)
        for _ in range(ROUNDS):
            for email, times in spent.items():
                began = time.perf_counter()
                member = accounts().store.find_user(email=email)
                assert not password_is_right(accounts(), member, "wrong wrong wrong wrong")
                times.append(time.perf_counter() - began)

    known, unknown = (median(times) for times in spent.values())

    assert abs(known - unknown) < max(0.015, 0.25 * max(known, unknown)), (known, unknown)
