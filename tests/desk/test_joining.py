"""Linking, joining and telling apart, each with its way back, on both databases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from intake.audit import trail
from intake.audit.models import Actor, ActorKind
from intake.consent.grant import withdraw_consents
from intake.consent.models import Purpose
from intake.desk.attempts import log_attempt
from intake.desk.closing import reopen, withdraw
from intake.desk.joining import Seen, link, merge, not_same_person, undo
from intake.desk.models import Channel, Result
from intake.desk.office import DeskMember
from intake.desk.reasons import REOPENING
from intake.desk.replies import information_came
from intake.errors import Conflict, IntakeError, NotFound
from intake.inquiries.link_models import InquiryLink, Relation
from intake.inquiries.links import Linked, joined_ids, kept_id_of, links_of
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.recipients import may_contact
from intake.inquiries.shredding import shred
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.pairs import ROSA, id_of, seen, standing, two_inquiries
from tests.desk.work import a_desk_member, the_office
from tests.factories import a_keyring, an_inquiry

LATER = NOON + timedelta(hours=3)
EVENING = NOON + timedelta(hours=6)


def join(database: Database, keep: str, duplicate: str) -> None:
    with database.write() as session:
        merge(
            session,
            the_office(),
            seen(database, keep),
            seen(database, duplicate),
            by=ROSA,
            at=EVENING,
        )


def apart(database: Database, one: str, other: str) -> Relation:
    with database.write() as session:
        return undo(session, the_office(), one, other, by=ROSA, at=EVENING)


def change(database: Database, reference: str, **values: object) -> None:
    with database.write() as session:
        session.execute(
            update(Inquiry)
            .where(Inquiry.reference == reference)
            .values(version=Inquiry.version + 1, **values)
        )


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(IntakeError) as found:
        act()
    return found.value.code


def test_a_merge_keeps_the_earlier_clock_running_on_the_one_that_stays(database: Database) -> None:
    first, second = two_inquiries(database, NOON, LATER)
    earlier = standing(database, first)

    join(database, second, first)

    kept, ended = standing(database, second), standing(database, first)
    assert kept["first_response_due_at"] == earlier["first_response_due_at"]
    assert kept["due_at"] == earlier["due_at"]
    assert kept["status"] == "new"
    assert (ended["status"], ended["outcome"]) == ("closed", "duplicate")


def test_taking_a_merge_back_restores_status_owner_and_clocks_of_both(database: Database) -> None:
    first, second = two_inquiries(database, NOON, LATER)
    change(database, first, status="contacting", urgent=True, due_at=NOON + timedelta(hours=1))
    before = standing(database, first), standing(database, second)

    join(database, second, first)
    urgent = standing(database, second)["urgent"]
    found = apart(database, first, second)

    assert urgent is True
    assert found is Relation.MERGED
    assert (standing(database, first), standing(database, second)) == before


def test_a_clock_is_not_stopped_by_joining_into_one_that_was_answered(database: Database) -> None:
    answered, waiting = two_inquiries(database, NOON, LATER)
    far = EVENING + timedelta(days=30)
    change(database, answered, status="waiting_on_patient", first_responded_at=LATER, due_at=far)
    promised = standing(database, waiting)["first_response_due_at"]

    join(database, answered, waiting)

    kept = standing(database, answered)
    assert kept["due_at"] == promised
    assert kept["first_responded_at"] == LATER


def test_the_clock_of_what_was_taken_for_spam_counts_and_one_of_a_finished_does_not(
    database: Database,
) -> None:
    spam, finished = two_inquiries(database, NOON, NOON)
    kept = an_inquiry(database, at=LATER).reference
    closed = {"status": "closed", "closed_at": LATER}
    change(database, spam, outcome="spam", **closed)
    change(database, finished, outcome="not_reached", **closed)
    own = standing(database, kept)

    join(database, kept, finished)
    after_finished = standing(database, kept)
    join(database, kept, spam)

    assert after_finished == own
    assert standing(database, kept)["due_at"] == standing(database, spam)["first_response_due_at"]


def test_what_an_act_has_changed_since_stays_and_the_clock_that_came_along_goes(
    database: Database,
) -> None:
    first, second = two_inquiries(database, NOON, LATER)
    own = standing(database, second)["first_response_due_at"]
    join(database, second, first)
    caller = a_desk_member(database, "rosa", "coordinator")
    with database.write() as session:
        log_attempt(
            session,
            the_office(),
            second,
            seen(database, second).version,
            channel=Channel.CALL,
            result=Result.NO_ANSWER,
            by=caller,
            at=EVENING,
        )

    apart(database, second, first)

    kept = standing(database, second)
    assert (kept["status"], kept["first_response_due_at"]) == ("contacting", own)
    assert own >= kept["due_at"] > standing(database, first)["due_at"]


def test_an_act_on_an_answered_one_does_not_lose_the_reply_it_took_over(database: Database) -> None:
    answered, waiting = two_inquiries(database, NOON, LATER)
    change(database, answered, status="in_discussion", first_responded_at=LATER)
    promised = standing(database, waiting)["first_response_due_at"]
    join(database, answered, waiting)
    caller = a_desk_member(database, "rosa", "coordinator")

    with database.write() as session:
        log_attempt(
            session,
            the_office(),
            answered,
            seen(database, answered).version,
            channel=Channel.CALL,
            result=Result.NO_ANSWER,
            by=caller,
            at=EVENING,
        )

    assert standing(database, answered)["due_at"] == promised


def test_one_that_was_put_off_is_looked_at_again(database: Database) -> None:
    kept, ended = two_inquiries(database, NOON, LATER)
    until = EVENING + timedelta(days=7)
    change(database, kept, snoozed_until=until)

    join(database, kept, ended)
    woken = standing(database, kept)["snoozed_until"]
    apart(database, kept, ended)

    assert (woken, standing(database, kept)["snoozed_until"]) == (None, until)


def test_reopening_a_joined_one_ends_the_merge_and_the_other_keeps_the_safe_clock(
    database: Database,
) -> None:
    first, second = two_inquiries(database, NOON, LATER)
    earlier = standing(database, first)["first_response_due_at"]
    join(database, second, first)

    with database.write() as session:
        reopen(
            session,
            the_office(),
            first,
            seen(database, first).version,
            reason=next(iter(REOPENING)),
            by=ROSA,
            at=EVENING,
        )

    with database.read() as session:
        assert kept_id_of(session, id_of(database, first)) == id_of(database, first)
    assert standing(database, second)["first_response_due_at"] == earlier
    assert standing(database, first)["status"] == "new"


def test_what_the_person_adds_or_withdraws_on_the_joined_link_reaches_the_one_that_goes_on(
    database: Database,
) -> None:
    first, second = two_inquiries(database, NOON, LATER)
    change(database, second, status="contacting")
    join(database, second, first)
    with database.read() as session:
        public_id = session.get_one(Inquiry, id_of(database, first)).public_id
    person = Actor(ActorKind.PERSON, public_id)

    with database.write() as session:
        added = information_came(session, the_office(), first, by=person, at=EVENING)
    with database.write() as session:
        withdrawn = withdraw(session, the_office(), first, None, by=person, at=EVENING)

    assert (added.reference, added.status) == (second, Status.IN_DISCUSSION)
    assert (withdrawn.reference, withdrawn.outcome) == (second, "withdrawn")


def test_only_a_coordinator_may_join(database: Database) -> None:
    first, second = two_inquiries(database, NOON, LATER)
    clinician = DeskMember(0, "doctor", ("clinician",))

    def join_as_clinician() -> None:
        with database.write() as session:
            pair = seen(database, first), seen(database, second)
            merge(session, the_office(), *pair, by=clinician, at=EVENING)

    assert refused(join_as_clinician) == "role"


def test_somebody_faster_is_told_and_nothing_is_done(database: Database) -> None:
    first, second = two_inquiries(database, NOON, LATER)
    old = seen(database, first), seen(database, second)
    change(database, first, status="contacting")

    def late() -> None:
        with database.write() as session:
            merge(session, the_office(), *old, by=ROSA, at=EVENING)

    assert refused(late) == "inquiry_changed"
    assert standing(database, second)["status"] == "new"


@pytest.mark.parametrize(
    ("kept_is", "ended_is", "code"),
    [
        ({"status": "closed", "closed_at": LATER, "outcome": "not_reached"}, {}, "kept_is_closed"),
        ({"status": "quarantined"}, {}, "kept_is_quarantined"),
        (
            {},
            {"status": "closed", "closed_at": LATER, "outcome": "withdrawn"},
            "withdrawn_by_person",
        ),
        ({}, {"status": "closed", "closed_at": LATER, "outcome": "test"}, "not_joinable"),
        ({}, {"status": "closed", "closed_at": LATER, "outcome": "duplicate"}, "already_joined"),
        ({}, {"status": "erased", "closed_at": LATER}, "not_joinable"),
    ],
)
def test_a_merge_that_would_lose_somebody_is_refused(
    database: Database, kept_is: dict[str, object], ended_is: dict[str, object], code: str
) -> None:
    first, second = two_inquiries(database, NOON, LATER)
    change(database, first, **kept_is)
    change(database, second, **ended_is)

    assert refused(lambda: join(database, first, second)) == code


def test_an_inquiry_is_not_its_own_duplicate_and_an_unknown_one_is_not_found(
    database: Database,
) -> None:
    first = an_inquiry(database).reference

    assert refused(lambda: join(database, first, first)) == "same_inquiry"

    def with_unknown() -> None:
        with database.write() as session:
            merge(session, the_office(), Seen(first, 1), Seen("K7QF-29MD", 1), by=ROSA, at=NOON)

    assert refused(with_unknown) == "inquiry_unknown"


def test_both_trails_name_the_other(database: Database) -> None:
    first, second = two_inquiries(database, NOON, LATER)
    join(database, second, first)
    apart(database, second, first)

    for reference, other in ((first, second), (second, first)):
        with database.read() as session:
            public_id = session.get_one(Inquiry, id_of(database, reference)).public_id
            told = [
                (entry.action, entry.detail["other"], entry.actor)
                for entry in trail.history(session, public_id)
                if "merged" in entry.action
            ]
        assert told == [
            ("inquiry.merged", other, ROSA.actor),
            ("inquiry.unmerged", other, ROSA.actor),
        ]


def test_a_finding_about_a_pair_replaces_the_one_before(database: Database) -> None:
    first, second = two_inquiries(database, NOON, LATER)
    found: list[Linked] = []
    with database.write() as session:
        link(session, first, second, by=ROSA, at=LATER)
        link(session, second, first, by=ROSA, at=LATER)
    with database.write() as session:
        not_same_person(session, first, second, by=ROSA, at=LATER)
    for reference in (first, second):
        with database.read() as session:
            found += links_of(session, a_keyring(), id_of(database, reference))

    assert [one.relation for one in found] == [Relation.DISTINCT, Relation.DISTINCT]
    assert apart(database, second, first) is Relation.DISTINCT
    with pytest.raises(NotFound):
        apart(database, second, first)


def test_joined_ones_cannot_be_told_apart_before_they_are_taken_apart(database: Database) -> None:
    first, second = two_inquiries(database, NOON, LATER)
    join(database, second, first)

    def tell_apart() -> None:
        with database.write() as session:
            not_same_person(session, first, second, by=ROSA, at=EVENING)

    assert refused(tell_apart) == "already_joined"


def test_an_erased_one_is_not_brought_back(database: Database) -> None:
    first, second = two_inquiries(database, NOON, LATER)
    join(database, second, first)
    with database.write() as session:
        public_id = session.get_one(Inquiry, id_of(database, first)).public_id
        shred(session, public_id, reason="asked", actor=ROSA.actor, at=EVENING)

    with pytest.raises(Conflict, match="inquiry_erased"):
        apart(database, second, first)


def test_who_acts_for_the_person_finds_the_one_that_goes_on(database: Database) -> None:
    first, second = two_inquiries(database, NOON, LATER)
    third = an_inquiry(database, at=EVENING).reference
    join(database, second, first)
    join(database, third, second)
    ids = [id_of(database, one) for one in (first, second, third)]

    with database.read() as session:
        assert [kept_id_of(session, one) for one in ids] == [ids[2]] * 3
        assert joined_ids(session, ids[2]) == (ids[0], ids[1])
        assert joined_ids(session, ids[0]) == ()


def test_a_permission_taken_back_on_either_stops_contact_on_the_one_that_goes_on(
    database: Database,
) -> None:
    first, second = two_inquiries(database, NOON, LATER)
    join(database, second, first)
    ids = [id_of(database, one) for one in (first, second)]
    with database.read() as session:
        before = may_contact(session, ids[1])
    with database.write() as session:
        withdraw_consents(session, ids[0], [Purpose.CONTACT], how="link", at=EVENING)

    with database.read() as session:
        after = may_contact(session, ids[1])

    assert (before, after) == (True, False)


OUTSIDE: tuple[dict[str, Any], ...] = (
    {},
    {"status": "contacting", "due_at": NOON + timedelta(hours=9)},
    {"status": "in_discussion", "first_responded_at": LATER, "due_at": LATER},
    {"urgent": True},
    {"status": "scheduled", "first_responded_at": NOON, "due_at": EVENING + timedelta(days=9)},
)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whatever_is_joined_and_taken_apart_in_whatever_order_everything_is_as_before(
    sqlite_database: Database, data: st.DataObject
) -> None:
    database = sqlite_database
    with database.write() as session:
        session.execute(delete(InquiryLink))
    references = []
    for number in range(4):
        hours = data.draw(st.integers(0, 40))
        one = an_inquiry(database, at=NOON - timedelta(hours=hours)).reference
        change(database, one, **data.draw(st.sampled_from(OUTSIDE)))
        references.append(one)
        del number
    before = {one: standing(database, one) for one in references}
    keep, *others = data.draw(st.permutations(references))
    held: list[str] = []

    for one in [*others, *data.draw(st.lists(st.sampled_from(others), max_size=6))]:
        act = apart if one in held else join
        act(database, keep, one)
        held.remove(one) if one in held else held.append(one)
        kept = standing(database, keep)
        waiting = [before[each] for each in (keep, *held) if not before[each]["first_responded_at"]]
        assert all(kept["due_at"] <= each["first_response_due_at"] for each in waiting)
        assert kept["urgent"] == any(before[each]["urgent"] for each in (keep, *held))
    for one in data.draw(st.permutations(held)):
        apart(database, one, keep)

    assert {one: standing(database, one) for one in references} == before
