"""How far inquiries ever came, by their moves; and that the stages give no small group away."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from intake.desk.attempts import log_attempt
from intake.desk.models import AppointmentKind, Channel, DispositionCode, Result
from intake.desk.moves import hand_to_clinician, record_disposition, schedule, unschedule
from intake.desk.numbers.breakdown import breakdown, endings_of, overall, told_of
from intake.desk.numbers.chains import Told
from intake.desk.numbers.queries import Numbers
from intake.desk.numbers.shielding import Shown
from intake.desk.numbers.stages import funnel_of, funnel_of_language, stages_of
from intake.desk.numbers.tally import Clock, Counted, Dimension, Tally
from intake.desk.undo import undo
from intake.storage.database import Database
from tests.desk.numbers.days import a_counting, came_in, kept
from tests.desk.work import Desk

REACHED: dict[str, Any] = {"channel": Channel.CALL, "result": Result.REACHED}
NO_ANSWER: dict[str, Any] = {"channel": Channel.CALL, "result": Result.NO_ANSWER}
ALL_FOUR = ("contact", "discussion", "review", "scheduled")


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def counted(desk: Desk) -> dict[str, int]:
    found: Numbers = kept(desk.database, a_counting(), at=desk.now)
    return dict(overall(found.tally).reached)


def test_a_new_inquiry_came_nowhere(desk: Desk) -> None:
    desk.inquiry()

    assert counted(desk) == {}


def test_a_try_that_reached_nobody_is_contact_only(desk: Desk) -> None:
    desk.do(log_attempt, desk.inquiry(), **NO_ANSWER)

    assert counted(desk) == {"contact": 1}


def test_the_whole_way_is_every_stage_and_falling_through_takes_none_back(desk: Desk) -> None:
    reference = desk.inquiry()
    desk.do(log_attempt, reference, **REACHED)
    desk.do(hand_to_clinician, reference, summary="Asks about it.", question="Offer a talk?")
    offer = DispositionCode.OFFER
    desk.do(record_disposition, reference, by=desk.doctor, disposition=offer)
    starts_at = desk.now + timedelta(days=1)
    desk.do(schedule, reference, starts_at=starts_at, kind=AppointmentKind.CONSULTATION)
    assert counted(desk) == dict.fromkeys(ALL_FOUR, 1)

    desk.do(unschedule, reference, how="cancelled")

    assert counted(desk) == dict.fromkeys(ALL_FOUR, 1)


def test_what_was_taken_back_never_was(desk: Desk) -> None:
    reference = desk.inquiry()
    done = desk.do(log_attempt, reference, **REACHED)
    desk.do(undo, reference, move_id=done.move_id)

    assert counted(desk) == {}


def test_stages_are_counted_by_language_too(database: Database) -> None:
    desk = Desk(database)
    desk.do(log_attempt, desk.inquiry(language="es"), **REACHED)
    desk.inquiry()

    found = kept(database, a_counting(), at=desk.now)

    assert found.tally.group(Dimension.LANGUAGE, "es").reached == {"contact": 1, "discussion": 1}
    assert found.tally.group(Dimension.LANGUAGE, "en").reached == {}


def test_days_counted_before_there_were_stages_are_counted_again(database: Database) -> None:
    counting = a_counting()
    came_in(database, status="in_discussion")
    kept(database, counting)
    with database.write() as session:
        session.execute(text("UPDATE number_marks SET name = 'audit'"))
        session.execute(text("UPDATE number_days SET tally = NULL"))

    assert overall(kept(database, counting).tally).reached == {"contact": 1, "discussion": 1}


def test_how_it_stands_counts_where_there_are_no_moves() -> None:
    def of(**given: Any) -> frozenset[str]:  # noqa: ANN401 - as stages_of takes them
        return stages_of((), **{"status": "new", "outcome": None, "answered": False, **given})

    assert of(status="closed", outcome="consultation_held") == {
        "contact",
        "discussion",
        "scheduled",
    }
    assert of(status="closed", outcome="not_reached") == {"contact"}
    assert of(answered=True) == {"contact"}
    assert of(status="closed", outcome="withdrawn") == frozenset()


def a_tally(*groups: tuple[str, str, int, int]) -> Tally:
    """Return a tally of inquiries by language, ending and how many stages they came to."""
    tally = Tally()
    for language, ending, stages, count in groups:
        for _ in range(count):
            one = Counted(
                {Dimension.LANGUAGE: (language,)},
                Clock.IN_TARGET,
                ending,
                3,
                ALL_FOUR[:stages],
            )
            tally.count(one)
    return tally


def funnel(tally: Tally) -> dict[str, Told]:
    return dict(funnel_of(tally, told_of(endings_of(tally))))


def test_many_are_told_at_every_stage() -> None:
    tally = a_tally(
        ("en", "open", 0, 10),
        ("en", "open", 1, 10),
        ("en", "open", 2, 10),
        ("en", "consultation_held", 4, 20),
    )

    assert funnel(tally) == {
        "received": 50,
        "contact": 40,
        "discussion": 30,
        "review": 20,
        "scheduled": 20,
    }


def test_a_stage_is_hidden_where_an_ending_that_it_holds_is() -> None:
    tally = a_tally(
        ("en", "open", 0, 10), ("en", "consultation_held", 4, 20), ("en", "handed_over", 4, 2)
    )
    hidden = {one.outcome for one in endings_of(tally) if isinstance(one.count, Shown)}
    assert "handed_over" in hidden

    told = funnel(tally)

    assert told["received"] == 32
    assert isinstance(told["scheduled"], Shown)
    assert isinstance(told["discussion"], Shown)


def test_a_small_loss_hides_the_stages_around_it() -> None:
    tally = a_tally(("en", "open", 0, 2), ("en", "open", 1, 10), ("en", "open", 2, 30))

    told = funnel(tally)

    assert told["contact"] is Shown.COVER
    assert told["received"] == 42


def test_too_few_are_told_nowhere() -> None:
    assert funnel(a_tally(("en", "open", 1, 4))) == {}


def test_a_language_is_told_beside_all_of_them_or_not_at_all() -> None:
    many = a_tally(("en", "open", 0, 20), ("en", "open", 2, 20), ("es", "open", 0, 10),
                   ("es", "open", 2, 30))  # fmt: skip
    few = a_tally(("en", "open", 2, 40), ("es", "open", 2, 3))

    told = dict(funnel_of_language(many, "es", {}))

    assert (told["received"], told["discussion"]) == (40, 30)
    assert funnel_of_language(few, "en", {}) == ()
    assert funnel_of_language(many, "other", {}) == ()


def test_a_reader_cannot_subtract_one_language_from_all() -> None:
    tally = a_tally(
        ("en", "open", 0, 30), ("en", "open", 2, 30), ("es", "open", 0, 2), ("es", "open", 2, 20)
    )
    endings = endings_of(tally)
    assert breakdown(tally, Dimension.LANGUAGE, endings).rows

    of_all, english = funnel(tally), dict(funnel_of_language(tally, "en", told_of(endings)))

    for stage, count in of_all.items():
        mine = english.get(stage, Shown.COVER)
        if not isinstance(count, Shown) and not isinstance(mine, Shown):
            assert count - mine == 0 or count - mine >= 5, stage
