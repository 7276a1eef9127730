"""The pages on which the clinic says how it works: closed times, routing, letters."""

from flask import url_for

from intake.staff.permissions import Permission
from intake.web.dashboard.policies import member_here

SECTION = "clinic"
PAGES = (
    ("dashboard.closures", "Closed times", Permission.SET_CLOSURES),
    ("dashboard.routing", "Routing", Permission.KEEP_ROUTING),
    ("dashboard.letters", "Letters", Permission.SEE_LETTERS),
)


def clinic_pages(here: str) -> list[tuple[str, str, bool]]:
    """Return the pages this member may open, as links, and which one this is."""
    member = member_here()
    return [
        (url_for(endpoint), words, endpoint == here)
        for endpoint, words, permission in PAGES
        if member.may(permission)
    ]
