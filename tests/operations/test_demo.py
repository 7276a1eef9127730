"""Made-up people are believable, repeatable and reach nobody."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from intake.inquiries.draft import InquiryDraft
from intake.inquiries.models import Inquiry
from intake.notifications.models import OutboxMessage
from intake.notifications.outbox import ensure_channels
from intake.operations.demo import Desk, made_up_inquiries, store_made_up
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_clinic, a_form, a_keyring, search_tokens

CONDITIONS = ("lupus", "als")


def test_every_made_up_person_passes_the_rules_of_the_form() -> None:
    people = list(made_up_inquiries(300, conditions=CONDITIONS, until=NOON, days=2, seed=1))

    drafts = [InquiryDraft.parse(person.raw, offer=a_form()) for person in people]

    assert Counter(draft.language for draft in drafts)["es"] > 60
    assert any(draft.asking_for == "other" for draft in drafts)
    assert any(draft.safety == "yes" for draft in drafts)


def test_the_same_seed_makes_the_same_people() -> None:
    first, second, other = (
        list(made_up_inquiries(20, conditions=CONDITIONS, until=NOON, days=2, seed=seed))
        for seed in (7, 7, 8)
    )

    assert first == second
    assert first != other


def test_they_are_spread_over_the_days_before() -> None:
    people = list(made_up_inquiries(50, conditions=CONDITIONS, until=NOON, days=2, seed=1))

    assert NOON - timedelta(days=2) <= people[0].at < people[-1].at <= NOON


def test_their_messages_are_cancelled_in_the_same_commit(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session)
    desk = Desk(database, a_keyring(), search_tokens(), a_clinic(), a_form())
    people = list(made_up_inquiries(10, conditions=CONDITIONS, until=NOON, days=2, seed=1))

    store_made_up(desk, people)

    with database.read() as session:
        assert len(session.scalars(select(Inquiry.id)).all()) == 10
        assert set(session.scalars(select(OutboxMessage.state))) <= {"cancelled"}
