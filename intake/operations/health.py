"""What the checks of the service found, for the health page: path, ledger, mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.notifications.models import SyntheticRun
from intake.notifications.reasons import in_words
from intake.operations import ledger
from intake.operations.mail_round_trip import Sight, can_look, last_round_trip
from intake.operations.preflight import NAME as MAIL
from intake.operations.preflight import Light, MailFinding
from intake.operations.results import last_result
from intake.operations.synthetic import NO_ANSWER
from intake.settings import Settings

HOW_TO_LOOK = "set imap to the mailbox of synthetic.address"
OLD_AFTER = timedelta(hours=48)  # a nightly check that did not come twice
WORDS = {
    "form_not_shown": "the form was not shown",
    "form_not_taken": "the form was not taken",
    "receipt_not_shown": "the receipt was not shown",
    "site_away": "the site did not answer",
    "not_stored": "it was not stored",
    "not_in_mailbox": "the mail server took its confirmation, which never reached its mailbox",
    "not_delivered": "its confirmation was not delivered in time",
    "database_busy": "the database was busy",
    "database_away": "the database was away",
    "database_full": "the database could not be written",
    "invalid_input": "the form no longer takes its answers",
}


@dataclass(frozen=True, slots=True)
class PathHealth:
    """How the last made-up inquiries fared; ``failure`` is in words, None while all is well."""

    is_on: bool
    last_arrived_at: datetime | None
    failed_at: datetime | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class LedgerHealth:
    """What the last check of the receipt ledger found; None where it never ran."""

    checked_at: datetime | None
    shown: int
    missing: int
    is_old: bool


@dataclass(frozen=True, slots=True)
class MailHealth:
    """What the last mail preflight found."""

    checked_at: datetime | None
    findings: tuple[MailFinding, ...]


def path_health(session: Session, settings: Settings) -> PathHealth:
    """Return how the made-up inquiries fare; a run that a restart cut off says nothing."""
    arrived = session.scalar(
        select(SyntheticRun.arrived_at)
        .where(SyntheticRun.arrived_at.is_not(None))
        .order_by(SyntheticRun.id.desc())
        .limit(1)
    )
    ended = session.scalar(
        select(SyntheticRun)
        .where(
            SyntheticRun.arrived_at.is_not(None)
            | (SyntheticRun.failed_reason.is_not(None) & (SyntheticRun.failed_reason != NO_ANSWER))
        )
        .order_by(SyntheticRun.id.desc())
        .limit(1)
    )
    code = ended.failed_reason if ended is not None else None
    return PathHealth(
        is_on=settings.synthetic.every_minutes > 0,
        last_arrived_at=arrived,
        failed_at=ended.started_at if ended is not None and code else None,
        failure=None if code is None else WORDS.get(code) or in_words(code),
    )


def ledger_health(session: Session, *, at: datetime) -> LedgerHealth:
    """Return what the nightly look at the receipts found last."""
    found = last_result(session, ledger.NAME)
    if found is None:
        return LedgerHealth(None, 0, 0, is_old=False)
    return LedgerHealth(
        found.checked_at,
        int(found.detail.get("shown", 0)),
        int(found.detail.get("missing", 0)),
        is_old=at - found.checked_at > OLD_AFTER,
    )


def mail_health(session: Session, settings: Settings, *, at: datetime) -> MailHealth:
    """Return what the last preflight found, with the round trip as it stands now."""
    found = last_result(session, MAIL)
    if found is None:
        return MailHealth(None, (round_trip(session, settings, at=at),))
    findings = tuple(
        MailFinding(
            one["subject"],
            Light(one["light"]),
            one["sentence"],
            one["record_name"],
            one["record"],
        )
        for one in found.detail.get("findings", ())
    )
    return MailHealth(found.checked_at, (*findings, round_trip(session, settings, at=at)))


def round_trip(session: Session, settings: Settings, *, at: datetime) -> MailFinding:
    """Return whether mail of ours went out lately, as the made-up inquiries show."""
    subject = "Round trip"
    path = path_health(session, settings)
    if not settings.smtp.host:
        return MailFinding(subject, Light.UNKNOWN, "Could not be checked: no mail server is set.")
    if not settings.synthetic.address or not path.is_on:
        sentence = "Could not be checked: set synthetic.address to a mailbox of yours."
        return MailFinding(subject, Light.UNKNOWN, sentence)
    if path.failure is not None:
        return MailFinding(subject, Light.RED, f"The last test mail failed: {path.failure}.")
    limit = timedelta(minutes=2 * settings.synthetic.every_minutes)
    if path.last_arrived_at is None or at - path.last_arrived_at > limit:
        return MailFinding(subject, Light.UNKNOWN, "No test mail has gone out lately.")
    return MailFinding(subject, *_seen(session, settings))


def _seen(session: Session, settings: Settings) -> tuple[Light, str]:
    """Return what is known of the last test mail after the mail server took it."""
    taken = "The mail server took the last test mail."
    if not can_look(settings):
        return Light.YELLOW, f"{taken} Whether it arrived was not looked at: {HOW_TO_LOOK}."
    trip = last_round_trip(session)
    if trip is None or trip.sight is not Sight.FOUND:
        return Light.UNKNOWN, f"{taken} Its mailbox could not be read, so nobody saw it arrive."
    seconds = "1 second" if trip.seconds == 1 else f"{trip.seconds} seconds"
    return Light.GREEN, f"The last test mail was found in its mailbox {seconds} after it was sent."
