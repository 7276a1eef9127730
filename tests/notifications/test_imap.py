"""The mailbox that bounces go to, on a real socket that speaks IMAP."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from intake.errors import Unavailable
from intake.notifications.channels.imap import ImapMailbox
from intake.settings import ImapSettings
from tests.fakes import free_port


class ImapServer:
    """Knows as much IMAP as we speak; ``mails`` by number, ``seen`` what was marked."""

    def __init__(self, mails: list[bytes], *, refuses: str = "", hangs_at: str = "") -> None:
        self.mails = dict(enumerate(mails, start=1))
        self.seen: set[int] = set()
        self.port = free_port()
        self._refuses = refuses
        self._hangs_at = hangs_at
        self._stop = threading.Event()

    @contextmanager
    def running(self) -> Iterator["ImapServer"]:
        with socket.create_server(("127.0.0.1", self.port)) as listener:
            listener.settimeout(0.1)
            thread = threading.Thread(target=self._accept, args=(listener,), daemon=True)
            thread.start()
            yield self
            self._stop.set()
            thread.join()

    def _accept(self, listener: socket.socket) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        stream = connection.makefile("rwb")
        stream.write(b"* OK ready\r\n")
        stream.flush()
        for line in stream:
            tag, _, command = line.decode().strip().partition(" ")
            word = command.split()[0].upper()
            if self._hangs_at and self._hangs_at in command:
                self._stop.wait(5)
                return
            if self._refuses and self._refuses in command:
                stream.write(f"{tag} NO refused\r\n".encode())
            else:
                stream.write(self._answer(command) + f"{tag} OK done\r\n".encode())
            stream.flush()
            if word == "LOGOUT":
                return

    def _answer(self, command: str) -> bytes:
        if command.startswith("CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1\r\n"
        if command.startswith("SELECT"):
            return f"* {len(self.mails)} EXISTS\r\n".encode()
        if "SEARCH" in command:
            left = [str(number) for number in self.mails if number not in self.seen]
            return f"* SEARCH {' '.join(left)}\r\n".encode()
        found = re.match(r"UID (FETCH|STORE) (\d+)", command)
        if found is None:
            return b""
        number = int(found[2])
        if found[1] == "STORE":
            self.seen.add(number)
            return b""
        mail = self.mails[number]
        return b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%s)\r\n" % (number, number, len(mail), mail)


def mailbox(server: ImapServer, **changes: object) -> ImapMailbox:
    values = {
        "host": "127.0.0.1",
        "port": server.port,
        "security": "none",
        "username": "b",
        "password": "made-up",
    }
    return ImapMailbox(ImapSettings.model_validate({**values, **changes}), deadline_seconds=1.0)


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
        ("SEARCH", "imap_away"),
        ("FETCH", "imap_away"),
        ("STORE", "imap_away"),
    ],
)
def test_a_server_that_refuses_anything_is_away_for_now(command: str, code: str) -> None:
    with (
        ImapServer([b"one\r\n"], refuses=command).running() as server,
        pytest.raises(Unavailable, match=code),
    ):
        mailbox(server).empty(lambda raw: None)


@pytest.mark.parametrize(
    ("refuses", "code"), [("LOGIN", "imap_sign_in_refused"), ("EXAMINE", "imap_folder")]
)
def test_knocking_says_what_is_wrong_and_marks_nothing(refuses: str, code: str) -> None:
    with (
        ImapServer([b"one\r\n"], refuses=refuses).running() as server,
        pytest.raises(Unavailable, match=code),
    ):
        mailbox(server).knock()
    with ImapServer([b"one\r\n"]).running() as server:
        mailbox(server).knock()

    assert server.seen == set()


@pytest.mark.parametrize("command", ["LOGIN", "SEARCH", "FETCH"])
def test_a_server_that_hangs_is_left_at_the_deadline(command: str) -> None:
    with (
        ImapServer([b"one\r\n"], hangs_at=command).running() as server,
        pytest.raises(Unavailable, match="imap_away"),
    ):
        mailbox(server).empty(lambda raw: None)


def test_nobody_there_is_away_for_now() -> None:
    with pytest.raises(Unavailable, match="imap_refused"):
        mailbox(ImapServer([])).empty(lambda raw: None)


def test_a_name_that_nobody_knows_is_told_as_that() -> None:
    with pytest.raises(Unavailable, match="imap_dns"):
        mailbox(ImapServer([]), host="no-such-host.invalid").knock()


def test_encryption_is_demanded_of_a_server_that_has_none() -> None:
    with (
        ImapServer([]).running() as server,
        pytest.raises(Unavailable, match="imap_tls"),
    ):
        mailbox(server, security="starttls").empty(lambda raw: None)
