"""How the benchmarks measure: processor time, rounds interleaved, medians quoted."""

import io
import re
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

ROUNDS = 7

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Any]
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')


class Caller:
    """Calls a WSGI application without a server, keeping cookies like a browser."""

    def __init__(self, application: Wsgi) -> None:
        self._application = application
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> tuple[int, str]:
        return self._call("GET", path, b"")

    def post(self, path: str, body: bytes) -> tuple[int, str]:
        return self._call("POST", path, body)

    def _call(self, method: str, path: str, body: bytes) -> tuple[int, str]:
        seen: list[Any] = []
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_ORIGIN": "http://127.0.0.1:8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_COOKIE": "; ".join(f"{k}={v}" for k, v in self._cookies.items()),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.version": (1, 0),
        }

        def start(status: str, headers: list[tuple[str, str]], _info: object = None) -> None:
            seen.append((int(status.split(maxsplit=1)[0]), headers))

        chunks = self._application(environ, start)
        text = b"".join(chunks).decode("utf-8")
        if hasattr(chunks, "close"):
            chunks.close()
        status, headers = seen[-1]
        for name, value in headers:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        return status, text


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page."""
    found = (dict(ATTRIBUTE.findall(tag)) for tag in HIDDEN.findall(page))
    return {tag["name"]: tag.get("value", "") for tag in found if "name" in tag}


def form_body(page: str, answers: Mapping[str, Any]) -> bytes:
    """Return what a browser would send."""
    return urlencode({**hidden_fields(page), **answers}, doseq=True).encode()


def processor_seconds(act: Callable[[], object], times: int) -> float:
    """Return the processor seconds of one call, over ``times`` calls."""
    began = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - began) / times


def wall_seconds(act: Callable[[], object], times: int) -> float:
    """Return the wall seconds of one call, over ``times`` calls."""
    began = time.perf_counter()
    for _ in range(times):
        act()
    return (time.perf_counter() - began) / times


def interleaved(
    ours: Callable[[], float], theirs: Callable[[], float], rounds: int = ROUNDS
) -> tuple[float, float, float]:
    """Return our median, their median and the median of the pairwise ratios ours / theirs."""
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    return (
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(a / b for a, b in pairs),
    )
