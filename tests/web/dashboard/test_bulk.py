"""Several inquiries at once: done, refused with the reason, and taken back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from intake.crypto.tokens import show_reference
from intake.inquiries.models import Inquiry
from intake.staff.models import Staff
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import an_inquiry
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague

DOUBTED: dict[str, Any] = {"signs": ("honeypot",), "email": "x@spam.example", "phone": "3055550111"}


def row_of(database: Database, reference: str) -> Inquiry:
    with database.read() as session:
        return session.scalars(select(Inquiry).where(Inquiry.reference == reference)).one()


def rows(page: str) -> list[str]:
    return re.findall(r'data-row="([^"]+)"', page)


def told(page: str) -> str:
    """Return what the page says of the act just done, in one line."""
    found = re.search(r'<div class="panel[^"]*toast".*?</div>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def act(who: Colleague, path: str, **fields: Any) -> str:  # noqa: ANN401 - text or texts
    """Press a button of the bulk bar and return the page that follows."""
    answer = who.post(f"/staff/inquiries/{path}", "/staff/account", **fields)
    assert answer.status_code == 303
    return who.get(answer.location).text


def test_several_are_taken_at_once_and_given_back(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    stored = [an_inquiry(sqlite_database).reference for _ in range(3)]
    chosen = [f"{reference}.1" for reference in stored[:2]]

    page = act(coordinator, "assignments", chosen=chosen, act="claim", view="open")

    assert told(page) == "2 inquiries are assigned."
    assert "<h1>All open</h1>" in page
    assert row_of(sqlite_database, stored[0]).assignee_id == coordinator.staff_id
    undo = re.search(r'name="done" value="([^"]+)"', page)
    assert undo
    back = act(coordinator, "undoings", done=undo[1])
    assert told(back) == "2 acts are taken back."
    assert row_of(sqlite_database, stored[0]).assignee_id is None
    assert "already_undone" not in back


def test_what_somebody_changed_meanwhile_is_refused_and_told_and_the_rest_is_done(
    coordinator: Colleague, app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    theirs, free = an_inquiry(sqlite_database).reference, an_inquiry(sqlite_database).reference
    other = Colleague(app, sqlite_database, clock(), ["coordinator"], name="ida")
    act(other, "assignments", chosen=[f"{theirs}.1"], act="claim")

    page = act(
        coordinator,
        "assignments",
        chosen=[f"{theirs}.1", f"{free}.1"],
        assignee=coordinator.public_id,
    )

    assert "1 inquiry is assigned." in told(page)
    assert f"{show_reference(theirs)} : somebody changed it meanwhile" in told(page)
    assert row_of(sqlite_database, theirs).assignee_id == other.staff_id
    assert row_of(sqlite_database, free).assignee_id == coordinator.staff_id


def test_several_are_snoozed_to_a_moment_that_the_page_offers(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    reference = an_inquiry(sqlite_database).reference
    offered = re.search(
        r'<option value="([^"]+)">Tomorrow', coordinator.get("/staff/inquiries").text
    )
    assert offered

    page = act(coordinator, "snoozes", chosen=[f"{reference}.1"], until=offered[1])

    assert told(page) == "1 inquiry is snoozed."
    assert rows(page) == []
    snoozed = coordinator.get("/staff/inquiries?view=snoozed").text
    assert rows(snoozed) == [reference]
    assert "until Nov 24, 9:00 am" in snoozed


def test_spam_that_may_be_a_person_is_only_proposed(
    coordinator: Colleague, app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    reference = an_inquiry(sqlite_database, **DOUBTED).reference
    other = Colleague(app, sqlite_database, clock(), ["coordinator"], name="ida")
    fields = {"reason": "nonsense", "view": "quarantined"}

    first = act(coordinator, "spam", chosen=[f"{reference}.1"], **fields)
    again = act(coordinator, "spam", chosen=[f"{reference}.2"], **fields)
    agreed = act(other, "spam", chosen=[f"{reference}.2"], **fields)

    assert "a second one has to agree" in told(first)
    assert "you proposed it already" in told(again)
    assert told(agreed) == "1 inquiry is closed as spam."
    assert row_of(sqlite_database, reference).outcome == "spam"


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        ("assignments", {"act": "claim"}, "Choose at least one"),
        ("assignments", {"chosen": "K7QF29MD.1"}, "Choose who takes them"),
        ("assignments", {"chosen": "K7QF29MD.1", "assignee": "made-up"}, "Choose who takes them"),
        ("snoozes", {"chosen": "K7QF29MD.1", "until": "soon"}, "Choose until when"),
        ("snoozes", {"chosen": "K7QF29MD.1", "until": "2026-11-24T09:00"}, "Choose until when"),
        ("snoozes", {"chosen": "nonsense", "until": ""}, "Choose at least one"),
        ("snoozes", {"chosen": ["x.1", ".1", "y.-1", "z.x"], "until": ""}, "no such inquiry"),
        ("spam", {}, "Choose at least one"),
        ("undoings", {"done": "made-up"}, "cannot be taken back"),
        (
            "assignments",
            {"act": "claim", "chosen": [f"K{number}.1" for number in range(51)]},
            "50 inquiries at most",
        ),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(
    coordinator: Colleague, path: str, fields: dict[str, Any], words: str
) -> None:
    if words == "no such inquiry":
        fields = {**fields, "until": (NOON + timedelta(days=1)).isoformat()}

    assert words in act(coordinator, path, **fields)


def test_somebody_else_cannot_take_back_what_i_did(
    coordinator: Colleague, app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    reference = an_inquiry(sqlite_database).reference
    page = act(coordinator, "assignments", chosen=[f"{reference}.1"], act="claim")
    undo = re.search(r'name="done" value="([^"]+)"', page)
    assert undo
    other = Colleague(app, sqlite_database, clock(), ["coordinator"], name="ida")

    assert "cannot be taken back" in act(other, "undoings", done=undo[1])
    clock.advance(minutes=10)
    assert "cannot be taken back" in act(coordinator, "undoings", done=undo[1])
    assert row_of(sqlite_database, reference).assignee_id == coordinator.staff_id


def test_a_member_who_left_stays_named_on_what_was_theirs(
    coordinator: Colleague, app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    reference = an_inquiry(sqlite_database).reference
    act(coordinator, "assignments", chosen=[f"{reference}.1"], act="claim")
    other = Colleague(app, sqlite_database, clock(), ["coordinator"], name="ida")
    with sqlite_database.write() as session:
        session.execute(update(Staff).where(Staff.id == coordinator.staff_id).values(active=False))

    page = other.get("/staff/inquiries?view=open").text

    assert "Rosa Soto" in page
    assert f'<option value="{coordinator.public_id}">' not in page
