"""Addresses of the clinic's own that are told of events: webhooks, chats, phones.

Each has a channel row of its own, ``webhook:<public_id>``, so one that fails pauses nobody else.
Address and secrets are sealed with a key of the key ring and opened when a message is sent. Every
verb joins the caller's transaction and writes its audit event.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor
from intake.crypto.keyring import Keyring
from intake.crypto.sealed import JSON
from intake.crypto.tokens import new_public_id
from intake.errors import Conflict, InvalidInput, Misconfigured, NotFound, Problem
from intake.notifications.alarms import REFUSED, clear_alarm
from intake.notifications.channels.apprise import MISSING, judge_address
from intake.notifications.channels.guard import Refused, judge_url
from intake.notifications.endpoint_seals import (
    channel_name,
    new_secret,
    opened,
    sealed_address,
    sealed_secrets,
)
from intake.notifications.models import Channel, Endpoint, Subscription
from intake.notifications.replay import cancel_for_channel
from intake.storage.upsert import table_of

WEBHOOK = "webhook"
# What an endpoint may hear of, and hears of unless something else is chosen.
EVENTS = ("inquiry.submitted", "inquiry.not_me")
NAME_MAX_CHARACTERS = 80
SECRETS_MAX = 2
BY_STAFF = "by_staff"


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """What was made; ``secret`` is shown once, and empty where nothing is signed."""

    public_id: str
    channel: str
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class EndpointSight:
    """An endpoint as staff see it: the host, never the whole address, which may hold a key."""

    public_id: str
    kind: str
    name: str
    host: str
    enabled: bool
    disabled_reason: str | None
    secret_count: int
    events: tuple[str, ...]
    created_at: datetime
    failing_since: datetime | None
    failing_reason: str | None
    last_success_at: datetime | None


def create_endpoint(
    session: Session,
    *,
    kind: str,
    name: str,
    address: str,
    at: datetime,
    actor: Actor,
    keyring: Keyring,
    events: Sequence[str] = EVENTS,
) -> NewEndpoint:
    """Store an endpoint, its channel row and what it hears of; workers pick it up by themselves.

    Args:
        session: An open write.
        kind: ``webhook``, ``chat`` or ``sms``.
        name: As staff call it.
        address: A web address, or what the kind's channel takes; sealed.
        at: Now.
        actor: Who adds it.
        keyring: Seals the address and the secret.
        events: What it hears of.

    Raises:
        InvalidInput: ``name`` or ``address``, with the codes of ``guard.judge_url`` or
            ``apprise.judge_address``; ``events``.
    """
    address, name = address.strip(), name.strip()
    _judge(kind, name, address, events)
    public_id = new_public_id()
    secret = new_secret() if kind == WEBHOOK else ""
    channel = channel_name(kind, public_id)
    connection = session.connection()
    connection.execute(insert(table_of(Channel)), {"name": channel, "kind": kind, "enabled": True})
    channel_id = session.scalars(select(Channel.id).where(Channel.name == channel)).one()
    row = {
        "public_id": public_id,
        "channel_id": channel_id,
        "kind": kind,
        "name": name,
        "address": sealed_address(address, public_id, keyring),
        "secrets": sealed_secrets([secret], public_id, keyring) if secret else None,
        "enabled": True,
        "created_at": at,
    }
    connection.execute(insert(table_of(Endpoint)), row)
    _subscribe(session, public_id, channel_id, events, at)
    detail: dict[str, JSON] = {"kind": kind, "events": list(events)}
    trail.record(session, "endpoint.created", actor=actor, subject=public_id, at=at, detail=detail)
    return NewEndpoint(public_id, channel, secret)


def disable_endpoint(
    session: Session, public_id: str, *, at: datetime, actor: Actor, reason: str = BY_STAFF
) -> bool:
    """Send it nothing more and cancel what waits; ``False`` when it was off already.

    Raises:
        NotFound: ``endpoint_unknown``.
    """
    row = endpoint_row(session, public_id)
    if not row.enabled:
        return False
    count = cancel_for_channel(session, row.channel_id, reason="endpoint_disabled", at=at)
    _switch(session, row, enabled=False, reason=reason)
    clear_alarm(session, REFUSED, channel_name(row.kind, public_id), at=at)
    detail: dict[str, JSON] = {"reason": reason, "cancelled": count}
    trail.record(session, "endpoint.disabled", actor=actor, subject=public_id, at=at, detail=detail)
    return True


def enable_endpoint(session: Session, public_id: str, *, at: datetime, actor: Actor) -> bool:
    """Send to it again from now on; ``False`` when it was on already.

    Raises:
        NotFound: ``endpoint_unknown``.
    """
    row = endpoint_row(session, public_id)
    if row.enabled:
        return False
    _switch(session, row, enabled=True)
    trail.record(session, "endpoint.enabled", actor=actor, subject=public_id, at=at)
    return True


def rotate_secret(
    session: Session, public_id: str, *, at: datetime, actor: Actor, keyring: Keyring
) -> str:
    """Return a new secret; both it and the one before sign from now on, an older one no more.

    Raises:
        NotFound: ``endpoint_unknown``.
        Conflict: ``nothing_signed``: only webhooks have secrets.
    """
    row = _signed_row(session, public_id)
    secret, held = new_secret(), opened(row, keyring).secrets
    _keep(session, row, (secret, *held)[:SECRETS_MAX], keyring)
    trail.record(session, "endpoint.secret_rotated", actor=actor, subject=public_id, at=at)
    return secret


def retire_old_secret(
    session: Session, public_id: str, *, at: datetime, actor: Actor, keyring: Keyring
) -> bool:
    """Sign with the newest secret only; ``False`` when there was no other.

    Raises:
        NotFound: ``endpoint_unknown``.
        Conflict: ``nothing_signed``.
    """
    row = _signed_row(session, public_id)
    if len(held := opened(row, keyring).secrets) < SECRETS_MAX:
        return False
    _keep(session, row, held[:1], keyring)
    trail.record(session, "endpoint.old_secret_retired", actor=actor, subject=public_id, at=at)
    return True


def list_endpoints(session: Session, *, keyring: Keyring) -> tuple[EndpointSight, ...]:
    """Return every endpoint, the oldest first."""
    events: dict[int | None, list[str]] = {}
    heard = select(Subscription.endpoint_id, Subscription.event).where(
        Subscription.endpoint_id.is_not(None), Subscription.enabled
    )
    for endpoint_id, event in session.execute(heard.order_by(Subscription.id)):
        events.setdefault(endpoint_id, []).append(event)
    found = session.execute(
        select(Endpoint, Channel)
        .join(Channel, Channel.id == Endpoint.channel_id)
        .order_by(Endpoint.id)
    ).all()
    return tuple(_sight(row[0], row[1], events.get(row[0].id, ()), keyring) for row in found)


def _judge(kind: str, name: str, address: str, events: Sequence[str]) -> None:
    problems = []
    if not name:
        problems.append(Problem("name", "name_missing"))
    elif len(name) > NAME_MAX_CHARACTERS or not name.isprintable():
        problems.append(Problem("name", "name_unusable"))
    if kind == WEBHOOK:
        try:
            judge_url(address)
        except Refused as refused:
            problems.append(Problem("address", refused.code))
    elif not address:
        problems.append(Problem("address", "url_missing"))
    else:
        problems += _service_problems(kind, address)
    if not events:
        problems.append(Problem("events", "events_missing"))
    if problems:
        raise InvalidInput(tuple(problems))


def _service_problems(kind: str, address: str) -> tuple[Problem, ...]:
    try:
        judge_address(kind, address)
    except InvalidInput as wrong:
        return wrong.problems
    except Misconfigured:
        return (Problem("address", MISSING),)
    return ()


def _subscribe(
    session: Session, public_id: str, channel_id: int, events: Sequence[str], at: datetime
) -> None:
    endpoint_id = session.scalars(select(Endpoint.id).where(Endpoint.public_id == public_id)).one()
    base = {"endpoint_id": endpoint_id, "channel_id": channel_id, "enabled": True, "created_at": at}
    session.connection().execute(
        insert(table_of(Subscription)),
        [{**base, "event": event} for event in dict.fromkeys(events)],
    )


def endpoint_row(session: Session, public_id: str) -> Endpoint:
    """Return an endpoint's row, locked until the transaction ends.

    Raises:
        NotFound: ``endpoint_unknown``.
    """
    row = session.scalars(
        select(Endpoint).where(Endpoint.public_id == public_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("endpoint_unknown")
    return row


def _signed_row(session: Session, public_id: str) -> Endpoint:
    row = endpoint_row(session, public_id)
    if row.secrets is None:
        raise Conflict("nothing_signed")
    return row


def _switch(session: Session, row: Endpoint, *, enabled: bool, reason: str | None = None) -> None:
    """Turn an endpoint and its channel on or off; a pause from before says nothing any more."""
    row.enabled, row.disabled_reason = enabled, reason
    session.flush()
    session.execute(
        update(Channel)
        .where(Channel.id == row.channel_id)
        .values(enabled=enabled, failing_since=None, failing_reason=None, failures=0, probe_at=None)
    )


def _keep(session: Session, row: Endpoint, held: Sequence[str], keyring: Keyring) -> None:
    row.secrets = sealed_secrets(held, row.public_id, keyring)
    session.flush()


def _sight(
    row: Endpoint, channel: Channel, events: Sequence[str], keyring: Keyring
) -> EndpointSight:
    open_now = opened(row, keyring)
    return EndpointSight(
        public_id=row.public_id,
        kind=row.kind,
        name=row.name,
        host=judge_url(open_now.address).host if row.kind == WEBHOOK else "",
        enabled=row.enabled,
        disabled_reason=row.disabled_reason,
        secret_count=len(open_now.secrets),
        events=tuple(events),
        created_at=row.created_at,
        failing_since=channel.failing_since,
        failing_reason=channel.failing_reason,
        last_success_at=channel.last_success_at,
    )
