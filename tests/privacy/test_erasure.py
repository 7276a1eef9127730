"""After erasing, nothing of a person is found anywhere; what stays is what PRODUCT.md 3 names."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, inspect, select, text

from intake.audit.models import SYSTEM, AuditEvent
from intake.consent.queries import consents_of
from intake.desk.closing import take_back_withdrawal
from intake.desk.joining import Seen, merge
from intake.errors import Conflict, NotFound, NotPermitted
from intake.inquiries.models import Inquiry, SearchToken
from intake.inquiries.queries import Contact
from intake.notifications.models import OutboxMessage
from intake.privacy.belongings import BELONGINGS, Fate, Through
from intake.privacy.certificate import certificate_by_link, is_genuine
from intake.privacy.do_not_contact import is_left_alone
from intake.privacy.erasure import AskedBy, Erased, erase, erase_for_person, erase_for_staff
from intake.privacy.holds import lift_hold, set_hold
from intake.privacy.ledger import entries, entry_of, replay
from intake.privacy.models import ErasureRequest
from intake.storage.database import Database
from intake.storage.migrate import upgrade
from intake.storage.types import Base
from tests.conftest import NOON
from tests.factories import BY_PHONE_ONLY, a_keyring, an_inquiry
from tests.privacy.people import CANARY, Clinic, a_clinic_with_a_person, fill

ANA = {"full_name": f"{CANARY} Díaz", "email": f"{CANARY.lower()}@mail.example.org"}


@pytest.fixture
def clinic(database: Database) -> Clinic:
    return a_clinic_with_a_person(database, **ANA)


def everything(database: Database) -> dict[str, str]:
    """Return every cell of every table as text, by table; blobs in hexadecimal."""
    found = {}
    with database.writer.begin() as connection:
        for table in Base.metadata.sorted_tables:
            rows = connection.execute(text(f'SELECT * FROM "{table.name}"')).all()
            cells = (
                bytes(c).hex() if isinstance(c, bytes | memoryview) else str(c)
                for r in rows
                for c in r
            )
            found[table.name] = "\n".join(cells)
    return found


def secrets_of(clinic: Clinic) -> list[str]:
    """Return everything that must be nowhere: sealed cells and keys, in hexadecimal, and tokens."""
    row = clinic.row()
    sealed = [row.data_key, row.answers, row.label, row.access]
    with clinic.database.writer.begin() as connection:
        for one in BELONGINGS:
            if one.through is not Through.INQUIRY or one.fate is Fate.KEPT:
                continue
            for found in connection.execute(text(f'SELECT * FROM "{one.table}"')):
                sealed += [
                    bytes(c) for c in found if isinstance(c, bytes | memoryview) and len(c) > 20
                ]
    return [one.hex() for one in sealed if one]


def test_after_erasing_nothing_is_found_in_any_table(clinic: Clinic) -> None:
    fill(clinic)
    before = everything(clinic.database)
    secrets = secrets_of(clinic)
    assert len(secrets) >= 12
    assert all(any(one in cells for cells in before.values()) for one in secrets)

    erase_for_person(clinic.database, clinic.desk.office, clinic.reference, at=clinic.desk.now)

    for table, cells in everything(clinic.database).items():
        assert CANARY.lower() not in cells.lower(), table
        assert not [one for one in secrets if one in cells], table


def test_after_erasing_nothing_is_found_in_the_files(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'intake.db'}")
    upgrade(database)
    others = [an_inquiry(database, at=NOON) for _ in range(5)]
    clinic = a_clinic_with_a_person(database, **ANA)
    others += [an_inquiry(database, at=NOON) for _ in range(30)]
    fill(clinic)
    secrets = [bytes.fromhex(one) for one in secrets_of(clinic)]

    erase_for_person(database, clinic.desk.office, clinic.reference, at=clinic.desk.now)

    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert CANARY.encode() not in raw
    assert CANARY.lower().encode() not in raw
    assert [one[:12].hex() for one in secrets if one in raw] == []
    assert len(raw) > 100_000
    database.close()


def test_what_stays_is_what_was_promised(clinic: Clinic) -> None:
    fill(clinic)
    with clinic.database.read() as session:
        consents = consents_of(session, clinic.row().id)

    erase_for_person(clinic.database, clinic.desk.office, clinic.reference, at=clinic.desk.now)

    row = clinic.row()
    assert (row.status, row.outcome, row.closed_at) == ("erased", "withdrawn", clinic.desk.now)
    assert (row.data_key, row.answers, row.label, row.access) == (None, None, None, None)
    assert row.reference == clinic.reference
    contact = Contact("+13055550142", ANA["email"].upper())
    with clinic.database.read() as session:
        assert consents_of(session, row.id) == consents
        assert is_left_alone(session, a_keyring(), contact)
        assert is_left_alone(session, a_keyring(), Contact("", ANA["email"]))
        assert not is_left_alone(session, a_keyring(), Contact("+13055550199", "b@example.org"))
        assert entries(session) == {entry_of(a_keyring(), row.public_id): clinic.desk.now}
        assert session.scalar(select(func.count()).select_from(SearchToken)) == 0
        states = set(session.scalars(select(OutboxMessage.state)))
        payloads = set(map(str, session.scalars(select(OutboxMessage.payload))))
    assert states <= {"cancelled", "delivered", "dead"}
    assert payloads == {"{}"}


def test_an_open_inquiry_is_withdrawn_first(clinic: Clinic) -> None:
    erase_for_person(clinic.database, clinic.desk.office, clinic.reference, at=NOON)

    with clinic.database.read() as session:
        found = session.execute(
            select(AuditEvent.action, AuditEvent.actor_kind).order_by(AuditEvent.id)
        ).all()
    assert [tuple(one) for one in found if one.action.startswith("inquiry.")] == [
        ("inquiry.submitted", "visitor"),
        ("inquiry.read", "person"),
        ("inquiry.withdrawn", "person"),
        ("inquiry.erased", "person"),
    ]


def test_the_certificate_is_signed_and_names_nobody(clinic: Clinic) -> None:
    erased = erase_for_person(clinic.database, clinic.desk.office, clinic.reference, at=NOON)

    with clinic.database.read() as session:
        proof = certificate_by_link(session, clinic.receipt.link_token)
    key = a_keyring().verify_key()
    assert proof == erased.certificate
    assert is_genuine(proof.document, proof.signature, key)
    assert not is_genuine(proof.document.replace("erased_at", "erased_On"), proof.signature, key)
    assert not is_genuine(proof.document, bytes(64), key)
    assert CANARY.lower() not in proof.document.lower()
    assert "lupus" not in proof.document
    facts = json.loads(proof.document)
    assert facts["reference"] == f"{clinic.reference[:4]}-{clinic.reference[4:]}"
    assert facts["asked_by"] == "person"
    assert facts["tables"]["inquiry_notes"] == "deleted"
    assert {one["purpose"] for one in facts["wordings"]} >= {"contact", "health"}
    assert all(len(one["sha256"]) == 64 for one in facts["wordings"])


def test_every_table_that_speaks_of_an_inquiry_says_what_erasing_does_to_it(
    database: Database,
) -> None:
    speaks = set()
    reaches = {"inquiries"}
    inspector = inspect(database.writer)
    for _ in range(4):  # tables that point at tables that point at an inquiry
        for table in inspector.get_table_names():
            columns = {column["name"] for column in inspector.get_columns(table)}
            targets = {key["referred_table"] for key in inspector.get_foreign_keys(table)}
            if targets & reaches or columns & {"inquiry_id", "link_hash"}:
                speaks.add(table)
        reaches |= speaks

    assert speaks - {"inquiries"} == {one.table for one in BELONGINGS}
    assert len(BELONGINGS) == len({one.table for one in BELONGINGS})
    assert all(one.why.endswith(".") for one in BELONGINGS)


def test_what_is_emptied_is_every_column_that_can_hold_words() -> None:
    """A new column of bytes or JSON must be emptied, or be named here with the reason."""
    harmless = {
        "erasure_certificates.signature",
        "outbox_messages.payload",
        "answer",
    }
    forgotten = [
        f"{one.table}.{column.name}"
        for one in BELONGINGS
        if one.fate is not Fate.DELETED
        for column in one.model.__table__.columns
        if type(column.type).__name__ in {"LargeBinary", "JsonText"}
        and column.name not in one.emptied
    ]

    assert set(forgotten) <= harmless


def test_a_legal_hold_stops_everybody(clinic: Clinic) -> None:
    desk = clinic.desk
    with clinic.database.write() as session:
        set_hold(
            session,
            desk.office,
            clinic.reference,
            reason="A court asked for it",
            by=clinic.officer,
            at=NOON,
        )
    before = everything(clinic.database)

    with pytest.raises(Conflict, match="legal_hold"):
        erase_for_person(clinic.database, desk.office, clinic.reference, at=NOON)
    with pytest.raises(Conflict, match="legal_hold"):
        erase_for_staff(
            clinic.database,
            desk.office,
            clinic.reference,
            member=clinic.officer,
            asked_by=AskedBy.STAFF,
            reason="stored_by_mistake",
            at=NOON,
        )
    with clinic.database.write() as session, pytest.raises(Conflict, match="legal_hold"):
        erase(
            session,
            desk.office,
            clinic.reference,
            contact=Contact(),
            asked_by=AskedBy.RETENTION,
            by=SYSTEM,
            at=NOON,
        )
    after = everything(clinic.database)
    assert clinic.row().status == "new"
    assert {t for t in before if before[t] != after[t]} == {"audit_events"}  # the readings

    with clinic.database.write() as session:
        lift_hold(
            session, desk.office, clinic.reference, reason="It is over", by=clinic.officer, at=NOON
        )
    erase_for_person(clinic.database, desk.office, clinic.reference, at=NOON)
    assert clinic.row().status == "erased"


@pytest.mark.parametrize("who", ["ida", "rosa", "doctor"])
def test_nobody_but_a_privacy_officer_erases_as_staff(clinic: Clinic, who: str) -> None:
    with pytest.raises(NotPermitted):
        erase_for_staff(
            clinic.database,
            clinic.desk.office,
            clinic.reference,
            member=getattr(clinic.desk, who),
            asked_by=AskedBy.STAFF,
            reason="stored_by_mistake",
            at=NOON,
        )

    assert clinic.row().status == "new"


def test_erasing_twice_is_refused_and_changes_nothing(clinic: Clinic) -> None:
    erase_for_person(clinic.database, clinic.desk.office, clinic.reference, at=NOON)
    before = everything(clinic.database)

    with pytest.raises(Conflict, match="inquiry_erased"):
        erase_for_person(clinic.database, clinic.desk.office, clinic.reference, at=NOON)

    after = everything(clinic.database)
    assert {t for t in before if before[t] != after[t]} <= {"audit_events"}


def test_an_erased_inquiry_cannot_come_back(clinic: Clinic) -> None:
    erase_for_person(clinic.database, clinic.desk.office, clinic.reference, at=NOON)

    with clinic.database.write() as session, pytest.raises(Conflict):
        take_back_withdrawal(
            session,
            clinic.desk.office,
            clinic.reference,
            by=clinic.desk.person(clinic.reference),
            at=NOON,
        )


def test_a_failure_in_the_middle_erases_nothing(clinic: Clinic) -> None:
    fill(clinic)
    before = everything(clinic.database)
    statements = []

    def fail(*said: object) -> None:
        statements.append(said[2])
        if str(said[2]).startswith("UPDATE inquiries SET") and "data_key" in str(said[2]):
            raise ZeroDivisionError

    event.listen(clinic.database.writer, "before_cursor_execute", fail)
    with pytest.raises(ZeroDivisionError):
        erase_for_person(clinic.database, clinic.desk.office, clinic.reference, at=NOON)
    event.remove(clinic.database.writer, "before_cursor_execute", fail)

    after = everything(clinic.database)
    assert {t for t in before if before[t] != after[t]} <= {"audit_events"}
    assert any("DELETE FROM inquiry_notes" in str(one) for one in statements)


def joined(
    clinic: Clinic,
    **answers: Any,  # noqa: ANN401 - fields of the form
) -> str:
    """Join another inquiry into the clinic's, and return its reference."""
    other = an_inquiry(clinic.database, at=NOON, **answers)
    with clinic.database.write() as session:
        pair = Seen(clinic.reference, 1), Seen(other.reference, 1)
        merge(session, clinic.desk.office, *pair, by=clinic.desk.rosa, at=NOON)
    return other.reference


def erased_by_officer(clinic: Clinic, reference: str) -> Erased:
    return erase_for_staff(
        clinic.database,
        clinic.desk.office,
        reference,
        member=clinic.officer,
        asked_by=AskedBy.PERSON,
        reason="asked_by_phone",
        at=NOON,
    )


@pytest.mark.parametrize("from_the_joined_one", [False, True])
def test_what_staff_joined_goes_together(clinic: Clinic, from_the_joined_one: bool) -> None:
    other = joined(clinic, **ANA)
    named = other if from_the_joined_one else clinic.reference

    erased = erased_by_officer(clinic, named)

    assert set(erased.references) == {clinic.reference, other}
    assert clinic.desk.look(other).status == clinic.row().status == "erased"


def test_what_was_joined_by_mistake_is_not_destroyed_along(clinic: Clinic) -> None:
    other = joined(clinic, phone="(305) 555-0177", email="luis@mail.example.org")

    erased = erased_by_officer(clinic, clinic.reference)

    assert erased.left == (other,)
    assert clinic.desk.look(other).data_key is not None
    with clinic.database.read() as session:
        waits = session.scalars(select(ErasureRequest).where(ErasureRequest.ended_at.is_(None)))
        assert [one.inquiry_id for one in waits] == [clinic.desk.look(other).id]


def test_a_caller_without_an_address_is_erased_too(database: Database) -> None:
    clinic = a_clinic_with_a_person(database, **BY_PHONE_ONLY)

    erase_for_person(database, clinic.desk.office, clinic.reference, at=NOON)

    with database.read() as session:
        assert is_left_alone(session, a_keyring(), Contact("+13055550142"))


def test_who_was_erased_is_erased_again_after_a_restore(clinic: Clinic) -> None:
    fill(clinic)
    with clinic.database.read() as session:
        row = session.scalars(select(Inquiry).where(Inquiry.reference == clinic.reference)).one()
        ledger = {entry_of(a_keyring(), row.public_id)}  # kept apart; the backup is older
    another = an_inquiry(clinic.database, at=NOON)

    for expected in (1, 0):
        with clinic.database.write() as session:
            assert replay(session, a_keyring(), ledger, actor=SYSTEM, at=NOON) == expected

    assert clinic.row().status == "erased"
    assert clinic.row().answers is None
    assert clinic.desk.look(another.reference).answers is not None
    for table, cells in everything(clinic.database).items():
        assert CANARY.lower() not in cells.lower(), table
    with clinic.database.read() as session, pytest.raises(NotFound):
        certificate_by_link(session, clinic.receipt.link_token)
