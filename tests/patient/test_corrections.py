"""Correcting what was sent: the old value kept, everything made of the answers follows."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from intake.audit.models import AuditEvent
from intake.errors import Conflict, InvalidInput
from intake.inquiries.conversation_models import AnswerCorrection
from intake.inquiries.corrections import Change, corrections_of
from intake.inquiries.models import Inquiry, SearchToken
from intake.inquiries.queries import inquiry_by_reference, read_inquiry
from intake.inquiries.references import inquiry_named
from intake.inquiries.unsealing import Cells, open_access
from intake.notifications.models import OutboxMessage
from intake.patient.corrections import WAYS, WORDS, Mending, as_typed, correct
from intake.patient.messages import HOURLY_MAX, Wrote
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.pairs import ROSA
from tests.factories import a_clinic, a_form, a_keyring, an_inquiry, search_tokens
from tests.inquiries.test_recipients import delivered

MENDING = Mending(a_keyring(), search_tokens(), a_clinic(), a_form())
LATER = NOON + timedelta(hours=2)


def answers(database: Database, reference: str) -> dict[str, object]:
    opened = read_inquiry(database, a_keyring(), reference, actor=ROSA.actor, at=NOON)
    return dict(opened.answers)


def corrected(
    database: Database,
    token: str,
    reference: str,
    *,
    fields: tuple[str, ...] = WORDS,
    key: str = "k",
    **changes: str | list[str],
) -> Wrote:
    typed = as_typed(answers(database, reference))  # type: ignore[arg-type]
    typed |= {name: [value] if isinstance(value, str) else value for name, value in changes.items()}
    with database.write() as session:
        return correct(session, MENDING, token, typed, fields=fields, form_key=key, at=LATER)


def is_found(database: Database, query: str) -> bool:
    wanted = search_tokens().for_query(query)
    with database.read() as session:
        found = set(session.scalars(select(SearchToken.token)))
    return set(wanted) <= found


def test_somebody_who_changes_again_and_again_is_slowed_down(database: Database) -> None:
    receipt = an_inquiry(database)
    for number in range(HOURLY_MAX):
        email = f"somebody{number}@mail.example.org"
        corrected(database, receipt.link_token, receipt.reference, key=f"k{number}", email=email)

    with pytest.raises(InvalidInput) as refused:
        corrected(database, receipt.link_token, receipt.reference, key="one more", called="Ani")

    assert [(one.field, one.code) for one in refused.value.problems] == [("full_name", "too_many")]
    again = corrected(database, receipt.link_token, receipt.reference, key="nothing")
    assert not again.is_new


def test_a_corrected_phone_and_address_are_what_counts_from_now_on(database: Database) -> None:
    receipt = an_inquiry(database)
    delivered(database)

    wrote = corrected(
        database,
        receipt.link_token,
        receipt.reference,
        phone="305 555 0199",
        email="ana@new.example.org",
        full_name="Ana Díaz Romero",
    )

    assert wrote.is_new
    now = answers(database, receipt.reference)
    assert (now["phone"], now["phone_e164"]) == ("305 555 0199", "+13055550199")
    assert now["story"]
    for found, query in (
        (True, "305 555 0199"),
        (False, "305 555 0142"),
        (True, "ana@new.example.org"),
        (False, "ana.diaz@mail.example.org"),
        (True, "romero"),
        (False, "moreno"),
        (True, receipt.reference),
    ):
        assert is_found(database, query) is found, query
    with database.read() as session:
        summary = inquiry_by_reference(session, a_keyring(), receipt.reference)
        one = inquiry_named(session, receipt.reference)
        access = open_access(Cells(one.public_id, one.data_key, access=one.access), a_keyring())
    assert summary.label is not None
    assert summary.label.name == "Ana R."
    assert access is not None
    assert access.email == "ana@new.example.org"
    assert (access.link, access.code) == (receipt.link_token, receipt.code)


def test_mail_goes_to_the_new_address_only(database: Database) -> None:
    receipt = an_inquiry(database)
    delivered(database)

    corrected(database, receipt.link_token, receipt.reference, email="ana@new.example.org")

    assert [letter.to for letter in delivered(database, LATER)] == ["ana@new.example.org"]


def test_a_change_of_the_name_sends_no_mail(database: Database) -> None:
    receipt = an_inquiry(database)
    delivered(database)

    corrected(database, receipt.link_token, receipt.reference, full_name="Ana Díaz")

    assert delivered(database, LATER) == []


def test_the_old_value_is_kept_sealed_beside_the_new(database: Database) -> None:
    receipt = an_inquiry(database)

    corrected(database, receipt.link_token, receipt.reference, called="Anita")
    corrected(database, receipt.link_token, receipt.reference, called="Ana", key="k2")

    with database.read() as session:
        one = inquiry_named(session, receipt.reference)
        told = corrections_of(session, a_keyring(), one)
        sealed = session.scalars(select(AnswerCorrection.changes)).all()
        details = session.scalars(
            select(AuditEvent.detail).where(AuditEvent.action == "answers.corrected")
        ).all()
    assert [one.changes for one in told] == [
        (Change("called", None, "Anita"),),
        (Change("called", "Anita", "Ana"),),
    ]
    assert all(b"Anita" not in one for one in sealed)
    assert [detail["fields"] for detail in details] == [["called"], ["called"]]
    assert "Anita" not in str(details)


def test_nothing_changed_is_nothing_written(database: Database) -> None:
    receipt = an_inquiry(database)

    assert not corrected(database, receipt.link_token, receipt.reference).is_new

    with database.read() as session:
        assert session.scalars(select(AnswerCorrection)).all() == []


def test_the_ways_and_times_change(database: Database) -> None:
    receipt = an_inquiry(database)

    corrected(
        database,
        receipt.link_token,
        receipt.reference,
        fields=WAYS,
        contact_by=["email"],
        best_times=["evening"],
        phone="",
        voicemail="",
    )

    now = answers(database, receipt.reference)
    assert now["contact_by"] == ["email"]
    assert "phone" not in now
    assert "phone_e164" not in now
    with database.read() as session:
        label = inquiry_by_reference(session, a_keyring(), receipt.reference).label
    assert label is not None
    assert label.ways == ("email",)


@pytest.mark.parametrize(
    ("changes", "fields", "wrong"),
    [
        ({"full_name": ""}, WORDS, "full_name"),
        ({"full_name": "www.buy.example.com"}, WORDS, "full_name"),
        ({"email": "nonsense"}, WORDS, "email"),
        ({"phone": "12"}, WORDS, "phone"),
        ({"contact_by": []}, WAYS, "contact_by"),
        ({"contact_by": ["pigeon"]}, WAYS, "contact_by"),
        ({"email": ""}, WAYS, "email"),
    ],
)
def test_every_rule_of_the_form_holds(
    database: Database, changes: dict[str, str | list[str]], fields: tuple[str, ...], wrong: str
) -> None:
    receipt = an_inquiry(database)
    before = answers(database, receipt.reference)

    with pytest.raises(InvalidInput) as refused:
        corrected(database, receipt.link_token, receipt.reference, fields=fields, **changes)  # type: ignore[arg-type]

    assert [one.field for one in refused.value.problems] == [wrong]
    assert answers(database, receipt.reference) == before


def test_only_the_fields_of_the_form_count(database: Database) -> None:
    receipt = an_inquiry(database)

    corrected(
        database,
        receipt.link_token,
        receipt.reference,
        perm_news="yes",
        conditions=["als"],
        called="Anita",
    )

    now = answers(database, receipt.reference)
    assert now["conditions"] == ["lupus"]
    assert now["called"] == "Anita"
    assert not now.get("perm_news")


def test_a_closed_inquiry_is_not_changed(database: Database) -> None:
    receipt = an_inquiry(database)
    with database.write() as session:
        session.execute(
            update(Inquiry).values(status="closed", outcome="not_reached", closed_at=NOON)
        )

    with pytest.raises(Conflict, match="closed"):
        corrected(database, receipt.link_token, receipt.reference, called="Anita")


def test_staff_hear_of_a_correction_once(database: Database) -> None:
    from intake.inquiries.conversation import RECEIVED
    from intake.notifications.outbox import ensure_channels
    from intake.notifications.subscriptions import subscribe
    from tests.notifications.rows import a_member

    receipt = an_inquiry(database)
    with database.write() as session:
        ensure_channels(session)
        subscribe(session, a_member(session), RECEIVED, "email", NOON)

    for _ in range(2):
        corrected(database, receipt.link_token, receipt.reference, called="Anita")

    with database.read() as session:
        told = session.scalars(select(OutboxMessage).where(OutboxMessage.event == RECEIVED)).all()
    assert len(told) == 1
