"""Fetches the request form from ourselves over HTTP and sends it, as a browser would.

Only to a loopback address: over the open network a proxy or a wrong address could get it.
"""

import http.client
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

FORM = "/ask/all"
RECEIPT = "/ask/received/"
SECONDS = 20.0
ANSWER_MAX_BYTES = 1024 * 1024


class FormFailed(Exception):
    """The form or its receipt did not come; ``reason`` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def send_form(
    base_url: str, answers: Mapping[str, str | Sequence[str]], headers: Mapping[str, str]
) -> str:
    """Fetch the form, send it, look at the receipt, and return the receipt's token.

    Raises:
        FormFailed: With what did not work.
    """
    status, page, _ = _ask(base_url, "GET", FORM, headers=headers)
    if status != 200:
        raise FormFailed("form_not_shown")
    hidden = _Hidden()
    hidden.feed(page)
    body = urlencode({**hidden.fields, **answers}, doseq=True)
    status, _, location = _ask(base_url, "POST", FORM, body, headers)
    if status != 303 or not location.startswith(RECEIPT):
        raise FormFailed("form_not_taken")
    status, _, _ = _ask(base_url, "GET", location)
    if status != 200:
        raise FormFailed("receipt_not_shown")
    return location.removeprefix(RECEIPT)


class _Hidden(HTMLParser):
    """Collects the hidden fields of the form."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a hidden field."""
        values = dict(attrs)
        name = values.get("name")
        if tag == "input" and values.get("type") == "hidden" and name:
            self.fields[name] = values.get("value") or ""


def _ask(
    base_url: str,
    method: str,
    path: str,
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, str, str]:
    parts = urlsplit(base_url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=SECONDS)
    sent = {"Accept": "text/html", "Origin": base_url, **(headers or {})}
    if body is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, parts.path + path, body, sent)
        answer = connection.getresponse()
        text = answer.read(ANSWER_MAX_BYTES).decode("utf-8", "replace")
        return answer.status, text, answer.getheader("Location") or ""
    except (OSError, http.client.HTTPException) as failure:
        raise FormFailed("site_away") from failure
    finally:
        connection.close()
