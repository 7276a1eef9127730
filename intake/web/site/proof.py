"""A small calculation that a browser does by itself while somebody reads: one faint sign.

A challenge is signed, names the submission it was made for, and ends with the form's token. So a
solution counts for one inquiry only; sent again with the same form it is that same inquiry, because
its submission key is stored once, and no list of used solutions has to be kept. Never a gate: who
runs no script sends all the same.

Source: PRODUCT.md 27; ALTCHA, proof of work version 2.
"""

import hmac
import secrets
from datetime import datetime

from altcha import Payload, create_challenge, verify_solution

from intake.web.form_token import OLD_AFTER

FIELD = "altcha"  # what the widget calls its hidden field
PURPOSE = "altcha"
ALGORITHM = "PBKDF2/SHA-256"
# Together about a second for one core of a small computer; nobody waits for it.
COST = 2000
COUNTERS = range(500, 1501)
SOLUTION_MAX_CHARACTERS = 4000

MISSING, EXPIRED = "proof_missing", "proof_expired"
FORGED, REPEATED = "proof_forged", "proof_repeated"


def new_challenge(submission_key: str, secret: bytes, at: datetime) -> dict[str, object]:
    """Return a challenge for one submission, as the widget takes it.

    Its end stands in the data and not where the library keeps one: that is compared with the
    clock of the machine, and ours is an argument.
    """
    made = create_challenge(
        ALGORITHM,
        COST,
        counter=secrets.choice(COUNTERS),
        data={"for": _name(submission_key, secret), "until": int((at + OLD_AFTER).timestamp())},
        hmac_secret=secret,
        hmac_key_secret=_key_secret(secret),
    )
    return dict(made.to_dict())


def sign_of(solution: str, submission_key: str, secret: bytes, at: datetime) -> str | None:
    """Return what is odd about a solution that came with a form; nothing is for a right one.

    Args:
        solution: The hidden field as it was posted, empty where no script ran or it was not done.
        submission_key: Of the form it came with.
        secret: The purpose's, the one its challenge was signed with.
        at: When it came.
    """
    if not solution:
        return MISSING
    try:
        payload = Payload.from_base64(solution[:SOLUTION_MAX_CHARACTERS])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return FORGED
    if not verify_solution(payload, secret, hmac_key_secret=_key_secret(secret)).verified:
        return FORGED
    signed = payload.challenge.parameters.data or {}
    if not hmac.compare_digest(str(signed["for"]), _name(submission_key, secret)):
        return REPEATED
    return EXPIRED if at.timestamp() > signed["until"] else None


def _name(submission_key: str, secret: bytes) -> str:
    return hmac.digest(secret, b"for\0" + submission_key.encode(), "sha256").hex()


def _key_secret(secret: bytes) -> bytes:
    return hmac.digest(secret, b"key", "sha256")
