"""How often somebody must have been tried before they count as not reached, and what is left of it.

Three tries on two days and in two parts of the day, where the person lives, and one written message
that did not come back where they allow one. The figures are settings. Where the only written way
that they allow is a mailbox that gives everything back, one more try stands for the message: such
an inquiry could never be closed otherwise, and a person who cannot be written to is called again.

Source: PRODUCT.md 3, contacting to closed as not reached.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from intake.consent.models import Purpose
from intake.consent.queries import is_permitted
from intake.desk.failing_mail import failing_mail
from intake.desk.models import Channel, Result
from intake.desk.office import Case
from intake.desk.queries import Attempt, attempts_of
from intake.errors import Problem
from intake.inquiries.unsealing import Label
from intake.settings import DeskSettings

WRITTEN = frozenset({Channel.TEXT, Channel.EMAIL, Channel.MESSAGE})


@dataclass(frozen=True, slots=True)
class AttemptPolicy:
    """What was done of what must be."""

    attempts: int
    attempts_needed: int
    days: int
    days_needed: int
    day_parts: int
    day_parts_needed: int
    written: int
    written_needed: int

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is missing, each under its own name."""
        parts = (
            ("attempts", self.attempts, self.attempts_needed),
            ("days", self.days, self.days_needed),
            ("day_parts", self.day_parts, self.day_parts_needed),
            ("written", self.written, self.written_needed),
        )
        return tuple(Problem(name, "too_few") for name, done, needed in parts if done < needed)

    @property
    def is_met(self) -> bool:
        """Whether the inquiry may be closed as not reached."""
        return not self.problems


def policy_of(
    attempts: Sequence[Attempt], rules: DeskSettings, *, writing_allowed: bool, writing_fails: bool
) -> AttemptPolicy:
    """Return how far these attempts are; only our own count, and only calls as tries.

    Args:
        attempts: All that were made.
        rules: How many are needed.
        writing_allowed: Whether they chose a written way.
        writing_fails: Whether every written way that they chose is known to fail.
    """
    ours = [one for one in attempts if not one.incoming]
    tries = [one for one in ours if one.channel not in WRITTEN]
    if not tries and writing_allowed:  # who allows no call is tried in writing
        tries = ours
    written = [one for one in ours if one.result is Result.SENT and one.arrived]
    return AttemptPolicy(
        attempts=len(tries),
        attempts_needed=rules.attempts + (writing_allowed and writing_fails),
        days=len({one.local_on for one in tries}),
        days_needed=rules.attempt_days,
        day_parts=len({one.day_part for one in tries}),
        day_parts_needed=rules.attempt_day_parts,
        written=len(written),
        written_needed=rules.written_messages if writing_allowed and not writing_fails else 0,
    )


def attempt_policy(case: Case) -> AttemptPolicy:
    """Return how far the attempts of an inquiry are."""
    attempts = attempts_of(case.session, [case.inquiry.id]).get(case.inquiry.id, ())
    may_contact = is_permitted(case.session, case.inquiry.id, Purpose.CONTACT)
    allowed = may_contact and may_write(case.label)
    comes_back = bool(failing_mail(case.session, [case.inquiry.id]))
    return policy_of(
        attempts,
        case.office.rules,
        writing_allowed=allowed,
        writing_fails=comes_back and only_mail(case.label),
    )


def may_write(label: Label | None) -> bool:
    """Whether they chose a written way."""
    return label is not None and bool({"email", "text"} & set(label.ways))


def only_mail(label: Label | None) -> bool:
    """Whether mail is the one written way that they chose."""
    return label is not None and "text" not in label.ways
