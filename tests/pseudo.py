"""``intake`` with a made-up language in place of Spanish: ``python -m tests.pseudo up``.

Every sentence comes back accented, 40 per cent longer and between « and », and so does every text
of the information pages. Words that stand outside the marks were never given to the catalogue, and
a layout that bears this bears any language.
"""

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, BinaryIO

from babel.messages.catalog import Catalog as Messages
from babel.messages.pofile import read_po

from intake import i18n
from intake.cli import main
from intake.pages.catalog import Catalog

LONGER = 0.4
ACCENTS = str.maketrans("aeiounAEIOUN", "àéîõüñÀÉÎÕÜÑ")
HOLES = re.compile(r"(%\(\w+\)[sd]|%%|\{\w+\}|&\w+;|<[^>]*>)")
PADDING = "ñîñê lõñgér wõrds "
# What a page shows as text; the other fields are names, dates and addresses.
SHOWN = {
    *("title", "description", "in_short", "honest_line", "heading", "name", "who", "html"),
    *("call_911", "call_doctor_today"),
}
ORIGINAL_READ, ORIGINAL_LOAD = read_po, Catalog.load.__func__  # type: ignore[attr-defined]


def longer(text: str) -> str:
    """Return the text as the made-up language has it; holes for values and tags stay."""
    if not re.search(r"[^\W\d_]", HOLES.sub("", text)):
        return text
    parts = (
        part if HOLES.fullmatch(part) else part.translate(ACCENTS) for part in HOLES.split(text)
    )
    extra = round(len(HOLES.sub("", text)) * LONGER)
    padding = (PADDING * (extra // len(PADDING) + 1))[:extra].rstrip()
    return f"«{''.join(parts)} {padding}»"


def read_pseudo(file: BinaryIO, locale: str) -> Messages:
    """Read a catalogue, and put the made-up language where its translations are."""
    messages = ORIGINAL_READ(file, locale=locale)
    for message in messages:
        if not message.id:
            continue
        if isinstance(message.id, str):
            message.string = longer(message.id)
        else:
            message.string = tuple(longer(form) for form in message.id)
    return messages


def load(cls: type[Catalog], *words: Any, **more: Any) -> Catalog:  # noqa: ANN401 - as it takes
    """Read the pages, and let the Spanish ones speak the made-up language."""
    catalog: Catalog = ORIGINAL_LOAD(cls, *words, **more)
    pages = {key: _retold(page) if key[0] == "es" else page for key, page in catalog.pages.items()}
    return replace(catalog, pages=pages)


def _retold(value: Any) -> Any:  # noqa: ANN401 - any noun of a page
    changed = {}
    for field in fields(value):
        found = getattr(value, field.name)
        if isinstance(found, tuple):
            changed[field.name] = tuple(_one(field.name, each) for each in found)
        else:
            changed[field.name] = _one(field.name, found)
    return replace(value, **changed)


def _one(name: str, value: Any) -> Any:  # noqa: ANN401 - as above
    if name == "html":
        return re.sub(r"(?<=>)[^<]+(?=<)", lambda found: longer(found[0]), value)
    if type(value) is str:
        return longer(value) if name in SHOWN else value
    return _retold(value) if is_dataclass(value) else value


if __name__ == "__main__":
    i18n.__dict__["read_po"] = read_pseudo
    Catalog.load = classmethod(load)  # type: ignore[assignment,method-assign]
    main()
