"""The closed lists a member chooses from: why something ends, and why nothing was written.

Classes only: they are counted in the numbers and outlive an erasure, so no free text belongs here.
The words beside them are what staff read.
"""

from collections.abc import Mapping
from types import MappingProxyType

from intake.inquiries.models import Outcome

OTHER = "other"
ASKED_TO_STOP = "asked_to_stop"
DECEASED = "deceased"
BY_FORM = "by_form"  # on /withdraw: no proof of who it was, so it can be taken back

REASONS: Mapping[Outcome, Mapping[str, str]] = MappingProxyType(
    {
        Outcome.NOT_OFFERED: MappingProxyType(
            {
                "not_our_field": "We do not treat this",
                "place": "We may not work where they live",
                "age": "Outside the ages we see",
                "no_room": "We have no appointments",
                "cost": "The cost does not work for them",
                "language": "We have no interpreter for their language",
                OTHER: "Another reason, not medical",
            }
        ),
        Outcome.NOT_SUITABLE: MappingProxyType(
            {
                "no_evidence": "No sound evidence for this",
                "risk": "The risk is greater than the likely use",
                "own_care": "Their own care comes first",
                "urgent_care": "They need care at once, elsewhere",
                "criteria": "They do not meet our criteria",
                OTHER: "Another medical reason",
            }
        ),
        Outcome.REFERRED_ELSEWHERE: MappingProxyType(
            {
                "own_doctor": "To their own doctor",
                "specialist": "To a specialist",
                "trial": "To a registered trial",
                "emergency": "To emergency care",
                OTHER: "To another place",
            }
        ),
        Outcome.WITHDRAWN: MappingProxyType(
            {
                "by_link": "On their private page",
                BY_FORM: "With the reference and their phone or email",
                "by_phone": "By phone",
                "in_writing": "In writing",
                ASKED_TO_STOP: "They asked us to stop",
                DECEASED: "The person has died",
            }
        ),
        Outcome.SPAM: MappingProxyType(
            {"advertising": "Advertising", "nonsense": "Nonsense", "abuse": "Abuse", OTHER: "Other"}
        ),
    }
)
NO_MESSAGE: Mapping[str, str] = MappingProxyType(
    {
        "told_by_phone": "We told them by phone",
        "asked_not_to": "They asked us not to write",
        "no_way": "They allow no written message",
        "not_safe": "Writing may not be safe for them",
        OTHER: "Another reason",
    }
)
REOPENING: Mapping[str, str] = MappingProxyType(
    {
        "came_back": "They came back to us",
        "mistake": "It was closed by mistake",
        "news": "There is new information",
        "wrote": "They wrote on their private page",
        OTHER: "Another reason",
    }
)
