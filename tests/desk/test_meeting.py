"""Two processes at one inquiry at the same moment: one acts, the other is told to look again."""

import multiprocessing
from typing import Any

import pytest

from intake.desk.assignment import assign
from intake.desk.joining import Seen, merge
from intake.desk.office import DeskMember
from intake.errors import IntakeError
from intake.inquiries.models import Status
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.work import Desk, row_of, the_office

ROUNDS = 6
DONE, LOOK_AGAIN = "done", "inquiry_changed"


Pairs = list[tuple[str, str]]


def _merge(url: str, meet: Any, results: Any, pairs: Pairs, by: DeskMember) -> None:  # noqa: ANN401 - from multiprocessing
    database = Database(url)
    for kept, ended in pairs:
        meet.wait(120)
        try:
            with database.write() as session:
                both = Seen(kept, 1), Seen(ended, 1)
                merge(session, the_office(), *both, by=by, at=NOON)
            results.put(("merge", kept, DONE))
        except IntakeError as refused:
            results.put(("merge", kept, refused.code))
    database.close()


def _assign(url: str, meet: Any, results: Any, pairs: Pairs, by: DeskMember) -> None:  # noqa: ANN401 - from multiprocessing
    database = Database(url)
    for number, pair in enumerate(pairs):
        meet.wait(120)
        try:
            with database.write() as session:
                assign(session, the_office(), pair[number % 2], 1, to=by.id, by=by, at=NOON)
            results.put(("assign", pair[0], DONE))
        except IntakeError as refused:
            results.put(("assign", pair[0], refused.code))
    database.close()


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_a_merge_and_an_assignment_at_once_end_without_a_deadlock(
    desk: Desk, database_url: str
) -> None:
    pairs = [
        (desk.inquiry(full_name=f"Bo Made-Up {number}"), desk.inquiry()) for number in range(ROUNDS)
    ]
    context = multiprocessing.get_context("spawn")
    meet, results = context.Barrier(2), context.Queue()
    acts = [
        context.Process(target=act, args=(database_url, meet, results, pairs, by))
        for act, by in ((_merge, desk.ida), (_assign, desk.rosa))
    ]
    for process in acts:
        process.start()
    said = [results.get(timeout=240) for _ in range(2 * ROUNDS)]
    for process in acts:
        process.join(60)

    for kept, ended in pairs:
        ends = {act: how for act, of, how in said if of == kept}
        assert sorted(ends.values()) == [DONE, LOOK_AGAIN]
        with desk.database.read() as session:
            closed = row_of(session, ended).status == Status.CLOSED.value
            owners = {row_of(session, one).assignee_id for one in (kept, ended)}
        assert closed is (ends["merge"] == DONE)
        assert (desk.rosa.id in owners) is (ends["assign"] == DONE)
