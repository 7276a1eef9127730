"""A person at the form, without a browser: fetches pages, fills them in, follows the answers."""

from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from urllib.parse import urlencode

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Given = str | Sequence[str]
FORM = "application/x-www-form-urlencoded"

ANA: Mapping[str, Given] = {
    "safety": "none",
    "asking_for": "me",
    "full_name": "Ana Díaz",
    "age_band": "40_64",
    "conditions": ["lupus"],
    "diagnosed": "yes",
    "story": "¿Qué se sabe de las células?",
    "contact_by": ["call", "email"],
    "phone": "(305) 555-0123",
    "email": "ana.diaz@mail.example.org",
    "country": "US",
    "voicemail": "name_only",
    "state": "FL",
    "language": "es",
    "perm_contact": "yes",
    "perm_health": "yes",
}
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("/ask", ("safety",)),
    ("/ask/who", ("asking_for",)),
    ("/ask/about", ("full_name", "age_band")),
    ("/ask/condition", ("conditions", "diagnosed")),
    ("/ask/question", ("story",)),
    ("/ask/contact", ("contact_by", "phone", "email", "country")),
    ("/ask/contact/more", ("voicemail", "state")),
    ("/ask/language", ("language",)),
    ("/ask/permissions", ("perm_contact", "perm_health")),
)


class Fields(HTMLParser):
    """What a browser would post from a page as it stands."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.filled: dict[str, list[str]] = {}
        self._open = ""
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        name, kind = found.get("name", ""), found.get("type", "text")
        if tag == "input" and kind == "hidden":
            self.hidden[name] = found.get("value", "")
        elif tag == "input" and name:
            is_box = kind in {"radio", "checkbox"}
            if not is_box or "checked" in found:
                self._add(name, found.get("value", ""))
        elif tag == "textarea":
            self._open = name
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in found:
            self._add(self._select, found.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._open:
            self._add(self._open, data.removeprefix("\n"))
            self._open = ""

    def _add(self, name: str, value: str) -> None:
        if value:
            self.filled.setdefault(name, []).append(value)


def post(
    client: FlaskClient, address: str, fields: Mapping[str, Given], **options: str
) -> TestResponse:
    """Post fields as a browser does, from our own origin."""
    body = urlencode(dict(fields), doseq=True)
    headers = {"Sec-Fetch-Site": "same-origin", **options}
    return client.post(address, data=body, content_type=FORM, headers=headers)


def hidden(client: FlaskClient, address: str) -> dict[str, str]:
    """Return the hidden fields of a page."""
    return Fields(client.get(address).text).hidden


def fill(client: FlaskClient, address: str, fields: Mapping[str, Given]) -> TestResponse:
    """Fetch a page and post it with these fields."""
    return post(client, address, {**hidden(client, address), **fields})


def walk(
    client: FlaskClient, answers: Mapping[str, Given] = ANA, prefix: str = "", until: str = ""
) -> None:
    """Answer the steps in order, up to and without ``until``."""
    for address, names in STEPS:
        if address == until:
            return
        given = {name: answers[name] for name in names if name in answers}
        answer = fill(client, prefix + address, given)
        assert answer.status_code == 303, (address, answer.status_code, answer.text[:3000])
