"""Every reference ever shown has a stored inquiry, and a missing one is found."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from intake.consent.models import ConsentRecord
from intake.inquiries.models import Inquiry, SearchToken
from intake.notifications.alarms import open_alarms
from intake.operations.ledger import Ledger, check_ledger, check_nightly, keep_check
from intake.operations.results import last_result
from intake.settings import EscalationSettings
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import an_inquiry

CONTACTS = EscalationSettings()
LATER = NOON + timedelta(hours=25)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger", b"k" * 32)


def lose(database: Database, reference: str) -> None:
    """Lose an inquiry as a database does that was restored from too old a copy."""
    with database.write() as session:
        session.execute(delete(SearchToken))
        session.execute(delete(ConsentRecord))
        session.execute(delete(Inquiry).where(Inquiry.reference == reference))


def test_what_is_stored_is_not_missing(database: Database, ledger: Ledger) -> None:
    for _ in range(3):
        ledger.note(an_inquiry(database).reference, at=NOON)

    report = check_ledger(database, ledger)

    assert (report.shown, report.missing, report.damaged) == (3, 0, 0)


def test_a_lost_inquiry_is_found_told_and_alarmed_until_it_is_back(
    database: Database, ledger: Ledger
) -> None:
    kept, lost = an_inquiry(database), an_inquiry(database)
    for at, receipt in ((NOON, kept), (NOON + timedelta(hours=1), lost)):
        ledger.note(receipt.reference, at=at)
    lose(database, lost.reference)

    report = keep_check(database, ledger, CONTACTS, at=LATER)

    assert (report.shown, report.missing) == (2, 1)
    assert report.first_missing_at == NOON + timedelta(hours=1)
    with database.read() as session:
        (alarm,) = open_alarms(session)
        found = last_result(session, "ledger")
    assert (alarm.kind, alarm.detail["missing"]) == ("receipts.missing", 1)
    assert found is not None
    assert not found.good

    for path in (ledger._folder).glob("*.log"):
        path.unlink()
    ledger.note(kept.reference, at=NOON)
    keep_check(database, ledger, CONTACTS, at=LATER)
    with database.read() as session:
        assert open_alarms(session) == ()


def test_a_reference_shown_under_a_wrong_clock_is_still_found(
    database: Database, ledger: Ledger
) -> None:
    ledger.note(an_inquiry(database).reference, at=NOON - timedelta(days=4000))

    assert check_ledger(database, ledger).missing == 0


def test_the_ledger_holds_no_reference_and_is_for_the_owner_alone(
    sqlite_database: Database, ledger: Ledger, tmp_path: Path
) -> None:
    reference = an_inquiry(sqlite_database).reference
    ledger.note(reference, at=NOON)
    ledger.note(reference, at=NOON)

    (file,) = (tmp_path / "ledger").iterdir()
    assert file.name == "2026-11.log"
    assert reference not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    assert check_ledger(sqlite_database, ledger).shown == 1


def test_a_line_that_was_cut_off_is_counted_and_harmless(
    sqlite_database: Database, ledger: Ledger, tmp_path: Path
) -> None:
    ledger.note(an_inquiry(sqlite_database).reference, at=NOON)
    with (tmp_path / "ledger" / "2026-11.log").open("ab") as file:
        file.write(b"17954\xff 00ab")

    report = check_ledger(sqlite_database, ledger)

    assert (report.shown, report.missing, report.damaged) == (1, 0, 1)


def test_a_full_disk_does_not_take_the_receipt_away(tmp_path: Path) -> None:
    in_the_way = tmp_path / "ledger"
    in_the_way.write_text("a file where the folder should be")

    Ledger(in_the_way, b"k" * 32).note("K7QF29MD", at=NOON)

    assert in_the_way.is_file()


def test_the_check_runs_once_a_day_and_only_where_something_was_shown(
    sqlite_database: Database, ledger: Ledger
) -> None:
    def checked_at() -> object:
        with sqlite_database.read() as session:
            found = last_result(session, "ledger")
        return found and found.checked_at

    check_nightly(sqlite_database, ledger, CONTACTS, at=NOON)
    assert checked_at() is None
    ledger.note(an_inquiry(sqlite_database).reference, at=NOON)
    check_nightly(sqlite_database, ledger, CONTACTS, at=NOON)
    check_nightly(sqlite_database, ledger, CONTACTS, at=NOON + timedelta(hours=23))
    assert checked_at() == NOON
    check_nightly(sqlite_database, ledger, CONTACTS, at=LATER)
    assert checked_at() == LATER
