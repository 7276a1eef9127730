"""Who hears of an event about an inquiry: the subscribed, and never nobody.

Filters can be set so that an inquiry falls between them, and the last subscriber can leave. An
inquiry that no member would hear of is told to the administrators. A webhook alone is nobody: a
receiver that nobody reads is how silence begins.
"""

from sqlalchemy.orm import Session

from intake.notifications.recipient import STAFF
from intake.notifications.subscriptions import Facts, staff_messages
from intake.notifications.ways import MAIL
from intake.staff.queries import last_resort


def who_hears(session: Session, event: str, facts: Facts) -> list[tuple[str, str]]:
    """Return ``(recipient, channel)`` for everybody who hears of ``event``.

    Empty only where no administrator and no coordinator is left at all.
    """
    heard = staff_messages(session, event, facts=facts)
    if any(recipient.startswith(STAFF) for recipient, _ in heard):
        return heard
    return heard + [(f"{STAFF}{number}", MAIL) for number in last_resort(session)]
