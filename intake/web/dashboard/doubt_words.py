"""Why screening held an inquiry back, in words: who decides needs the reasons, not a score.

Not one of them proves anything, and people who use a password manager or write in a hurry have
them too.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

DOUBTS: Mapping[str, str] = MappingProxyType(
    {
        "honeypot": "a field was filled in that people do not see",
        "rate": "many inquiries came from the same network address",
        "too_fast": "the form was filled in very fast",
        "token_old": "the form had been open for a long time",
        "proof_forged": "the browser's calculation was made up",
        "proof_repeated": "the browser's calculation was that of another inquiry",
        "proof_missing": "the browser did not do its calculation",
        "proof_expired": "the browser's calculation was old",
        "links": "the text has web links",
        "markup": "the text has links written as code",
        "selling": "the text has words of advertising",
        "repeated": "the text is mostly one word",
    }
)


def why_held(reasons: Sequence[str]) -> str:
    """Return one sentence of why it is in quarantine; codes without words are told as they are."""
    told = "; ".join(DOUBTS.get(one, one.replace("_", " ")) for one in reasons)
    return f"Held back by screening: {told or 'no reason was kept'}. Is it a person or spam?"
