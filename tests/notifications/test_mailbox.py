"""Messages as files, on the terminal, and the choice between channels."""

import io
import stat
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from intake.notifications.channels.base import Letter
from intake.notifications.channels.choice import open_channels, sender_of
from intake.notifications.channels.console import ConsoleChannel
from intake.notifications.channels.mailbox import MailboxChannel
from intake.notifications.channels.mime import Sender
from intake.notifications.outcome import Outcome
from intake.settings import Settings, SmtpSettings, load_settings
from tests.conftest import NOON

SENDER = Sender("hello@clinic.example", "Your clinic")


def a_letter(to: str = "ana@people.example") -> Letter:
    return Letter("abc-1", to, "en", "We received your message", "Hello\n", "<p>Hello</p>", NOON)


def test_a_message_becomes_one_file_that_only_the_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "outbox-mail"
    channel = MailboxChannel(folder, SENDER)

    assert channel.send(a_letter()).outcome == Outcome.DELIVERED

    (file,) = folder.iterdir()
    assert file.name == "20261123T170000Z-abc-1.eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert message["Message-ID"] == "<abc-1@clinic.example>"
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_repeat_overwrites_itself(tmp_path: Path) -> None:
    channel = MailboxChannel(tmp_path, SENDER)
    channel.send(a_letter())
    channel.send(Letter("abc-1", "ana@people.example", "en", "s", "t", "h", NOON.replace(hour=20)))

    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_the_channels_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    result = MailboxChannel(tmp_path / "file", SENDER).send(a_letter())

    assert (result.outcome, result.error) == (Outcome.CHANNEL, "disk")


def test_a_write_that_fails_half_way_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    assert MailboxChannel(tmp_path, SENDER).send(a_letter()).outcome == Outcome.CHANNEL
    assert list(tmp_path.iterdir()) == []


def test_a_bad_address_is_permanent_in_the_mailbox_too(tmp_path: Path) -> None:
    result = MailboxChannel(tmp_path, SENDER).send(a_letter("a@b.example\nBcc: c@d.example"))

    assert (result.outcome, result.error) == (Outcome.PERMANENT, "bad_address")


def test_the_terminal_shows_words_but_no_address() -> None:
    stream = io.StringIO()

    assert ConsoleChannel(stream).send(a_letter()).outcome == Outcome.DELIVERED
    assert stream.getvalue() == "--- We received your message\nHello\n\n"

    stream.close()
    assert ConsoleChannel(stream).send(a_letter()).error == "console"


def with_smtp(host: str, from_address: str = "") -> Settings:
    smtp = SmtpSettings(host=host, from_address=from_address)
    return load_settings().model_copy(update={"smtp": smtp})


def test_without_a_mail_server_the_mailbox_serves_email() -> None:
    assert open_channels(with_smtp(""))["email"].kind == "mailbox"
    assert open_channels(with_smtp("mail.example"))["email"].kind == "email"


@pytest.mark.parametrize(
    ("base_url", "domain"),
    [
        ("https://intake.example.org", "intake.example.org"),
        ("https://my-clinic.example", "my-clinic.example"),
        ("http://127.0.0.1:8000", "intake.localhost"),
        ("http://[::1]:8000", "intake.localhost"),
    ],
)
def test_the_sender_has_a_domain_even_where_none_is_set(base_url: str, domain: str) -> None:
    settings = with_smtp("").model_copy(update={"base_url": base_url})

    assert sender_of(settings).address == f"no-reply@{domain}"
    chosen = with_smtp("", from_address="hello@clinic.example")
    assert sender_of(chosen).domain == "clinic.example"
