"""One look at everything an operator answers for, each finding with what to do.

The doctor changes nothing and sends nothing; it can be run beside a serving process.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from intake.audit.queries import unsealed_events
from intake.desk.letter_approvals import unapproved
from intake.errors import IntakeError, InvalidInput, Misconfigured, Unavailable
from intake.i18n import LANGUAGES
from intake.inquiries.hearing import who_hears
from intake.inquiries.submit import SUBMITTED
from intake.notifications.channels.apprise import MISSING, judge_address
from intake.notifications.channels.texts import address_for
from intake.notifications.queries import channel_health, workers_seen
from intake.notifications.reasons import in_words
from intake.notifications.subscriptions import Facts, staff_messages
from intake.notifications.ways import NO_SECOND_CHANNEL, has_second_channel
from intake.operations.servers import Shut, try_mail_server, try_mailbox
from intake.pages.catalog import Catalog
from intake.publishing.live import live_pages
from intake.settings import Settings, unsafe_in_production
from intake.storage.database import Database
from intake.storage.migrate import current, head

DISK_FREE_MIN_BYTES = 512 * 1024 * 1024
NOBODY = "+13055550199"  # a number kept for fiction
LATE_AFTER = timedelta(minutes=10)


class Verdict(StrEnum):
    """How bad a finding is."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``sentence`` says what was found and, if not good, what to do."""

    subject: str
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined, and when."""

    settings: Settings
    database: Database
    catalog: Catalog
    at: datetime


def examine(patient: Patient) -> tuple[Finding, ...]:
    """Look at everything; an examination that fails itself becomes a bad finding.

    A database that is away is one finding, with its code for a sentence, and not one for each look.
    """
    without_database = (
        ("settings", _settings),
        ("disk", _disk),
        ("mail server", _mail_server),
        ("mailbox", _mailbox),
    )
    in_database = (
        ("schema", _schema),
        ("durability", _durability),
        ("pages", _pages),
        ("audit", _audit),
        ("worker", _worker),
        ("channels", _channels),
        ("texts", _texts),
        ("subscriptions", _subscriptions),
        ("escalation", _escalation),
        ("letters", _letters),
    )
    findings: list[Finding] = []
    for subject, look in (*without_database, *in_database):
        try:
            findings += look(patient)
        except Unavailable as away:
            return (*findings, Finding("database", Verdict.BAD, away.code))
        except IntakeError as broken:
            findings.append(Finding(subject, Verdict.BAD, str(broken)))
    return tuple(findings)


def examine_settings(settings: Settings) -> tuple[Finding, ...]:
    """Look at what can be judged when the service cannot even be built."""
    faults = unsafe_in_production(settings)
    return tuple(Finding("settings", Verdict.BAD, fault) for fault in faults)


def _settings(patient: Patient) -> Iterator[Finding]:
    faults = examine_settings(patient.settings)
    yield from faults
    if not faults:
        kind = "production" if patient.settings.production else "a try-out on this machine"
        yield Finding("settings", Verdict.GOOD, f"Good for {kind} at {patient.settings.base_url}.")
    if patient.settings.production and not patient.settings.limits.trusted_proxies:
        yield Finding(
            "proxies",
            Verdict.WARNING,
            "limits.trusted_proxies is 0: behind the proxy that does https, everybody seems to come"
            " from its address, so the ninth inquiry of an hour waits in quarantine whoever sends"
            " it. Set INTAKE_LIMITS__TRUSTED_PROXIES=1.",
        )
    if not patient.settings.smtp.host:
        yield Finding(
            "mail",
            Verdict.WARNING,
            f"No mail relay (smtp.host) is set: messages stay in {patient.settings.mailbox_dir}.",
        )


def _disk(patient: Patient) -> Iterator[Finding]:
    free = shutil.disk_usage(patient.settings.data_dir).free
    megabytes = free // (1024 * 1024)
    if free < DISK_FREE_MIN_BYTES:
        yield Finding("disk", Verdict.BAD, f"Only {megabytes} MB are free; make room now.")
    else:
        yield Finding("disk", Verdict.GOOD, f"{megabytes} MB free for {patient.settings.data_dir}.")


def _schema(patient: Patient) -> Iterator[Finding]:
    found, wanted = current(patient.database), head()
    if found == wanted:
        yield Finding("schema", Verdict.GOOD, f"The {patient.database.dialect} schema is {found}.")
    else:
        yield Finding("schema", Verdict.BAD, f"At {found}, not {wanted}: run intake db upgrade.")


def _durability(patient: Patient) -> Iterator[Finding]:
    try:
        patient.database.check()
    except Misconfigured as wrong:
        yield from (Finding("durability", Verdict.BAD, fault) for fault in wrong.faults)
    else:
        yield Finding("durability", Verdict.GOOD, "What is acknowledged survives a power failure.")


def _pages(patient: Patient) -> Iterator[Finding]:
    live = live_pages(patient.catalog, patient.database, patient.at)
    pages = live.catalog.pages.values()
    today = patient.at.astimezone(ZoneInfo(patient.settings.clinic.zone)).date()
    overdue = sorted({page.slug for page in pages if page.is_overdue(today)})
    drafts = sum(page.is_draft for page in pages)
    if live.broken:
        names = ", ".join("/".join(key) for key in live.broken)
        sentence = f"Published texts that fail the check, shown as shipped instead: {names}."
        yield Finding("pages", Verdict.BAD, f"{sentence} Mend them under Pages at the desk.")
    if overdue:
        sentence = f"Overdue for review: {', '.join(overdue)}. See Pages at the desk."
        yield Finding("page reviews", Verdict.WARNING, sentence)
    if drafts:
        yield Finding(
            "pages" if not live.broken else "page drafts",
            Verdict.WARNING,
            f"{drafts} of {len(pages)} pages are drafts: nobody has reviewed them yet.",
        )
    elif not live.broken:
        yield Finding("pages", Verdict.GOOD, f"All {len(pages)} pages are reviewed.")


def _audit(patient: Patient) -> Iterator[Finding]:
    with patient.database.read() as session:
        waiting = unsealed_events(session)
    verdict = Verdict.WARNING if waiting > 1_000 else Verdict.GOOD
    yield Finding("audit", verdict, f"{waiting} events wait for their seal.")


def _mail_server(patient: Patient) -> Iterator[Finding]:
    settings = patient.settings
    if settings.smtp.host:
        found = try_mail_server(settings)
        yield _door("mail server", f"{settings.smtp.host}:{settings.smtp.port}", found)


def _mailbox(patient: Patient) -> Iterator[Finding]:
    imap = patient.settings.imap
    if imap.host:
        yield _door("mailbox", f"{imap.host}:{imap.port}", try_mailbox(imap))


def _door(subject: str, where: str, found: Shut | None) -> Finding:
    if found is None:
        return Finding(subject, Verdict.GOOD, f"{where} lets us in.")
    return Finding(subject, Verdict.BAD, f"{where}: {found.sentence}.")


def _worker(patient: Patient) -> Iterator[Finding]:
    alive = sum(worker.is_alive for worker in workers_seen(patient.database, at=patient.at))
    if alive:
        yield Finding("worker", Verdict.GOOD, f"{alive} alive.")
    else:
        yield Finding("worker", Verdict.BAD, "No worker is alive: run intake up or intake worker.")


def _channels(patient: Patient) -> Iterator[Finding]:
    with patient.database.read() as session:
        health = channel_health(session, day_start=patient.at - timedelta(days=1))
    for channel in health:
        subject = f"channel {channel.endpoint or channel.name}"
        late = channel.oldest_at is not None and patient.at - channel.oldest_at > LATE_AFTER
        if channel.failing_since is not None:
            parts = (channel.failing_reason or "it does not work", channel.failing_to_do)
            sentence = ". ".join(part for part in parts if part)
            yield Finding(subject, Verdict.BAD, f"{sentence[0].upper()}{sentence[1:]}.")
        elif channel.dead:
            sentence = (
                f"{channel.dead} messages could not be delivered; see Deliveries at the desk."
            )
            yield Finding(subject, Verdict.BAD, sentence)
        elif late:
            yield Finding(subject, Verdict.WARNING, f"{channel.waiting} waiting, some for long.")
        else:
            yield Finding(subject, Verdict.GOOD, f"{channel.waiting} waiting.")


def _texts(patient: Patient) -> Iterator[Finding]:
    settings = patient.settings
    if settings.texts_people:
        try:
            judge_address("sms", address_for(settings.texts.gateway.get_secret_value(), NOBODY))
        except (InvalidInput, Misconfigured) as wrong:
            code = wrong.problems[0].code if isinstance(wrong, InvalidInput) else MISSING
            yield Finding("texts", Verdict.BAD, f"texts.gateway: {in_words(code)}.")
        else:
            yield Finding(
                "texts", Verdict.GOOD, "People who chose it are texted, and can say STOP."
            )
    elif settings.form.texts:
        sentence = "People may permit texts, but we send none: texts.gateway is not set."
        yield Finding("texts", Verdict.WARNING, sentence)


def _subscriptions(patient: Patient) -> Iterator[Finding]:
    # An inquiry about nothing in particular: whoever hears of it has no narrow filter.
    plain = [Facts(language, conditions=frozenset(), state="") for language in LANGUAGES]
    with patient.database.read() as session:
        silent = [facts for facts in plain if not who_hears(session, SUBMITTED, facts)]
        unheard = [facts for facts in plain if not staff_messages(session, SUBMITTED, facts=facts)]
    if silent:
        sentence = "Nobody hears of new inquiries; create a coordinator with intake staff create."
        yield Finding("subscriptions", Verdict.BAD, sentence)
    elif unheard:
        sentence = "Some new inquiries are told to administrators only; see Notifications."
        yield Finding("subscriptions", Verdict.WARNING, sentence)
    else:
        yield Finding("subscriptions", Verdict.GOOD, "Somebody hears of each new inquiry.")


def _escalation(patient: Patient) -> Iterator[Finding]:
    contacts = patient.settings.escalation
    unset = [name for name in ("lead", "owner") if not getattr(contacts, name)]
    if unset:
        names = " and ".join(f"escalation.{name}" for name in unset)
        sentence = f"{names} not set: late inquiries are told to the administrators instead."
        yield Finding("escalation", Verdict.WARNING, sentence)
    with patient.database.read() as session:
        is_there = has_second_channel(session)
    if is_there:
        yield Finding("second channel", Verdict.GOOD, "Alarms go out on another way than mail too.")
    else:
        yield Finding("second channel", Verdict.WARNING, NO_SECOND_CHANNEL)


def _letters(patient: Patient) -> Iterator[Finding]:
    """Letters that nobody approved can be sent, and say so; in production that is a warning."""
    with patient.database.read() as session:
        waiting = [letter.id for letter in unapproved(session)]
    if not waiting:
        yield Finding("letters", Verdict.GOOD, "A clinician has approved every closing letter.")
        return
    yield Finding(
        "letters",
        Verdict.WARNING if patient.settings.production else Verdict.GOOD,
        f"No clinician has approved these closing letters yet: {', '.join(waiting)}."
        " A clinician reads and approves them on the desk's page Letters.",
    )
