"""Two processes at one inquiry at the same moment: one acts, the other is told to look again."""

import multiprocessing
from typing import Any

import pytest

from intake.desk.assignment import assign
from intake.desk.joining import Seen, merge
from intake.errors import IntakeError
from intake.inquiries.models import Status
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.work import Desk, row_of, the_office

ROUNDS = 6


def _merge(url: str, meet: Any, results: Any, pairs: list[tuple[str, str]], by: Any) -> None:  # noqa: ANN401 - from multiprocessing
    database = Database(url)
    for kept, ended in pairs:
        meet.wait(60)
        results.put(
            (
                "merge",
                kept,
                _said(
                    database,
                    lambda session: merge(
                        session, the_office(), Seen(kept, 1), Seen(ended, 1), by=by, at=NOON
                    ),
                ),
            )
        )
    database.close()


def _assign(url: str, meet: Any, results: Any, pairs: list[tuple[str, str]], by: Any) -> None:  # noqa: ANN401 - from multiprocessing
    database = Database(url)
    for number, (kept, ended) in enumerate(pairs):
        wanted = (kept, ended)[number % 2]
        meet.wait(60)
        results.put(
            (
                "assign",
                kept,
                _said(
                    database,
                    lambda session: assign(
                        session, the_office(), wanted, 1, to=by.id, by=by, at=NOON
                    ),
                ),
            )
        )
    database.close()


def _said(database: Database, act: Any) -> str:  # noqa: ANN401 - a verb
    try:
        with database.write() as session:
            act(session)
    except IntakeError as refused:
        return refused.code
    return "done"


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_a_merge_and_an_assignment_at_once_end_without_a_deadlock(
    desk: Desk, empty_url: str
) -> None:
    pairs = [
        (desk.inquiry(full_name=f"Bo Made-Up {number}"), desk.inquiry()) for number in range(ROUNDS)
    ]
    context = multiprocessing.get_context("spawn")
    meet, results = context.Barrier(2), context.Queue()
    acts = [
        context.Process(target=act, args=(empty_url, meet, results, pairs, by))
        for act, by in ((_merge, desk.ida), (_assign, desk.rosa))
    ]
    for process in acts:
        process.start()
    said = [results.get(timeout=90) for _ in range(2 * ROUNDS)]
    for process in acts:
        process.join(60)

    for kept, ended in pairs:
        ends = {act: how for act, of, how in said if of == kept}
        assert sorted(ends.values()) in (
            ["done", "inquiry_changed"],
            ["done", "not_from_this_status"],
        )
        with desk.database.read() as session:
            closed = row_of(session, ended).status == Status.CLOSED.value
            owners = {row_of(session, one).assignee_id for one in (kept, ended)}
        assert closed is (ends["merge"] == "done")
        assert (desk.rosa.id in owners) is (ends["assign"] == "done")
