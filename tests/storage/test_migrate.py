"""The schema goes up, down and up again, and says the same as the models."""

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
    import intake.consent.models
    import intake.inquiries.models
    import intake.notifications.models
    import intake.operations.models
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
