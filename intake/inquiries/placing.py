"""Tells of inquiries from before 0014 where they live, so that a filter by state misses nobody.

A migration has no keys, so this is done when the service gets ready, from the labels: those hold no
health text. What is there already is left alone, so it is harmless to repeat.
"""

from sqlalchemy import bindparam, select, update

from intake.crypto.keyring import Keyring
from intake.crypto.tokens import SearchTokens
from intake.inquiries.models import Inquiry
from intake.inquiries.unsealing import Cells, label_or_none
from intake.storage.database import Database
from intake.storage.upsert import table_of

AT_ONCE = 500

_inquiries = table_of(Inquiry)
_WITHOUT = (
    select(Inquiry.id, Inquiry.public_id, Inquiry.data_key, Inquiry.label)
    .where(Inquiry.place.is_(None), Inquiry.label.is_not(None), Inquiry.id > bindparam("after"))
    .order_by(Inquiry.id)
    .limit(AT_ONCE)
)
_PLACE = (
    update(_inquiries)
    .where(_inquiries.c.id == bindparam("placed_id"), _inquiries.c.label.is_not(None))
    .values(place=bindparam("placed_at"))
)


def place_older(database: Database, keyring: Keyring, tokens: SearchTokens) -> int:
    """Give every inquiry that has none the token of its place; return how many.

    One whose label does not open stays without: it is told of on its own line of the list.
    """
    after = count = 0
    while True:
        with database.read() as session:
            rows = session.connection().execute(_WITHOUT, {"after": after}).all()
        if not rows:
            return count
        labels = [
            (row.id, label_or_none(Cells(row.public_id, row.data_key, label=row.label), keyring))
            for row in rows
        ]
        placed = [
            {"placed_id": row_id, "placed_at": tokens.place(label.country, label.state)}
            for row_id, label in labels
            if label is not None
        ]
        if placed:
            with database.write() as session:
                session.connection().execute(_PLACE, placed)
        after, count = rows[-1].id, count + len(placed)
