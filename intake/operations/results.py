"""Keeps what a check found, so that every process and the desk can tell of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.operations.models import CheckResult
from intake.storage.upsert import insert_into


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found, and when."""

    checked_at: datetime
    good: bool
    detail: Mapping[str, Any]


def keep_result(
    session: Session, name: str, *, good: bool, detail: Mapping[str, Any], at: datetime
) -> None:
    """Store a check's result in the place of the one before."""
    connection = session.connection()
    statement = insert_into(connection.dialect.name, CheckResult).values(
        name=name, checked_at=at, good=good, detail=dict(detail)
    )
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"checked_at": new.checked_at, "good": new.good, "detail": new.detail},
        )
    )


def last_result(session: Session, name: str) -> Found | None:
    """Return what a check found last, None before its first time."""
    row = session.scalar(select(CheckResult).where(CheckResult.name == name))
    return None if row is None else Found(row.checked_at, row.good, row.detail)
