"""A row of the table, and the databases that it is measured on."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from intake.notifications.outbox import ensure_channels
from intake.storage.database import Database
from intake.storage.migrate import upgrade
from tests.cluster import cluster


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure beside what it is to be: ``at_least`` or ``at_most``; neither only informs."""

    name: str
    database: str
    figure: float
    at_least: float | None = None
    at_most: float | None = None
    unit: str = "x"
    facts: Mapping[str, float | str] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether the bar is held."""
        low = self.at_least is None or self.figure >= self.at_least
        return low and (self.at_most is None or self.figure <= self.at_most)

    def __str__(self) -> str:
        """Return the line of the table."""
        wanted = "-"
        if self.at_least is not None:
            wanted = f">= {self.at_least:g}"
        elif self.at_most is not None:
            wanted = f"<= {self.at_most:g}"
        facts = "  ".join(f"{name} {_short(value)}" for name, value in self.facts.items())
        verdict = "ok  " if self.holds else "MISS"
        figure = f"{self.figure:.2f} {self.unit}"
        return f"{verdict} {self.database:10} {self.name:44} {figure:>11}  {wanted:8}  {facts}"


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


def installed(rival: str) -> bool:
    """Whether a rival of the ``[bench]`` extra is here."""
    return find_spec(rival) is not None


class Place:
    """Where databases are made for one run; each measure gets an empty one of its own."""

    def __init__(self, folder: Path, server_url: str | None) -> None:
        self.folder = folder
        self.dialect = "sqlite" if server_url is None else "postgresql"
        self._server_url = server_url
        self._numbers = count(1)

    def empty_url(self) -> str:
        """Return the URL of a new, empty database."""
        number = next(self._numbers)
        if self._server_url is None:
            return f"sqlite:///{self.folder / f'bench{number}.db'}"
        return self.created(f"bench{number}", template="template0")

    def created(self, name: str, *, template: str) -> str:
        """Create a PostgreSQL database from a template, to which nobody is connected."""
        assert self._server_url is not None
        url = make_url(self._server_url)
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        engine.dispose()
        return url.set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Give a database at the newest schema, with its channels."""
        database = Database(self.empty_url())
        upgrade(database)
        with database.write() as session:
            ensure_channels(session)
        yield database
        database.close()


@contextmanager
def place(dialect: str) -> Iterator[Place]:
    """Give the place for one run on one database engine."""
    with tempfile.TemporaryDirectory(prefix="intake-bench-", dir="/tmp") as folder:
        if dialect == "sqlite":
            yield Place(Path(folder), None)
            return
        with cluster() as server:
            yield Place(Path(folder), server.socket_url)
