"""The mailbox that bounces go to, on a real socket that speaks IMAP."""

import pytest

from intake.errors import Unavailable
from intake.notifications.channels.imap import ImapMailbox
from tests.imap_server import ImapServer, imap_settings


def mailbox(server: ImapServer, **changes: object) -> ImapMailbox:
    return ImapMailbox(imap_settings(server, **changes), deadline_seconds=1.0)


def test_each_mail_is_given_once_and_then_marked_as_seen() -> None:
    taken: list[bytes] = []
    with ImapServer([b"one\r\n", b"two\r\n"]).running() as server:
        counts = [mailbox(server).empty(taken.append) for _ in range(2)]

    assert (counts, taken, server.seen) == ([2, 0], [b"one\r\n", b"two\r\n"], {1, 2})


def test_a_mail_that_could_not_be_taken_stays_unseen() -> None:
    def busy(_raw: bytes) -> None:
        raise Unavailable("database_busy")

    with (
        ImapServer([b"one\r\n"]).running() as server,
        pytest.raises(Unavailable, match="database_busy"),
    ):
        mailbox(server).empty(busy)

    assert server.seen == set()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("LOGIN", "imap_sign_in_refused"),
        ("SELECT", "imap_folder"),
        ("SEARCH", "imap_refused"),
        ("FETCH", "imap_refused"),
        ("STORE", "imap_refused"),
    ],
)
def test_a_server_that_says_no_to_anything_refuses_us_for_now(command: str, code: str) -> None:
    with (
        ImapServer([b"one\r\n"], refuses=command).running() as server,
        pytest.raises(Unavailable, match=code),
    ):
        mailbox(server).empty(lambda raw: None)


@pytest.mark.parametrize("command", ["LOGIN", "SEARCH", "FETCH"])
def test_a_server_that_hangs_is_left_at_the_deadline(command: str) -> None:
    with (
        ImapServer([b"one\r\n"], hangs_at=command).running() as server,
        pytest.raises(Unavailable, match="imap_away"),
    ):
        mailbox(server).empty(lambda raw: None)


def test_nobody_there_is_away_for_now() -> None:
    with pytest.raises(Unavailable, match="imap_closed"):
        mailbox(ImapServer([])).empty(lambda raw: None)


def test_a_name_that_nobody_knows_is_told_as_that() -> None:
    with pytest.raises(Unavailable, match="imap_dns"):
        mailbox(ImapServer([]), host="no-such-host.invalid").knock()


def test_knocking_takes_nothing_and_marks_nothing() -> None:
    with ImapServer([b"one\r\n"]).running() as server:
        mailbox(server).knock()

    assert server.seen == set()


def test_encryption_is_demanded_of_a_server_that_has_none() -> None:
    with (
        ImapServer([]).running() as server,
        pytest.raises(Unavailable, match="imap_tls"),
    ):
        mailbox(server, security="starttls").empty(lambda raw: None)


def a_mail(message_id: str, header: str = "Message-ID") -> bytes:
    return f"Subject: Test\r\n{header}: <{message_id}>\r\n\r\nHello\r\n".encode()


@pytest.mark.parametrize("header", ["Message-ID", "X-Entity-Ref-ID"])
def test_a_mail_of_ours_is_found_by_its_id_and_left_unseen(header: str) -> None:
    mails = [a_mail("other@clinic.example"), a_mail("ours-1@clinic.example", header)]
    with ImapServer(mails).running() as server:
        found = mailbox(server).holds("ours-1@clinic.example")
        missing = mailbox(server).holds("ours-2@clinic.example")

    assert (found, missing) == (True, False)
    assert server.seen == set()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("LOGIN", "imap_sign_in_refused"),
        ("EXAMINE", "imap_folder"),
        ("SEARCH", "imap_refused"),
    ],
)
def test_a_search_that_is_refused_is_no_answer(command: str, code: str) -> None:
    with (
        ImapServer([], refuses=command).running() as server,
        pytest.raises(Unavailable, match=code),
    ):
        mailbox(server).holds("ours-1@clinic.example")
