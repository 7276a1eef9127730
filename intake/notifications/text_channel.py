"""Keeps the row of the texts' channel in step with the settings, which web and workers both read.

The row says to those who write messages whether texts to people go out at all. Without it none is
written; switched off, none is written and what waits is ended (``stranded``).
"""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from intake.notifications.channels.texts import TEXTS
from intake.notifications.models import Channel
from intake.notifications.outbox import ensure_channels
from intake.storage.database import Database

_ROW = select(Channel.enabled).where(Channel.name == TEXTS)


def texts_are_on(session: Session) -> bool:
    """Whether a text to a person may be written."""
    return bool(session.connection().execute(_ROW).scalar())


def keep_in_step(database: Database, *, is_on: bool) -> None:
    """Make or switch the channel's row as the settings say; writes nothing when it is so."""
    with database.read() as session:
        if texts_are_on(session) == is_on:
            return
    with database.write() as session:
        if is_on:
            ensure_channels(session, {TEXTS: TEXTS})
        session.execute(update(Channel).where(Channel.name == TEXTS).values(enabled=is_on))
