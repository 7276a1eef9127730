"""What can be done on an opened status page, in order; each file of this edge adds its own line."""

# Endpoint of this edge, and the words of the link. Views take the token alone.
ACTIONS: tuple[tuple[str, str], ...] = ()
