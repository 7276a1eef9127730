"""The present, as the database sees it, or as a test says.

On PostgreSQL machines with skewed clocks must not steal each other's leases, so every statement of
the queue asks the one server for the time; on SQLite there is one machine and its clock. A caller
that gives an instant (a test with a stopped clock) is believed instead.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from intake.storage.types import UtcMillis


class _DatabaseNow(ColumnElement[datetime]):
    inherit_cache = True
    type = UtcMillis()


@compiles(_DatabaseNow, "sqlite")
def _sqlite_now(_element: _DatabaseNow, _compiler: SQLCompiler, **_kw: object) -> str:
    # unixepoch('now','subsec') came with SQLite 3.42 and is NULL before; this works everywhere.
    return "CAST(round((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)"


@compiles(_DatabaseNow, "postgresql")
def _postgresql_now(_element: _DatabaseNow, _compiler: SQLCompiler, **_kw: object) -> str:
    return "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"


def moment(at: datetime | None) -> ColumnElement[datetime]:
    """Return the instant to use in a statement: ``at``, or the database's own clock."""
    return _DatabaseNow() if at is None else bindparam("at", at, UtcMillis(), unique=True)


def fixed_moment(at: datetime | None) -> ColumnElement[datetime]:
    """Return :func:`moment` evaluated once, so that an index can be searched with it.

    ``clock_timestamp()`` changes while a statement runs; PostgreSQL would test it row by row.
    """
    return select(moment(at)).scalar_subquery()
