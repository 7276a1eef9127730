"""A desk with a privacy officer, and a person whose canary stands in everything that is stored."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from intake.crypto.sealed import seal, seal_json
from intake.desk import attempts, moves, notes
from intake.desk.models import Channel, Result
from intake.desk.office import DeskMember
from intake.inquiries.conversation_models import (
    AnswerCorrection,
    CodeGuard,
    ConversationMessage,
)
from intake.inquiries.models import Inquiry
from intake.inquiries.submit import Receipt
from intake.patient.codes import check_code
from intake.privacy.person import Person, person_by_link
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.work import Desk, a_desk_member
from tests.factories import a_keyring, an_inquiry

CANARY = "Kanarienvogel"


@dataclass
class Clinic:
    """A desk, its privacy officer, and one person."""

    desk: Desk
    officer: DeskMember
    receipt: Receipt

    @property
    def database(self) -> Database:
        return self.desk.database

    @property
    def reference(self) -> str:
        return self.receipt.reference

    def person(self, receipt: Receipt | None = None) -> Person:
        """Return the holder of the link, as they stand now."""
        token = (receipt or self.receipt).link_token
        with self.database.read() as session:
            return person_by_link(session, a_keyring(), token, at=self.desk.now)

    def row(self) -> Inquiry:
        """Return the inquiry's row."""
        return self.desk.look(self.reference)


def a_clinic_with_a_person(
    database: Database,
    **answers: Any,  # noqa: ANN401 - fields of the form
) -> Clinic:
    """Return a clinic and the made-up person who asked it."""
    desk = Desk(database)
    officer = a_desk_member(database, "paula", "privacy_officer")
    return Clinic(desk, officer, an_inquiry(database, at=NOON, **answers))


def fill(clinic: Clinic) -> None:
    """Write the canary wherever something can be written about one inquiry."""
    desk, reference = clinic.desk, clinic.reference
    desk.do(
        attempts.log_attempt,
        reference,
        channel=Channel.CALL,
        result=Result.REACHED,
        note=f"{CANARY} was friendly",
    )
    desk.do(moves.request_information, reference, text=f"Which doctor, {CANARY}?")
    desk.do(moves.stop_waiting, reference)
    desk.do(moves.hand_to_clinician, reference, summary=f"{CANARY} asks", question=f"May {CANARY}?")
    with clinic.database.write() as session:
        office = desk.office
        notes.add_note(session, office, reference, text=CANARY, by=desk.ida, at=desk.now)
        notes.keep_draft(session, office, reference, text=CANARY, by=desk.rosa, at=desk.now)
        inquiry = session.scalars(select(Inquiry).where(Inquiry.reference == reference)).one()
        case = {"inquiry_id": inquiry.id, "at": desk.now}
        key = a_keyring().unwrap(inquiry.data_key or b"", record=inquiry.public_id)
        session.add(
            ConversationMessage(
                public_id="m1",
                form_key="m1",
                from_person=True,
                kind="message",
                body=seal(
                    key,
                    f"I am {CANARY}".encode(),
                    table="conversation_messages",
                    column="body",
                    record="m1",
                ),
                staff_id=None,
                seen_at=None,
                **case,
            )
        )
        session.add(
            AnswerCorrection(
                public_id="c1",
                form_key="c1",
                changes=seal_json(
                    key,
                    {"full_name": {"was": CANARY, "now": f"{CANARY} Two"}},
                    table="answer_corrections",
                    column="changes",
                    record="c1",
                ),
                **case,
            )
        )
    with clinic.database.write() as session:
        check_code(session, a_keyring(), clinic.receipt.link_token, "1", at=desk.now)
        assert session.get(CodeGuard, inquiry.link_hash) is not None
