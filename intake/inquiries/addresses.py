"""Under which keys an address is counted, suppressed and proved; the address itself is sealed."""

import base64
import hmac

from intake.crypto.keyring import Keyring
from intake.crypto.tokens import SearchTokens

DOTLESS_HOSTS = frozenset({"gmail.com", "googlemail.com"})


def address_key(keyring: Keyring, email: str) -> bytes:
    """Return the keyed hash under which an address is counted and suppressed.

    Spellings that reach one mailbox count as one: case, ``+tags``, and dots where the provider
    ignores them. Another key than the search's, so the two cannot be compared.
    """
    local, _, host = email.strip().lower().rpartition("@")
    local = local.split("+", 1)[0] or local
    if host in DOTLESS_HOSTS:
        local = local.replace(".", "")
    return SearchTokens(keyring.secret("address")).email(f"{local}@{host}")


def mail_proof(keyring: Keyring, link_token: str) -> str:
    """Return what only the mail to the address carries beside the private link.

    Whoever sent the form holds the private link too, and may have typed a stranger's address; only
    the reader of that mailbox may stop its mail (SAFETY.md T4).
    """
    proof = hmac.digest(keyring.secret("mail-proof"), link_token.encode(), "sha256")[:16]
    return base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
