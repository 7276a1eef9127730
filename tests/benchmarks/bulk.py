"""Writes rows past the write door: plain driver calls, indexes that cost most made at the end."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg

from intake.storage.database import Database

Rows = Sequence[tuple[Any, ...]]
STAGE = "bulk_tokens"


class Sink(Protocol):
    """Where rows go; one transaction for each call of ``write``."""

    def write(self, table: str, columns: Sequence[str], rows: Rows) -> None: ...
    def rows(self, select: str) -> list[tuple[Any, ...]]: ...
    def last_id(self, table: str) -> int: ...


@contextmanager
def sink(database: Database) -> Iterator[Sink]:
    """Open a sink, and put the indexes back and the statistics right when done."""
    opened = _Sqlite(database) if database.dialect == "sqlite" else _Postgresql(database)
    yield opened
    opened.finish()


class _Sqlite:
    """Tokens are staged and sorted once: random inserts into a tree of 20 million are slow."""

    def __init__(self, database: Database) -> None:
        self._raw = sqlite3.connect(str(database.writer.url.database), isolation_level=None)
        for pragma in ("synchronous=OFF", "cache_size=-300000", "temp_store=FILE"):
            self._raw.execute(f"PRAGMA {pragma}")
        self._raw.execute(f"CREATE TABLE {STAGE} (token BLOB, inquiry_id INTEGER)")
        self._index = self.rows(
            "SELECT sql FROM sqlite_master WHERE name = 'search_tokens_inquiry'"
        )[0][0]
        self._raw.execute("DROP INDEX search_tokens_inquiry")

    def write(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        name = STAGE if table == "search_tokens" else table
        marks = ",".join("?" * len(rows[0]))
        self._raw.execute("BEGIN IMMEDIATE")
        self._raw.executemany(f"INSERT INTO {name} ({','.join(columns)}) VALUES ({marks})", rows)
        self._raw.execute("COMMIT")

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        return self._raw.execute(select).fetchall()

    def last_id(self, table: str) -> int:
        return int(self.rows(f"SELECT coalesce(max(id), 0) FROM {table}")[0][0])

    def finish(self) -> None:
        self._raw.execute(
            f"INSERT INTO search_tokens SELECT token, inquiry_id FROM {STAGE} ORDER BY 1, 2"
        )
        self._raw.execute(f"DROP TABLE {STAGE}")
        self._raw.execute(self._index)
        self._raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._raw.close()


class _Postgresql:
    """COPY, with the two indexes of the tokens made at the end."""

    def __init__(self, database: Database) -> None:
        url = database.writer.url.set(drivername="postgresql")
        self._raw = psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)
        self._raw.execute("SET synchronous_commit = off")
        self._raw.execute("ALTER TABLE search_tokens DROP CONSTRAINT pk_search_tokens")
        self._raw.execute("DROP INDEX search_tokens_inquiry")

    def write(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        with self._raw.cursor().copy(f"COPY {table} ({','.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        return self._raw.execute(select).fetchall()

    def last_id(self, table: str) -> int:
        return int(self.rows(f"SELECT coalesce(max(id), 0) FROM {table}")[0][0])

    def finish(self) -> None:
        self._raw.execute("SET maintenance_work_mem = '512MB'")
        self._raw.execute("SET work_mem = '256MB'")
        self._raw.execute(
            "ALTER TABLE search_tokens ADD CONSTRAINT pk_search_tokens"
            " PRIMARY KEY (token, inquiry_id)"
        )
        self._raw.execute("CREATE INDEX search_tokens_inquiry ON search_tokens (inquiry_id)")
        for table in ("inquiries", "consent_records", "outbox_messages", "audit_events"):
            self._raw.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )
        self._raw.execute("VACUUM ANALYZE")
        self._raw.close()
