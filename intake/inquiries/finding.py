"""By which keyed words an inquiry is found, made anew when the person corrects what they sent."""

from intake.crypto.tokens import SearchTokens
from intake.inquiries.draft import InquiryDraft
from intake.inquiries.likeness import likeness_of


def found_columns(draft: InquiryDraft, tokens: SearchTokens) -> dict[str, bytes | None]:
    """Return the keyed words that stand in columns of the row, because lists are read by them."""
    place = tokens.place(draft.country, draft.state or "")
    return {"place": place, **likeness_of(draft.answers(), tokens).telling}


def tokens_of(draft: InquiryDraft, reference: str, tokens: SearchTokens) -> frozenset[bytes]:
    """Return everything the inquiry is found by."""
    names = (draft.full_name, draft.called, draft.requester_name)
    found = tokens.for_inquiry(
        names=[name for name in names if name],
        phone_e164=draft.phone_e164,
        email=draft.email,
        reference=reference,
        conditions=draft.conditions,
    )
    return frozenset(found) | likeness_of(draft.answers(), tokens).stored
