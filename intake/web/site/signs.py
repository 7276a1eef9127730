"""Notices what looks odd about a sending, and never refuses one for it.

Signs only make a human look first: a shared clinic computer or a fast typist must get through. The
one refusal is the server's own ceiling, which protects everybody else's page, and then what was
typed stays in the page.
"""

import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from intake.web.form_token import FormToken
from intake.web.rates import AddressCounts

TRAP = "website"  # a field that people do not see and programs like to fill
TOO_FAST = timedelta(seconds=4)
WINDOW_SECONDS = 3600.0

HONEYPOT, FAST, OLD, RATE = "honeypot", "too_fast", "token_old", "rate"


def signs_of(token: FormToken, trap: str, *, is_frequent: bool, at: datetime) -> tuple[str, ...]:
    """Return the signs of one sending; a token we renewed ourselves is old, not fast."""
    is_fast = not token.is_renewed and at - token.started_at < TOO_FAST
    found = ((HONEYPOT, bool(trap)), (FAST, is_fast), (OLD, token.is_renewed), (RATE, is_frequent))
    return tuple(sign for sign, holds in found if holds)


class Senders:
    """Counts sendings for each address and for the whole process; bounded, thread-safe.

    Args:
        per_hour: more than this from one address is a sign.
        per_second: more than this in all is refused for a moment.
        clock: monotonic seconds.
    """

    def __init__(
        self, *, per_hour: int, per_second: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.addresses = AddressCounts(per_hour, WINDOW_SECONDS, clock)
        self.per_second = per_second
        self._clock = clock
        self._recent: deque[float] = deque()
        self._lock = Lock()

    def is_frequent(self, address: str) -> bool:
        """Count one sending from ``address`` and say whether there are many in this hour."""
        return self.addresses.is_over(address)

    def is_above_ceiling(self) -> bool:
        """Count one sending and say whether the server has had enough in this second."""
        now = self._clock()
        with self._lock:
            while self._recent and now - self._recent[0] >= 1.0:
                self._recent.popleft()
            if len(self._recent) >= self.per_second:
                return True
            self._recent.append(now)
            return False
