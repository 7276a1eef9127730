"""What ends with something else: requests, appointments and reviews, and messages on their way."""

from sqlalchemy import update

from intake.desk.clocks import stop_all
from intake.desk.models import Appointment, AppointmentKind, ClinicalReview, InformationRequest
from intake.desk.office import Case
from intake.notifications.replay import cancel_for_inquiry

Ending = type[InformationRequest] | type[Appointment] | type[ClinicalReview]


def end_open(case: Case, model: Ending, how: str) -> None:
    """End what is open of one kind."""
    case.session.execute(
        update(model)
        .where(model.inquiry_id == case.inquiry.id, model.ended_at.is_(None))
        .values(ended_at=case.at, ended_how=how)
    )


def end_callbacks(case: Case, how: str) -> None:
    """End an open call-back; what was scheduled stays."""
    case.session.execute(
        update(Appointment)
        .where(
            Appointment.inquiry_id == case.inquiry.id,
            Appointment.ended_at.is_(None),
            Appointment.kind == AppointmentKind.CALLBACK.value,
        )
        .values(ended_at=case.at, ended_how=how)
    )


def end_everything(case: Case, *, kept: bool = False) -> None:
    """End all that is open as the inquiry closes; ``kept`` where the appointment took place."""
    stop_all(case)
    end_open(case, InformationRequest, "closed")
    end_open(case, ClinicalReview, "closed")
    end_open(case, Appointment, "kept" if kept else "closed")
    case.inquiry.snoozed_until = None


def take_messages_back(case: Case, reason: str) -> int:
    """Cancel what is on its way to the person; return how many messages."""
    return cancel_for_inquiry(case.session, case.inquiry.id, reason=reason, at=case.at)
