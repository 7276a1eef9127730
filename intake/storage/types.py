"""Column types and the declarative base that every room's models share.

Instants are integer milliseconds since the epoch (UTC) in both databases, so they sort, compare
and index the same way; Python sees aware datetimes only.
"""

import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

# 64 bits in both: INTEGER is what makes a SQLite key the row id.
BIG = BigInteger().with_variant(Integer(), "sqlite")
STRICT = {"sqlite_strict": True}


def quoted(words: type[StrEnum]) -> str:
    """Return the words of a closed list as a CHECK names them: ``'new','closed'``."""
    return ",".join(f"'{word}'" for word in words)


def to_millis(instant: datetime) -> int:
    """Return whole milliseconds since the epoch; ``ValueError`` for a naive datetime."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime has no place in this house")
    return (instant - EPOCH) // MILLISECOND


def from_millis(millis: int) -> datetime:
    """Return the aware UTC instant of ``millis`` milliseconds since the epoch."""
    return EPOCH + timedelta(milliseconds=millis)


class UtcMillis(TypeDecorator[datetime]):
    """An aware instant in Python, integer milliseconds in the database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn an aware datetime into milliseconds."""
        return None if value is None else to_millis(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Turn milliseconds into an aware datetime."""
        return None if value is None else from_millis(value)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Say BIGINT on PostgreSQL and INTEGER on SQLite, whose integers hold 64 bits anyway."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


class Flag(TypeDecorator[bool]):
    """True or false: BOOLEAN on PostgreSQL, 0 or 1 in a STRICT SQLite table."""

    impl = Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """STRICT tables know no BOOLEAN, so SQLite keeps an INTEGER."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else Boolean())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> bool | int | None:
        """Write 0 or 1 where the database knows no boolean."""
        return int(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        """Read a real ``bool`` in both databases."""
        return None if value is None else bool(value)


class JsonText(TypeDecorator[Any]):
    """A small JSON value as text, the same bytes in both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write compact JSON with sorted keys, so that equal values are equal bytes."""
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read the JSON back."""
        return None if value is None else json.loads(value)


class Base(DeclarativeBase):
    """The base of all models; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this class attribute, nobody writes it
        datetime: UtcMillis,
        str: Text,
        bytes: LargeBinary,
        bool: Flag,
    }
