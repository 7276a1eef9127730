"""The limits of the form, the rules that join several answers, and the hints that never block.

Every limit stands here once and carries its unit. The draft applies them for the web form, for
staff who write down a phone call, and for the API.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from intake.errors import Problem
from intake.inquiries.asking import Answers, Question, chosen

NAME_MAX_CHARACTERS = 120
CONDITION_MAX_CHARACTERS = 120
LANGUAGE_MAX_CHARACTERS = 60
STORY_MAX_CHARACTERS = 1500
PHONE_MAX_CHARACTERS = 60
EMAIL_MAX_CHARACTERS = 254
VALUES_MAX_PER_QUESTION = 60
HINTS_READ_MAX_CHARACTERS = 6_000  # hints are drawn for refused texts too, however long

WEB_ADDRESS = re.compile(
    r"(?i)https?:|://|\bwww\.|\b[\w-]+\.(?:com|net|org|info|biz|xyz|top|site|online)\b"
)

MISSING = "missing"
MISMATCH = MappingProxyType({"phone": "mismatch", "email": "mismatch", "perm_text": "need_phone"})


def conditional(answers: Answers, questions: tuple[Question, ...]) -> list[Problem]:
    """Return what is missing because of other answers, computed from the raw ones.

    Raw, so that somebody with three things to mend hears of all three at once.
    """
    problems = [
        Problem(question.name, MISMATCH.get(question.name, MISSING))
        for question in questions
        if (question.when is not None or question.needed_when is not None)
        and question.is_needed(answers)
        and not chosen(answers.get(question.name))
    ]
    if chosen(answers.get("perm_text")) and not chosen(answers.get("phone")):
        problems.append(Problem("perm_text", "need_phone"))
    if under_18_alone(answers):
        problems.append(Problem("age_band", "under_18_alone"))
    return problems


def under_18_alone(answers: Answers) -> bool:
    """Say whether a child asks for itself: not a mistake, but a page of its own."""
    return chosen(answers.get("age_band")) == ("under_18",) and chosen(
        answers.get("asking_for")
    ) == ("me",)


def has_web_address(name: str) -> bool:
    """Say whether a name carries a web address, which names do not and spam does."""
    return WEB_ADDRESS.search(name) is not None


@dataclass(frozen=True, slots=True)
class Notice:
    """A hint beside one field that stops nothing; ``suggestion`` fills the sentence."""

    field: str
    code: str
    suggestion: str = ""


_FREE_TEXTS = ("full_name", "called", "requester_name", "condition_other", "story")


def notices(answers: Answers) -> list[Notice]:
    """Return the soft hints for these answers: numbers not to send, emergency words, a typo."""
    found = []
    for field in _FREE_TEXTS:
        text = " ".join(chosen(answers.get(field)))[:HINTS_READ_MAX_CHARACTERS]
        if text and has_secret_number(text):
            found.append(Notice(field, "looks_like_ssn"))
        if text and has_emergency_words(text):
            found.append(Notice(field, "emergency_words"))
    suggestion = email_suggestion(" ".join(chosen(answers.get("email")))[:EMAIL_MAX_CHARACTERS])
    if suggestion:
        found.append(Notice("email", "maybe_typo", suggestion))
    return found


_SSN = re.compile(r"(?<![\d-])\d{3}[- ]\d{2}[- ]\d{4}(?![\d-])")
_NAMED_SSN = re.compile(r"(?i)(?:\bssn\b|social security|seguro social)\D{0,20}\d{3}[- ]?\d{2}")
_LONG_NUMBER = re.compile(r"(?<![\d+])\d(?:[ -]?\d){12,18}(?!\d)")


def has_secret_number(text: str) -> bool:
    """Say whether a Social Security or a card number seems to stand in the text."""
    if not any(character.isdigit() for character in text):
        return False
    if _SSN.search(text) or _NAMED_SSN.search(text):
        return True
    return any(_passes_luhn(number) for number in _LONG_NUMBER.findall(text))


def _passes_luhn(number: str) -> bool:
    digits = [int(character) for character in number if character.isdecimal()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


_EMERGENCY = re.compile(
    r"suicid|kill(?:ing)? my ?self|(?:end|ending|take|taking) my (?:own )?life|want to die"
    r"|hurt(?:ing)? my ?self|overdos|chest pain|(?:can ?no|can'|can)t breathe|trouble breathing"
    r"|passed out|heart attack|having a (?:stroke|seizure)"
    r"|matarme|matarse|quitar(?:me|se) la vida|quier[oe] morir|acabar con mi vida|hacerme dano"
    r"|sobredosis|dolor (?:de|en el) pecho|no (?:puedo|puede) respirar|dificultad para respirar"
    r"|me desmaye|infarto|derrame cerebral|convulsion"
)


def has_emergency_words(text: str) -> bool:
    """Say whether the text may tell of an emergency, in English or Spanish, accents or not."""
    plain = unicodedata.normalize("NFKD", text.replace("\u2019", "'")).casefold()
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return _EMERGENCY.search(" ".join(letters.split())) is not None


_COMMON_HOSTS = (
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "aol.com",
    "live.com",
    "msn.com",
    "comcast.net",
    "verizon.net",
    "bellsouth.net",
    "proton.me",
    "protonmail.com",
    "yahoo.es",
    "yahoo.com.mx",
    "hotmail.es",
    "outlook.es",
)
_REAL_NEIGHBOURS = frozenset({"ymail.com", "gmx.com", "mail.com", "email.com", "me.com", "mac.com"})
_WRONG_ENDS = MappingProxyType(
    {".con": ".com", ".cmo": ".com", ".ocm": ".com", ".vom": ".com", ".comm": ".com"}
)


def email_suggestion(email: str) -> str:
    """Return what the address was perhaps meant to be; empty where nothing looks wrong."""
    local, at, host = email.strip().rpartition("@")
    host = host.casefold()
    if not (local and at and host) or host in _COMMON_HOSTS or host in _REAL_NEIGHBOURS:
        return ""
    for wrong, right in _WRONG_ENDS.items():
        if host.endswith(wrong):
            mended = host.removesuffix(wrong) + right
            return f"{local}@{_nearest(mended) or mended}"
    nearest = _nearest(host)
    return f"{local}@{nearest}" if nearest else ""


def _nearest(host: str) -> str:
    return next(iter(get_close_matches(host, _COMMON_HOSTS, n=1, cutoff=0.88)), "")


def ordered(problems: Iterable[Problem], names: list[str]) -> tuple[Problem, ...]:
    """Return the problems in the form's order, one for each field, those of no field last."""
    first: dict[str, Problem] = {}
    for problem in problems:
        first.setdefault(problem.field, problem)
    place = {name: number for number, name in enumerate(names)}
    return tuple(sorted(first.values(), key=lambda p: place.get(p.field, len(place))))
