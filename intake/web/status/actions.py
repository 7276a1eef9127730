"""What can be done on an opened status page, in order; each file of this edge adds its own line."""

from intake.i18n import N_

# Endpoint of this edge, and the words of the link. Views take the token alone.
ACTIONS: tuple[tuple[str, str], ...] = (
    ("status.permissions", N_("Change how we contact you")),
    ("status.copy", N_("Get a copy of my information")),
    ("status.erasure", N_("Ask us to delete my information")),
)
