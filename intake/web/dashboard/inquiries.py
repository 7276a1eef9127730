"""One inquiry: its reading is recorded first, and then it is shown."""

from flask.typing import ResponseReturnValue

from intake.staff.permissions import Permission
from intake.web.dashboard.blueprint import dashboard
from intake.web.dashboard.inquiry_page import show
from intake.web.dashboard.policies import needs


@dashboard.get("/inquiries/<reference>")
@needs(Permission.READ_INQUIRY)
def inquiry(reference: str) -> ResponseReturnValue:
    """Record that the member reads this inquiry, and then show it."""
    return show(reference)
