"""Who gets a short code that was asked for: the address or number on record, while it still counts.

The code goes where the private link goes too, so it lives for minutes and opens once. The message
carries the code and no link: whoever finds one of the two has not found the other.
Source: SAFETY.md T3, T4.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from intake.crypto.keyring import Keyring
from intake.crypto.sealed import unseal_text
from intake.crypto.tokens import hash_secret, show_reference
from intake.inquiries.conversation_models import CodeGuard
from intake.inquiries.unsealing import Access, Cells, open_access
from intake.notifications.recipient import Withheld

CODE = "inquiry.code"
CODE_TEXTED = "inquiry.code_by_text"
TABLE = CodeGuard.__tablename__

_SENT = select(CodeGuard.sent_code, CodeGuard.sent_until).where(
    CodeGuard.link_hash == bindparam("link_hash")
)


def code_values(
    session: Session, inquiry: Row[*tuple[Any, ...]], keyring: Keyring, *, at: datetime
) -> tuple[Access, dict[str, object]] | Withheld:
    """Return where a code goes and the words' values, or why it goes nowhere.

    Args:
        session: A session of the read door.
        inquiry: With ``public_id``, ``reference`` and the sealed cells.
        keyring: Opens where it goes, and the code.
        at: Now.
    """
    cells = Cells(inquiry.public_id, inquiry.data_key, access=inquiry.access)
    access = open_access(cells, keyring)
    if access is None:
        return Withheld("erased")
    sent = session.connection().execute(_SENT, {"link_hash": hash_secret(access.link)}).first()
    if sent is None or sent.sent_code is None or sent.sent_until <= at:
        return Withheld("code_expired")
    key = keyring.unwrap(inquiry.data_key, record=inquiry.public_id)
    code = unseal_text(
        key, sent.sent_code, table=TABLE, column="sent_code", record=inquiry.public_id
    )
    shown = f"{code[:3]} {code[3:]}"
    return access, {"reference": show_reference(inquiry.reference), "code": shown}
