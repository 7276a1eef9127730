"""Numbers that a form or an address brings: row ids and versions, which anybody may write there."""

NOTHING = -1


def number_in(text: str, *, digits: int = 9) -> int:
    """Return a number of a few digits, or :data:`NOTHING`, which fits nothing that is stored.

    More digits than these are none: a database raises what no view expects.
    """
    fits = text.isascii() and text.isdigit() and len(text) <= digits
    return int(text) if fits else NOTHING
