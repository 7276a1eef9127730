"""A letter is approved by a named clinician, for these very words in both languages."""

from dataclasses import replace
from types import MappingProxyType

import pytest
from sqlalchemy import select, update

from intake.audit.models import AuditEvent
from intake.desk.closing_letters import all_versions, letters
from intake.desk.letter_approvals import (
    approvals,
    approve,
    take_approval_back,
    unapproved,
    words_hash,
)
from intake.desk.letter_models import LetterApproval
from intake.desk.office import DeskMember
from intake.errors import Conflict, InvalidInput, NotFound, NotPermitted
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.work import a_desk_member

FIRST = letters()[0]


@pytest.fixture
def doctor(database: Database) -> DeskMember:
    return a_desk_member(database, "doctor", "clinician")


def approved(database: Database, by: DeskMember, letter: str = FIRST.id, **said: object) -> None:
    given = {"read_both": True, "words": words_hash(FIRST), **said}
    with database.write() as session:
        approve(session, letter, by=by, at=NOON, **given)  # type: ignore[arg-type]


def test_a_clinician_approves_by_name_and_it_is_on_the_trail(
    database: Database, doctor: DeskMember
) -> None:
    approved(database, doctor)

    with database.read() as session:
        found = approvals(session)
        waiting = unapproved(session)
        event = session.scalars(select(AuditEvent).where(AuditEvent.subject == FIRST.id)).one()
    assert (found[FIRST.id].by, found[FIRST.id].at) == ("doctor Made-Up", NOON)
    assert [letter.id for letter in waiting] == [letter.id for letter in letters()[1:]]
    assert (event.action, event.actor_id) == ("letter.approved", doctor.public_id)


def test_an_approval_is_for_these_very_words(database: Database, doctor: DeskMember) -> None:
    approved(database, doctor)
    with database.write() as session:
        session.execute(update(LetterApproval).values(words_sha256="0" * 64))

    with database.read() as session:
        assert approvals(session) == {}


def test_each_language_and_each_word_counts() -> None:
    hashes = {words_hash(FIRST)}
    for language in FIRST.words:
        changed = {**FIRST.words, language: FIRST.words[language] + " "}
        hashes.add(words_hash(replace(FIRST, words=MappingProxyType(changed))))

    assert len(hashes) == 1 + len(FIRST.words)


def test_who_is_no_clinician_approves_nothing(database: Database) -> None:
    for role in ("coordinator", "administrator", "privacy_officer", "editor", "auditor"):
        with pytest.raises(NotPermitted):
            approved(database, a_desk_member(database, role.replace("_", "-"), role))


def test_both_languages_must_be_read_and_be_those_on_the_page(
    database: Database, doctor: DeskMember
) -> None:
    with pytest.raises(InvalidInput):
        approved(database, doctor, read_both=False)
    with pytest.raises(Conflict, match="letter_changed"):
        approved(database, doctor, words="0" * 64)
    with pytest.raises(NotFound):
        approved(database, doctor, letter="unknown.1")


def test_an_approval_is_taken_back_and_given_again(database: Database, doctor: DeskMember) -> None:
    approved(database, doctor)
    with pytest.raises(Conflict, match="letter_approved"):
        approved(database, doctor)

    with database.write() as session:
        take_approval_back(session, FIRST.id, by=doctor, at=NOON)
    with database.write() as session, pytest.raises(Conflict, match="letter_not_approved"):
        take_approval_back(session, FIRST.id, by=doctor, at=NOON)
    approved(database, doctor)

    with database.read() as session:
        assert list(approvals(session)) == [FIRST.id]
        assert len(session.scalars(select(LetterApproval)).all()) == 2


def test_the_letters_in_use_are_the_newest_versions() -> None:
    assert {letter.id for letter in letters()} <= {letter.id for letter in all_versions()}
    assert len({letter.id.rpartition(".")[0] for letter in letters()}) == len(letters())
