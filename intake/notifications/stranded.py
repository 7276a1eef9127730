"""Messages that nobody will ever claim, as their way out was switched off or removed: ended here.

Switching an endpoint off cancels what waits. But a message that was being sent at that moment comes
back as "try again", one whose worker died stays leased, and one that was written at the same moment
was not there yet. None of them may wait for ever in silence.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, false, literal, or_, select, update
from sqlalchemy.orm import Session

from intake.notifications.channels.texts import TEXTS
from intake.notifications.models import Channel, Endpoint, State
from intake.notifications.models import OutboxMessage as Message
from intake.storage.database import Database
from intake.storage.upsert import table_of

OFF = "endpoint_disabled"
REMOVED = "endpoint_removed"
TEXTS_OFF = "texts_off"
# A lease lasts a minute. Whoever holds one that ended this long ago will not come back.
LOST_AFTER = timedelta(minutes=5)

_messages = table_of(Message)
_channels = table_of(Channel)
_has_endpoint = exists().where(table_of(Endpoint).c.channel_id == _channels.c.id)
_is_removed = and_(_channels.c.name.contains(":"), ~_has_endpoint)
_nobodys = select(_channels.c.id).where(or_(_channels.c.enabled.is_(false()), _is_removed))


def end_stranded(database: Database, *, at: datetime) -> int:
    """Cancel what waits for a way out that is off or gone; return how many messages.

    Writes nothing when there is none. Safe in several workers at once.
    """
    with database.read() as session:
        if session.execute(select(_messages.c.id).where(*_stranded(at)).limit(1)).first() is None:
            return 0
    with database.write() as session:
        return _end(session, at)


def _stranded(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        _messages.c.channel_id.in_(_nobodys),
        _messages.c.due_at.is_not(None),
        or_(_messages.c.state != State.SENDING.value, _messages.c.due_at < at - LOST_AFTER),
    )


def _end(session: Session, at: datetime) -> int:
    removed = select(_channels.c.id).where(_is_removed)
    texts = select(_channels.c.id).where(_channels.c.name == TEXTS)
    ended = session.execute(
        update(_messages)
        .where(*_stranded(at))
        .values(
            state=State.CANCELLED.value,
            due_at=None,
            lease_token=None,
            lease_owner=None,
            finished_at=at,
            last_error=case(
                (_messages.c.channel_id.in_(removed), literal(REMOVED)),
                (_messages.c.channel_id.in_(texts), literal(TEXTS_OFF)),
                else_=literal(OFF),
            ),
        )
        .returning(_messages.c.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())
