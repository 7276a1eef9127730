"""Settings in, a running :class:`Intake` out: the only place where rooms are wired together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version

from intake.audit.checkpoints import BATCH_EVENTS, seal
from intake.clinic.closures import KnownClosures, known_closures
from intake.clinic.profile import ClinicProfile, profile
from intake.crypto.keyring import Keyring, open_keyring
from intake.crypto.tokens import SearchTokens
from intake.desk.numbers.answer_times import keep_answer_times
from intake.desk.numbers.counting import Counting
from intake.desk.numbers.keeping import keep
from intake.desk.office import Office, office
from intake.desk.reached import take_mail
from intake.desk.worklist.likening import Likening
from intake.errors import Misconfigured
from intake.i18n import LANGUAGES
from intake.inquiries.placing import place_older
from intake.inquiries.recipients import recipient_of
from intake.notifications.channels.base import Channel
from intake.notifications.channels.choice import open_channels, open_endpoint_channels
from intake.notifications.digest import gather
from intake.notifications.endpoint_seals import endpoint_channels
from intake.notifications.outbox import WAKEUP_OPTION, ensure_channels
from intake.notifications.stranded import end_stranded
from intake.notifications.text_channel import keep_in_step
from intake.notifications.worker import Chore, Worker
from intake.operations.bounce_mailbox import read_mailbox
from intake.operations.ledger import Ledger, check_nightly
from intake.operations.page_reviews import tell_of_reviews
from intake.operations.preflight import check_daily
from intake.operations.rounds import (
    DESK_SECONDS,
    LADDER_SECONDS,
    ROUTING_SECONDS,
    URGENT_SECONDS,
    WATCH_SECONDS,
    DeskRounds,
    Rounds,
)
from intake.operations.synthetic import Proving, look_after
from intake.pages.catalog import CONTENT, Catalog
from intake.patient.sent_codes import send_asked
from intake.privacy.withdrawing import carry_out
from intake.settings import Settings
from intake.staff.default_hearing import catch_up
from intake.staff.members import ensure_roles
from intake.storage.database import Database

SEAL_SECONDS = 5.0
DIGEST_SECONDS = 30.0
STRANDED_SECONDS = 60.0
SEAL_EVERYTHING_SECONDS = 24 * 3600.0
# How often to look whether something is due; when it is, the database says.
SYNTHETIC_SECONDS = 30.0
LEDGER_SECONDS = 15 * 60.0
PREFLIGHT_SECONDS = 15 * 60.0
REVIEWS_SECONDS = 3600.0
LIKENING_SECONDS = 10.0
NUMBERS_SECONDS = 60.0
ANSWER_TIMES_SECONDS = 300.0
WISHES_SECONDS = 5.0  # the web process does it after its answer; this is for when it died


def utc_now() -> datetime:
    """Return the present, aware and in UTC: the one clock of the edge."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything the edges need, built once in each process, after any fork."""

    settings: Settings
    clinic: Mapping[str, ClinicProfile]  # by language
    database: Database
    keyring: Keyring
    tokens: SearchTokens
    catalog: Catalog
    clock: Callable[[], datetime]
    closures: KnownClosures

    @property
    def ledger(self) -> Ledger:
        """Where this machine writes which references it has shown."""
        return Ledger(self.settings.ledger_dir, self.keyring.secret("ledger"))

    @property
    def counting(self) -> Counting:
        """What the numbers page is counted with."""
        settings, closures = self.settings, self.closures.at(self.clock())
        return Counting(self.keyring, self.tokens, settings.clinic, settings.form, closures)

    @property
    def office(self) -> Office:
        """What the verbs of the desk are given; asked for anew by each act."""
        closures = self.closures.at(self.clock())
        return office(self.keyring, self.settings.clinic, self.settings.desk, closures)

    def prepare(self) -> None:
        """Store the rows that code counts on (channels, roles, rules); harmless to repeat."""
        with self.database.write() as session:
            ensure_channels(session)
            ensure_roles(session)
            catch_up(session, at=self.clock())
        keep_in_step(self.database, is_on=self.settings.texts_people)
        place_older(self.database, self.keyring, self.tokens)

    def worker(self) -> Worker:
        """Return a worker with all its chores; run it once, in one thread of its own."""
        return Worker(
            self.database,
            open_channels(self.settings),
            partial(
                recipient_of,
                keyring=self.keyring,
                clinic=self.settings.clinic,
                base_url=self.settings.base_url,
                contacts=self.settings.escalation,
            ),
            clinic=self.clinic,
            slots=self.settings.queue.slots,
            wakeup=self.settings.queue.wakeup,
            chores=(
                Chore("seal_audit", SEAL_SECONDS, self.seal_audit),
                Chore("digests", DIGEST_SECONDS, self.gather_digests),
                Chore("stranded", STRANDED_SECONDS, self.end_stranded),
                Chore(
                    "seal_all_audit",
                    SEAL_EVERYTHING_SECONDS,
                    partial(self.seal_audit, everything=True),
                ),
                Chore("read_bounces", self.settings.imap.every_seconds, self.read_bounces),
                Chore("synthetic", SYNTHETIC_SECONDS, self.prove_the_path),
                Chore("ledger", LEDGER_SECONDS, self.check_ledger),
                Chore("mail_preflight", PREFLIGHT_SECONDS, self.check_mail),
                Chore("page_reviews", REVIEWS_SECONDS, self.tell_of_reviews),
                Chore("numbers", NUMBERS_SECONDS, self.count_days),
                Chore("answer_times", ANSWER_TIMES_SECONDS, self.count_answer_times),
                Chore("wishes", WISHES_SECONDS, self.carry_out_wishes),
                *self._rounds(),
            ),
            version=code_version(),
            later_channels=partial(self.endpoint_channels, open_endpoint_channels(self.settings)),
        )

    def endpoint_channels(self, by_kind: Mapping[str, Channel]) -> dict[str, Channel]:
        """Return what serves each endpoint that is switched on, by the name of its channel."""
        with self.database.read() as session:
            kinds = endpoint_channels(session)
        return {name: by_kind[kind] for name, kind in kinds.items() if kind in by_kind}

    def _rounds(self) -> tuple[Chore, ...]:
        """Return the chores that look after promises and after what fails in silence."""
        rounds = Rounds(self.database, self.settings)
        likening = Likening(self.database, self.keyring, self.tokens)
        return (
            Chore("alert_urgent", URGENT_SECONDS, lambda: rounds.alert_urgent(self.clock())),
            Chore("escalate", LADDER_SECONDS, lambda: rounds.climb(self.clock())),
            Chore("watch", WATCH_SECONDS, lambda: rounds.watch(self.clock())),
            Chore("desk", DESK_SECONDS, self.look_after_desk),
            Chore("routing", ROUTING_SECONDS, self.give_out),
            Chore("likening", LIKENING_SECONDS, lambda: likening.go_on(self.clock())),
        )

    def look_after_desk(self) -> None:
        """Wake, end waiting, remind, and keep promises around closures."""
        DeskRounds(self.database, self.office).make(self.clock())

    def give_out(self) -> None:
        """Give new inquiries to members by the rules; writes nothing where there are none."""
        DeskRounds(self.database, self.office).give_out(self.clock())

    def seal_audit(self, *, everything: bool = False) -> None:
        """Seal what the audit trail holds unsealed, batch by batch; writes nothing if all is."""
        sealed = BATCH_EVENTS
        while sealed == BATCH_EVENTS:
            with self.database.write() as session:
                sealed = seal(session, self.keyring, self.clock(), everything=everything)

    def gather_digests(self) -> None:
        """Write the digests whose time has come; writes nothing when none has."""
        gather(self.database, at=self.clock())

    def end_stranded(self) -> None:
        """End what waits for a way out that is off or gone; writes nothing when nothing does."""
        keep_in_step(self.database, is_on=self.settings.texts_people)
        end_stranded(self.database, at=self.clock())

    def read_bounces(self) -> None:
        """Take what came back to the mailbox of ``imap``; safe in several workers at once."""
        read_mailbox(self.database, self.settings, self._take_mail, at=self.clock())

    def _take_mail(self, raw: bytes) -> None:
        with self.database.write() as session:
            take_mail(session, self.keyring, raw, at=self.clock())

    def prove_the_path(self) -> None:
        """Send a made-up inquiry when one is due, and see to those that were sent."""
        look_after(
            Proving(self.database, self.keyring, self.tokens, self.settings), at=self.clock()
        )

    def check_ledger(self) -> None:
        """Once a day, look up every reference that this machine has shown."""
        check_nightly(self.database, self.ledger, self.settings.escalation, at=self.clock())

    def check_mail(self) -> None:
        """Once a day, ask DNS what the world needs to know of our mail."""
        check_daily(self.database, self.settings, at=self.clock())

    def tell_of_reviews(self) -> None:
        """Mail the editors when the review of pages is due; writes nothing when none is new."""
        tell_of_reviews(self.database, self.catalog, self.settings, at=self.clock())

    def count_days(self) -> None:
        """Count the days that changed since they were counted; writes nothing when none has."""
        keep(self.database, self.counting, at=self.clock())

    def count_answer_times(self) -> None:
        """Count how soon people heard from us; writes nothing when that is as it was."""
        keep_answer_times(self.database, at=self.clock())

    def carry_out_wishes(self) -> None:
        """Stop contact where ``/withdraw`` matched, send codes that were asked for on a link.

        Writes nothing where nobody waits for either.
        """
        carry_out(self.database, self.office, at=self.clock())
        send_asked(self.database, self.keyring, at=self.clock())

    def close(self) -> None:
        """Close what was opened; call it once, when the process ends."""
        self.database.close()


def build(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Intake:
    """Open the database and the keys and load the pages; migrates nothing.

    Raises:
        Misconfigured: with every fault of the keys or the pages.
    """
    keyring = open_keyring(settings.keyring_path)
    clinic = {language: profile(settings.clinic, language) for language in LANGUAGES}
    catalog = load_pages(settings)
    database = Database(settings.database, synchronous=settings.database_synchronous)
    database.writer.update_execution_options(**{WAKEUP_OPTION: settings.queue.wakeup})
    return Intake(
        settings=settings,
        clinic=clinic,
        database=database,
        keyring=keyring,
        tokens=SearchTokens(keyring.secret("search")),
        catalog=catalog,
        clock=clock,
        closures=known_closures(database),
    )


def load_pages(settings: Settings) -> Catalog:
    """Read the information pages as this clinic shows them.

    Raises:
        Misconfigured: with every fault of every page, or a condition in the form without a page.
    """
    words = {name: profile(settings.clinic, name).placeholders for name in LANGUAGES}
    catalog = Catalog.load(CONTENT, words, switches_on(settings))
    demand_pages(settings, catalog)
    return catalog


def switches_on(settings: Settings) -> frozenset[str]:
    """Return what is on of that which a page may speak of: ``intake/pages/README.md``."""
    on = {
        "mail": bool(settings.smtp.host),
        "texts": settings.form.texts,
        "texts_sent": settings.texts_people,
        "news": settings.form.news,
        "heard": settings.form.heard,
        "altcha": settings.form.altcha,
        "bounces": bool(settings.imap.host),
        "processors": bool(settings.clinic.processors),
    }
    return frozenset(name for name, is_on in on.items() if is_on)


def demand_pages(settings: Settings, catalog: Catalog) -> None:
    """Refuse a condition in the form that has no page."""
    known = {slug for _, slug in catalog.pages}
    faults = tuple(
        f"form.conditions names {slug!r}, and there is no page content/en/{slug}.md"
        for slug in settings.form.conditions
        if slug not in known
    )
    if faults:
        raise Misconfigured(faults)


def code_version() -> str:
    """Return the installed version, ``unknown`` when run from a folder that was not installed."""
    try:
        return version("clinic-intake")
    except PackageNotFoundError:
        return "unknown"
