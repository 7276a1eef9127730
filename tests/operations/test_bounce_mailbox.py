"""A mailbox that cannot be read is no secret for long, and no alarm for a moment."""

from datetime import timedelta
from pathlib import Path

import pytest

from intake.errors import Unavailable
from intake.inquiries.alerts import ALARM
from intake.notifications.alarms import MAILBOX_FAILING, open_alarm, sentence_of
from intake.notifications.outbox import ensure_channels
from intake.operations.bounce_mailbox import FAILURES_UNTIL_ALARM, read_mailbox
from intake.settings import ImapSettings, Settings, load_settings
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.people import a_member, told
from tests.imap_server import ImapServer, imap_settings

MINUTE = timedelta(minutes=1)


def settings_of(server: ImapServer | None, tmp_path: Path) -> Settings:
    imap = ImapSettings() if server is None else imap_settings(server)
    return load_settings().model_copy(update={"data_dir": tmp_path, "imap": imap})


@pytest.fixture(autouse=True)
def _channels(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session)


def looked(database: Database, settings: Settings, times: int = 1, *, first: int = 0) -> None:
    for minute in range(first, first + times):
        read_mailbox(database, settings, lambda _raw: None, at=NOON + minute * MINUTE)


def sentence(database: Database) -> str:
    with database.read() as session:
        alarm = open_alarm(session, MAILBOX_FAILING)
        return "" if alarm is None else sentence_of(alarm, "America/New_York")


def test_after_several_failures_in_a_row_it_is_an_alarm_in_plain_words_told_once(
    database: Database, tmp_path: Path
) -> None:
    a_member(database, "ada", ["administrator"])
    away = settings_of(ImapServer([]), tmp_path)

    looked(database, away, FAILURES_UNTIL_ALARM - 1)
    before = sentence(database)
    looked(database, away, 3, first=FAILURES_UNTIL_ALARM - 1)

    assert before == ""
    assert sentence(database) == (
        "The mailbox for returned mail has not been read since Mon, Nov 23, 12 pm: its server"
        " cannot be reached. Mail that comes back goes unnoticed meanwhile."
    )
    assert len(told(database, ALARM)) == 2  # the terminal and the administrator, once


def test_a_sign_in_that_is_refused_is_said_to_be(database: Database, tmp_path: Path) -> None:
    with ImapServer([], refuses="LOGIN").running() as server:
        looked(database, settings_of(server, tmp_path), FAILURES_UNTIL_ALARM)

    assert "refuses the sign-in or the folder" in sentence(database)


def test_the_next_time_that_works_ends_it_and_the_count_begins_anew(
    database: Database, tmp_path: Path
) -> None:
    server = ImapServer([])
    settings = settings_of(server, tmp_path)
    looked(database, settings, FAILURES_UNTIL_ALARM)

    with server.running():
        looked(database, settings, first=30)
    assert sentence(database) == ""
    looked(database, settings, FAILURES_UNTIL_ALARM - 1, first=31)

    assert sentence(database) == ""


def test_a_mailbox_that_was_taken_out_of_the_settings_is_no_alarm_any_more(
    database: Database, tmp_path: Path
) -> None:
    looked(database, settings_of(ImapServer([]), tmp_path), FAILURES_UNTIL_ALARM)

    looked(database, settings_of(None, tmp_path), first=30)

    assert sentence(database) == ""


def test_a_busy_database_is_not_the_mailboxs_fault(database: Database, tmp_path: Path) -> None:
    def busy(_raw: bytes) -> None:
        raise Unavailable("database_busy")

    with ImapServer([b"one\r\n"]).running() as server:
        for _ in range(FAILURES_UNTIL_ALARM):
            with pytest.raises(Unavailable, match="database_busy"):
                read_mailbox(database, settings_of(server, tmp_path), busy, at=NOON)

    assert sentence(database) == ""
