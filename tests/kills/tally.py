"""What the senders saw, what the database holds and what the mail server took, compared."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from intake.crypto.tokens import hash_secret
from intake.storage.database import Database

PARTIAL = text(
    "SELECT count(*) FROM inquiries i WHERE "
    "NOT EXISTS (SELECT 1 FROM consent_records c WHERE c.inquiry_id = i.id) OR "
    "NOT EXISTS (SELECT 1 FROM search_tokens t WHERE t.inquiry_id = i.id) OR "
    "NOT EXISTS (SELECT 1 FROM audit_events a WHERE a.subject = i.public_id "
    "AND a.action = 'inquiry.submitted')"
)
# One for the person, one at least for staff.
MESSAGES = text(
    "SELECT count(m.id) FROM inquiries i LEFT JOIN outbox_messages m ON m.inquiry_id = i.id "
    "WHERE i.receipt_hash = :receipt GROUP BY i.id"
)


@dataclass
class Tally:
    """The count of one run; see :attr:`faults`."""

    what: str = ""
    database: str = ""
    kills: int = 0
    in_flight_max: int = 0
    acknowledged: list[str] = field(default_factory=list)
    refused: int = 0
    cut_off: int = 0
    missing: list[str] = field(default_factory=list)
    without_notification: list[str] = field(default_factory=list)
    partial: int = 0
    stored: int = 0
    states: dict[str, int] = field(default_factory=dict)
    never_arrived: int = 0
    repeats: int = 0
    strange_keys: int = 0
    integrity: str = "ok"

    @property
    def stuck(self) -> int:
        """Messages that were not settled when the run ended."""
        return sum(self.states.get(state, 0) for state in ("pending", "sending", "retry"))

    @property
    def faults(self) -> list[str]:
        """What must not be: empty when every promise was kept."""
        wrong = {
            "acknowledged and missing": len(self.missing),
            "without notification": len(self.without_notification),
            "partial": self.partial,
            "stuck": self.stuck,
            "dead": self.states.get("dead", 0),
            "delivered, and never arrived": self.never_arrived,
            "with a key that no message has": self.strange_keys,
            "repeats beyond what was in flight": max(
                0, self.repeats - self.kills * self.in_flight_max
            ),
            "damaged": int(self.integrity != "ok"),
        }
        return [f"{name}: {count}" for name, count in wrong.items() if count]

    def __str__(self) -> str:
        """Return the line that is printed."""
        return (
            f"{self.database:10} {self.what:9} kills {self.kills}  "
            f"acknowledged {len(self.acknowledged)}  stored {self.stored}  "
            f"missing {len(self.missing)}  silent {len(self.without_notification)}  "
            f"partial {self.partial}  stuck {self.stuck}  dead {self.states.get('dead', 0)}  "
            f"never arrived {self.never_arrived}  repeats {self.repeats} "
            f"(<= {self.kills * self.in_flight_max})  refused {self.refused}  "
            f"cut off {self.cut_off}  integrity {self.integrity}"
        )


def unsettled(database: Database) -> int:
    """Return how many messages are not settled yet."""
    with database.read() as session:
        query = text("SELECT count(*) FROM outbox_messages WHERE due_at IS NOT NULL")
        return int(session.execute(query).scalar_one())


def compare(database: Database, taken: Iterable[str], tally: Tally) -> None:
    """Fill in what the database and the mail server say; the service has settled."""
    with database.read() as session:
        connection = session.connection()
        _inquiries(connection, tally)
        rows = connection.execute(
            text("SELECT public_id, generation, state FROM outbox_messages")
        ).all()
        if database.dialect == "sqlite":
            tally.integrity = connection.execute(text("PRAGMA integrity_check")).scalar_one()
    tally.states = dict(Counter(row.state for row in rows))
    came = Counter(taken)
    keys = {f"{row.public_id}-{row.generation}": row.state for row in rows}
    tally.never_arrived = sum(
        state == "delivered" and key not in came for key, state in keys.items()
    )
    tally.strange_keys = sum(key not in keys for key in came)
    tally.repeats = sum(count - 1 for count in came.values())


def _inquiries(connection: Connection, tally: Tally) -> None:
    for token in tally.acknowledged:
        count = connection.execute(MESSAGES, {"receipt": hash_secret(token)}).scalar()
        if count is None:
            tally.missing.append(token[:6])
        elif count < 2:
            tally.without_notification.append(token[:6])
    tally.stored = connection.execute(text("SELECT count(*) FROM inquiries")).scalar_one()
    tally.partial = connection.execute(PARTIAL).scalar_one()
