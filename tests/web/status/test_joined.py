"""The page of an inquiry that staff joined with another shows its own, and nothing of that one."""

import pytest

from intake.desk.joining import Seen, merge
from intake.patient.messages import write_message
from tests.conftest import NOON
from tests.desk.work import a_desk_member
from tests.factories import an_inquiry
from tests.web.status.desk import Desk


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_it_says_where_our_messages_stand_and_shows_none_of_them(desk: Desk, prefix: str) -> None:
    database, kept = desk.intake.database, an_inquiry(desk.intake.database)
    rosa = a_desk_member(database, "rosa", "coordinator")
    with database.write() as session:
        write_message(
            session,
            desk.intake.keyring,
            kept.link_token,
            text="My knees are worse",
            form_key="k",
            at=NOON,
        )
        pair = Seen(kept.reference, 1), Seen(desk.receipt.reference, 1)
        merge(session, desk.intake.office, *pair, by=rosa, at=NOON)
    desk.open(prefix)

    page = desk.page(prefix + desk.link)

    assert "My knees are worse" not in page
    assert f"{desk.link}/corrections" not in page
    assert f"{desk.link}/permissions" in page
    assert ("su propio enlace" if prefix else "its own link and code") in page
    desk.post(f"{prefix}{desk.link}/messages", text="It is me again")
    assert "It is me again" in desk.page(prefix + desk.link)


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_before_and_after_erasing_it_says_that_the_other_stays(desk: Desk, prefix: str) -> None:
    database, kept = desk.intake.database, an_inquiry(desk.intake.database)
    rosa = a_desk_member(database, "rosa", "coordinator")
    with database.write() as session:
        pair = Seen(kept.reference, 1), Seen(desk.receipt.reference, 1)
        merge(session, desk.intake.office, *pair, by=rosa, at=NOON)
    desk.open(prefix)
    path, words = f"{prefix}{desk.link}/erasure", "propio código" if prefix else "its own code"

    before = desk.page(path)
    desk.post(path, step="ask")
    answer = desk.post(path, step="confirm", sure="yes")

    assert answer.location == f"{prefix}{desk.link}/certificate"
    assert words in before
    assert words in desk.page(answer.location)
