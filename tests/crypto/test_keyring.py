"""Keys are made once, kept private, rotated without loss and restored from paper."""

import contextlib
import json
import stat
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.crypto import paper
from intake.crypto.keyring import (
    KIT_HEAD,
    KIT_MASTER,
    Keyring,
    Master,
    add_master,
    create_keyring,
    load_keyring,
    open_keyring,
    recovery_kit,
    restore_from_kit,
)
from intake.crypto.sealed import SealBroken
from intake.errors import Conflict, Misconfigured

RING = Keyring((Master(1, b"m" * 32, None),), b"r" * 32, b"s" * 32)
DAY = date(2026, 11, 23)
SEARCH_SECRET_OF_THE_TEST_RING = "a426b2662233ecc254ffab4369ea88c20313867d99c6f4501d44c36b3dcbf253"
KIT = paper.to_lines(
    KIT_HEAD.pack(1, RING.root, RING.signing) + KIT_MASTER.pack(1, DAY.toordinal(), b"m" * 32)
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "keyring.json"
    create_keyring(path, created_on=DAY)
    return path


def only_fault(caught: pytest.ExceptionInfo[Misconfigured]) -> str:
    (fault,) = caught.value.faults
    return fault


def test_a_new_keyring_is_private_and_opens_as_it_was_made(tmp_path: Path) -> None:
    path = tmp_path / "var" / "keys" / "keyring.json"

    made = create_keyring(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert open_keyring(path) == made
    assert load_keyring(path.read_text()) == made
    assert [entry.name for entry in path.parent.iterdir()] == ["keyring.json"]


def test_a_keyring_is_never_overwritten(path: Path) -> None:
    before = path.read_bytes()

    with pytest.raises(Conflict) as refused:
        create_keyring(path)

    assert refused.value.code == "keyring_exists"
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["keyring.json"]


def test_two_keyrings_share_nothing(tmp_path: Path) -> None:
    first, second = create_keyring(tmp_path / "a"), create_keyring(tmp_path / "b")

    assert first.masters[0].key != second.masters[0].key
    assert first.root != second.root
    assert first.signing != second.signing


def test_keys_are_never_shown(path: Path) -> None:
    ring = open_keyring(path)

    for shown in (repr(ring), str(ring), repr(ring.masters)):
        assert repr(ring.masters[0].key) not in shown
        assert repr(ring.root) not in shown


def test_data_keys_are_fresh() -> None:
    assert len(RING.new_data_key()) == 32
    assert RING.new_data_key() != RING.new_data_key()


@given(st.binary(min_size=32, max_size=32), st.text(st.characters(codec=None)))
def test_a_wrapped_key_opens_for_its_record(data_key: bytes, record: str) -> None:
    assert RING.unwrap(RING.wrap(data_key, record=record), record=record) == data_key


@given(st.data())
def test_any_flipped_bit_of_a_wrapped_key_breaks_it(data: st.DataObject) -> None:
    wrapped = bytearray(RING.wrap(RING.new_data_key(), record="r"))
    bit = data.draw(st.integers(0, len(wrapped) * 8 - 1))
    wrapped[bit // 8] ^= 1 << bit % 8

    with pytest.raises(SealBroken):
        RING.unwrap(bytes(wrapped), record="r")


def test_a_wrapped_key_opens_for_no_other_record() -> None:
    wrapped = RING.wrap(RING.new_data_key(), record="r")

    with pytest.raises(SealBroken) as broken:
        RING.unwrap(wrapped, record="s")

    assert broken.value.code == "seal_broken"


@pytest.mark.parametrize("length", [0, 1, 2, 3, 10, 62])
def test_a_wrapped_key_cut_short_breaks(length: int) -> None:
    with pytest.raises(SealBroken):
        RING.unwrap(RING.wrap(RING.new_data_key(), record="r")[:length], record="r")


def test_a_key_wrapped_before_a_rotation_still_opens(path: Path) -> None:
    old = open_keyring(path)
    wrapped = old.wrap(b"d" * 32, record="r")

    new = add_master(path, created_on=date(2027, 1, 5))

    assert (old.current_id, new.current_id) == (1, 2)
    assert open_keyring(path) == new
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert new.unwrap(wrapped, record="r") == b"d" * 32
    assert new.unwrap(new.wrap(b"d" * 32, record="r"), record="r") == b"d" * 32
    assert new.secret("search") == old.secret("search")
    assert [master.created_on for master in new.masters] == [DAY, date(2027, 1, 5)]


def test_a_ring_that_lacks_the_master_says_so(path: Path) -> None:
    old = open_keyring(path)
    wrapped = add_master(path).wrap(b"d" * 32, record="r")

    with pytest.raises(SealBroken) as broken:
        old.unwrap(wrapped, record="r")

    assert broken.value.code == "master_key_unknown"


def test_each_purpose_has_its_own_lasting_secret(path: Path) -> None:
    ring = open_keyring(path)
    purposes = ["search", "web", "links", "rate", "totp"]

    assert len({ring.secret(purpose) for purpose in purposes}) == 5
    assert all(len(ring.secret(purpose)) == 32 for purpose in purposes)
    assert open_keyring(path).secret("web") == ring.secret("web")


def test_the_secret_of_a_purpose_never_changes_between_versions() -> None:
    # A changed derivation would lose every search token and sign everybody out.
    assert RING.secret("search").hex() == SEARCH_SECRET_OF_THE_TEST_RING


def test_a_signature_is_verified_by_the_public_half() -> None:
    RING.verify_key().verify(RING.signing_key().sign(b"checkpoint"), b"checkpoint")


def test_a_missing_file_says_that_new_keys_are_no_remedy(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        open_keyring(tmp_path / "keyring.json")

    assert "does not exist" in only_fault(caught)
    assert "recovery kit" in only_fault(caught)
    assert str(tmp_path) in only_fault(caught)


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        open_keyring(tmp_path)

    assert "cannot be read (Is a directory)" in only_fault(caught)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602, 0o610])
def test_a_file_open_to_others_is_refused_with_the_command_to_run(path: Path, mode: int) -> None:
    path.chmod(mode)

    with pytest.raises(Misconfigured) as caught:
        open_keyring(path)

    assert only_fault(caught).endswith(f"Run: chmod 600 {path}")


@given(st.data())
def test_any_changed_byte_of_the_file_is_noticed_or_means_the_same(data: st.DataObject) -> None:
    text = restore_from_kit(KIT).decode()
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(codec="utf-8"))
    damaged = text[:at] + letter + text[at + 1 :]

    # A changed space changes nothing that matters; everything else must be noticed.
    with contextlib.suppress(Misconfigured):
        assert load_keyring(damaged) == load_keyring(text)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", "null", '"keys"', "{}", '{"format": 1}', '{"format":1,"masters":["x"]}'],
)
def test_what_is_no_key_file_is_called_damaged(text: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        load_keyring(text)

    assert only_fault(caught).startswith(
        "The keyring given in the settings is damaged. Put it back"
    )


def test_a_damaged_file_is_named_without_its_content(path: Path) -> None:
    content = json.loads(path.read_text())
    path.write_bytes(path.read_bytes().replace(b'"root": "', b'"root": "\xff'))

    with pytest.raises(Misconfigured) as caught:
        open_keyring(path)

    assert f"{path} is damaged" in only_fault(caught)
    assert content["root"] not in str(caught.value)


def test_a_file_of_a_newer_program_is_not_called_damaged(path: Path) -> None:
    content = {**json.loads(path.read_text()), "format": 2}

    with pytest.raises(Misconfigured) as caught:
        load_keyring(json.dumps(content))

    assert "has format 2: use the program that wrote it" in only_fault(caught)


def test_a_failed_write_leaves_the_old_keys(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("intake.crypto.keyfile.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        add_master(path)

    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["keyring.json"]


def test_the_printed_kit_restores_the_file_to_the_byte(path: Path) -> None:
    add_master(path)
    kit = recovery_kit(path)

    assert restore_from_kit(kit) == path.read_bytes()
    assert max(map(len, kit.splitlines())) <= 80
    assert kit.isascii()


def test_a_kit_typed_untidily_restores(path: Path) -> None:
    lines = recovery_kit(path).lower().splitlines()
    typed = "\r\n".join(line.replace(" ", "").replace("0", "o") for line in reversed(lines))

    # The letters o, i and l are what people type for 0, 1 and 1; the numbers of lines stay digits.
    assert restore_from_kit(typed.replace("o/", "0/")) == path.read_bytes()


def test_a_mistyped_letter_is_named_by_its_line(path: Path) -> None:
    lines = recovery_kit(path).splitlines()
    at = next(i for i, line in enumerate(lines) if line.strip().startswith("3/"))
    wrong = "Z" if lines[at][8] != "Z" else "Y"
    lines[at] = lines[at][:8] + wrong + lines[at][9:]

    with pytest.raises(Misconfigured) as caught:
        restore_from_kit("\n".join(lines))

    assert only_fault(caught).startswith("Line 3 of the kit has a mistake.")


def test_lines_that_hold_something_else_are_no_keys() -> None:
    for secret in (b"", b"short", b"\x02" + b"k" * 102, KIT_HEAD.pack(1, b"r" * 32, b"s" * 32)):
        with pytest.raises(Misconfigured) as caught:
            restore_from_kit(paper.to_lines(secret))

        assert "hold no keys" in only_fault(caught)
