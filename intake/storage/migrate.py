"""Alembic driven from code: no ``alembic.ini``, one connection, both databases."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from intake.shared import shared
from intake.storage.database import Database, named_failures

# Any fixed number: it keeps two machines from migrating the same PostgreSQL database at once.
MIGRATION_LOCK = 7_061_402_211


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration for this project, bound to ``connection`` when given."""
    config = Config()
    config.set_main_option("script_location", str(shared("migrations")))
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def head() -> str:
    """Return the revision this code was written for."""
    revision = ScriptDirectory.from_config(configuration()).get_current_head()
    if revision is None:
        raise LookupError("no migrations were shipped")
    return revision


def current(database: Database) -> str | None:
    """Return the revision the database is at, ``None`` when it is empty.

    Raises:
        Unavailable: The database cannot be reached.
    """
    with named_failures(), database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database, to: str = "head") -> None:
    """Bring the schema up to ``to``; safe to call from several processes at once."""
    with named_failures(), database.writer.begin() as connection:
        _one_at_a_time(connection)
        command.upgrade(configuration(connection), to)


def downgrade(database: Database, to: str) -> None:
    """Take the schema down to ``to``; data in what is dropped is gone."""
    with database.writer.begin() as connection:
        _one_at_a_time(connection)
        command.downgrade(configuration(connection), to)


def _one_at_a_time(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
