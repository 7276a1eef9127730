"""One message in the test's own hands: as a worker holds it, and carried out by its steps."""

from collections.abc import Mapping

from intake.clinic.profile import ClinicProfile
from intake.notifications.breaker import channel_ids
from intake.notifications.channels.base import Channel
from intake.notifications.delivery import Clock, Postman, write_outcomes
from intake.notifications.leases import look
from intake.notifications.models import OutboxMessage
from intake.notifications.outbox import claim
from intake.notifications.recipient import ClaimedMessage, RecipientOf
from intake.storage.database import Database


def claimed(row: OutboxMessage) -> ClaimedMessage:
    """Return a message as a worker holds it."""
    return ClaimedMessage(
        id=row.id,
        public_id=row.public_id,
        inquiry_id=row.inquiry_id,
        recipient=row.recipient,
        channel_id=row.channel_id,
        event=row.event,
        generation=row.generation,
        payload=row.payload,
        attempts=1,
        losses=0,
        give_up_at=row.give_up_at,
        created_at=row.created_at,
        claimed_at=row.created_at,
        lease_token="t",
    )


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
            taken = claim(session, channel_id, limit=1, owner="by-hand", at=at)
        for message in taken:
            finished = postman.deliver(message, channels[name], clock())
            with database.write() as session:
                write_outcomes(session, [finished], owner="by-hand", at=clock())
            return True
    return False
