"""A mailbox on a real socket that speaks IMAP, as much of it as we do."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes

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
            try:
                yield self
            finally:
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
        if command.startswith(("SELECT", "EXAMINE")):
            return f"* {len(self.mails)} EXISTS\r\n".encode()
        if "SEARCH" in command:
            left = self._named_in(command) if "HEADER" in command else self._unseen()
            return f"* SEARCH {' '.join(map(str, left))}\r\n".encode()
        found = re.match(r"UID (FETCH|STORE) (\d+)", command)
        if found is None:
            return b""
        number = int(found[2])
        if found[1] == "STORE":
            self.seen.add(number)
            return b""
        mail = self.mails[number]
        return b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%s)\r\n" % (number, number, len(mail), mail)

    def _unseen(self) -> list[int]:
        return [number for number in self.mails if number not in self.seen]

    def _named_in(self, command: str) -> list[int]:
        wanted = re.findall(r'HEADER (\S+) "([^"]*)"', command)
        return [
            number
            for number, raw in self.mails.items()
            if any(text in str(message_from_bytes(raw)[name]) for name, text in wanted)
        ]


def imap_settings(server: ImapServer, **changes: object) -> ImapSettings:
    """Return the settings that lead to a server."""
    values = {
        "host": "127.0.0.1",
        "port": server.port,
        "security": "none",
        "username": "b",
        "password": "made-up",
    }
    return ImapSettings.model_validate({**values, **changes})
