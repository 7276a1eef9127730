"""Log lines that can be kept for years: only named facts, never what a person typed.

Our own lines carry an event and keys from :data:`ALLOWED`; anything else is dropped before it is
written. Lines of libraries keep their words, but tracebacks lose the messages of exceptions, which
may quote values: class names and places stay.
"""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "request_id",
        "method",
        "endpoint",
        "status",
        "milliseconds",
        "reference",
        "channel",
        "state",
        "attempts",
        "outcome",
        "reason",
        "error",
        "code",
        "worker",
        "count",
        "port",
        "processes",
        "revision",
        "chore",
        "fault",
        "message",
        "error_class",
        "doing",
        "freed",
        "given_back",
        "where",
    }
)


def only_allowed(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop every key that is not on the list; a structlog processor."""
    return {key: value for key, value in event.items() if key in ALLOWED}


SECRET = re.compile(r"[\w-]{40,}")  # a private link, a receipt, a one-time link, a form token
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class _Scrubbed(logging.Formatter):
    """Formats library lines; an exception shows where it came from, not what it said.

    Flask and waitress name the path of a request that failed outside every view, and a path may
    hold a secret, or a line break that begins a line of its own.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging fixes the name
        return UNPRINTABLE.sub("?", SECRET.sub("[secret]", super().formatMessage(record)))

    def formatException(self, ei: Any) -> str:  # noqa: N802, ANN401 - logging fixes name and type
        kind, _value, trace = ei
        places = "".join(traceback.format_tb(trace))
        return f"{places}{kind.__name__ if kind else 'exception'}"


def where_of(error: BaseException) -> str:
    """Return class and innermost place of ``error``, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].name}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} at {place}"


def configure_logs(log_format: Literal["text", "json"], *, debug: bool = False) -> None:
    """Send our lines and the libraries' to standard error; call once in each process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Scrubbed("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("waitress.queue").setLevel(logging.CRITICAL)  # a line for each queued request
    last = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.DEBUG if debug else logging.INFO
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
