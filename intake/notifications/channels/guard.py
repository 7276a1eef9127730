"""Which addresses a webhook may be sent to: what is written, and what the name resolves to.

Somebody who may type an address here must not reach what this machine can reach: the database,
the clinic's own network, a cloud's metadata. So the form is narrow (https, port 443, a name and
never a number), the name is resolved once, one address that is not public refuses all of them, and
the connection goes to the very address that was checked: a name that changes its mind meanwhile
changes nothing.

Source: SAFETY.md T7; ASVS 5.0.0 1.3.6; IANA special-purpose address registries (RFC 6890).
"""

import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

HTTPS_PORT = 443
URL_MAX_CHARACTERS = 2000
HOST_MAX_CHARACTERS = 253

Address = IPv4Address | IPv6Address
Resolve = Callable[[str], Sequence[str]]

_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
# Names that mean this machine or this network wherever they are looked up.
_LOCAL_NAMES = (
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "private",
    "arpa",
    "onion",
)
_CLOSED_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and the metadata of clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Everything public lies in here; mapped, NAT64, ULA, link-local and multicast lie outside.
_OPEN_6 = IPv6Network("2000::/3")
_CLOSED_6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo and other protocols that carry an IPv4 address inside
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",
    )
)


class Refused(Exception):
    """An address that nothing is sent to; ``code`` names why, and never holds the address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CannotResolve(Exception):
    """The name has no address just now, or nobody said it in time."""


@dataclass(frozen=True, slots=True)
class Target:
    """A web address taken apart: the name that is asked for and the path with its query."""

    host: str
    path: str


def judge_url(url: str) -> Target:
    """Take a webhook's address apart, if it may be used at all; asks nobody and reaches nobody.

    Raises:
        Refused: ``url_missing``, ``url_characters``, ``url_too_long``, ``url_not_https``,
            ``url_sign_in``, ``url_port``, ``url_fragment``, ``url_number`` (an address in numbers,
            in whatever notation), ``url_local``, ``url_host``.
    """
    _judge_text(url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("url_host") from None
    if parts.scheme != "https" or not url.lower().startswith("https://"):
        raise Refused("url_not_https")
    if "@" in parts.netloc:
        raise Refused("url_sign_in")
    if port not in {None, HTTPS_PORT}:
        raise Refused("url_port")
    is_bracketed = "[" in parts.netloc
    host = judge_host(parts.netloc if is_bracketed else parts.netloc.partition(":")[0])
    path = parts.path or "/"
    return Target(host, f"{path}?{parts.query}" if parts.query else path)


def _judge_text(url: str) -> None:
    if not url:
        raise Refused("url_missing")
    if len(url) > URL_MAX_CHARACTERS:
        raise Refused("url_too_long")
    if not _PRINTABLE.fullmatch(url) or "\\" in url:
        raise Refused("url_characters")
    if "#" in url:
        raise Refused("url_fragment")


def judge_host(host: str) -> str:
    """Return the name in small letters, if it is one that the public network can know.

    Raises:
        Refused: ``url_number``, ``url_local`` or ``url_host``.
    """
    name = host.lower()
    if _is_number(name):
        raise Refused("url_number")
    labels = name.rstrip(".").split(".")
    if labels[-1] in _LOCAL_NAMES or (len(labels) == 1 and labels[0].isalnum()):
        raise Refused("url_local")
    if len(name) > HOST_MAX_CHARACTERS or not _NAME.fullmatch(name):
        raise Refused("url_host")
    return name


def _is_number(name: str) -> bool:
    """Whether any program could read the name as an address: 127.1, 0x7f.1, 2130706433, [::1]."""
    if "[" in name or ":" in name:
        return True
    last = name.rstrip(".").rpartition(".")[2]
    return last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last) is not None


def is_public(address: Address) -> bool:
    """Whether an address is one of the open Internet's, with no other address hidden in it."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    return address in _OPEN_6 and not any(address in network for network in _CLOSED_6)


def system_resolve(host: str) -> list[str]:
    """Ask the system's resolver, once.

    Raises:
        OSError: It knows no address.
    """
    found = socket.getaddrinfo(host, HTTPS_PORT, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(frozen=True, slots=True)
class Guard:
    """Judges names and addresses before anything is connected.

    Only tests build it with other values than these: no setting opens a way to a private address.
    """

    resolve: Resolve = system_resolve
    allows: Callable[[Address], bool] = is_public
    port: int = HTTPS_PORT

    def addresses(self, host: str, seconds: float) -> tuple[str, ...]:
        """Return the checked addresses of a name; connect to these and to nothing else.

        Raises:
            CannotResolve: There is none, or the resolver took longer than ``seconds``.
            Refused: ``address_private``: one of them is not public, so none is used.
        """
        texts = _in_time(self.resolve, host, seconds)
        try:
            found = [ip_address(text) for text in texts]
        except ValueError:
            raise Refused("address_private") from None
        if not found:
            raise CannotResolve
        if not all(self.allows(address) for address in found):
            raise Refused("address_private")
        return tuple(str(address) for address in found)


def _in_time(resolve: Resolve, host: str, seconds: float) -> Sequence[str]:
    """Resolve in a thread that is left alone when it hangs: no resolver takes a deadline."""
    answers: list[Sequence[str]] = []

    def ask() -> None:
        try:
            answers.append(resolve(host))
        except (OSError, UnicodeError):
            answers.append(())

    thread = threading.Thread(target=ask, name="resolver", daemon=True)
    thread.start()
    thread.join(max(0.0, seconds))
    if not answers:
        raise CannotResolve
    return answers[0]
