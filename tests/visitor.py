"""A visitor without a browser: fetches the one-page form over HTTP and sends it, as a phone would.

Used where hundreds of requests are needed (kills, floods, races); the browser tests walk the pages.
"""

import http.client
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

Answers = Mapping[str, str | Sequence[str]]

ANA: dict[str, str | Sequence[str]] = {
    "safety": "none",
    "asking_for": "me",
    "full_name": "Ana Díaz",
    "age_band": "40_64",
    "conditions": ["lupus"],
    "diagnosed": "yes",
    "story": "¿Qué se sabe de las células en el lupus?",
    "contact_by": ["call", "email"],
    "phone": "(305) 555-0123",
    "voicemail": "name_only",
    "email": "ana.diaz@mail.example.org",
    "country": "US",
    "state": "FL",
    "language": "es",
    "interpreter": "no",
    "perm_contact": "yes",
    "perm_health": "yes",
}


@dataclass
class _Hidden(HTMLParser):
    fields: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "input" and values.get("type") == "hidden" and values.get("name"):
            self.fields[values["name"] or ""] = values.get("value") or ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the server."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def location(self) -> str:
        return self.headers.get("location", "")


@dataclass
class Visitor:
    """One person at ``base_url``; keeps no cookies, as the one-page form needs none."""

    base_url: str
    timeout: float = 30.0

    def get(self, path: str) -> Reply:
        return self._ask("GET", path, None)

    def post(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> Reply:
        return self._ask("POST", path, body, headers)

    def form(self, path: str = "/ask/all") -> dict[str, str]:
        """Fetch the form and return its hidden fields."""
        reply = self.get(path)
        assert reply.status == 200, reply.status
        parser = _Hidden()
        parser.feed(reply.body)
        return parser.fields

    def send(self, answers: Answers, hidden: Mapping[str, str], path: str = "/ask/all") -> Reply:
        """Send the form once."""
        body = urlencode({**hidden, **answers}, doseq=True).encode()
        return self.post(path, body)

    def ask(self, answers: Answers, path: str = "/ask/all") -> str:
        """Fetch and send the form, and return the reference on the receipt."""
        reply = self.send(answers, self.form(path), path)
        assert reply.status == 303, (reply.status, reply.body[:2000])
        return reference_on(self.get(reply.location).body)

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        host = urlsplit(self.base_url).netloc
        connection = http.client.HTTPConnection(host, timeout=self.timeout)
        try:
            sent = {"Accept": "text/html", **(headers or {})}
            if body is not None:
                sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
                sent.setdefault("Origin", self.base_url)
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, text)
        finally:
            connection.close()


def reference_on(page: str) -> str:
    """Return the reference shown on a receipt, without its hyphen."""
    found = re.search(r"\b([2346789BCDFGHJKMPQRTVWXY]{4})-([2346789BCDFGHJKMPQRTVWXY]{4})\b", page)
    assert found, "no reference on the page"
    return found[1] + found[2]
