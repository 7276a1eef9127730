"""What a page may tell of a tally; tallies are made by hand, so each figure can be counted."""

from collections import Counter
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from intake.desk.numbers.breakdown import (
    OTHERS,
    breakdown,
    endings_of,
    speed_of,
)
from intake.desk.numbers.endings import APART, CONSULTATION
from intake.desk.numbers.shielding import Shown
from intake.desk.numbers.tally import Clock, Counted, Dimension, Group, Tally, read, written

LANGUAGE = Dimension.LANGUAGE


def a_tally(*counts: tuple[str, str, int]) -> Tally:
    """Return a tally of inquiries by language and ending."""
    tally = Tally()
    for language, ending, count in counts:
        for _ in range(count):
            tally.count(Counted({LANGUAGE: (language,)}, Clock.IN_TARGET, ending, 3))
    return tally


def test_endings_come_commonest_first_with_small_ones_hidden() -> None:
    tally = a_tally(
        ("en", "consultation_held", 30), ("en", "not_reached", 9), ("en", "withdrawn", 3)
    )

    found = [(one.outcome, one.count) for one in endings_of(tally)]

    assert found == [
        ("consultation_held", 30),
        ("not_reached", Shown.COVER),
        ("withdrawn", Shown.SMALL),
    ]


def test_reasons_stand_under_their_ending_and_small_ones_are_hidden() -> None:
    tally = a_tally(
        ("en", "not_offered/price", 12),
        ("en", "not_offered/distance", 9),
        ("en", "not_offered/other", 2),
        ("en", "open", 20),
    )

    offered, still_open = endings_of(tally)

    assert (offered.outcome, offered.count) == ("not_offered", 23)
    assert offered.reasons == (
        ("price", 12),
        ("distance", Shown.COVER),
        ("other", Shown.SMALL),
    )
    assert (still_open.outcome, still_open.reasons) == ("open", ())


def test_the_reasons_of_a_hidden_ending_are_hidden() -> None:
    tally = a_tally(
        ("en", "withdrawn/changed_mind", 2), ("en", "open", 40), ("en", "not_reached", 20)
    )

    assert [one.reasons for one in endings_of(tally)] == [(), (), ()]


def test_small_groups_become_one_row_and_thin_tables_wider_columns() -> None:
    tally = a_tally(
        *product_of(("en", "es"), {"consultation_held": 40, "handed_over": 30, "not_reached": 20}),
        ("other", "consultation_held", 3),
    )

    found = breakdown(tally, LANGUAGE, endings_of(tally))

    assert [(row.name, row.received) for row in found.rows] == [
        ("es", 90),
        ("en", Shown.COVER),
        ("other", Shown.SMALL),
        (OTHERS, 93),
    ]
    assert found.rows[0].cells == (40, 30, 20)
    assert found.rows[3].cells == (43, 30, 20)
    assert found.rows[1].speed is None

    thin = a_tally(
        *product_of(("en", "es"), {"consultation_held": 9, "handed_over": 4, "not_reached": 12})
    )
    found = breakdown(thin, LANGUAGE, endings_of(thin))
    assert found.columns == (APART, CONSULTATION)
    assert [row.cells for row in found.rows] == [(12, 13), (12, 13)]


def product_of(languages: tuple[str, ...], endings: dict[str, int]) -> list[tuple[str, str, int]]:
    return [(language, ending, endings[ending]) for language, ending in product(languages, endings)]


def test_a_group_too_small_to_tell_withholds_the_table() -> None:
    tally = a_tally(("en", "open", 6), ("es", "open", 1))

    assert breakdown(tally, LANGUAGE, endings_of(tally)).rows == ()


def test_speed_is_told_from_five_answers_on() -> None:
    four, five = (Group(n, Counter({Clock.IN_TARGET: n}), minutes=Counter({2: n})) for n in (4, 5))

    assert speed_of(four).share is None
    assert speed_of(four).median_minutes is None
    assert speed_of(five).share == 1
    assert speed_of(five).median_minutes == 12.5


GROUPS = st.dictionaries(
    st.sampled_from(["en", "es", "other"]),
    st.dictionaries(
        st.sampled_from(["open", "not_reached", "withdrawn", "consultation_held"]),
        st.integers(1, 30),
        min_size=1,
    ),
    min_size=1,
)


@settings(max_examples=150, deadline=None)
@given(GROUPS)
def test_no_page_tells_a_small_group_nor_what_is_left_of_a_told_sum(
    groups: dict[str, dict[str, int]],
) -> None:
    tally = a_tally(
        *(
            (language, ending, n)
            for language, counts in groups.items()
            for ending, n in counts.items()
        )
    )
    endings = endings_of(tally)

    found = breakdown(tally, LANGUAGE, endings)

    assert not any(isinstance(one.count, int) and 0 < one.count < 5 for one in endings)
    for row in found.rows:
        assert not (isinstance(row.received, int) and 0 < row.received < 5)
        for cell in row.cells:
            assert not (isinstance(cell, int) and not isinstance(cell, Shown) and 0 < cell < 5)
        left = (
            row.received - sum(cell for cell in row.cells if isinstance(cell, int))
            if (row.cells and isinstance(row.received, int))
            else 0
        )
        assert not 0 < left < 5, (row, groups)
    hidden = {name: sum(groups[name].values()) for name in groups} if found.rows else {}
    told = {row.name for row in found.rows if isinstance(row.received, int)}
    left = sum(count for name, count in hidden.items() if name not in told)
    assert not 0 < left < 5


def test_a_tally_is_read_as_it_was_written() -> None:
    tally = a_tally(("en", "open", 3), ("es", "not_offered/price", 2))
    tally.deliveries["email"] = Counter(delivered=2)

    again = read(written(tally))

    assert again == tally
    read(written(tally), into=again)
    assert again.group(LANGUAGE, "en").received == 6
    assert again.deliveries["email"] == {"delivered": 4}
