"""How a try ended, and what becomes of the message then.

Two kinds of failure are never mixed: the *channel* failed (nothing was said about the message; it
waits and burns no try), or the *message* failed (it backs off, and one day is given up). No word a
server said is kept: replies quote addresses. Codes are ours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from intake.notifications.models import State
from intake.notifications.recipient import ClaimedMessage

FIRST_DELAY_SECONDS = 10.0
LONGEST_DELAY_SECONDS = 2 * 3600.0
SHORTEST_DELAY_SECONDS = 1.0
OWN_FAULT_ATTEMPTS = 8
# A clock that jumped, or a worker that was off for days, must not kill a message at its first try.
GIVE_UP_ATTEMPTS_AT_LEAST = 5
LOSSES_MAX = 5
HOLD_MAX = timedelta(hours=24)

Uniform = Callable[[float, float], float]


class Outcome(StrEnum):
    """What a try came to."""

    DELIVERED = "delivered"
    RETRYABLE = "retryable"
    PERMANENT = "permanent"
    CHANNEL = "channel"  # the way out is broken; the message itself was not judged
    CANCELLED = "cancelled"
    HELD = "held"  # not before an instant; no try was made, so none is recorded


FINAL = MappingProxyType(
    {
        Outcome.DELIVERED: State.DELIVERED,
        Outcome.PERMANENT: State.DEAD,
        Outcome.CANCELLED: State.CANCELLED,
    }
)


@dataclass(frozen=True, slots=True)
class Result:
    """How one try ended; ``error`` is a code of ours such as ``recipient_refused``.

    ``status_code`` is the reply to the message, if one came: a proof that the channel works.
    ``wait`` is what the other side asked for (``Retry-After``); ``until`` belongs to ``HELD``.
    """

    outcome: Outcome
    error: str | None = None
    error_class: str | None = None
    status_code: int | None = None
    remote_id: str | None = None
    wait: timedelta | None = None
    until: datetime | None = None
    is_own_fault: bool = False

    @property
    def channel_works(self) -> bool:
        """Whether the other side took the message or answered something about it."""
        if self.outcome == Outcome.DELIVERED:
            return True
        judged = self.outcome in {Outcome.RETRYABLE, Outcome.PERMANENT}
        return judged and self.status_code is not None


@dataclass(frozen=True, slots=True)
class Finished:
    """A message, how its try ended, and how long that took."""

    message: ClaimedMessage
    result: Result
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state to write; ``due_at`` is ``None`` when it is final."""

    state: State
    due_at: datetime | None
    burns_attempt: bool = True


def judge(finished: Finished, now: datetime, uniform: Uniform) -> Verdict:
    """Return what becomes of a message whose try ended at ``now``."""
    message, result = finished.message, finished.result
    if result.outcome in FINAL:
        return Verdict(FINAL[result.outcome], None)
    if result.outcome == Outcome.CHANNEL:
        return Verdict(State.RETRY, now, burns_attempt=False)
    if result.outcome == Outcome.HELD:
        until = min(result.until or now, now + HOLD_MAX)
        return Verdict(State.PENDING, until, burns_attempt=False)
    if _is_over(message, result, now):
        return Verdict(State.DEAD, None)
    return Verdict(State.RETRY, now + delay(message.attempts, uniform))


def delay(attempt: int, uniform: Uniform) -> timedelta:
    """Return the wait after try ``attempt`` (from 1): exponential with full jitter."""
    exponent = min(attempt - 1, 20)
    longest = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2**exponent)
    return timedelta(seconds=max(SHORTEST_DELAY_SECONDS, uniform(0.0, longest)))


def _is_over(message: ClaimedMessage, result: Result, now: datetime) -> bool:
    if result.is_own_fault:
        return message.attempts >= OWN_FAULT_ATTEMPTS
    return now >= message.give_up_at and message.attempts >= GIVE_UP_ATTEMPTS_AT_LEAST
