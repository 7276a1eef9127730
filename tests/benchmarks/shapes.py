"""The rows that one inquiry leaves, taken from the database and made again for the bare driver."""

import secrets
from base64 import b32encode

from sqlalchemy import Connection, text

TABLES = ("inquiries", "search_tokens", "consent_records", "outbox_messages", "audit_events")
FIRST = 1_000  # beyond what the database already holds
Rows = list[tuple[str, list[tuple[object, ...]]]]


def shapes(connection: Connection, mark: str) -> Rows:
    """Return, for the last inquiry and by table, an INSERT with ``mark``s and its rows."""
    found: Rows = []
    last = connection.execute(text("SELECT max(id) FROM inquiries")).scalar_one()
    asked = text("SELECT public_id FROM inquiries WHERE id = :id")
    public = connection.execute(asked, {"id": last}).scalar_one()
    overriding = "" if mark == "?" else "OVERRIDING SYSTEM VALUE "
    for table in TABLES:
        key = {"inquiries": "id", "audit_events": "subject"}.get(table, "inquiry_id")
        value = public if table == "audit_events" else last
        select = text(f"SELECT * FROM {table} WHERE {key} = :value")
        rows = [tuple(row) for row in connection.execute(select, {"value": value})]
        marks = ",".join([mark] * len(rows[0]))
        found.append((f"INSERT INTO {table} {overriding}VALUES ({marks})", rows))
    return found


def made(rows: Rows, count: int) -> list[Rows]:
    """Make the rows of ``count`` more inquiries; keys and tokens are as random as the real ones.

    Random keys touch pages all over an index where ascending ones would touch the last alone.
    """
    return [
        [
            (statement, [_numbered(row, number, k) for k, row in enumerate(values)])
            for statement, values in rows
        ]
        for number in range(FIRST, FIRST + count)
    ]


def _numbered(row: tuple[object, ...], number: int, position: int) -> tuple[object, ...]:
    return tuple(_own(value, number, position, column) for column, value in enumerate(row))


def _own(value: object, number: int, position: int, column: int) -> object:
    if column == 0 and isinstance(value, int):
        return number * 100 + position
    if isinstance(value, str) and (len(value) > 20 or (len(value) == 8 and value.isupper())):
        if value.isalnum():
            return b32encode(secrets.token_bytes(len(value))).decode()[: len(value)]
        tail = f"{number:07d}{position}"
        return value[: -len(tail)] + tail
    if isinstance(value, bytes) and len(value) in {16, 32}:
        return secrets.token_bytes(len(value))
    return value
