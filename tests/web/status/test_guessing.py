"""Guessing links and codes tells nothing: the same page, the same statements, the same time."""

import statistics
import time
from collections.abc import Callable

from sqlalchemy import event

from tests.factories import an_inquiry
from tests.web.status.desk import Desk

TRIES = 25
# SAFETY.md T11 says the same of sign-in: less than a quarter apart, or 15 milliseconds.
APART_RATIO = 1.25
APART_SECONDS = 0.015


def statements(desk: Desk, act: Callable[[], object]) -> list[str]:
    """Return the statements that an act sends to the database."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    engines = (desk.intake.database.writer, desk.intake.database.reader)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    act()
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    return seen


def test_every_wrong_code_costs_the_same_statements(desk: Desk) -> None:
    other = an_inquiry(desk.intake.database)
    desk.post(f"{desk.link}/code", code=desk.wrong_code)
    desk.post(f"/s/{other.link_token}/code", code=desk.wrong_code)
    desk.post(f"/s/{'A' * 43}/code", code="123456")

    costs = [
        statements(desk, lambda token=token, code=code: desk.post(f"/s/{token}/code", code=code))  # type: ignore[misc]
        for token, code in (
            (desk.receipt.link_token, desk.wrong_code),
            (desk.receipt.link_token, ""),
            (other.link_token, desk.wrong_code),
            ("A" * 43, desk.receipt.code),
            ("x", "1"),
        )
    ]

    assert all(cost == costs[0] for cost in costs)
    assert len(costs[0]) >= 5


def test_wrong_links_and_wrong_codes_take_the_same_time(desk: Desk) -> None:
    def spent(token: str, code: str) -> float:
        before = time.perf_counter()
        answer = desk.post(f"/s/{token}/code", code=code)
        took = time.perf_counter() - before
        assert answer.status_code == 422  # and no 429, which would cost nothing
        return took

    cases = ((desk.receipt.link_token, desk.wrong_code), ("A" * 43, desk.receipt.code))
    for case in cases:
        spent(*case)
    times: list[list[float]] = [[], []]
    for _ in range(TRIES):
        for place, case in enumerate(cases):
            times[place].append(spent(*case))

    medians = sorted(statistics.median(each) for each in times)
    assert medians[1] < max(medians[0] * APART_RATIO, medians[0] + APART_SECONDS)
