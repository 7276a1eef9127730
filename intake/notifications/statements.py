"""The statements of the outbox, in both dialects, built once.

A statement built for each call would be compiled for each call. Core, not the ORM's unit of work,
which was measured at half the speed on the submission path.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    Executable,
    Select,
    Update,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    text,
    update,
)

from intake.notifications.models import Channel, State
from intake.notifications.models import OutboxMessage as Message
from intake.notifications.moment import fixed_moment, moment
from intake.storage.types import Flag, UtcMillis
from intake.storage.upsert import insert_into, table_of

LEASE_SECONDS = 60
NOTIFY_CHANNEL = "intake_outbox"

_messages = table_of(Message)
_CLAIMED_COLUMNS = (
    "id public_id inquiry_id recipient channel_id event generation payload attempts losses"
    " give_up_at created_at due_at lease_token"
)
CLAIMED = tuple(_messages.c[name] for name in _CLAIMED_COLUMNS.split())


def _insertion(dialect: str) -> Executable:
    """Return the insert for a dialect; a message that exists already is left as it is."""
    channel_id = select(Channel.id).where(Channel.name == bindparam("channel")).scalar_subquery()
    statement = insert_into(dialect, Message).values(
        channel_id=channel_id, generation=1, state=State.PENDING.value, attempts=0, losses=0
    )
    return statement.on_conflict_do_nothing(index_elements=["dedupe_key"])


INSERT = {dialect: _insertion(dialect) for dialect in ("sqlite", "postgresql")}
NOTIFY = text(f"SELECT pg_notify('{NOTIFY_CHANNEL}', '')")


@cache
def claim_statement(dialect: str, *, given: bool) -> Update:
    """Return the claim; PostgreSQL locks in a CTE, as a plain subquery may run more than once."""
    older = _messages.alias("older")
    held_by_older = exists().where(
        older.c.group_key == _messages.c.group_key,
        older.c.id < _messages.c.id,
        older.c.due_at.is_not(None),
    )
    due = (
        select(_messages.c.id)
        .where(
            _messages.c.channel_id == bindparam("channel"),
            _messages.c.due_at <= fixed_moment(given=given),
            or_(
                _messages.c.state != State.SENDING.value,
                and_(
                    bindparam("take_lost", type_=Flag()),
                    _messages.c.id.not_in(bindparam("busy", expanding=True)),
                ),
            ),
            or_(_messages.c.group_key.is_(None), ~held_by_older),
        )
        .order_by(_messages.c.due_at, _messages.c.id)
        .limit(bindparam("count"))
    )
    change = update(_messages).values(
        losses=_messages.c.losses + case((_messages.c.state == State.SENDING.value, 1), else_=0),
        state=State.SENDING.value,
        attempts=_messages.c.attempts + 1,
        lease_token=bindparam("token"),
        lease_owner=bindparam("owner"),
        due_at=moment(given=given) + LEASE_SECONDS * 1000,
    )
    if dialect == "postgresql":
        locked = due.with_for_update(skip_locked=True).cte("locked").prefix_with("MATERIALIZED")
        return change.where(_messages.c.id == locked.c.id).returning(*CLAIMED)
    return change.where(_messages.c.id.in_(due)).returning(*CLAIMED)


FINISH = (
    update(_messages)
    .where(_messages.c.id == bindparam("row"), _messages.c.lease_token == bindparam("token"))
    .values(
        state=bindparam("new_state"),
        due_at=bindparam("new_due_at", type_=UtcMillis()),
        finished_at=bindparam("new_finished_at", type_=UtcMillis()),
        attempts=_messages.c.attempts - bindparam("unburnt"),
        lease_token=None,
        lease_owner=None,
        remote_id=func.coalesce(bindparam("new_remote_id"), _messages.c.remote_id),
        last_error=bindparam("new_error"),
        last_error_class=bindparam("new_error_class"),
    )
)


@cache
def tokens_statement(*, given: bool) -> Select[Any]:
    """Return the rows that still exist, locked in one order for all workers, and the time.

    Each with the token it has now; an erased row is missing.
    """
    return (
        select(_messages.c.id, _messages.c.lease_token, fixed_moment(given=given).label("now"))
        .where(_messages.c.id.in_(bindparam("ids", expanding=True)))
        .order_by(_messages.c.id)
        .with_for_update()
    )
