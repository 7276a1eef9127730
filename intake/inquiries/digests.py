"""The words' values of a digest, read from the inquiries at the moment of sending."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.crypto.tokens import show_reference
from intake.inquiries.models import Inquiry


@dataclass(frozen=True, slots=True)
class Line:
    """One inquiry in a digest: a name that is no secret, and times; never a condition."""

    reference: str
    language: str
    due_at: datetime
    urgent: bool
    url: str


def digest_values(
    session: Session, payload: Mapping[str, Any], *, zone: str, base_url: str
) -> dict[str, object]:
    """Return what the digest's words name; inquiries that were closed or erased are left out."""
    rows = session.execute(
        select(Inquiry.reference, Inquiry.language, Inquiry.first_response_due_at, Inquiry.urgent)
        .where(Inquiry.id.in_(payload["inquiries"]), Inquiry.closed_at.is_(None))
        .order_by(Inquiry.first_response_due_at, Inquiry.id)
    )
    lines = []
    for reference, language, due_at, urgent in rows:
        shown = show_reference(reference)
        lines.append(Line(shown, language, due_at, urgent, f"{base_url}/staff/inquiries/{shown}"))
    return {
        "new": payload["new"],
        "other": payload["other"],
        "more": payload["more"],
        "lines": tuple(lines),
        "zone": zone,
        "url": f"{base_url}/staff/inquiries",
    }
