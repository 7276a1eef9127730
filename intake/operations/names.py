"""Questions to DNS for the mail preflight, with an end to every wait.

No answer at all is not the same as "there is no such record": the first means that nothing could
be checked from here, and after two such questions no more are asked.
"""

from typing import cast

import dns.exception
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

ASK_SECONDS = 3.0
SILENCES_MAX = 2


class CannotAsk(Exception):
    """DNS gave no answer: this machine is offline, or the servers of the name are."""


class Names:
    """Asks a resolver, by default the machine's."""

    def __init__(self, resolver: dns.resolver.Resolver | None = None) -> None:
        self._resolver = resolver
        self._silences = 0

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the TXT records of a name, each with its parts joined."""
        return tuple(
            b"".join(cast(TXT, one).strings).decode("utf-8", "replace")
            for one in self._ask(name, "TXT")
        )

    def mail_servers(self, name: str) -> tuple[str, ...]:
        """Return who takes mail for a domain; empty for none and for a null MX (RFC 7505)."""
        servers = (cast(MX, one).exchange.to_text().rstrip(".") for one in self._ask(name, "MX"))
        return tuple(server for server in servers if server)

    def has_address(self, name: str) -> bool:
        """Whether a name has an address: mail is taken there where no MX says otherwise."""
        return bool(self._ask(name, "A")) or bool(self._ask(name, "AAAA"))

    def _ask(self, name: str, kind: str) -> list[object]:
        if self._silences >= SILENCES_MAX:
            raise CannotAsk
        try:
            if self._resolver is None:
                self._resolver = dns.resolver.Resolver()
            answer = self._resolver.resolve(name, kind, lifetime=ASK_SECONDS, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.YXDOMAIN):
            return []
        except (dns.exception.DNSException, OSError, UnicodeError) as silent:
            self._silences += 1
            raise CannotAsk from silent
        return list(answer)
