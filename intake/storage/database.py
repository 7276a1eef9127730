"""The two doors to the database: ``read()`` cannot write, ``write()`` is one transaction.

SQLite: WAL, ``synchronous=FULL``, a file lock taken before ``BEGIN IMMEDIATE`` so that many writer
processes wait in short, fair steps instead of starving each other. PostgreSQL: READ COMMITTED, a
read-only door on the same pool. Build one :class:`Database` per process, after any fork: an
inherited lock descriptor would be held by both processes at once.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Literal

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InternalError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from intake.errors import Misconfigured, Unavailable
from intake.storage.filelock import WriterLock

WAIT_SECONDS = 5.0
SQLITE_FLOOR = (3, 37, 0)
PRAGMAS = (
    "foreign_keys=ON",
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=5000",
    "secure_delete=ON",  # what is deleted is overwritten: an erased key must not lie in a free page
)
AFTER_COMMIT = "intake_after_commit"
HOLDS_LOCK = "intake_holds_lock"
BUSY_SECONDS = "intake_busy_seconds"
RESTS_SINCE = "intake_rests_since"
RESTED_SECONDS = 1.0

Dialect = Literal["sqlite", "postgresql"]


def normalise_url(url: str) -> URL:
    """Return the URL with the driver this project uses; ``Misconfigured`` when it is neither.

    ``postgres://`` and ``postgresql://`` mean psycopg 3. A relative SQLite path stays relative to
    the working directory; settings make it absolute first.
    """
    try:
        parsed = make_url(url)
    except Exception as unreadable:
        raise Misconfigured(
            ("INTAKE_DATABASE_URL cannot be read; write sqlite:////path or postgresql://...",)
        ) from unreadable
    name = parsed.get_backend_name()
    if name in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    if name == "sqlite":
        return parsed.set(drivername="sqlite+pysqlite")
    raise Misconfigured((f"INTAKE_DATABASE_URL names {name!r}; use sqlite or postgresql",))


class Database:
    """Both doors to one database; thread-safe, one per process, closed with :meth:`close`."""

    def __init__(self, url: str, *, pool_size: int = 10, synchronous: str = "FULL") -> None:
        parsed = normalise_url(url)
        self.dialect: Dialect = "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql"
        if self.dialect == "sqlite":
            _check_sqlite()
            self._writer = _sqlite_engine(parsed, writer=True, synchronous=synchronous)
            self._reader = _sqlite_engine(parsed, writer=False, synchronous=synchronous)
        else:
            self._writer = _postgresql_engine(parsed, pool_size)
            self._reader = self._writer.execution_options(postgresql_readonly=True)

    @property
    def writer(self) -> Engine:
        """The engine behind ``write()``; for migrations and the accounts session only."""
        return self._writer

    @property
    def reader(self) -> Engine:
        """The engine behind ``read()``; for the accounts session only."""
        return self._reader

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that sees one snapshot and cannot write."""
        with named_failures(), Session(self._reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session whose work commits when the block ends, or not at all.

        Keep the block short and free of network calls and slow hashing: on SQLite it holds the
        one write lock.

        Raises:
            Unavailable: ``database_busy`` after 5 seconds without the lock; ``database_full`` when
                nothing can be written; ``database_away`` when the server cannot be reached.
        """
        with named_failures(), Session(self._writer, expire_on_commit=False) as session:
            session.connection()  # the lock and BEGIN now, not at the first statement
            yield session
            session.commit()
            callbacks = session.info.pop(AFTER_COMMIT, ())
        for callback in callbacks:
            callback()

    def check(self) -> None:
        """Assert what durability rests on; ``Misconfigured`` names what is not as it must be."""
        with self.read() as session:
            if self.dialect == "sqlite":
                facts = {
                    "journal_mode": (session.scalar(text("PRAGMA journal_mode")), "wal"),
                    "synchronous": (session.scalar(text("PRAGMA synchronous")), 2),
                    "foreign_keys": (session.scalar(text("PRAGMA foreign_keys")), 1),
                }
            else:
                facts = {
                    "fsync": (session.scalar(text("SHOW fsync")), "on"),
                    "full_page_writes": (session.scalar(text("SHOW full_page_writes")), "on"),
                    "synchronous_commit": (
                        session.scalar(text("SHOW synchronous_commit")) != "off",
                        True,
                    ),
                }
        faults = tuple(
            f"database: {name} is {found!r}, must be {wanted!r}: a crash could lose an inquiry"
            for name, (found, wanted) in facts.items()
            if found != wanted
        )
        if faults:
            raise Misconfigured(faults)

    def close(self) -> None:
        """Close every connection; the object cannot be used afterwards."""
        self._reader.dispose()
        self._writer.dispose()


def after_commit(session: Session, callback: Callable[[], None]) -> None:
    """Run ``callback`` once this session's ``write()`` block has committed; not on rollback."""
    callbacks: list[Callable[[], None]] = session.info.setdefault(AFTER_COMMIT, [])
    if callback not in callbacks:
        callbacks.append(callback)


def scrub_after_commit(session: Session) -> None:
    """Once this has committed, let nothing that it deleted stand in SQLite's log any more.

    The log keeps pages as they were until it is emptied. Where a reader is in the way the next
    checkpoint does it. PostgreSQL overwrites at its own time: see ``intake/privacy/README.md``.
    """
    engine = session.get_bind()
    if isinstance(engine, Engine) and engine.dialect.name == "sqlite":
        after_commit(session, partial(_empty_log, engine))


def _empty_log(engine: Engine) -> None:
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()


def _check_sqlite() -> None:
    if sqlite3.sqlite_version_info < SQLITE_FLOOR:
        wanted = ".".join(map(str, SQLITE_FLOOR))
        raise Misconfigured(
            (f"SQLite {sqlite3.sqlite_version} is too old; {wanted} or newer is needed",)
        )


def _sqlite_engine(url: URL, *, writer: bool, synchronous: str) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False},
        hide_parameters=True,
        pool_size=8,
        max_overflow=-1,  # waiting happens at the lock, which has one deadline for everything
    )

    @event.listens_for(engine, "connect")
    def prepare(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None  # the driver never begins by itself
        for pragma in (*PRAGMAS, f"synchronous={synchronous}"):
            raw.execute(f"PRAGMA {pragma}")
        if not writer:
            raw.execute("PRAGMA query_only=ON")

    if writer:
        _lock_writers(engine, WriterLock(f"{url.database}.lock"))
    else:

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN")

    return engine


def _lock_writers(engine: Engine, lock: WriterLock) -> None:
    """Take the file lock before each BEGIN IMMEDIATE and free it when the connection is back."""

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        until = time.monotonic() + WAIT_SECONDS
        lock.take(until)
        try:
            _wait_for(connection, int(until - time.monotonic()))
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            lock.free()
            raise
        connection.info[HOLDS_LOCK] = True

    # The ``commit`` event fires before the COMMIT; ``checkin`` is the first moment when it is over.
    @event.listens_for(engine, "checkin")
    def checked_in(_raw: object, record: ConnectionPoolEntry) -> None:
        if record.info.pop(HOLDS_LOCK, False):
            lock.free()

    @event.listens_for(engine, "engine_disposed")
    def disposed(_engine: Engine) -> None:
        lock.close()


def _wait_for(connection: Connection, seconds: int) -> None:
    """Let SQLite wait for its own lock; in whole seconds, so that nearly always nothing is said."""
    if connection.info.get(BUSY_SECONDS) != seconds:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={max(1, seconds * 1000)}")
        connection.info[BUSY_SECONDS] = seconds


def _postgresql_engine(url: URL, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=10,
        pool_timeout=WAIT_SECONDS,
        pool_use_lifo=True,  # the one used last knows its statements and need not be asked
        isolation_level="READ COMMITTED",
        connect_args={
            "connect_timeout": 5,
            # A cable that was pulled says nothing: without these a write waits 15 minutes.
            "keepalives_idle": 15,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 20_000,
            "options": "-c idle_in_transaction_session_timeout=60000 -c statement_timeout=30000"
            " -c lock_timeout=5000 -c timezone=UTC",
        },
    )
    # Many rows are one statement, not one each in a pipeline: half the time for a few small ones.
    engine.dialect.use_insertmanyvalues_wo_returning = True
    _ping_the_rested(engine)
    return engine


def _ping_the_rested(engine: Engine) -> None:
    """Ask a connection that rested whether its server is still there, before it is used.

    ``pool_pre_ping`` asks at each use, which was a fifth of the time of a drained message.
    """
    dead: type[Exception] = engine.dialect.loaded_dbapi.Error

    @event.listens_for(engine, "checkin")
    def rests(_raw: object, record: ConnectionPoolEntry) -> None:
        record.info[RESTS_SINCE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def woken(raw: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - record.info.get(RESTS_SINCE, time.monotonic()) < RESTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(raw)
        except dead as away:
            raise InvalidatePoolError from away  # all its like are dropped, a new one is opened


@contextmanager
def named_failures() -> Iterator[None]:
    """Turn what the drivers say about locks, space and reachability into ``Unavailable``."""
    try:
        yield
    except PoolTimeout as waited:
        raise Unavailable("database_busy") from waited
    except (OperationalError, InternalError) as failure:
        raise Unavailable(_code_of(failure)) from failure
    except DBAPIError as failure:
        if failure.connection_invalidated:
            raise Unavailable("database_away") from failure
        raise


def _code_of(failure: DBAPIError) -> str:
    words = str(failure.orig).lower()
    if "locked" in words or "busy" in words or "lock timeout" in words:
        return "database_busy"
    if any(sign in words for sign in ("full", "no space", "readonly", "read-only", "disk i/o")):
        return "database_full"
    return "database_away"
