"""A desk with an inquiry in each of its states, for axe and the pictures.

Everything is written by the house's own verbs; the people are made up and come in by the form.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select

from intake.audit.models import OPERATOR
from intake.crypto.keyring import open_keyring
from intake.desk import joining
from intake.desk.assignment import claim
from intake.desk.attempts import log_attempt
from intake.desk.closing import close
from intake.desk.models import Channel, Result
from intake.desk.moves import hand_to_clinician, request_information, schedule
from intake.desk.notes import add_note
from intake.desk.office import DeskMember, Office, office
from intake.inquiries.models import Outcome
from intake.inquiries.references import inquiry_named
from intake.privacy.erasure import AskedBy, erase_for_staff
from intake.privacy.holds import set_hold
from intake.privacy.models import AskedHow
from intake.privacy.requests import ask_for_erasure
from intake.settings import DeskSettings, load_settings
from intake.staff.members import create_member
from intake.staff.models import Role, RoleName, Staff, staff_roles
from intake.storage.database import Database
from tests.running import Running
from tests.visitor import ANA

STORY = (
    "I have had lupus for eleven years and take hydroxychloroquine. Last spring my kidneys got "
    "worse.\n\nMy sister read about cells given by drip. Is there any study I could ask about?"
)
PEOPLE = {
    "quarantined": "Ulises Barrera",
    "waiting": "Carmen Ibáñez de la Fuente",
    "review": "John Baker",
    "scheduled": "Thi Minh Ngoc Nguyen-Abernathy",
    "closed": "Li Wei",
    "kept": "Iker Zubiri Soto",
    "joined": "Iker Zubiri Soto",
    "held": "Dolores Quintana",
    "erased": "Pablo Prieto",
    "new": "Nélida Otero",
}
SUMMARY = "Lupus for eleven years, kidneys worse since spring. Takes hydroxychloroquine."
QUESTION = "Is a consultation of any use to her, or should her kidney doctor answer this first?"


def take_roles(service: Running, *names: RoleName) -> None:
    """Give the administrator exactly these roles beside their own; twice does no harm."""
    wanted = {RoleName.ADMINISTRATOR.value, *(name.value for name in names)}
    database = Database(f"sqlite:///{service.data_dir / 'intake.db'}")
    try:
        with database.write() as session:
            staff_id = session.scalar(select(Staff.id).order_by(Staff.id).limit(1))
            roles = session.scalars(select(Role.id).where(Role.name.in_(wanted))).all()
            session.execute(delete(staff_roles).where(staff_roles.c.staff_id == staff_id))
            rows = [{"staff_id": staff_id, "role_id": role_id} for role_id in roles]
            session.execute(insert(staff_roles), rows)
    finally:
        database.close()


def fill_the_desk(service: Running) -> Mapping[str, str]:
    """Store an inquiry in each state, and a second member; return the references by state.

    The first member must have signed in once, and ends with every role there is.
    """
    take_roles(service, *RoleName)
    references = {state: _ask(service, state, n) for n, state in enumerate(PEOPLE)}
    database = Database(f"sqlite:///{service.data_dir / 'intake.db'}")
    try:
        _Hands(database, service).bring_into(references)
    finally:
        database.close()
    return {state: f"{one[:4]}-{one[4:]}" for state, one in references.items()}


def _ask(service: Running, state: str, number: int) -> str:
    number = 6 if state == "joined" else number + 1
    answers = {
        **ANA,
        "full_name": PEOPLE[state],
        "story": STORY,
        "phone": f"(305) 555-01{60 + number}",
        "email": f"person.{number}@mail.example.org",
        "language": "en" if number % 2 else "es",
    }
    if state == "quarantined":
        answers["website"] = "https://example.org"
    return service.visitor.ask(answers)


class _Hands:
    """The first member, who does everything."""

    def __init__(self, database: Database, service: Running) -> None:
        self.database = database
        keyring = open_keyring(service.data_dir / "keys" / "keyring.json")
        self.office: Office = office(keyring, load_settings().clinic, DeskSettings())
        self.at = datetime.now(UTC)
        with database.write() as session:
            create_member(
                session,
                email="maria.duarte@clinic.example",
                full_name="Maria Duarte",
                roles=("clinician",),
                at=self.at,
                actor=OPERATOR,
            )
            first = session.scalars(select(Staff).order_by(Staff.id)).unique().all()[0]
            roles = tuple(role.value for role in RoleName)
            self.by = DeskMember(first.id, first.public_id, roles)

    def bring_into(self, references: Mapping[str, str]) -> None:
        """Bring each inquiry into the state it is named after."""
        for state in ("waiting", "review", "scheduled", "closed", "held"):
            self._reach(references[state])
        self._go_on(references)
        pair = (references["kept"], references["joined"])
        with self.database.write() as session:
            keep, end = (joining.Seen(one, inquiry_named(session, one).version) for one in pair)
            joining.merge(session, self.office, keep, end, by=self.by, at=self.at)
        with self.database.write() as session:
            row = inquiry_named(session, references["held"], lock=True)
            how = AskedHow.BY_PHONE
            ask_for_erasure(session, row, how=how, actor=self.by.actor, at=self.at)
            words = "A court in Miami asked us to keep everything about this inquiry."
            set_hold(session, self.office, row.reference, reason=words, by=self.by, at=self.at)
        erase_for_staff(
            self.database, self.office, references["erased"],
            member=self.by, asked_by=AskedBy.PERSON, reason="by_letter", at=self.at,
        )  # fmt: skip

    def _reach(self, reference: str) -> None:
        by, at = self.by, self.at
        with self.database.write() as session:
            version = inquiry_named(session, reference).version
            version = claim(session, self.office, reference, version, by=by, at=at).version
            version = log_attempt(
                session, self.office, reference, version,
                channel=Channel.CALL, result=Result.NO_ANSWER, by=by, at=at,
            ).version  # fmt: skip
            log_attempt(
                session, self.office, reference, version,
                channel=Channel.CALL, result=Result.REACHED, by=by, at=at,
                note="Speaks slowly; her daughter listens in.",
            )  # fmt: skip
            add_note(
                session, self.office, reference,
                text="Sounded tired. Call in the morning, never after six.", by=by, at=at,
            )  # fmt: skip

    def _go_on(self, references: Mapping[str, str]) -> None:
        desk, by, at = self.office, self.by, self.at
        day = (at + timedelta(days=3)).replace(hour=17, minute=0, second=0, microsecond=0)
        with self.database.write() as session:
            now = {state: inquiry_named(session, one).version for state, one in references.items()}
            request_information(
                session, desk, references["waiting"], now["waiting"],
                text="Please tell us the name of your doctor, and since when.", by=by, at=at,
            )  # fmt: skip
            hand_to_clinician(
                session, desk, references["review"], now["review"],
                summary=SUMMARY, question=QUESTION, by=by, at=at,
            )  # fmt: skip
            close(
                session, desk, references["closed"], now["closed"],
                outcome=Outcome.REFERRED_ELSEWHERE, reason="specialist",
                no_message_because="told_by_phone", by=by, at=at,
            )  # fmt: skip
            handed = hand_to_clinician(
                session, desk, references["scheduled"], now["scheduled"],
                summary=SUMMARY, question=QUESTION, by=by, at=at,
            )  # fmt: skip
            schedule(
                session, desk, references["scheduled"], handed.version,
                starts_at=day, by=by, at=at,
            )  # fmt: skip
