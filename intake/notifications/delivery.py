"""One try at one message, from the reader's address to the channel's answer.

No database session is open while the channel talks. Whatever goes wrong here ends as a
:class:`Result`: a message that breaks our own code must not stop the others.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from intake.clinic.profile import ClinicProfile
from intake.errors import Unavailable
from intake.notifications import limits
from intake.notifications.channels.base import Channel
from intake.notifications.endpoint_refusals import note_refusals
from intake.notifications.endpoint_trial import disable_gone
from intake.notifications.event_body import event_letter
from intake.notifications.moment import now_of
from intake.notifications.outbox import finish
from intake.notifications.outcome import LOSSES_MAX, Finished, Outcome, Result
from intake.notifications.recipient import ClaimedMessage, RecipientOf, Withheld
from intake.notifications.render import CannotRender, render
from intake.storage.database import Database

DATABASE_NAP = timedelta(seconds=5)

Clock = Callable[[], datetime]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Postman:
    """What is needed to carry any message: the ways out, who reads, and the clinic's name."""

    database: Database
    channels: Mapping[str, Channel]
    recipient_of: RecipientOf
    clinic: Mapping[str, ClinicProfile]

    def deliver(
        self,
        message: ClaimedMessage,
        channel: Channel,
        at: datetime,
        still_ours: Callable[[], bool] = lambda: True,
    ) -> Finished:
        """Try one claimed message once; never raises.

        ``still_ours`` is asked last before the channel: a lease that is known to be lost sends
        nothing.
        """
        started = time.monotonic()
        try:
            result = self._deliver(message, channel, at, still_ours)
        except CannotRender:
            result = Result(Outcome.PERMANENT, "cannot_render")
        except Unavailable:
            result = Result(Outcome.HELD, "database", until=at + DATABASE_NAP)
        except Exception as own_fault:  # noqa: BLE001 - a poison message must not stop the worker
            name = type(own_fault).__name__
            log.warning("delivery_failed", message=message.public_id, error_class=name)
            result = Result(Outcome.RETRYABLE, "own_fault", name, is_own_fault=True)
        return Finished(message, result, time.monotonic() - started)

    def _deliver(
        self,
        message: ClaimedMessage,
        channel: Channel,
        at: datetime,
        still_ours: Callable[[], bool],
    ) -> Result:
        if message.losses >= LOSSES_MAX:
            return Result(Outcome.PERMANENT, "worker_lost")
        with self.database.read() as session:
            recipient = self.recipient_of(session, message, at)
        if isinstance(recipient, Withheld):
            return _withheld(recipient)
        if recipient.secrets:
            letter = event_letter(message, recipient, at)
        else:
            letter = render(message, recipient, self.clinic, at)
        if recipient.limit_key is not None:
            with self.database.write() as session:
                withheld = limits.reserve(session, message.id, recipient.limit_key, at)
            if withheld is not None:
                return _withheld(withheld)
        if not still_ours():
            return Result(Outcome.HELD, "lease_lost")
        return channel.send(letter)


def _withheld(withheld: Withheld) -> Result:
    if withheld.until is None:
        return Result(Outcome.CANCELLED, withheld.reason)
    return Result(Outcome.HELD, withheld.reason, until=withheld.until)


def write_outcomes(
    session: Session, finished: Sequence[Finished], *, owner: str, at: datetime | None
) -> frozenset[int]:
    """Write how tries ended and what follows for endpoints; return the ids whose lease was lost."""
    lost = finish(session, finished, owner=owner, at=at)
    now = now_of(session, at)
    disable_gone(session, finished, at=now)
    note_refusals(session, finished, at=now)
    return lost
