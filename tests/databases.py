"""New databases for tests, copied from one that was migrated once for each process.

Thousands of tests want an empty desk at the newest schema; walking through all migrations for each
of them took a third of the whole run. The migrations have tests of their own.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from intake.storage.database import Database
from intake.storage.migrate import upgrade

_number = count(1)


@cache
def _migrated_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "intake.db"
        database = Database(f"sqlite:///{file}")
        upgrade(database)
        database.close()
        return file.read_bytes()


def put_sqlite(file: Path) -> str:
    """Write an empty database at the newest schema to ``file`` and return its URL."""
    file.write_bytes(_migrated_file())
    return f"sqlite:///{file}"


@contextmanager
def new_postgresql(server: str, *, template: str = "template0") -> Iterator[str]:
    """Give the URL of a new database on ``server``, and drop it at the end."""
    url = make_url(server).set(drivername="postgresql+psycopg")
    name = f"t_{os.getpid()}_{next(_number)}"
    _say(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        _say(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def postgresql_template(server: str) -> Iterator[str]:
    """Give the name of a database on ``server`` that is at the newest schema, to be copied."""
    with new_postgresql(server) as url:
        database = Database(url)
        upgrade(database)
        database.close()
        name = make_url(url).database
        assert name
        yield name


def _say(server: str, sentence: str) -> None:
    url = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(sentence))
    engine.dispose()
