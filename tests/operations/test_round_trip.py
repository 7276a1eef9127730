"""A mail that a server took has arrived when it is seen in its mailbox, and not before."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from intake.notifications.alarms import SYNTHETIC_FAILED, open_alarm
from intake.notifications.models import OutboxMessage, State, SyntheticRun
from intake.notifications.outbox import ensure_channels
from intake.operations.health import path_health, round_trip
from intake.operations.preflight import Light
from intake.operations.synthetic import Proving, look_after
from intake.settings import ImapSettings, SmtpSettings, SyntheticSettings, load_settings
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_keyring, search_tokens
from tests.imap_server import ImapServer, imap_settings
from tests.operations.paths import end_messages

MINUTE = timedelta(minutes=1)
SOON, LATE = NOON + MINUTE, NOON + 16 * MINUTE


def proving(database: Database, tmp_path: Path, imap: ImapSettings | None = None) -> Proving:
    """Return what a proof by a mail server is made with, with or without its mailbox."""
    with database.write() as session:
        ensure_channels(session)
    settings = load_settings().model_copy(
        update={
            "data_dir": tmp_path,
            "base_url": "https://intake.clinic.example",
            "smtp": SmtpSettings(host="relay.example.org", from_address="a@clinic.example"),
            "synthetic": SyntheticSettings(address="proof@clinic.example"),
            "imap": imap or ImapSettings(),
        }
    )
    return Proving(database, a_keyring(), search_tokens(), settings)


def taken(database: Database) -> bytes:
    """Let the mail server take the confirmation; return it as it would arrive."""
    end_messages(database, State.DELIVERED, at=NOON)
    with database.read() as session:
        row = session.scalars(select(OutboxMessage)).one()
    key = f"{row.public_id}-{row.generation}"
    return f"Message-ID: <{key}@clinic.example>\r\nSubject: x\r\n\r\nHello\r\n".encode()


def run(database: Database) -> SyntheticRun:
    with database.read() as session:
        return session.scalars(select(SyntheticRun)).one()


def finding(proof: Proving, at: datetime) -> tuple[Light, str]:
    with proof.database.read() as session:
        found = round_trip(session, proof.settings, at=at)
    return found.light, found.sentence


def is_alarmed(database: Database) -> bool:
    with database.read() as session:
        return open_alarm(session, SYNTHETIC_FAILED) is not None


def test_a_mail_that_is_seen_in_its_mailbox_has_arrived(database: Database, tmp_path: Path) -> None:
    server = ImapServer([])
    proof = proving(database, tmp_path, imap_settings(server))
    with server.running():
        look_after(proof, at=NOON)
        server.mails[1] = taken(database)
        look_after(proof, at=SOON)

    assert run(database).arrived_at == SOON
    assert finding(proof, SOON) == (
        Light.GREEN,
        "The last test mail was found in its mailbox 60 seconds after it was sent.",
    )
    assert server.seen == set()  # bounces are read apart, and must be there to be read


def test_a_mail_that_was_taken_and_is_not_there_yet_is_waited_for(
    database: Database, tmp_path: Path
) -> None:
    server = ImapServer([b"Message-ID: <other-1@clinic.example>\r\n\r\nHello\r\n"])
    proof = proving(database, tmp_path, imap_settings(server))
    with server.running():
        look_after(proof, at=NOON)
        taken(database)
        look_after(proof, at=SOON)

    assert (run(database).arrived_at, run(database).failed_reason) == (None, None)


def test_a_mail_that_never_gets_there_fails_the_run_and_is_an_alarm(
    database: Database, tmp_path: Path
) -> None:
    server = ImapServer([])
    proof = proving(database, tmp_path, imap_settings(server))
    with server.running():
        look_after(proof, at=NOON)
        taken(database)
        look_after(proof, at=LATE)

    assert run(database).failed_reason == "not_in_mailbox"
    assert is_alarmed(database)
    light, sentence = finding(proof, LATE)
    assert light is Light.RED
    assert "never reached its mailbox" in sentence
    with database.read() as session:
        assert path_health(session, proof.settings).last_arrived_at is None


def test_a_mailbox_that_cannot_be_read_says_nothing_against_the_path(
    database: Database, tmp_path: Path
) -> None:
    proof = proving(database, tmp_path, imap_settings(ImapServer([])))
    look_after(proof, at=NOON)
    taken(database)

    look_after(proof, at=SOON)
    assert run(database).arrived_at is None
    look_after(proof, at=LATE)

    assert run(database).arrived_at == LATE
    assert not is_alarmed(database)
    light, sentence = finding(proof, LATE)
    assert light is Light.UNKNOWN
    assert "could not be read" in sentence


def test_without_a_mailbox_it_is_said_that_nobody_looked(
    database: Database, tmp_path: Path
) -> None:
    proof = proving(database, tmp_path)
    look_after(proof, at=NOON)
    taken(database)

    look_after(proof, at=SOON)

    assert run(database).arrived_at == SOON
    light, sentence = finding(proof, SOON)
    assert light is Light.YELLOW
    assert "Whether it arrived was not looked at: set imap to the mailbox of" in sentence


@pytest.mark.parametrize("command", ["EXAMINE", "HEADER"])
def test_a_mailbox_that_refuses_a_look_is_no_proof_of_loss(
    database: Database, tmp_path: Path, command: str
) -> None:
    server = ImapServer([], refuses=command)
    proof = proving(database, tmp_path, imap_settings(server))
    with server.running():
        look_after(proof, at=NOON)
        taken(database)
        look_after(proof, at=LATE)

    assert run(database).failed_reason is None
