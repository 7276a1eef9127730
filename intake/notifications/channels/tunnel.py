"""A TLS connection to an address that was checked, directly or through the clinic's egress proxy.

The proxy is asked for the checked address, never for the name: it would look the name up again and
could get another answer. TLS and its certificate are about the name in both cases, and end to end.
"""

import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass

PROXY_ANSWER_MAX_BYTES = 4096

# The first kind that fits names what is wrong with the way to the endpoint.
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLCertVerificationError, "endpoint_certificate"),
    (TimeoutError, "endpoint_no_answer"),
    (ssl.SSLError, "endpoint_tls"),
    (ConnectionRefusedError, "endpoint_refused_connection"),
    (Exception, "endpoint_unreachable"),
)


class CannotConnect(Exception):
    """No connection came about; ``code`` is a word of ours."""

    def __init__(self, code: str, error_class: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.error_class = error_class


@dataclass(frozen=True, slots=True)
class Proxy:
    """The egress proxy of the clinic's network; the operator names it, so it may be private."""

    host: str
    port: int


def dial(
    addresses: Sequence[str],
    port: int,
    host: str,
    *,
    tls: ssl.SSLContext,
    proxy: Proxy | None,
    connect_seconds: float,
    until: float,
) -> ssl.SSLSocket:
    """Connect to the first of the checked addresses that answers.

    Args:
        addresses: Numbers only: nothing is looked up here.
        port: Of the endpoint.
        host: The name that the certificate must bear.
        tls: How to encrypt and whom to trust.
        proxy: Where to go through, if anywhere.
        connect_seconds: The longest to wait for one connection.
        until: The monotonic instant when everything must be over.

    Raises:
        CannotConnect: What the last address said.
    """
    failed = CannotConnect("endpoint_unreachable")
    for address in addresses:
        left = until - time.monotonic()
        if left <= 0:
            raise CannotConnect("endpoint_no_answer")
        try:
            raw = _reach(address, port, proxy, min(connect_seconds, left), until)
            return _encrypt(raw, host, tls, until)
        except CannotConnect as refused:
            failed = refused
        except (OSError, ValueError) as trouble:
            word = next(word for kind, word in _WORDS if isinstance(trouble, kind))
            failed = CannotConnect(word, type(trouble).__name__)
    raise failed


def _reach(
    address: str, port: int, proxy: Proxy | None, seconds: float, until: float
) -> socket.socket:
    if proxy is None:
        return socket.create_connection((address, port), seconds)
    try:
        raw = socket.create_connection((proxy.host, proxy.port), seconds)
    except OSError as trouble:
        raise CannotConnect("proxy_unreachable", type(trouble).__name__) from trouble
    try:
        _ask_proxy(raw, address, port, until)
    except BaseException:
        raw.close()
        raise
    return raw


def _ask_proxy(raw: socket.socket, address: str, port: int, until: float) -> None:
    """Ask for a tunnel; read the answer byte by byte, as what follows belongs to TLS."""
    where = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    answer = b""
    try:
        raw.sendall(f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n\r\n".encode("ascii"))
        while not answer.endswith(b"\r\n\r\n"):
            raw.settimeout(max(0.001, until - time.monotonic()))
            byte = raw.recv(1)
            if not byte or len(answer) >= PROXY_ANSWER_MAX_BYTES:
                raise CannotConnect("proxy_refused")
            answer += byte
    except OSError as trouble:
        raise CannotConnect("proxy_unreachable", type(trouble).__name__) from trouble
    words = answer.split(b"\r\n", 1)[0].split()
    if len(words) < 2 or words[1] != b"200":
        raise CannotConnect("proxy_refused")


def _encrypt(raw: socket.socket, host: str, tls: ssl.SSLContext, until: float) -> ssl.SSLSocket:
    try:
        raw.settimeout(max(0.001, until - time.monotonic()))
        return tls.wrap_socket(raw, server_hostname=host)
    except BaseException:
        raw.close()
        raise
