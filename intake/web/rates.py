"""How often one address comes, counted in memory and forgotten soon.

Addresses are kept under a keyed hash whose key is thrown away with each window, so nobody can later
say which address it was. Each process counts for itself: the limit is a sign or a brake, never a
promise, and needs no write per request.
"""

import hmac
import ipaddress
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

ADDRESSES_MAX = 20_000
IPV6_HOUSE_BITS = 64


@dataclass(slots=True)
class AddressCounts:
    """Counts visits for each address in a window; bounded and thread-safe.

    Args:
        limit: more than this from one address in a window is too many.
        window_seconds: how long a window lasts; all counts end with it.
        clock: monotonic seconds.
    """

    limit: int
    window_seconds: float
    clock: Callable[[], float] = time.monotonic
    _key: bytes = field(default=b"", repr=False)
    _until: float = 0.0
    _counts: OrderedDict[bytes, int] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def is_over(self, address: str) -> bool:
        """Count one visit from ``address`` and say whether there were too many in this window."""
        now, house = self.clock(), house_of(address)
        with self._lock:
            if now >= self._until:
                self._key, self._until = secrets.token_bytes(32), now + self.window_seconds
                self._counts.clear()
            name = hmac.digest(self._key, house.encode("utf-8", "replace"), "sha256")[:16]
            count = self._counts.pop(name, 0) + 1
            self._counts[name] = count
            if len(self._counts) > ADDRESSES_MAX:
                self._counts.popitem(last=False)
            return count > self.limit


def house_of(address: str) -> str:
    """Return whose address this is: of IPv6 the first half, as every line gets all of the second.

    Counted one by one, a single visitor has 2 to the 64 of them: no limit would ever be reached,
    and the counts of everybody else would be pushed out.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, IPV6_HOUSE_BITS), strict=False))
