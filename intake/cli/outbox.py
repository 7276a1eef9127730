"""``intake outbox``: look at messages, send dead letters again, take messages back."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click

from intake.audit.models import OPERATOR
from intake.bootstrap import Intake
from intake.cli.opening import opened
from intake.crypto.tokens import show_reference
from intake.desk.letters import references_of
from intake.desk.mending import cancel_one, replay_one, replay_range
from intake.errors import Conflict
from intake.notifications.listing import LIST_MAX, Wanted, count_messages, messages
from intake.notifications.models import State
from intake.notifications.queries import Delivery

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
SENTENCES = {
    "already_replayed": "is not a dead letter (any more)",
    "too_late": "is being sent this moment, has ended, or does not exist",
}


@click.group()
def outbox() -> None:
    """List messages, send dead letters again, take back what waits.

    What is done here is recorded like what staff do at the desk. Times are in the clinic's
    zone. Addresses are never shown: the outbox does not hold them.
    """


@outbox.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([state.value for state in State]),
    help="May be given several times; all states when not given.",
)
@click.option("--channel", help="One channel, such as email.")
@click.option("--since", type=MOMENT, help="Ended (or, unended, written) at or after this.")
@click.option("--before", type=MOMENT, help="Ended (or, unended, written) before this.")
@click.option("--limit", type=click.IntRange(1, LIST_MAX), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the messages as JSON.")
def list_messages(
    states: tuple[str, ...],
    channel: str | None,
    since: datetime | None,
    before: datetime | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """List messages: what waits oldest first, else the newest first."""
    with opened() as intake, intake.database.read() as session:
        wanted = Wanted(
            tuple(State(state) for state in states),
            channel,
            _instant(intake, since),
            _instant(intake, before),
        )
        found = messages(session, wanted, limit=limit)
        total = count_messages(session, wanted)
        references = references_of(session, (one.public_id for one in found))
    rows = [_row(one, references.get(one.public_id)) for one in found]
    if as_json:
        click.echo(json.dumps({"total": total, "messages": rows}, indent=2))
        return
    _print(rows)
    click.echo(f"{len(rows)} of {total}.")


@outbox.command()
@click.argument("ids", nargs=-1)
@click.option("--channel", help="All dead letters of this channel, instead of IDS.")
@click.option("--since", type=MOMENT, help="With --channel: given up at or after this.")
@click.option("--before", type=MOMENT, help="With --channel: given up before this.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def replay(
    ids: tuple[str, ...],
    channel: str | None,
    since: datetime | None,
    before: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Send dead letters on their way again, under their old keys.

    Many of a channel go out spread over time, a hundred in a minute.
    """
    if bool(ids) == bool(channel) or (ids and (since or before)):
        raise click.UsageError("give either IDS, or --channel with --since and --before at will")
    with opened() as intake:
        if channel is None:
            _each(intake, ids, replay_one, "on its way again", as_json=as_json)
            return
        with intake.database.write() as session:
            count = replay_range(
                session,
                channel,
                since=_instant(intake, since),
                before=_instant(intake, before),
                actor=OPERATOR,
                at=intake.clock(),
            )
    click.echo(json.dumps({"replayed": count}) if as_json else f"{count} on their way again.")


@outbox.command()
@click.argument("ids", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def cancel(ids: tuple[str, ...], *, as_json: bool) -> None:
    """Take back messages that wait or were given up; what is being sent is not stopped."""
    with opened() as intake:
        _each(intake, ids, cancel_one, "cancelled", as_json=as_json)


def _each(
    intake: Intake, ids: tuple[str, ...], do: Callable[..., None], done: str, *, as_json: bool
) -> None:
    """Do it to each message in a transaction of its own; status 1 when one was refused."""
    refused: dict[str, str] = {}
    kept: list[str] = []
    for public_id in dict.fromkeys(ids):
        try:
            with intake.database.write() as session:
                do(session, public_id, actor=OPERATOR, at=intake.clock())
        except Conflict as late:
            refused[public_id] = late.code
        else:
            kept.append(public_id)
    if as_json:
        click.echo(json.dumps({"done": kept, "refused": refused}, indent=2))
    else:
        for public_id in kept:
            click.echo(f"{public_id}: {done}")
        for public_id, code in refused.items():
            click.echo(f"{public_id}: {SENTENCES.get(code, code)}", err=True)
    if refused:
        raise click.exceptions.Exit(1)


def _instant(intake: Intake, typed: datetime | None) -> datetime | None:
    if typed is None:
        return None
    return typed.replace(tzinfo=ZoneInfo(intake.settings.clinic.zone)).astimezone(UTC)


def _row(one: Delivery, reference: str | None) -> dict[str, object]:
    return {
        "id": one.public_id,
        "reference": show_reference(reference) if reference else None,
        "event": one.event,
        "recipient": one.recipient,
        "channel": one.channel,
        "state": one.state,
        "tries": one.attempts,
        "reason": one.reason,
        "created_at": one.created_at.isoformat(),
        "due_at": one.due_at.isoformat() if one.due_at else None,
        "finished_at": one.finished_at.isoformat() if one.finished_at else None,
        "bounced_at": one.bounced_at.isoformat() if one.bounced_at else None,
    }


def _print(rows: list[dict[str, object]]) -> None:
    """Print columns that are never cut, so that an id can be copied into the next command."""
    shown = ("id", "reference", "event", "recipient", "channel", "state", "tries", "reason")
    cells = [shown, *(tuple(_text(row[name]) for name in shown) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(shown))]
    for line in cells:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def _text(value: object) -> str:
    return "" if value is None else str(value)
