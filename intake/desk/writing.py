"""Messages that an act writes into the outbox: to the person that there is news, to the new owner.

No words of anybody are in them: what was asked stands on the private page, behind the code.
"""

from intake.desk.office import Case, actor_of
from intake.desk.policy import may_write
from intake.inquiries.hearing import STAFF, who_hears
from intake.inquiries.recipients import PERSON
from intake.notifications.outbox import NewMessage, enqueue
from intake.notifications.subscriptions import Facts

ASSIGNED = "inquiry.assigned"
WITHDRAWN = "inquiry.withdrawn"
REMINDED = "inquiry.reminded"


def tell_person(case: Case, event: str, subject_id: str) -> bool:
    """Tell the person by mail, where they chose mail; permission is asked again when it is sent.

    Returns:
        Whether there is a way to tell them; where there is none, somebody has to call.
    """
    label = case.label
    if label is None or "email" not in label.ways or not may_write(label):
        return False
    message = NewMessage(case.inquiry.id, PERSON, "email", event, subject_id)
    enqueue(case.session, [message], at=case.at)
    return True


def tell_assignee(case: Case, member_id: int, move_id: int) -> None:
    """Tell a member that an inquiry is theirs now."""
    message = NewMessage(
        inquiry_id=case.inquiry.id,
        recipient=f"{STAFF}{member_id}",
        channel="email",
        event=ASSIGNED,
        subject_id=f"{case.inquiry.public_id}:{move_id}",
        payload={"by": actor_of(case.by).id},
    )
    enqueue(case.session, [message], at=case.at)


def tell_withdrawn(case: Case, move_id: int) -> None:
    """Tell the owner, or those who hear of it, that nobody may contact the person any more."""
    one = case.inquiry
    readers = [(f"{STAFF}{one.assignee_id}", "email")] if one.assignee_id else []
    readers = readers or who_hears(case.session, WITHDRAWN, Facts(one.language, urgent=one.urgent))
    messages = [
        NewMessage(one.id, recipient, channel, WITHDRAWN, f"{one.public_id}:{move_id}")
        for recipient, channel in readers
    ]
    enqueue(case.session, messages, at=case.at)
