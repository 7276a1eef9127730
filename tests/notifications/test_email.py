"""E-mail against real and rude servers on loopback."""

import datetime as dt
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from intake.notifications.channels.base import Letter
from intake.notifications.channels.email import EmailChannel
from intake.notifications.channels.mime import Sender
from intake.notifications.outcome import Outcome, Result
from intake.settings import SmtpSettings
from tests.conftest import NOON
from tests.fakes import MailServer, free_port, rude_server

SENDER = Sender("hello@clinic.example", "Your clinic", "desk@clinic.example")


def a_letter(to: str = "ana@people.example", subject: str = "Recibimos su mensaje") -> Letter:
    return Letter("abc-1", to, "es", subject, "Línea uno\n.punto\n", "<p>Línea uno</p>", NOON)


def send(
    port: int,
    letter: Letter | None = None,
    *,
    host: str = "127.0.0.1",
    seconds: float = 5.0,
    **settings: object,
) -> Result:
    chosen = SmtpSettings.model_validate(
        {"host": host, "port": port, "security": "none", **settings}
    )
    channel = EmailChannel(chosen, SENDER, connect_seconds=1.0, deadline_seconds=seconds)
    return channel.send(letter or a_letter())


def test_a_letter_arrives_whole_with_the_headers_of_an_automatic_message() -> None:
    with MailServer() as server:
        result = send(server.port)

    assert result == Result(Outcome.DELIVERED, status_code=250, remote_id="4F2A11")
    (message,), (envelope,) = server.messages, server.envelopes
    assert message["Message-ID"] == "<abc-1@clinic.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == "Your clinic <hello@clinic.example>"
    assert message["Reply-To"] == "desk@clinic.example"
    assert message["Date"].datetime == NOON
    assert envelope.mail_from == "hello@clinic.example"
    assert envelope.rcpt_tos == ["ana@people.example"]
    plain = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines() == ["Línea uno", ".punto"]
    assert html.get_content().splitlines() == ["<p>Línea uno</p>"]


@pytest.mark.parametrize(
    ("stage", "reply", "outcome", "error"),
    [
        ("MAIL", "451 4.3.0 Later", Outcome.RETRYABLE, "sender_refused"),
        ("MAIL", "550 5.7.1 Not you", Outcome.PERMANENT, "sender_refused"),
        ("MAIL", "530 5.7.0 Sign in first", Outcome.CHANNEL, "sign_in_refused"),
        ("RCPT", "450 4.2.0 Greylisted", Outcome.RETRYABLE, "recipient_refused"),
        ("RCPT", "550 5.1.1 <ana@people.example> unknown", Outcome.PERMANENT, "recipient_refused"),
        ("RCPT", "421 4.3.2 Going down", Outcome.CHANNEL, "busy"),
        ("RCPT", "299 What", Outcome.RETRYABLE, "garbage"),
        ("DATA", "451 4.3.0 Kept, then not", Outcome.RETRYABLE, "content_refused"),
        ("DATA", "554 5.6.0 No", Outcome.PERMANENT, "content_refused"),
    ],
)
def test_replies_are_sorted_by_stage_and_class(
    stage: str, reply: str, outcome: Outcome, error: str
) -> None:
    with MailServer(replies={stage: reply}) as server:
        result = send(server.port)

    assert (result.outcome, result.error) == (outcome, error)
    if outcome != Outcome.CHANNEL and error != "garbage":
        assert result.status_code == int(reply[:3])
        assert result.channel_works


def test_nothing_the_server_says_is_kept_as_it_may_quote_the_address() -> None:
    with MailServer(replies={"RCPT": "550 5.1.1 <ana@people.example> unknown"}) as server:
        result = send(server.port)

    assert result.error_class == "5.1.1"
    assert "ana" not in repr(result)


def test_a_wrong_password_is_the_channels_fault() -> None:
    with MailServer(password="right") as server:
        refused = send(server.port, username="u", password=SecretStr("wrong"))
        taken = send(server.port, username="u", password=SecretStr("right"))

    assert (refused.outcome, refused.error, refused.status_code) == (
        Outcome.CHANNEL,
        "sign_in_refused",
        535,
    )
    assert taken.outcome == Outcome.DELIVERED


def test_a_refused_connection_is_the_channels_fault() -> None:
    assert send(free_port()) == Result(Outcome.CHANNEL, "refused")


def test_an_unknown_name_is_the_channels_fault() -> None:
    result = send(25, host="no-such-host.invalid")

    assert (result.outcome, result.error) == (Outcome.CHANNEL, "dns")


def say(*lines: bytes) -> Callable[[socket.socket], None]:
    """Answer each line of the other side with the next of ours, the first without being asked."""

    def talk(connection: socket.socket) -> None:
        for line in lines:
            connection.sendall(line)
            connection.recv(65536)

    return talk


@pytest.mark.parametrize(
    ("talk", "outcome", "error"),
    [
        (say(b"421 4.3.2 Too busy\r\n"), Outcome.CHANNEL, "busy"),
        (say(b"554 Go away\r\n"), Outcome.CHANNEL, "greeting_refused"),
        (say(b"\xff\xfe garbage\r\n"), Outcome.CHANNEL, "garbage"),
        (say(b"220-" + b"x" * 1_000_000 + b"\r\n"), Outcome.CHANNEL, "garbage"),
        (lambda connection: connection.close(), Outcome.CHANNEL, "hung_up"),
        (lambda connection: time.sleep(3), Outcome.CHANNEL, "no_answer"),
        (
            say(b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"),
            Outcome.RETRYABLE,
            "hung_up",
        ),
        (say(b"220 hi\r\n", b"250 hi\r\n", b"nonsense\r\n"), Outcome.RETRYABLE, "garbage"),
    ],
    ids=["421", "554", "garbage", "megabyte", "hangup", "silence", "drop-in-data", "nonsense"],
)
def test_a_rude_server_is_survived(
    talk: Callable[[socket.socket], None], outcome: Outcome, error: str
) -> None:
    with rude_server(talk) as port:
        started = time.monotonic()
        result = send(port, seconds=1.0)

    assert (result.outcome, result.error) == (outcome, error)
    assert not result.channel_works
    assert time.monotonic() - started < 2.5


def test_a_server_that_drips_is_cut_off_at_the_deadline() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"220 hi\r\n")
        connection.recv(1000)
        connection.sendall(b"250 hi\r\n")
        for _ in range(100):
            connection.sendall(b"2")
            time.sleep(0.1)

    with rude_server(drip) as port:
        started = time.monotonic()
        result = send(port, seconds=1.0)

    assert (result.outcome, result.error) == (Outcome.RETRYABLE, "timed_out")
    assert time.monotonic() - started < 2.5


def test_a_hang_after_the_dot_is_a_temporary_failure() -> None:
    def hang(connection: socket.socket) -> None:
        for line in (b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
            connection.sendall(line)
            connection.recv(65536)
        time.sleep(3)

    with rude_server(hang) as port:
        result = send(port, seconds=1.0)

    assert (result.outcome, result.error) == (Outcome.RETRYABLE, "timed_out")


@pytest.mark.parametrize(
    "address",
    [
        "ana@people.example\r\nBcc: all@people.example",
        "ana@people.example\nX: y",
        "ana@people.example, eve@people.example",
        "Ana <ana@people.example>",
        "<ana@people.example>",
        "ana people@people.example",
        "ana@people.example>",
        "ana@@people.example",
        "ana\x00@people.example",
        "ana@people.example\u2028x",
        '"ana eve"@people.example',
        "ana",
        "",
        "a" * 250 + "@people.example",
        "ana@" + "x" * 64 + ".example",
    ],
)
def test_what_is_not_one_mailbox_is_never_mailed_to(address: str) -> None:
    with MailServer() as server:
        result = send(server.port, a_letter(to=address))

    assert result == Result(Outcome.PERMANENT, "bad_address")
    assert server.envelopes == []


@pytest.mark.parametrize("subject", ["a\r\nBcc: eve@people.example", "a\nb", "a\rb"])
def test_a_subject_with_a_line_break_is_never_mailed(subject: str) -> None:
    with MailServer() as server:
        result = send(server.port, a_letter(subject=subject))

    assert result.outcome == Outcome.PERMANENT
    assert server.envelopes == []


def test_addresses_of_other_scripts_arrive() -> None:
    with MailServer() as server:
        send(server.port, a_letter(to="ana@españa.example"))
        send(server.port, a_letter(to="josé@people.example"))

    assert [envelope.rcpt_tos for envelope in server.envelopes] == [
        ["ana@xn--espaa-rta.example"],
        ["josé@people.example"],
    ]


def test_an_address_the_server_cannot_take_is_permanent() -> None:
    with rude_server(say(b"220 hi\r\n", b"250 hi\r\n", b"221 bye\r\n")) as port:
        result = send(port, a_letter(to="josé@people.example"))

    assert result == Result(Outcome.PERMANENT, "address_not_supported")


class MadeUpAuthority(NamedTuple):
    ca_file: Path
    context: ssl.SSLContext


def an_authority(
    folder: Path, name: str = "localhost", lasts: dt.timedelta = dt.timedelta(hours=1)
) -> MadeUpAuthority:
    """Make a certificate authority and a server certificate for ``name`` of one hour."""
    now = dt.datetime.now(dt.UTC)

    def certificate(
        subject: str,
        issuer: str,
        key: ec.EllipticCurvePrivateKey,
        signer: ec.EllipticCurvePrivateKey,
    ) -> x509.Certificate:
        named = [x509.NameAttribute(NameOID.COMMON_NAME, subject)]
        issued = [x509.NameAttribute(NameOID.COMMON_NAME, issuer)]
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name(named))
            .issuer_name(x509.Name(issued))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(minutes=5))
            .not_valid_after(now + lasts)
            .add_extension(x509.BasicConstraints(ca=signer is key, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
        )
        return builder.sign(signer, hashes.SHA256())

    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = certificate("Made-up CA", "Made-up CA", root_key, root_key)
    leaf = certificate(name, "Made-up CA", key, root_key)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(root.public_bytes(pem))
    (folder / "server.pem").write_bytes(
        leaf.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem")
    return MadeUpAuthority(folder / "ca.pem", context)


def test_starttls_with_our_own_authority_delivers(tmp_path: Path) -> None:
    authority = an_authority(tmp_path)
    with MailServer(tls=authority.context) as server:
        result = send(server.port, host="localhost", security="starttls", ca_file=authority.ca_file)

    assert result.outcome == Outcome.DELIVERED


def test_a_certificate_nobody_we_trust_signed_is_refused(tmp_path: Path) -> None:
    with MailServer(tls=an_authority(tmp_path).context) as server:
        result = send(server.port, host="localhost", security="starttls")

    assert result == Result(Outcome.CHANNEL, "certificate")
    assert server.envelopes == []


def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    authority = an_authority(tmp_path, "other.example")
    with MailServer(tls=authority.context) as server:
        result = send(server.port, host="localhost", security="starttls", ca_file=authority.ca_file)

    assert result == Result(Outcome.CHANNEL, "certificate")


def test_a_server_without_starttls_gets_nothing_in_clear() -> None:
    with MailServer() as server:
        result = send(server.port, security="starttls")

    assert result == Result(Outcome.CHANNEL, "not_offered")
    assert server.envelopes == []


def test_broken_starttls_is_the_channels_fault() -> None:
    lines = say(b"220 hi\r\n", b"250-hi\r\n250 STARTTLS\r\n", b"220 go\r\n", b"not tls at all\r\n")
    with rude_server(lines) as port:
        result = send(port, security="starttls", seconds=2.0)

    assert result == Result(Outcome.CHANNEL, "tls")


def test_tls_from_the_first_byte_delivers(tmp_path: Path) -> None:
    authority = an_authority(tmp_path)

    def talk(connection: socket.socket) -> None:
        with authority.context.wrap_socket(connection, server_side=True) as secure:
            for line in (b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go", b"250 kept"):
                secure.sendall(line + b"\r\n")
                secure.recv(65536)

    with rude_server(talk) as port:
        result = send(port, host="localhost", security="tls", ca_file=authority.ca_file)

    assert result == Result(Outcome.DELIVERED, status_code=250)
