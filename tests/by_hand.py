"""One message carried out in the test's own thread, by the steps a worker takes."""

from collections.abc import Mapping

from intake.clinic.profile import ClinicProfile
from intake.notifications.breaker import channel_ids
from intake.notifications.channels.base import Channel
from intake.notifications.delivery import Clock, Postman, write_outcomes
from intake.notifications.leases import look
from intake.notifications.outbox import claim
from intake.notifications.recipient import RecipientOf
from intake.storage.database import Database


def deliver_next(
    database: Database,
    channels: Mapping[str, Channel],
    clock: Clock,
    recipient_of: RecipientOf,
    clinic: Mapping[str, ClinicProfile],
) -> bool:
    """Carry out one due message; ``False`` when nothing is due."""
    postman = Postman(database, channels, recipient_of, clinic)
    with database.read() as session:
        ids = channel_ids(session, channels)
    for name, channel_id in ids.items():
        at = clock()
        with database.read() as session:
            if not look(session, channel_id, at=at).is_due:
                continue
        with database.write() as session:
            claimed = claim(session, channel_id, limit=1, owner="by-hand", at=at)
        for message in claimed:
            finished = postman.deliver(message, channels[name], clock())
            with database.write() as session:
                write_outcomes(session, [finished], owner="by-hand", at=clock())
            return True
    return False
