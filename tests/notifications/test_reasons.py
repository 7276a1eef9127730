"""Staff read a plain sentence for whatever code the queue can store."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import intake
from intake.notifications.reasons import WORDS, in_words
from intake.web.dashboard.endpoints import FAULTS

HOUSE = Path(intake.__file__).parent
CHANNELS = HOUSE / "notifications" / "channels"
CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
# Which argument of these, if not a named one, is the code that is stored.
MAKERS: dict[str, int | None] = {
    "Result": 1,
    "Withheld": 0,
    "Refused": 0,
    "CannotConnect": 0,
    "_channel_failed": 0,
    "_judge": 1,
    "cancel": None,
    "cancel_for_inquiry": None,
    "cancel_for_subject": None,
    "cancel_all_for_inquiry": None,
    "cancel_for_channel": None,
}
KEYWORDS = {"error", "reason", "last_error"}
TABLES = {"_WORDS", "WAITS"}
# Words with an underscore in channels/*.py that are no codes of ours.
NO_CODES = {"intake_apprise_heard", "smtp_code", "too_long", "too_much"}


def constants(path: Path) -> dict[str, str]:
    """Return the module's constants that hold a word, by name."""
    return {
        target.id: node.value.value
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


def made_in(path: Path) -> Iterator[str]:
    """Give each code that a file stores, by where it stands."""
    named = constants(path)
    for node in ast.walk(ast.parse(path.read_text())):
        for one in (*_in_call(node), *_in_table(node)):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value
            elif isinstance(one, ast.Name) and one.id in named:
                yield named[one.id]


def _in_call(node: ast.AST) -> Iterator[ast.AST]:
    maker = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    if not isinstance(node, ast.Call) or maker not in MAKERS:
        return
    place = MAKERS[maker]
    if place is not None:
        yield from node.args[place : place + 1]
    yield from (one.value for one in node.keywords if one.arg in KEYWORDS)


def _in_table(node: ast.AST) -> Iterator[ast.AST]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
    names = {one.id for one in targets if isinstance(one, ast.Name)}
    if names & TABLES and isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        yield from ast.walk(node.value)


def underscored_in(path: Path) -> Iterator[str]:
    """Give each word with an underscore in a file of the channels: most are codes."""
    for node in ast.walk(ast.parse(path.read_text())):
        word = node.value if isinstance(node, ast.Constant) else None
        if isinstance(word, str) and "_" in word and CODE.fullmatch(word):
            yield word


def test_no_code_is_without_a_sentence() -> None:
    made = {
        (code, path.relative_to(HOUSE).as_posix())
        for path in HOUSE.rglob("*.py")
        for code in made_in(path)
        if CODE.fullmatch(code)
    }
    made |= {(code, path.name) for path in CHANNELS.glob("*.py") for code in underscored_in(path)}
    codes = {code for code, _ in made}

    assert {one for one in made if one[0] not in WORDS and one[0] not in NO_CODES} == set()
    assert {"dns", "busy", "endpoint_gone", "url_port", "erased", "waits_daily"} <= codes
    assert len(codes) > 60


@pytest.mark.parametrize("code", WORDS)
def test_each_sentence_is_plain_and_holds_no_code(code: str) -> None:
    sentence = WORDS[code]

    assert in_words(code) == sentence
    assert len(sentence.split()) >= 4
    assert "_" not in sentence
    assert sentence == sentence.strip(".")


def test_what_the_form_refuses_has_a_sentence_where_it_is_refused_later_too() -> None:
    later = {code for code in FAULTS if code.startswith(("url_", "service_", "address_"))}

    assert later <= set(WORDS)
