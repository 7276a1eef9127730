"""What is stored tells a thief nothing, and no cell opens in another's place."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from intake.crypto.sealed import SealBroken
from intake.crypto.tokens import hash_code
from intake.inquiries.models import Inquiry
from intake.inquiries.queries import inquiry_by_reference, read_inquiry
from intake.inquiries.sealing import short_name
from intake.inquiries.search import search
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_draft, a_keyring, a_sealed_inquiry, an_inquiry, search_tokens
from tests.inquiries.test_queries import A_COORDINATOR

CANARIES: dict[str, Any] = {
    "full_name": "Canaryname Featherstone",
    "called": "Canarycalled",
    "requester_name": "Canaryrequester",
    "condition_other": "Canarycondition",
    "story": "Canarystory: my hands are stiff in the morning.",
    "phone": "(305) 555-0199",
    "email": "canarymail@mail.example.org",
    "language_other": "Canarylanguage",
}
AROUND_THEM: dict[str, Any] = {
    "asking_for": "other",
    "relationship": "partner",
    "person_knows": "agrees",
    "conditions": ["lupus", "other"],
    "language": "other",
}
WORDS = (
    *("Canaryname", "Featherstone", "Canarycalled", "Canaryrequester", "Canarycondition"),
    *("Canarystory", "stiff in the morning", "canarymail", "Canarylanguage"),
    *("555-0199", "3055550199", "lupus"),
)


def disguises(word: str) -> Iterator[bytes]:
    for text in (word, word.lower(), word.upper()):
        yield text.encode()
        yield text.encode("utf-16-le")
        yield text.encode("utf-16-be")
        for shift in range(3):  # base64 looks different at each of three offsets
            coded = base64.b64encode(b"\0" * shift + text.encode())
            yield coded[-(-shift * 8 // 6) : (shift + len(text)) * 8 // 6]


def test_no_word_of_a_person_is_in_the_files_of_the_database(
    sqlite_database: Database, tmp_path: Path
) -> None:
    receipt = an_inquiry(sqlite_database, **CANARIES, **AROUND_THEM)
    answers = read_inquiry(
        sqlite_database, a_keyring(), receipt.reference, actor=A_COORDINATOR, at=NOON
    ).answers
    assert {name: answers[name] for name in CANARIES} == CANARIES

    files = [path for path in tmp_path.iterdir() if path.name.startswith("intake.db")]
    raw = b"".join(path.read_bytes() for path in files)

    assert {path.suffix for path in files} >= {".db", ".db-wal"}
    assert receipt.reference.encode() in raw  # the search below would find what is there
    for word in (*WORDS, receipt.link_token, receipt.receipt_token):
        assert not any(disguise in raw for disguise in disguises(word)), word


def test_no_word_of_a_person_is_in_any_row(database: Database) -> None:
    receipt = an_inquiry(database, **CANARIES, **AROUND_THEM)

    with database.read() as session:
        tables = sorted(Inquiry.metadata.tables.values(), key=lambda table: table.name)
        stored = repr([session.execute(select(table)).all() for table in tables]).lower()

    assert receipt.reference.lower() in stored
    for word in (*WORDS, receipt.link_token, receipt.code):
        assert word.lower() not in stored, word


def test_neither_a_sealed_inquiry_nor_a_receipt_shows_itself(database: Database) -> None:
    sealed = a_sealed_inquiry(**CANARIES, **AROUND_THEM)
    receipt = an_inquiry(database, **CANARIES, **AROUND_THEM)
    shown = repr(sealed) + repr(receipt)

    for word in (*WORDS, sealed.access["link"], receipt.link_token):
        assert word not in shown


@pytest.mark.parametrize("column", ["answers", "label", "access", "data_key"])
def test_a_cell_swapped_between_two_inquiries_does_not_open(
    database: Database, column: str
) -> None:
    mine, other = an_inquiry(database), an_inquiry(database, full_name="Bo Park")
    with database.write() as session:
        stolen = session.scalar(
            select(getattr(Inquiry, column)).where(Inquiry.reference == other.reference)
        )
        session.execute(
            update(Inquiry).where(Inquiry.reference == mine.reference).values({column: stolen})
        )

    with database.read() as session:
        both = search(session, a_keyring(), search_tokens(), "305 555 0142").rows
        rows = {row.reference: row for row in both}
        assert rows[other.reference].is_readable
        assert rows[mine.reference].is_readable is (column in {"answers", "access"})
    if column in {"answers", "data_key"}:
        with pytest.raises(SealBroken):
            read_inquiry(database, a_keyring(), mine.reference, actor=A_COORDINATOR, at=NOON)


def test_the_label_names_no_condition(database: Database) -> None:
    receipt = an_inquiry(database, conditions=["multiple-sclerosis"], story="multiple sclerosis")

    with database.read() as session:
        summary = inquiry_by_reference(session, a_keyring(), receipt.reference)

    assert summary.label is not None
    assert summary.label.name == "Ana M."
    assert "sclerosis" not in repr(summary)


@pytest.mark.parametrize(
    ("full_name", "short"),
    [("Ana Díaz", "Ana D."), ("Cher", "Cher"), ("José Luis Ñ", "José Ñ."), ("李 小龙", "李 小.")],
)
def test_a_short_name_is_the_first_name_and_one_letter(full_name: str, short: str) -> None:
    assert short_name(full_name) == short


def test_the_code_is_kept_keyed_and_bound_to_its_inquiry(database: Database) -> None:
    receipt = an_inquiry(database)

    with database.read() as session:
        row = session.scalars(select(Inquiry)).one()

    secret = a_keyring().secret("code")
    assert row.code_hash == hash_code(secret, row.public_id, receipt.code)
    assert row.code_hash != hash_code(secret, "another", receipt.code)


@pytest.mark.parametrize(
    ("spoken", "page", "written"),
    [("en", "es", "en"), ("es", "en", "es"), ("other", "es", "es"), ("other", "en", "en")],
)
def test_messages_are_in_the_language_spoken_or_else_in_the_pages(
    spoken: str, page: str, written: str
) -> None:
    more: dict[str, Any] = {"language_other": "Kreyòl"} if spoken == "other" else {}

    sealed = a_sealed_inquiry(page_language=page, language=spoken, **more)

    assert sealed.access["language"] == written
    assert sealed.columns["language"] == spoken


def test_refused_permissions_are_kept_as_refused() -> None:
    grants = a_sealed_inquiry().grants

    assert [grant.answer for grant in grants] == ["yes", "yes", "shown"]
    assert a_draft().perm_news is False
