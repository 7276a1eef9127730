"""Keyset paging: a page starts after the last row of the one before, whatever its depth."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from intake.errors import InvalidInput, Problem

PAGE_SIZE = 50

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows of one page and the cursor of the next; ``next_cursor`` is ``None`` on the last page."""

    rows: Sequence[T]
    next_cursor: str | None


def write_cursor(*key: int) -> str:
    """Return an opaque, URL-safe cursor for a key of integers."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def read_cursor(cursor: str, parts: int) -> tuple[int, ...]:
    """Return the key inside ``cursor``; ``InvalidInput`` (field ``after``) when it is not ours."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):  # not base64, not JSON, or brackets without end
        key = None
    if (
        not isinstance(key, list)
        or len(key) != parts
        or not all(type(part) is int and abs(part) < 2**63 for part in key)
    ):
        raise InvalidInput((Problem("after", "cursor"),))
    return tuple(key)
