"""Passkeys without a browser: what a made-up, repeated or copied answer is worth."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from intake.audit.models import AuditEvent
from intake.staff.actor import staff_actor
from intake.staff.models import Passkey, SpentChallenge, Staff
from intake.storage.database import Database
from tests.staff.accounts_app import StoppedClock, token_in
from tests.staff.soft_key import PRESENT, SoftKey
from tests.web.dashboard.desk import Colleague, a_desk


@pytest.fixture
def app(database: Database, clock: StoppedClock) -> Flask:
    return a_desk(database, clock)


@pytest.fixture
def rosa(app: Flask, database: Database, clock: StoppedClock) -> Colleague:
    return Colleague(app, database, clock(), ["coordinator"])


@pytest.fixture
def key(rosa: Colleague) -> SoftKey:
    """A passkey that Rosa has added."""
    made = SoftKey()
    assert add(rosa, made).status_code == 303
    return made


def asked_on(page: str) -> tuple[str, str]:
    """Return the options and the sealed challenge of a page."""
    options = re.search(r'data-options="([^"]*)"', page)
    sealed = re.search(r'name="(?:proof_)?asked" value="([^"]+)"', page)
    assert options, page
    assert sealed
    return html.unescape(options[1]), sealed[1]


def add(member: Colleague, key: SoftKey, name: str = "Blue key") -> TestResponse:
    page = member.get("/staff/account/passkeys/new").text
    options, sealed = asked_on(page)
    return member.client.post(
        "/staff/account/passkeys",
        data={
            "csrf_token": token_in(page),
            "name": name,
            "asked": sealed,
            "answer": key.make(options),
        },
    )


class AtTheDoor:
    """Somebody at the sign-in page."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page = self.client.get("/staff/login").text
        self.options, self.sealed = asked_on(self.page)

    def send(self, answer: str, sealed: str | None = None) -> TestResponse:
        return self.client.post(
            "/staff/login/passkey",
            data={
                "csrf_token": token_in(self.page),
                "asked": self.sealed if sealed is None else sealed,
                "answer": answer,
            },
        )

    def is_in(self) -> bool:
        return self.client.get("/staff/account").status_code == 200


def actions(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_a_passkey_signs_in_and_is_on_the_trail(
    app: Flask, database: Database, key: SoftKey, rosa: Colleague
) -> None:
    door = AtTheDoor(app)

    answer = door.send(key.sign(door.options))

    assert answer.location == "/staff/"
    assert door.is_in()
    with database.read() as session:
        last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert last is not None
    assert (last.action, last.detail) == ("staff.signed_in", {"with": "passkey"})
    assert last.actor_id == staff_actor(rosa.public_id).id
    assert "staff.passkey_added" in actions(database)


def test_the_same_answer_sent_by_eight_at_once_signs_in_one(
    app: Flask, database: Database, key: SoftKey
) -> None:
    doors = [AtTheDoor(app) for _ in range(8)]
    answer = key.sign(doors[0].options)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda door: door.send(answer, doors[0].sealed), doors))

    assert sum(door.is_in() for door in doors) == 1


def test_a_copy_of_a_key_stops_the_passkey(
    app: Flask, database: Database, key: SoftKey, rosa: Colleague
) -> None:
    copied = replace(key)
    first, second, third = AtTheDoor(app), AtTheDoor(app), AtTheDoor(app)
    first.send(key.sign(first.options))

    second.send(copied.sign(second.options))
    third.send(key.sign(third.options))

    assert [first.is_in(), second.is_in(), third.is_in()] == [True, False, False]
    assert "staff.passkey_stopped" in actions(database)
    page = rosa.get("/staff/account").text
    assert "somebody may hold a copy of it" in page


def test_a_key_that_counts_nothing_works_again_and_again(
    app: Flask, rosa: Colleague, database: Database
) -> None:
    key = SoftKey()
    add(rosa, key)

    for _ in range(2):
        key.counter = -1
        door = AtTheDoor(app)
        door.send(key.sign(door.options))
        assert door.is_in()


@pytest.mark.parametrize(
    "twist",
    [
        {"origin": "https://intake.example.org"},
        {"flags": PRESENT},
        {"handle": b"somebody-else"},
        {"credential_id": b"x" * 32},
        {"secret": SoftKey().secret},
    ],
)
def test_an_answer_that_is_not_ours_opens_nothing(
    app: Flask, key: SoftKey, twist: dict[str, object]
) -> None:
    door = AtTheDoor(app)
    other = replace(key, **twist)  # type: ignore[arg-type]

    answer = door.send(other.sign(door.options))

    assert answer.location.startswith("/staff/login")
    assert not door.is_in()


@pytest.mark.parametrize("made_up", ["", "{}", "[]", "null", "7", '{"id":1}', "ü" * 50, "{" * 9000])
def test_nonsense_is_refused_with_a_sentence(app: Flask, key: SoftKey, made_up: str) -> None:
    door = AtTheDoor(app)

    answer = door.send(made_up)

    assert answer.status_code == 303
    assert "This passkey cannot sign in here" in door.client.get("/staff/login").text


def test_a_challenge_made_for_somebody_late_or_made_up_is_worth_nothing(
    app: Flask, rosa: Colleague, key: SoftKey, clock: StoppedClock, database: Database
) -> None:
    clock.advance(minutes=11)
    options, of_rosa = asked_on(rosa.get("/staff/proof?next=/staff/account").text)
    first, late = AtTheDoor(app), AtTheDoor(app)

    first.send(key.sign(options), of_rosa)
    first.send(key.sign(first.options), "made up")
    clock.advance(hours=12)
    late.send(key.sign(late.options))

    assert not first.is_in()
    assert not late.is_in()


def test_a_deactivated_member_has_no_way_in(
    app: Flask, database: Database, key: SoftKey, rosa: Colleague
) -> None:
    with database.write() as session:
        session.execute(update(Staff).where(Staff.id == rosa.staff_id).values(active=False))
    door = AtTheDoor(app)

    door.send(key.sign(door.options))

    assert not door.is_in()


def test_guessing_at_the_password_does_not_shut_out_a_passkey(
    app: Flask, database: Database, key: SoftKey, rosa: Colleague, clock: StoppedClock
) -> None:
    with database.write() as session:
        session.execute(update(Staff).where(Staff.id == rosa.staff_id).values(failed_sign_ins=100))
    door = AtTheDoor(app)

    door.send(key.sign(door.options))

    assert door.is_in()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("  ", "Enter a name"),
        ("x" * 61, "60 characters at most"),
        ("blue  KEY", "You have a passkey of this name"),
    ],
)
def test_a_poor_name_keeps_what_was_typed_and_what_the_device_made(
    rosa: Colleague, key: SoftKey, name: str, sentence: str
) -> None:
    answer = add(rosa, SoftKey(), name)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{name}"' in answer.text
    assert "Keep the passkey" in answer.text


def test_nobody_removes_the_passkey_of_another(
    app: Flask, database: Database, key: SoftKey, rosa: Colleague, clock: StoppedClock
) -> None:
    other = Colleague(app, database, clock(), ["clinician"])
    with database.read() as session:
        public_id = session.scalars(select(Passkey.public_id)).one()

    theirs = other.post(f"/staff/account/passkeys/{public_id}/removal")
    own = rosa.post(f"/staff/account/passkeys/{public_id}/removal")

    assert (theirs.status_code, own.status_code) == (404, 303)
    assert actions(database)[-1] == "staff.passkey_removed"


def test_spent_challenges_are_forgotten_when_nobody_can_answer_them(
    app: Flask, database: Database, key: SoftKey, rosa: Colleague, clock: StoppedClock
) -> None:
    clock.advance(hours=13)
    door = AtTheDoor(app)
    door.send(key.sign(door.options))

    with database.read() as session:
        assert len(session.scalars(select(SpentChallenge)).all()) == 1
