"""The schema goes up, down and up again, and says the same as the models."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, inspect, text
from sqlalchemy.exc import DBAPIError

from intake.audit.models import AuditEvent
from intake.storage.database import Database
from intake.storage.migrate import current, downgrade, head, upgrade
from intake.storage.types import Base
from tests.conftest import NOON


def test_the_schema_goes_up_down_and_up_again(empty_database: Database) -> None:
    upgrade(empty_database)
    first = sorted(inspect(empty_database.writer).get_table_names())

    downgrade(empty_database, "base")
    nothing = inspect(empty_database.writer).get_table_names()
    upgrade(empty_database)

    assert nothing == ["alembic_version"]
    assert sorted(inspect(empty_database.writer).get_table_names()) == first
    assert current(empty_database) == head()


def test_migrations_equal_models(database: Database) -> None:
    import intake.clinic.closure_models
    import intake.consent.models
    import intake.desk.letter_models
    import intake.desk.models
    import intake.desk.numbers.models
    import intake.desk.routing_models
    import intake.desk.viewing_models
    import intake.desk.worklist.models
    import intake.inquiries.link_models
    import intake.inquiries.models
    import intake.inquiries.opening_models
    import intake.inquiries.promise_models
    import intake.notifications.address_models
    import intake.notifications.models
    import intake.operations.models
    import intake.publishing.models
    import intake.staff.models  # noqa: F401 - all rooms must be known to the metadata

    with database.writer.begin() as connection:
        drift = compare_metadata(MigrationContext.configure(connection), Base.metadata)

    assert drift == []


@pytest.mark.parametrize("act", ["UPDATE audit_events SET action='x'", "DELETE FROM audit_events"])
def test_the_database_refuses_to_change_audit_rows(database: Database, act: str) -> None:
    with database.write() as session:
        session.execute(
            insert(AuditEvent).values(
                at=NOON, actor_kind="system", actor_id="t", action="a", subject="s", detail={}
            )
        )

    with pytest.raises(DBAPIError, match="never changed"), database.writer.begin() as connection:
        connection.execute(text(act))


# As 0001 wrote them: plain SQL, because the models have moved on.
OLD_ROWS = (
    (
        "INSERT INTO staff (public_id, email, full_name, active, fs_uniquifier, created_at)"
        " VALUES ('a', 'rosa@clinic.example', 'Rosa Made-Up', {true}, 'a', 1)"
    ),
    "INSERT INTO channels (name, kind, enabled) VALUES ('email', 'email', {true})",
    (
        "INSERT INTO subscriptions (staff_id, channel_id, event, language, enabled, created_at)"
        " SELECT s.id, c.id, 'inquiry.submitted', 'es', {true}, 7 FROM staff s, channels c"
    ),
    (
        "INSERT INTO subscriptions (staff_id, channel_id, event, language, enabled, created_at)"
        " SELECT s.id, c.id, 'inquiry.not_me', NULL, {false}, 8 FROM staff s, channels c"
    ),
)
OLD_COLUMNS = "id, staff_id, channel_id, event, language, enabled, created_at"
NEW_COLUMNS = "endpoint_id, condition, state, urgent_only, pace"


def _rows(database: Database, columns: str) -> list[tuple[object, ...]]:
    with database.writer.begin() as connection:
        found = connection.execute(text(f"SELECT {columns} FROM subscriptions ORDER BY id"))
        return [tuple(row) for row in found]


def _with_old_subscriptions(database: Database) -> list[tuple[object, ...]]:
    upgrade(database)
    downgrade(database, "0001")
    flags = {"true": "true", "false": "false"}
    if database.dialect == "sqlite":
        flags = {"true": "1", "false": "0"}
    with database.writer.begin() as connection:
        for statement in OLD_ROWS:
            connection.execute(text(statement.format(**flags)))
    return _rows(database, OLD_COLUMNS)


def test_0002_keeps_subscriptions_and_lets_them_hear_all_at_once(empty_database: Database) -> None:
    before = _with_old_subscriptions(empty_database)

    upgrade(empty_database)

    assert len(before) == 2
    assert _rows(empty_database, OLD_COLUMNS) == before
    assert _rows(empty_database, NEW_COLUMNS) == [(None, None, None, False, "now")] * 2


def test_0002_goes_down_with_the_subscriptions_of_members(empty_database: Database) -> None:
    before = _with_old_subscriptions(empty_database)
    upgrade(empty_database)

    downgrade(empty_database, "0001")
    kept = _rows(empty_database, OLD_COLUMNS)
    upgrade(empty_database)

    assert kept == before
    assert _rows(empty_database, OLD_COLUMNS) == before


def test_subscriptions_keep_their_rules_after_0002(empty_database: Database) -> None:
    _with_old_subscriptions(empty_database)
    upgrade(empty_database)
    inspector = inspect(empty_database.writer)

    foreign = {key["referred_table"] for key in inspector.get_foreign_keys("subscriptions")}
    indexes = {one["name"]: one["unique"] for one in inspector.get_indexes("subscriptions")}

    assert foreign == {"staff", "channels", "endpoints"}
    assert {name: bool(unique) for name, unique in indexes.items()} == {
        "subscriptions_event": False,
        "subscriptions_staff": True,
    }
    for wrong in ("pace='weekly'", "staff_id=NULL", "channel_id=999"):
        with pytest.raises(DBAPIError), empty_database.writer.begin() as connection:
            connection.execute(text(f"UPDATE subscriptions SET {wrong}"))


@pytest.mark.parametrize("steps", ["up", "up, down, up"])
def test_every_sqlite_table_is_strict(tmp_path: Path, steps: str) -> None:
    database = Database(f"sqlite:///{tmp_path / 'intake.db'}")
    upgrade(database)
    if steps != "up":
        downgrade(database, "0001")
        upgrade(database)
    with database.writer.begin() as connection:
        tables = connection.execute(text("PRAGMA table_list")).all()
    database.close()

    own = [row for row in tables if row.type == "table" and not row.name.startswith("sqlite_")]
    loose = {row.name for row in own if not row.strict}
    assert len(own) > 20
    assert loose == {"alembic_version"}  # Alembic's own
