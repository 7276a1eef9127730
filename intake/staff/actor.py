"""A member of staff as the audit trail names them."""

from intake.audit.models import Actor, ActorKind


def staff_actor(public_id: str) -> Actor:
    """Return the member as the audit trail names them."""
    return Actor(ActorKind.STAFF, public_id)
