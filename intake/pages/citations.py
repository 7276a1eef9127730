"""Turn ``[R11]`` into a numbered mark, and collect the source list with its links back.

Numbers follow the first use on the page, in the order a reader meets the text; each mark has an
id of its own (``cite-R11-1``, ``cite-R11-2``), so the list can lead back to every place that
leans on a source. An id that ``sources.toml`` does not know is a fault: a claim without a source
does not go out.
"""

import re
import tomllib
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from intake.pages.models import CitedSource, Source

CITATION = re.compile(r"\[(R\d+[a-z]?)\]")
LOOKS_LIKE_A_CITATION = re.compile(r"\[[Rr]\d[^\]\n]*\]")
_SOURCE_ID = re.compile(r"R\d+[a-z]?")


class _SourceEntry(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    title: Annotated[str, Field(min_length=1)]
    publisher: Annotated[str, Field(min_length=1)]
    year: Annotated[str, Field(pattern=r"^(\d{4}(-\d{4})?)?$")]
    url: Annotated[str, Field(pattern=r"^(https://[^\s<>\"]+)?$")]
    seen: Annotated[str, Field(min_length=1)]
    mark: Literal["P", "S"]


def read_sources(text: str, file_name: str) -> tuple[dict[str, Source], tuple[str, ...]]:
    """Read ``sources.toml``; every fault names the line of the entry it is about."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        return {}, (f"{file_name}:1: the TOML cannot be read: {broken}",)
    lines = {row.strip(): number for number, row in enumerate(text.splitlines(), start=1)}
    sources: dict[str, Source] = {}
    faults: list[str] = []
    for source_id, entry in raw.items():
        where = f"{file_name}:{lines.get(f'[{source_id}]', 1)}: source {source_id}"
        if not _SOURCE_ID.fullmatch(source_id):
            faults.append(f"{where}: an id is R, a number, and perhaps one small letter")
            continue
        try:
            known = _SourceEntry.model_validate(entry)
        except ValidationError as invalid:
            faults += [f"{where}: {e['loc'][-1:]}: {e['msg']}" for e in invalid.errors()]
            continue
        sources[source_id] = Source(id=source_id, **known.model_dump())
    return sources, tuple(faults)


class Citations:
    """The marks of one page, as they are met. Not shared between pages or languages."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._mentions: dict[str, list[str]] = {}

    def knows(self, source_id: str) -> bool:
        """Say whether ``sources.toml`` has this id."""
        return source_id in self._sources

    def number(self, source_id: str) -> int:
        """Return the number of a source on this page, giving it the next one on first use."""
        self._mentions.setdefault(source_id, [])
        return list(self._mentions).index(source_id) + 1

    def mention(self, source_id: str) -> tuple[int, str]:
        """Note one more mark of a source; return its number and the mark's anchor id."""
        number = self.number(source_id)
        anchors = self._mentions[source_id]
        anchors.append(f"cite-{source_id}-{len(anchors) + 1}")
        return number, anchors[-1]

    def listed(self) -> tuple[CitedSource, ...]:
        """Return the page's source list, by number."""
        return tuple(
            self._entry(number, self._sources[source_id], tuple(anchors))
            for number, (source_id, anchors) in enumerate(self._mentions.items(), start=1)
        )

    @staticmethod
    def _entry(number: int, source: Source, mentions: tuple[str, ...]) -> CitedSource:
        return CitedSource(
            number=number,
            id=source.id,
            title=source.title,
            publisher=source.publisher,
            year=source.year,
            url=source.url,
            seen=source.seen,
            mark=source.mark,
            mentions=mentions,
        )
