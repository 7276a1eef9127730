"""Flask-Security's datastore on our two doors: it reads at the read door and flushes at the other.

The library changes a loaded member and commits after the view. Opening the write door at the start
of its POSTs would hold the lock through argon2, and sign-ins would queue patients; so only the
flush at commit takes it, for one short transaction. ``autoflush`` is off because a query in the
middle of a view would otherwise take the lock and keep it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import g
from flask_security import SQLAlchemySessionUserDatastore, UserMixin
from sqlalchemy import Connection, Delete, Engine, Insert, Update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from intake.audit import trail
from intake.errors import Unavailable
from intake.staff.accounts.models import Account, account_of
from intake.staff.actor import staff_actor
from intake.staff.models import Role
from intake.storage.database import Database


class AccountsSession(Session):
    """A session with two engines: writing statements and flushes go to the write door."""

    def __init__(self, *, doors: Database, **options: Any) -> None:  # noqa: ANN401 - Session's own
        self._doors = doors
        super().__init__(**options)

    def get_bind(
        self,
        mapper: Any = None,  # noqa: ANN401, ARG002 - SQLAlchemy fixes this signature
        *,
        clause: Any = None,  # noqa: ANN401 - SQLAlchemy fixes this signature
        **_others: Any,  # noqa: ANN401 - SQLAlchemy fixes this signature
    ) -> Engine | Connection:
        """Return the engine for one statement."""
        writing = self._flushing or isinstance(clause, Insert | Update | Delete)
        return self._doors.writer if writing else self._doors.reader


class StaffStore(SQLAlchemySessionUserDatastore):
    """Members for Flask-Security; a look-up leaves no transaction open behind it."""

    def __init__(self, doors: Database, clock: Callable[[], datetime]) -> None:
        self._doors, self._clock = doors, clock
        factory = sessionmaker(
            class_=AccountsSession, doors=doors, expire_on_commit=False, autoflush=False
        )
        self.sessions: scoped_session[AccountsSession] = scoped_session(
            factory,
            scopefunc=lambda: id(g._get_current_object()),  # noqa: SLF001 - werkzeug's own way
        )
        super().__init__(self.sessions, Account, Role)  # type: ignore[arg-type] # only names are read

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Account | None:  # noqa: ANN401
        """Find one member; ends the read unless something waits to be written."""
        try:
            found = super().find_user(case_insensitive, **by)
            session = self.sessions()
            if not (session.new or session.dirty or session.deleted):
                session.commit()
        except OperationalError as failure:
            raise Unavailable("database_away") from failure
        return None if found is None else account_of(found)

    def commit(self) -> None:
        """Write what changed in one short transaction of its own."""
        try:
            self.sessions().commit()
        except OperationalError as failure:
            self.sessions.rollback()
            raise Unavailable("database_busy") from failure

    def tf_set(
        self,
        user: UserMixin,
        primary_method: str,
        totp_secret: str | None = None,
        phone: str | None = None,
    ) -> None:
        """Take over a second factor; the library calls this at each sign-in, changed or not."""
        member = account_of(user)
        changed = member.tf_totp_secret != totp_secret
        super().tf_set(user, primary_method, totp_secret, phone)
        if not changed:
            return
        with self._doors.write() as session:
            trail.record(
                session,
                "staff.second_factor_set",
                actor=staff_actor(member.public_id),
                subject=member.public_id,
                at=self._clock(),
            )

    def forget(self, _error: BaseException | None = None) -> None:
        """Close the session of this application context."""
        self.sessions.remove()
