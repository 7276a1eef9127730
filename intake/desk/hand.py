"""One member's hand on one inquiry: several verbs in one transaction, each on what the last left.

A call that is logged together with its next step is both or neither.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from intake.desk.callbacks import Callback
from intake.desk.closing_letters import check_letter, may_get_letter, send_letter
from intake.desk.done import Done
from intake.desk.office import Case, DeskMember, Office
from intake.inquiries.models import Outcome
from intake.inquiries.references import inquiry_named


class Hand:
    """Does verbs for one member at one moment; ``version`` is what their page was drawn from."""

    def __init__(
        self,
        session: Session,
        office: Office,
        reference: str,
        version: int,
        *,
        by: DeskMember,
        at: datetime,
    ) -> None:
        self._session, self._office = session, office
        self._reference, self._version = reference, version
        self._by, self._at = by, at

    def do(self, verb: Callable[..., Done | Callback], **said: object) -> Done:
        """Do one verb, and keep the version it leaves for the next."""
        gave = verb(
            self._session,
            self._office,
            self._reference,
            self._version,
            by=self._by,
            at=self._at,
            **said,
        )
        done = gave.done if isinstance(gave, Callback) else gave
        self._version = done.version
        return done

    def close(
        self, verb: Callable[..., Done], outcome: Outcome, *, message: str, **said: object
    ) -> Done:
        """Close with a verb and write the letter that goes with it, if one was chosen.

        Raises:
            InvalidInput: ``message``: no such letter, or they allow no mail.
        """
        inquiry = inquiry_named(self._session, self._reference)
        case = Case(self._session, self._office, inquiry, self._by, self._at)
        may_write = may_get_letter(self._session, inquiry.id, case.label)
        check_letter(message, outcome, may_write=may_write)
        done = self.do(verb, message=message, **said)
        send_letter(self._session, done, message, at=self._at)
        return done
