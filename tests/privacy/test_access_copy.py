"""The copy holds everything of one person and nothing of anybody else."""

import json

import pytest
from sqlalchemy import select

from intake.audit.models import AuditEvent
from intake.errors import NotFound
from intake.inquiries.queries import read_inquiry
from intake.privacy.access_copy import FORMAT, as_document, copy_of
from intake.privacy.erasure import erase_for_person
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_keyring, an_inquiry
from tests.privacy.people import CANARY, Clinic, a_clinic_with_a_person, fill

SHAPE = {
    "format",
    "made_at",
    "clinic",
    "reference",
    "received_at",
    "language",
    "status",
    "answers",
    "permissions",
    "conversation",
    "corrections",
    "sent_to_you",
    "timeline",
    "opened_by_staff",
    "not_in_this_file",
}


@pytest.fixture
def clinic(database: Database) -> Clinic:
    clinic = a_clinic_with_a_person(database)
    fill(clinic)
    return clinic


def test_the_document_holds_everything_in_its_documented_shape(clinic: Clinic) -> None:
    for member in (clinic.desk.ida, clinic.desk.doctor):
        read_inquiry(
            clinic.database, a_keyring(), clinic.reference, actor=member.actor, at=clinic.desk.now
        )

    copy = copy_of(clinic.database, a_keyring(), clinic.person(), at=clinic.desk.now)
    document = json.loads(json.dumps(as_document(copy, clinic="The Clinic")))

    assert set(document) == SHAPE
    assert document["format"] == FORMAT
    assert document["answers"]["full_name"] == "Ana Díaz Moreno"
    assert document["answers"]["conditions"] == ["lupus"]
    assert {one["purpose"] for one in document["permissions"]} >= {"contact", "health"}
    assert all(one["text"] and len(one["sha256"]) == 64 for one in document["permissions"])
    assert [one["from"] for one in document["conversation"]] == ["clinic", "person"]
    assert document["conversation"][1]["text"] == f"I am {CANARY}"
    assert document["corrections"][0]["was"] == CANARY
    assert next(one["what"] for one in document["sent_to_you"]) == "inquiry.acknowledged"
    assert [one["roles"] for one in document["opened_by_staff"]] == [["coordinator"], ["clinician"]]
    assert "inquiry.attempted" in {one["what"] for one in document["timeline"]}


def test_nobody_else_stands_in_it(clinic: Clinic) -> None:
    an_inquiry(clinic.database, at=NOON, full_name="Luis Fremd", email="luis@mail.example.org")

    text = json.dumps(
        as_document(
            copy_of(clinic.database, a_keyring(), clinic.person(), at=clinic.desk.now), clinic="C"
        )
    )

    for other in ("Luis", "luis@", "ida", "rosa", "Made-Up", clinic.desk.ida.public_id):
        assert other not in text
    assert f"{CANARY} was friendly" not in text  # what staff wrote for each other


def test_without_its_record_there_is_no_copy(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    person = clinic.person()
    monkeypatch.setattr("intake.privacy.access_copy.trail.record", fail)

    with pytest.raises(ZeroDivisionError):
        copy_of(clinic.database, a_keyring(), person, at=NOON)


def test_making_a_copy_is_recorded(clinic: Clinic) -> None:
    copy_of(clinic.database, a_keyring(), clinic.person(), at=NOON)

    with clinic.database.read() as session:
        last = session.execute(
            select(AuditEvent.action, AuditEvent.actor_kind).order_by(AuditEvent.id.desc()).limit(2)
        ).all()
    assert [tuple(one) for one in last] == [
        ("inquiry.read", "person"),
        ("inquiry.copied", "person"),
    ]


def test_the_own_reading_is_not_told_as_one_of_staff(clinic: Clinic) -> None:
    copy_of(clinic.database, a_keyring(), clinic.person(), at=NOON)

    assert copy_of(clinic.database, a_keyring(), clinic.person(), at=NOON).opened == []


def test_there_is_no_copy_of_what_was_erased(clinic: Clinic) -> None:
    person = clinic.person()
    erase_for_person(clinic.database, clinic.desk.office, clinic.reference, at=clinic.desk.now)

    with pytest.raises(NotFound):
        copy_of(clinic.database, a_keyring(), person, at=clinic.desk.now)
