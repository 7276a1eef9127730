"""An editor, a clinician and the shipped pages, for tests of what is edited and published."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import select

from intake.audit.models import OPERATOR, AuditEvent
from intake.clinic.notices import Notice
from intake.pages.catalog import CONTENT, Catalog
from intake.pages.judging import judge
from intake.publishing.drafting import keep_revision
from intake.publishing.live import Live, live_pages
from intake.publishing.queries import PageKey, newest_number, stamp
from intake.publishing.releasing import last_publication, publish
from intake.publishing.sight import Sight, look_at
from intake.publishing.signing import Signer, Yes, sign_off
from intake.staff.actor import staff_actor
from intake.staff.members import create_member
from intake.staff.models import Staff
from intake.storage.database import Database
from tests.conftest import NOON
from tests.pages.a_page import BOTH

LUPUS: PageKey = ("en", "lupus")
LUPUS_ES: PageKey = ("es", "lupus")
TODAY = date(2026, 11, 23)


@cache
def shipped() -> Catalog:
    """Return the pages that ship, with made-up words of a clinic."""
    return Catalog.load(CONTENT, BOTH)


def changed(key: PageKey = LUPUS, words: str = "Drugs help many people. [R30b]") -> str:
    """Return the shipped text with one more sentence, which has no fault."""
    return f"{shipped().texts[key].rstrip()}\n\n{words}\n"


@dataclass
class Desk:
    """Editing as it is done, one act at a time; ``at`` is now and moves by hand."""

    database: Database
    at: datetime = NOON
    notices: tuple[Notice, ...] = ()
    editor: int = field(init=False)
    actors: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.editor = self.member("rosa", "Rosa Soto", "editor")

    def member(self, name: str, full_name: str, role: str) -> int:
        email = f"{name}@clinic.example"
        with self.database.write() as session:
            create_member(
                session,
                email=email,
                full_name=full_name,
                roles=[role],
                at=self.at,
                actor=OPERATOR,
            )
            row = session.execute(
                select(Staff.id, Staff.public_id).where(Staff.email == email)
            ).one()
        self.actors[row.id] = row.public_id
        return int(row.id)

    @property
    def today(self) -> date:
        return self.at.astimezone(ZoneInfo("America/New_York")).date()

    def save(self, text: str, key: PageKey = LUPUS, based_on: int | None = None) -> int:
        with self.database.write() as session:
            return keep_revision(
                session,
                key,
                text,
                based_on=newest_number(session, key) if based_on is None else based_on,
                faults=len(judge(shipped(), *key, text).faults),
                member_id=self.editor,
                actor=staff_actor(self.actors[self.editor]),
                at=self.at,
            )

    def see(self, number: int, key: PageKey = LUPUS) -> Sight:
        with self.database.read() as session:
            return look_at(session, shipped(), key, number, notices=self.notices, today=self.today)

    def signer(self, *, is_clinician: bool = False, may_record: bool = True) -> Signer:
        actor = staff_actor(self.actors[self.editor])
        return Signer(self.editor, "Rosa Soto", is_clinician, may_record, actor)

    def sign(
        self,
        number: int,
        kind: str,
        key: PageKey = LUPUS,
        yes: Yes | None = None,
        signer: Signer | None = None,
    ) -> str:
        said = yes or Yes(
            kind,
            is_own=False,
            full_name="Pat Lane",
            credentials="MD",
            signed_on=self.today,
            has_written_word=True,
        )
        with self.database.write() as session:
            seen = look_at(session, shipped(), key, number, notices=self.notices, today=self.today)
            return sign_off(
                session,
                seen,
                said,
                signer=signer or self.signer(),
                today=self.today,
                at=self.at,
            )

    def publish(
        self,
        number: int,
        key: PageKey = LUPUS,
        publish_at: datetime | None = None,
        seen: int | None = None,
    ) -> datetime:
        with self.database.write() as session:
            sight = look_at(session, shipped(), key, number, notices=self.notices, today=self.today)
            return publish(
                session,
                sight,
                publish_at=publish_at,
                seen=last_publication(session, key) if seen is None else seen,
                member_id=self.editor,
                actor=staff_actor(self.actors[self.editor]),
                at=self.at,
            )

    def ready(self, text: str, key: PageKey = LUPUS) -> int:
        """Save a text and let everybody sign it."""
        number = self.save(text, key)
        for kind in ("clinical", "legal", *(["spanish"] if key[0] == "es" else [])):
            self.sign(number, kind, key)
        return number

    def live(self) -> Live:
        return live_pages(shipped(), self.database, self.at)

    def text(self, key: PageKey = LUPUS) -> str:
        """Return the words readers see on a page."""
        page = self.live().catalog.pages[key]
        return "\n".join(section.html for section in page.sections)

    def stamp(self) -> tuple[int, ...]:
        with self.database.read() as session:
            return stamp(session, self.at)

    def actions(self) -> list[tuple[str, str]]:
        with self.database.read() as session:
            rows = session.execute(
                select(AuditEvent.action, AuditEvent.subject)
                .where(AuditEvent.action.like("page.%"))
                .order_by(AuditEvent.id)
            )
            return [(row.action, row.subject) for row in rows]

    def later(self, **length: float) -> None:
        self.at += timedelta(**length)
