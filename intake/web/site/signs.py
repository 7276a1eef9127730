"""Notices what looks odd about a sending, and never refuses one for it.

Signs only make a human look first: a shared clinic computer or a fast typist must get through. The
one refusal is the server's own ceiling, which protects everybody else's page, and then what was
typed stays in the page. Counts live in memory, under a keyed hash whose key is thrown away each
hour: nobody can later say which address it was.
"""

import hmac
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from intake.web.site.form_token import FormToken

TRAP = "website"  # a field that people do not see and programs like to fill
TOO_FAST = timedelta(seconds=4)
ADDRESSES_MAX = 20_000
WINDOW_SECONDS = 3600.0

HONEYPOT, FAST, OLD, RATE = "honeypot", "too_fast", "token_old", "rate"


def signs_of(token: FormToken, trap: str, *, is_frequent: bool, at: datetime) -> tuple[str, ...]:
    """Return the signs of one sending; a token we renewed ourselves is old, not fast."""
    is_fast = not token.is_renewed and at - token.started_at < TOO_FAST
    found = ((HONEYPOT, bool(trap)), (FAST, is_fast), (OLD, token.is_renewed), (RATE, is_frequent))
    return tuple(sign for sign, holds in found if holds)


@dataclass(slots=True)
class Senders:
    """Counts sendings for each address and for the whole process; bounded, thread-safe.

    Args:
        per_hour: more than this from one address is a sign.
        per_second: more than this in all is refused for a moment.
    """

    per_hour: int
    per_second: int
    clock: Callable[[], float] = time.monotonic
    _key: bytes = field(default=b"", repr=False)
    _until: float = 0.0
    _counts: OrderedDict[bytes, int] = field(default_factory=OrderedDict, repr=False)
    _recent: deque[float] = field(default_factory=deque, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def is_frequent(self, address: str) -> bool:
        """Count one sending from ``address`` and say whether there are many in this hour."""
        now = self.clock()
        with self._lock:
            if now >= self._until:
                self._key, self._until = secrets.token_bytes(32), now + WINDOW_SECONDS
                self._counts.clear()
            name = hmac.digest(self._key, address.encode("utf-8", "replace"), "sha256")[:16]
            count = self._counts.pop(name, 0) + 1
            self._counts[name] = count
            if len(self._counts) > ADDRESSES_MAX:
                self._counts.popitem(last=False)
            return count > self.per_hour

    def is_above_ceiling(self) -> bool:
        """Count one sending and say whether the server has had enough in this second."""
        now = self.clock()
        with self._lock:
            while self._recent and now - self._recent[0] >= 1.0:
                self._recent.popleft()
            if len(self._recent) >= self.per_second:
                return True
            self._recent.append(now)
            return False
