"""Rules give new inquiries out, once, with the reason; they stop none and know no health text."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, update

from intake.audit.trail import history
from intake.desk.assignment import claim, unassign
from intake.desk.office import DeskMember
from intake.desk.routing import Rule, add_rule, move_rule, remove_rule, rules_in_force
from intake.desk.routing_models import Routing, RoutingRule
from intake.errors import InvalidInput, NotFound, NotPermitted
from intake.inquiries.models import Inquiry
from intake.notifications.attendance import Absence, set_absence
from intake.operations.rounds import DeskRounds
from intake.staff.models import Staff
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.people import told
from tests.desk.work import Desk, a_desk_member, row_of, the_office
from tests.factories import search_tokens

LATER = NOON + timedelta(minutes=1)
LUPUS = search_tokens().condition("lupus")


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def ada(desk: Desk) -> DeskMember:
    return a_desk_member(desk.database, "ada", "administrator")


def a_rule(desk: Desk, ada: DeskMember, *members: DeskMember, **asks: Any) -> str:  # noqa: ANN401
    with desk.database.write() as session:
        rule = Rule(members=tuple(one.id for one in members), **asks)
        return add_rule(session, rule, by=ada, at=NOON)


def given_out(desk: Desk, at: datetime = LATER) -> int:
    return DeskRounds(desk.database, desk.office).give_out(at)


def away(desk: Desk, member: DeskMember, backup: DeskMember | None) -> None:
    with desk.database.write() as session:
        absence = Absence(NOON - timedelta(days=1), None, backup.id if backup else None)
        set_absence(session, member.id, absence)


def events(desk: Desk, reference: str) -> list[tuple[str, dict[str, Any]]]:
    with desk.database.read() as session:
        trail = history(session, row_of(session, reference).public_id)
        return [(entry.action, dict(entry.detail)) for entry in trail]


def test_without_rules_nothing_is_given_out_and_nothing_written(desk: Desk) -> None:
    reference = desk.inquiry()

    assert given_out(desk) == 0
    assert desk.look(reference).assignee_id is None
    with desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Routing)) == 0


def test_rules_that_are_added_at_once_get_places_of_their_own(desk: Desk, ada: DeskMember) -> None:
    together = Barrier(4)

    def add(_: int) -> str:
        together.wait(5)
        return a_rule(desk, ada, desk.rosa)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))

    with desk.database.read() as session:
        assert [one.number for one in rules_in_force(session)] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("asks", "fits"),
    [
        ({}, True),
        ({"language": "en"}, True),
        ({"language": "es"}, False),
        ({"condition_token": LUPUS}, True),
        ({"condition_token": search_tokens().condition("als")}, False),
        ({"country": "US"}, True),
        ({"country": "US", "state": "FL"}, True),
        ({"country": "US", "state": "GA"}, False),
        ({"country": "MX"}, False),
        ({"language": "en", "country": "US", "state": "FL", "condition_token": LUPUS}, True),
        ({"language": "es", "condition_token": LUPUS}, False),
    ],
)
def test_a_rule_fits_where_everything_it_asks_for_does(
    desk: Desk, ada: DeskMember, asks: dict[str, Any], fits: bool
) -> None:
    a_rule(desk, ada, desk.rosa, **asks)
    reference = desk.inquiry()

    assert given_out(desk) == fits
    assert desk.look(reference).assignee_id == (desk.rosa.id if fits else None)


def test_the_first_rule_that_fits_decides_and_says_why(desk: Desk, ada: DeskMember) -> None:
    a_rule(desk, ada, desk.ida, language="es")
    a_rule(desk, ada, desk.rosa, language="en", condition_token=LUPUS)
    a_rule(desk, ada, desk.ida)
    reference = desk.inquiry()

    given_out(desk)

    action, detail = events(desk, reference)[-1]
    assert action == "inquiry.assigned"
    assert (detail["rule"], detail["matched"]) == (2, ["language", "condition"])
    assert detail["given_to"] == desk.rosa.public_id
    assert "lupus" not in str(events(desk, reference))
    assert told(desk.database, "inquiry.assigned") == [(f"staff:{desk.rosa.id}", "email")]


def test_of_several_the_one_with_the_fewest_open_gets_it(desk: Desk, ada: DeskMember) -> None:
    busy = desk.inquiry()
    desk.do(claim, busy, by=desk.ida)
    a_rule(desk, ada, desk.ida, desk.rosa)
    one, two, three = (desk.inquiry(full_name=name) for name in ("Bo One", "Bo Two", "Bo Three"))

    assert given_out(desk) == 3

    owners = [desk.look(each).assignee_id for each in (one, two, three)]
    assert owners == [desk.rosa.id, desk.ida.id, desk.rosa.id]


def test_who_is_away_is_stood_in_for(desk: Desk, ada: DeskMember) -> None:
    a_rule(desk, ada, desk.rosa)
    away(desk, desk.rosa, desk.ida)
    reference = desk.inquiry()

    given_out(desk)

    assert desk.look(reference).assignee_id == desk.ida.id
    assert events(desk, reference)[-1][1]["instead_of"] == desk.rosa.public_id


def test_nobody_there_falls_to_the_next_rule_and_else_is_told(desk: Desk, ada: DeskMember) -> None:
    a_rule(desk, ada, desk.rosa)
    away(desk, desk.rosa, desk.ida)
    away(desk, desk.ida, desk.rosa)  # each stands in for the other
    left = desk.inquiry()
    assert given_out(desk) == 0

    a_rule(desk, ada, desk.doctor)
    taken = desk.inquiry(full_name="Bo Made-Up")
    given_out(desk)

    assert desk.look(left).assignee_id is None
    assert [action for action, _ in events(desk, left)][-1] == "inquiry.not_routed"
    assert desk.look(taken).assignee_id == desk.doctor.id


def test_who_left_gets_nothing_and_their_stand_in_does(desk: Desk, ada: DeskMember) -> None:
    a_rule(desk, ada, desk.rosa)
    away(desk, desk.rosa, desk.ida)
    with desk.database.write() as session:
        session.execute(update(Staff).where(Staff.id == desk.rosa.id).values(active=False))
    reference = desk.inquiry()

    given_out(desk)

    assert desk.look(reference).assignee_id == desk.ida.id


def test_what_somebody_had_in_hand_or_came_before_is_left_alone(
    desk: Desk, ada: DeskMember
) -> None:
    with desk.database.write() as session:
        rule = Rule(members=(desk.rosa.id,))
        add_rule(session, rule, by=ada, at=NOON + timedelta(hours=1))
    before = desk.inquiry()
    desk.now = NOON + timedelta(hours=2)
    given_back = desk.inquiry(full_name="Bo Made-Up")
    desk.do(claim, given_back)
    desk.do(unassign, given_back)
    doubted = desk.inquiry(full_name="Li Made-Up", story="https://a.example https://b.example")

    assert given_out(desk, desk.now) == (desk.look(doubted).status == "new")
    assert [desk.look(one).assignee_id for one in (before, given_back)] == [None, None]


def test_an_inquiry_is_looked_at_once(desk: Desk, ada: DeskMember) -> None:
    a_rule(desk, ada, desk.rosa, language="es")
    reference = desk.inquiry()
    given_out(desk)

    a_rule(desk, ada, desk.rosa)

    assert given_out(desk) == 0
    assert desk.look(reference).assignee_id is None


def test_rules_are_moved_and_removed_and_keep_their_numbers(desk: Desk, ada: DeskMember) -> None:
    first, second, third = (a_rule(desk, ada, one) for one in (desk.ida, desk.rosa, desk.doctor))

    with desk.database.write() as session:
        move_rule(session, third, earlier=True, by=ada, at=NOON)
        move_rule(session, first, earlier=True, by=ada, at=NOON)
    with desk.database.write() as session:
        remove_rule(session, first, by=ada, at=NOON)
    with desk.database.write() as session, pytest.raises(NotFound):
        remove_rule(session, first, by=ada, at=NOON)

    with desk.database.read() as session:
        found = [(one.number, one.public_id) for one in rules_in_force(session)]
        assert session.scalar(select(func.count()).select_from(RoutingRule)) == 3
    assert found == [(1, third), (2, second)]


@pytest.mark.parametrize(
    ("asks", "field", "code"),
    [
        ({"language": "fr"}, "language", "choice"),
        ({"country": "XX"}, "place", "choice"),
        ({"country": "US", "state": "XX"}, "place", "choice"),
        ({"state": "FL"}, "place", "choice"),
    ],
)
def test_a_rule_that_can_never_fit_is_refused(
    desk: Desk, ada: DeskMember, asks: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        a_rule(desk, ada, desk.ida, **asks)

    assert [(one.field, one.code) for one in refused.value.problems] == [(field, code)]


def test_a_rule_names_somebody_who_may_own_one(desk: Desk, ada: DeskMember) -> None:
    for members in ((), (ada,)):
        with pytest.raises(InvalidInput):
            a_rule(desk, ada, *members)
    with pytest.raises(NotPermitted):
        a_rule(desk, desk.ida, desk.ida)


def _give_out(url: str, start: Any, results: Any) -> None:  # noqa: ANN401 - from multiprocessing
    database = Database(url)
    start.wait(120)
    results.put(DeskRounds(database, the_office()).give_out(LATER))
    database.close()


def test_two_workers_give_each_inquiry_to_one_member(
    desk: Desk, ada: DeskMember, database_url: str
) -> None:
    a_rule(desk, ada, desk.ida, desk.rosa)
    references = [desk.inquiry(full_name=f"Bo Made-Up {number}") for number in range(6)]
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(2), context.Queue()
    workers = [
        context.Process(target=_give_out, args=(database_url, start, results)) for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    counts = [results.get(timeout=240) for _ in workers]
    for worker in workers:
        worker.join(60)

    assert sum(counts) == len(references)
    with desk.database.read() as session:
        owners = session.scalars(select(Inquiry.assignee_id)).all()
        assert session.scalar(select(func.count()).select_from(Routing)) == len(references)
    assert sorted(owner or 0 for owner in owners) == [desk.ida.id] * 3 + [desk.rosa.id] * 3
    assert len(told(desk.database, "inquiry.assigned")) == len(references)
