"""The present in a statement of the queue: the database's clock, or an instant that is given.

On PostgreSQL machines with skewed clocks must not steal each other's leases, so every statement
asks the one server for the time; on SQLite there is one machine and its clock. A caller that gives
an instant (a test with a stopped clock) is believed instead. All values are milliseconds.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, bindparam, select, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from intake.storage.types import from_millis, to_millis


class _DatabaseNow(FunctionElement[int]):
    inherit_cache = True  # or each statement with it is compiled at each call
    type = BigInteger()


@compiles(_DatabaseNow, "sqlite")
def _sqlite_now(_element: _DatabaseNow, _compiler: SQLCompiler, **_kw: object) -> str:
    # unixepoch('now','subsec') came with SQLite 3.42 and is NULL before; this works everywhere.
    return "CAST(round((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)"


@compiles(_DatabaseNow, "postgresql")
def _postgresql_now(_element: _DatabaseNow, _compiler: SQLCompiler, **_kw: object) -> str:
    return "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"


def moment(*, given: bool) -> ColumnElement[int]:
    """Return the parameter ``at`` when an instant is given, else the database's own clock."""
    return bindparam("at", type_=BigInteger()) if given else _DatabaseNow()


_NOW = select(moment(given=False))


def fixed_moment(*, given: bool) -> ColumnElement[int]:
    """Return :func:`moment` evaluated once, so that an index can be searched with it.

    ``clock_timestamp()`` changes while a statement runs; PostgreSQL would test it row by row.
    """
    return select(moment(given=given)).scalar_subquery()


def given(at: datetime | None) -> dict[str, int]:
    """Return the parameter that :func:`moment` needs, none for the database's clock."""
    return {} if at is None else {"at": to_millis(at)}


def millis(column: ColumnElement[datetime]) -> ColumnElement[int]:
    """Return an instant's column as the number it is stored as, for arithmetic."""
    return type_coerce(column, BigInteger())


def now_of(session: Session, at: datetime | None) -> datetime:
    """Return ``at``, or ask the database for the time."""
    if at is not None:
        return at
    return from_millis(session.connection().execute(_NOW).scalar_one())
