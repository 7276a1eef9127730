"""What can be done on an opened status page, in order; each file of this edge adds its own line."""

from intake.i18n import N_

# Endpoint of this edge, and the words of the link. Views take the token alone.
ACTIONS: tuple[tuple[str, str], ...] = (
    ("status.corrections", N_("Correct what you sent")),
    ("status.contact_times", N_("Change your phone, email or good times")),
    ("status.permissions", N_("Change how we contact you")),
    ("status.copy", N_("Get a copy of my information")),
    ("status.erasure", N_("Ask us to delete my information")),
)
ONLY_WHILE_OPEN = frozenset({"status.corrections", "status.contact_times"})
