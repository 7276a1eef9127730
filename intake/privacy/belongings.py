"""What belongs to an inquiry in every table, and what becomes of it when the inquiry is erased.

Each table that refers to an inquiry stands here, or a test fails: a new room must say what erasing
does to its rows. What stays is what PRODUCT.md section 3 names, with classes and instants that the
numbers count; nothing that stays is a word of anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from intake.consent import models as consent
from intake.desk import models as desk
from intake.desk import routing_models as routing
from intake.desk import viewing_models as viewing
from intake.inquiries import conversation_models as conversation
from intake.inquiries import link_models as links
from intake.inquiries import models as inquiries
from intake.inquiries import opening_models as openings
from intake.inquiries import promise_models as promises
from intake.inquiries.shredding import shred_row
from intake.notifications import address_models as addresses
from intake.notifications import models as notifications
from intake.privacy import models as privacy
from intake.storage.types import Base


class Fate(StrEnum):
    """What becomes of rows."""

    DELETED = "deleted"
    EMPTIED = "emptied"  # the row stays; its words and sealed values do not
    KEPT = "kept"


class Through(StrEnum):
    """What ties a row to an inquiry."""

    INQUIRY = "inquiry"
    MESSAGE = "message"  # of the outbox
    LINK = "link"  # the hash of the private link


@dataclass(frozen=True, slots=True)
class Belonging:
    """One table: what becomes of its rows, which columns are emptied to what, and why.

    ``through`` says what ties its rows to the inquiry, where that is not the inquiry's id.
    """

    model: type[Base]
    fate: Fate
    why: str
    emptied: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[str, ...] = ("inquiry_id",)
    through: Through = Through.INQUIRY

    @property
    def table(self) -> str:
        """The name of the table."""
        return str(self.model.__tablename__)


GONE, EMPTIED, KEPT = Fate.DELETED, Fate.EMPTIED, Fate.KEPT

# In an order that no foreign key minds: what points at other rows goes before them.
BELONGINGS: tuple[Belonging, ...] = (
    Belonging(inquiries.SearchToken, GONE, "Nothing finds the person any more."),
    Belonging(conversation.ConversationMessage, GONE, "What both sides wrote on the private page."),
    Belonging(conversation.AnswerCorrection, GONE, "What the person corrected, old and new."),
    Belonging(conversation.CodeGuard, GONE, "Who tried codes on the link.", through=Through.LINK),
    Belonging(desk.Note, GONE, "What staff wrote about the person."),
    Belonging(desk.NoteDraft, GONE, "What staff began to write."),
    Belonging(desk.Disposition, GONE, "What a clinician decided, and why."),
    Belonging(desk.ClinicalReview, GONE, "What a clinician was asked."),
    Belonging(desk.InformationRequest, GONE, "What we asked the person for."),
    Belonging(desk.Appointment, GONE, "When and in which zone somebody was to be called."),
    Belonging(viewing.InquiryViewer, GONE, "Who has it open: a sign of the moment."),
    Belonging(
        desk.ContactAttempt, EMPTIED, "That and when we tried, without the note.", {"note": None}
    ),
    Belonging(
        desk.InquiryMove,
        EMPTIED,
        "Which step was taken when, by whom, and its class of reason: the numbers count them.",
        {"before": {}, "detail": {}},
    ),
    Belonging(
        routing.Routing,
        GONE,
        "Which rule looked at it: a rule may ask for a condition, so it would tell of one.",
    ),
    Belonging(promises.MovedPromise, KEPT, "That a promise was moved because the clinic closed."),
    Belonging(desk.Clock, KEPT, "When something was promised and when it was kept."),
    Belonging(notifications.Escalation, KEPT, "That somebody was told it was late."),
    Belonging(
        openings.EmergencyOpening,
        EMPTIED,
        "That it was opened by break-glass, by whom and when, without the reason.",
        {"reason": b""},
    ),
    Belonging(
        links.InquiryLink,
        EMPTIED,
        "That two inquiries were of one person, without how they stood.",
        {"before": None},
        columns=("first_id", "second_id"),
    ),
    Belonging(
        addresses.AddressSending,
        GONE,
        "Which address was written to, as a keyed hash.",
        through=Through.MESSAGE,
    ),
    Belonging(
        notifications.DeliveryAttempt,
        KEPT,
        "When a try was made, by code.",
        through=Through.MESSAGE,
    ),
    Belonging(notifications.Bounce, KEPT, "That a message came back.", through=Through.MESSAGE),
    Belonging(
        notifications.OutboxMessage,
        EMPTIED,
        "That a message was sent, without what it carried; what waits is cancelled.",
        {"payload": {}, "remote_id": None, "group_key": None},
    ),
    Belonging(consent.ConsentRecord, KEPT, "Ids and hashes of the wordings, answers and dates."),
    Belonging(privacy.WithdrawalTry, GONE, "That the withdrawal page was used."),
    Belonging(
        privacy.LegalHold,
        EMPTIED,
        "That there was a hold, by whom and when, without its reason.",
        {"reason": None, "lift_reason": None},
    ),
    Belonging(privacy.ErasureRequest, KEPT, "When the person asked for this."),
    Belonging(privacy.ErasureCertificate, KEPT, "The certificate."),
)


def destroy(session: Session, inquiry_id: int, public_id: str, *, at: datetime) -> None:
    """Destroy what belongs to one inquiry: its key, sealed values, words and tokens.

    Joins the caller's transaction. Judges nothing and records nothing; harmless to repeat.

    Raises:
        NotFound: ``inquiry_unknown``.
    """
    session.flush()
    for one in BELONGINGS:
        if one.fate is Fate.DELETED:
            session.execute(_quietly(delete(one.model).where(_of(one, inquiry_id))))
        elif one.fate is Fate.EMPTIED:
            session.execute(
                _quietly(update(one.model).where(_of(one, inquiry_id)).values(one.emptied))
            )
    shred_row(session, public_id, at=at)
    session.expire_all()


def _quietly(statement: Any) -> Any:  # noqa: ANN401 - an UPDATE or a DELETE, as it came
    return statement.execution_options(synchronize_session=False)


def _of(one: Belonging, inquiry_id: int) -> ColumnElement[bool]:
    columns = one.model.__table__.c
    if one.through is Through.LINK:
        link = select(inquiries.Inquiry.link_hash).where(inquiries.Inquiry.id == inquiry_id)
        return columns.link_hash == link.scalar_subquery()
    if one.through is Through.MESSAGE:
        messages = select(notifications.OutboxMessage.id).where(
            notifications.OutboxMessage.inquiry_id == inquiry_id
        )
        return columns.message_id.in_(messages)
    return or_(*(columns[name] == inquiry_id for name in one.columns))
