"""Names and words of every script pass; hidden and broken characters do not."""

import unicodedata

import pytest

from intake.inquiries.text import showable
from tests.inquiries.answers import for_myself, parse, problems

NAMES = [
    "Ana Díaz",
    "José Ángel Núñez",
    "O'Brien",
    "Siobhán O’Connor",
    "Mary-Jane Smith",
    "Jean-Baptiste D'Arcy",
    "X Æ A-12",
    "Q",
    "Ng",
    "Null",
    "True Test",
    "Nguyễn Thị Minh Khai",
    "Þórdís Kolbrún Reykfjörð Gylfadóttir",
    "Łukasz Żółć",
    "Øystein Åsgård",
    "Ștefan Țepeș",
    "Đorđe Šćepanović",
    "Jürgen Groß",
    "Αλέξανδρος Παπαδόπουλος",
    "Владимир Иванович",
    "Дмитро Ґалаґан",
    "გიორგი მარგველაშვილი",
    "Արամ Խաչատրյան",
    "דוד בן־גוריון",
    "محمد عبد الله",
    "مُحَمَّد بْنُ عَبْدِ ٱللّٰه",
    "می\u200cنا رضایی",
    "संजय कुमार शर्मा",
    "শ্রীমতী রহমান",
    "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "தமிழ்ச்செல்வி",
    "సత్యనారాయణ",
    "ශ්‍රී ලංකා පෙරේරා",
    "สมชาย ใจดี",
    "ຄຳ ແກ້ວ",
    "မောင်မောင်",
    "សុខ សុវណ្ណា",
    "བསྟན་འཛིན་རྒྱ་མཚོ",
    "አበበ ቢቂላ",
    "王小明",
    "田中 さくら",
    "ジョン・スミス",
    "김민준",
    "𠮷野家太郎",
    "ʻIolani Kalākaua",
    "Xóchitl Iztaccíhuatl",
    "ᏍᏏᏉᏯ",
    "Dr. Martin Luther King, Jr.",
    "María de la O Fernández-Cuesta y García",
    "N'Golo Kanté 3rd",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_real_name_is_kept_as_it_is(name: str) -> None:
    kept = parse(for_myself(full_name=name)).full_name

    assert kept == unicodedata.normalize("NFC", name)


def test_at_least_36_names_were_tried() -> None:
    assert len(NAMES) >= 36


def test_a_decomposed_name_is_composed() -> None:
    typed = unicodedata.normalize("NFD", "José Ángel Núñez")

    assert parse(for_myself(full_name=typed)).full_name == "José Ángel Núñez"


def test_spaces_around_and_between_are_put_right() -> None:
    draft = parse(for_myself(full_name="  Ana \t  María\u00a0Díaz\u2028 "))

    assert draft.full_name == "Ana María Díaz"


@pytest.mark.parametrize(
    "hidden",
    [
        "\x00",
        "\x07",
        "\x1b[31m",
        "\x7f",
        "\x92",
        "\ud83d",
        "\ufdd0",
        "\uffff",
        "\U0010ffff",
    ],
)
@pytest.mark.parametrize("field", ["full_name", "called", "story"])
def test_characters_no_keyboard_writes_are_refused(field: str, hidden: str) -> None:
    typed = f"Ana{hidden} Díaz"

    assert problems(for_myself(**{field: typed})) == [(field, "characters")]
    assert parse(for_myself(**{field: showable(typed)})), "the second click works"


@pytest.mark.parametrize(
    "steering",
    [
        "\u202e",
        "\u202a",
        "\u2066",
        "\u2069",
        "\u200e",
        "\u200f",
        "\u061c",
        "\u200b",
        "\ufeff",
        "\u00ad",
    ],
)
def test_marks_that_only_steer_or_hide_are_taken_out(steering: str) -> None:
    draft = parse(for_myself(full_name=f"Ana{steering} Díaz", story=f"a{steering}b"))

    assert (draft.full_name, draft.story) == ("Ana Díaz", "ab")


@pytest.mark.parametrize(
    "nothing",
    ["\u200b", "\u200c\u200d", "\u2060\ufeff", " \u00a0 ", "\u3164", "\u115f\u1160", "\u2800",
     "\u0301", "\ufe0f", "\u202e\u202c", "\u3000", "\U000e0041"],
)  # fmt: skip
def test_a_name_nobody_can_see_is_missing(nothing: str) -> None:
    assert problems(for_myself(full_name=nothing)) == [("full_name", "missing")]


def test_eight_marks_on_a_letter_pass_and_nine_do_not() -> None:
    assert parse(for_myself(full_name="q" + "\u0301" * 8)).full_name
    assert problems(for_myself(full_name="q" + "\u0301" * 9)) == [("full_name", "marks")]
    assert problems(for_myself(story="Z" + "\u0335\u0300" * 40)) == [("story", "marks")]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_line_ends_of_every_kind_become_one(end: str) -> None:
    assert parse(for_myself(story=f"one{end}two")).story == "one\ntwo"


def test_a_line_break_counts_as_one_character() -> None:
    story = "x\r\n" * 749 + "xx"

    assert len(parse(for_myself(story=story)).story or "") == 1500


@pytest.mark.parametrize("flood", ["\n" * 50_000, "\ufdfa" * 50_000, "x" * 1_000_000])
def test_a_flood_is_refused_at_once(flood: str) -> None:
    assert ("story", "too_long") in problems(for_myself(story=flood + "x"))


@pytest.mark.parametrize(
    "typed",
    ["=cmd|'/C calc'!A0", "<script>alert(1)</script>", "Robert'); DROP TABLE inquiries;--",
     "{{ 7*7 }}", "%0d%0aBcc: x", "${jndi:ldap}", "@SUM(1+1)", "👩🏽‍⚕️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿"],
)  # fmt: skip
def test_text_that_looks_like_code_is_text(typed: str) -> None:
    draft = parse(for_myself(story=typed))

    assert draft.story == typed


@pytest.mark.parametrize(
    "name", ["Buy https://spam.example", "www.pills", "visit cheap-pills.com now", "HTTP://x"]
)
def test_a_name_with_a_web_address_is_refused(name: str) -> None:
    assert problems(for_myself(full_name=name)) == [("full_name", "link")]
