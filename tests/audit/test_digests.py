"""The arithmetic of checkpoints: every field, place and number counts."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from intake.audit.digests import checkpoint_hash, event_digest, tree_root

leaves = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=20, unique=True)


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def rfc_6962(items: list[bytes]) -> bytes:
    if len(items) == 1:
        return items[0]
    half = 1 << (len(items) - 1).bit_length() - 1
    return sha(b"\1" + rfc_6962(items[:half]) + rfc_6962(items[half:]))


@given(leaves)
def test_the_root_is_that_of_rfc_6962(items: list[bytes]) -> None:
    assert tree_root(items) == rfc_6962(items)


def test_a_tree_of_nothing_has_a_root() -> None:
    assert tree_root([]) == sha(b"")


@given(leaves, st.data())
def test_a_moved_doubled_or_missing_leaf_changes_the_root(
    items: list[bytes], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(items) - 1))

    assert tree_root([*items, items[at]]) != tree_root(items)
    assert tree_root([*items[:at], *items[at + 1 :]]) != tree_root(items)
    if len(items) > 1:
        assert tree_root([*items[1:], items[0]]) != tree_root(items)


def test_letters_shifted_between_fields_change_the_digest() -> None:
    assert event_digest([1, "ab", "c"]) != event_digest([1, "a", "bc"])
    assert event_digest([11, "a"]) != event_digest([1, "1a"])


@given(st.text())
def test_text_and_its_bytes_have_one_digest(letters: str) -> None:
    assert event_digest([7, letters]) == event_digest([7, letters.encode()])


def test_every_fact_of_a_checkpoint_counts() -> None:
    def hashed(number: int = 1, events: int = 2, last: int = 3, at: int = 4) -> bytes:
        return checkpoint_hash(
            previous=b"p" * 32,
            root=b"r" * 32,
            number=number,
            events=events,
            last_event_id=last,
            at=at,
        )

    changed = [hashed(number=9), hashed(events=9), hashed(last=9), hashed(at=9)]
    others = [
        checkpoint_hash(
            previous=b"x" * 32, root=b"r" * 32, number=1, events=2, last_event_id=3, at=4
        ),
        checkpoint_hash(
            previous=b"p" * 32, root=b"x" * 32, number=1, events=2, last_event_id=3, at=4
        ),
    ]

    assert len({hashed(), *changed, *others}) == 7
