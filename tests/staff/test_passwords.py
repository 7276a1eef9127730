"""Which passwords are taken."""

import pytest

from intake.staff.passwords import fault_of

OWN = ("Harbor Lane Clinic", "rosa.soto@clinic.example", "Rosa Soto")


@pytest.mark.parametrize(
    "password",
    [
        "four calm herons at the pier",
        "correct horse battery staple",
        "zq7#Lw!pV2@xT9&b",
        "un café con leche por favor",
        "静かな朝の海辺を歩く白い犬と黒い猫",
        "x" * 20 + "yabcq" + "otter pier calm" * 3,
        "harbor four calm herons at the pier",
        "otters in the reeds " * 3 + "and one heron",
    ],
)
def test_long_and_unlikely_passwords_are_taken(password: str) -> None:
    assert fault_of(password, own_words=OWN) is None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_short"),
        ("fourteen chars", "password_short"),
        ("x9!" * 90, "password_long"),
        ("aaaaaaaaaaaaaaaaaaaa", "password_repeated"),
        ("heronheronheron", "password_repeated"),
        ("abababababababababab", "password_repeated"),
        ("qwertyuiopasdfghjkl", "password_walk"),
        ("12345678901234567890", "password_repeated"),
        ("1234567890123456", "password_walk"),
        ("1qaz2wsx3edc4rfv5tgb", "password_walk"),
        ("abcdefghijklmnop", "password_walk"),
        ("poiuytrewqlkjhgfdsa", "password_walk"),
        ("password1234567", "password_common"),
        ("!!!Football2026!!!", "password_common"),
        ("manchesterunited", "password_common"),
        ("harborlaneclinic1", "password_own"),
        ("Rosa.Soto@clinic.example", "password_own"),
        ("rosasotorosasoto2", "password_own"),
    ],
)
def test_what_everybody_tries_first_is_refused(password: str, code: str) -> None:
    assert fault_of(password, own_words=OWN) == code


def test_sixty_four_characters_and_more_are_taken() -> None:
    assert fault_of("The herons of the old harbour sleep " * 2 + "until the tide turns.") is None


def test_two_ways_to_write_a_letter_are_one_password() -> None:
    from intake.staff.passwords import normal

    assert normal("cafe\u0301") == normal("caf\u00e9")
