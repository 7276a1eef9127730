"""The INSERT that knows ON CONFLICT, in the dialect of the connection at hand."""

from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from intake.storage.types import Base


def table_of(model: type[Base]) -> Table:
    """Return the model's table, for Core statements that make no objects."""
    return cast(Table, model.__table__)


def insert_into(dialect: str, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Return ``INSERT INTO`` the model's table for ``sqlite`` or ``postgresql``."""
    table = table_of(model)
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
