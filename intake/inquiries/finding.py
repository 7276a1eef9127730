"""By which keyed words an inquiry is found, made anew when the person corrects what they sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from intake.crypto.tokens import SearchTokens
from intake.inquiries.draft import InquiryDraft
from intake.inquiries.likeness import likeness_of


@dataclass(frozen=True, slots=True)
class FoundBy:
    """The keyed words of one inquiry.

    Attributes:
        columns: Those that lists are read by, by the column of the row.
        tokens: Everything it is found by, the reference included.
        contact: Those of phone and e-mail, by which a known person is recognised.
    """

    columns: Mapping[str, bytes | None] = field(repr=False)
    tokens: frozenset[bytes] = field(repr=False)
    contact: tuple[bytes, ...] = field(repr=False)


def found_by(draft: InquiryDraft, reference: str, tokens: SearchTokens) -> FoundBy:
    """Return the keyed words of a draft under its reference."""
    like = likeness_of(draft.answers(), tokens)
    names = (draft.full_name, draft.called, draft.requester_name)
    searched = tokens.for_inquiry(
        names=[name for name in names if name],
        phone_e164=draft.phone_e164,
        email=draft.email,
        reference=reference,
        conditions=draft.conditions,
    )
    return FoundBy(
        columns={"place": tokens.place(draft.country, draft.state or ""), **like.telling},
        tokens=like.stored.union(searched),
        contact=tuple(token for token in (like.phone, like.email) if token is not None),
    )
