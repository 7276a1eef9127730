"""Quiet hours by the wall clock, and who reads for somebody who is away."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from intake.errors import InvalidInput
from intake.notifications.attendance import (
    Absence,
    Presence,
    Quiet,
    presence_of,
    quiet_until,
    reader_for,
    set_absence,
    set_quiet_hours,
    standing_in_for,
)
from intake.storage.database import Database
from tests.conftest import NOON
from tests.notifications.rows import a_member

MIAMI = "America/New_York"
NIGHT = Quiet(22 * 60, 7 * 60)
DAY = timedelta(days=1)


def members(database: Database, count: int) -> list[int]:
    with database.write() as session:
        return [a_member(session) for _ in range(count)]


def away(database: Database, who: int, backup: int | None) -> None:
    with database.write() as session:
        set_absence(session, who, Absence(NOON - DAY, NOON + DAY, backup))


def reader(
    database: Database,
    who: int,
    otherwise: Sequence[int] = (),
    left: Sequence[int] = (),
    at: datetime = NOON,
) -> int | None:
    with database.read() as session:
        return reader_for(
            session, who, at, is_active=lambda one: one not in left, otherwise=lambda: otherwise
        )


@pytest.mark.parametrize(
    ("quiet", "at", "ends"),
    [
        (NIGHT, datetime(2026, 11, 24, 4, 0, tzinfo=UTC), datetime(2026, 11, 24, 12, tzinfo=UTC)),
        (NIGHT, datetime(2026, 11, 24, 3, 0, tzinfo=UTC), datetime(2026, 11, 24, 12, tzinfo=UTC)),
        (NIGHT, datetime(2026, 11, 24, 2, 59, tzinfo=UTC), None),
        (NIGHT, datetime(2026, 11, 24, 12, 0, tzinfo=UTC), None),
        (Quiet(720, 780), NOON, NOON + timedelta(hours=1)),
        (Quiet(720, 780), NOON - timedelta(minutes=1), None),
        # Clocks go forward at 2 am on March 14, 2027: the night is an hour shorter.
        (NIGHT, datetime(2027, 3, 14, 4, 0, tzinfo=UTC), datetime(2027, 3, 14, 11, tzinfo=UTC)),
        # They go back at 2 am on November 1, 2026: 1:15 comes twice, and 1:30 lies ahead of both.
        (
            Quiet(0, 90),
            datetime(2026, 11, 1, 6, 15, tzinfo=UTC),
            datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
        ),
        (None, NOON, None),
    ],
)
def test_quiet_hours_end_by_the_wall_clock(
    quiet: Quiet | None, at: datetime, ends: datetime | None
) -> None:
    assert quiet_until(quiet, at, MIAMI) == ends


def test_what_a_member_said_is_kept_part_by_part(database: Database) -> None:
    rosa, ida = members(database, 2)
    absence = Absence(NOON, NOON + DAY, ida)

    with database.write() as session:
        assert presence_of(session, rosa) == Presence()
        set_quiet_hours(session, rosa, NIGHT)
        set_absence(session, rosa, absence)
    with database.write() as session:
        assert presence_of(session, rosa) == Presence(NIGHT, absence)
        set_quiet_hours(session, rosa, None)
        assert presence_of(session, rosa) == Presence(None, absence)
        set_absence(session, rosa, None)
        assert presence_of(session, rosa) == Presence()


@pytest.mark.parametrize("quiet", [Quiet(60, 60), Quiet(-1, 5), Quiet(5, 1440)])
def test_hours_that_are_none_are_refused(sqlite_database: Database, quiet: Quiet) -> None:
    (rosa,) = members(sqlite_database, 1)

    with sqlite_database.write() as session, pytest.raises(InvalidInput):
        set_quiet_hours(session, rosa, quiet)


@pytest.mark.parametrize("days", [0, -1])
def test_an_absence_that_ends_before_it_begins_is_refused(
    sqlite_database: Database, days: int
) -> None:
    (rosa,) = members(sqlite_database, 1)

    with sqlite_database.write() as session, pytest.raises(InvalidInput) as refused:
        set_absence(session, rosa, Absence(NOON, NOON + timedelta(days=days), rosa))

    assert [one.field for one in refused.value.problems] == ["away_until", "backup"]


def test_who_is_there_reads_their_own(database: Database) -> None:
    rosa, ida = members(database, 2)
    away(database, rosa, ida)

    assert reader(database, ida) == ida
    assert reader(database, rosa, at=NOON + 2 * DAY) == rosa


def test_the_backup_reads_and_so_does_the_backups_backup(database: Database) -> None:
    rosa, ida, li = members(database, 3)
    away(database, rosa, ida)
    assert reader(database, rosa) == ida

    away(database, ida, li)
    assert reader(database, rosa) == li
    with database.read() as session:
        assert standing_in_for(session, ida, NOON) == {rosa}
        assert standing_in_for(session, ida, NOON + DAY) == frozenset()


def test_when_all_backups_are_away_an_administrator_reads(sqlite_database: Database) -> None:
    rosa, ida, chief, boss = members(sqlite_database, 4)
    away(sqlite_database, rosa, ida)
    away(sqlite_database, ida, rosa)
    away(sqlite_database, chief, None)

    assert reader(sqlite_database, rosa, [chief, boss]) == boss
    assert reader(sqlite_database, rosa, [rosa, chief]) == rosa  # nobody is there at all
    assert reader(sqlite_database, rosa, []) == rosa


def test_who_left_for_good_is_read_for(sqlite_database: Database) -> None:
    rosa, ida, chief = members(sqlite_database, 3)

    assert reader(sqlite_database, rosa, [chief], left=[rosa]) == chief
    assert reader(sqlite_database, rosa, [], left=[rosa]) is None
    away(sqlite_database, rosa, ida)
    assert reader(sqlite_database, rosa, [chief], left=[rosa], at=NOON + 9 * DAY) == ida
