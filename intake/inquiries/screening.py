"""Doubts about an inquiry, as a score with reasons: doubt quarantines, it never rejects.

Nobody who ticked an emergency sign or wrote emergency words is ever held back, and neither is a
person the clinic knows (``submit`` asks the database for that). A quarantined inquiry keeps its
receipt, its promise and its running clock; a human looks at it within a business day.

Source: PRODUCT.md 2 and 3, SAFETY.md T2.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from intake.inquiries.choices import Safety
from intake.inquiries.draft import InquiryDraft
from intake.inquiries.rules import has_emergency_words

QUARANTINE_SCORE = 50
SCORE_MAX = 100
# Signs that the edge saw. Alone, only a filled honeypot and a flood are enough for doubt: people
# with a password manager are fast, people who sleep over a letter are slow, and many run no script.
SIGN_SCORES = MappingProxyType(
    {
        "honeypot": 60,
        "rate": 50,
        "too_fast": 30,
        "token_old": 20,
        "proof_forged": 30,
        "proof_repeated": 30,
        "proof_missing": 10,
        "proof_expired": 10,
    }
)
OTHER_SIGN_SCORE = 10
LINK_SCORE = 15
LINKS_SCORE = 40  # three or more
MARKUP_SCORE = 50
REPEATED_SCORE = 30
REPEATED_MIN_WORDS = 20
SELLING_SCORE = 20

LINK = re.compile(r"(?i)https?://|\bwww\.[a-z0-9-]")
MARKUP = re.compile(r"(?i)<a\s[^>]*href|\[url[=\]]|\[link[=\]]")
SELLING = re.compile(
    r"(?i)\b(?:seo|backlinks?|casino|crypto ?currency|bitcoin|forex|viagra|cialis|payday loans?"
    r"|guest posts?|rank(?:ing)? (?:on|in) google|increase your (?:traffic|sales))\b"
)
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Doubt:
    """How much speaks against an inquiry (0-100), and what; ``is_red_flag`` outweighs it all."""

    score: int
    reasons: tuple[str, ...]
    is_red_flag: bool

    @property
    def quarantines(self) -> bool:
        """Whether a human should look first."""
        return self.score >= QUARANTINE_SCORE and not self.is_red_flag


def screen(draft: InquiryDraft, signs: Iterable[str]) -> Doubt:
    """Weigh what the edge saw and what was written.

    Args:
        draft: The answers.
        signs: Codes such as ``honeypot``; a code without a weight of its own counts a little.
    """
    found = [*_signs(signs), *_content(_free_text(draft))]
    return Doubt(
        score=min(SCORE_MAX, sum(score for _, score in found)),
        reasons=tuple(reason for reason, _ in found),
        is_red_flag=is_red_flag(draft),
    )


def is_red_flag(draft: InquiryDraft) -> bool:
    """Whether the answers may tell of an emergency: the safety question, or words in a text."""
    return draft.safety is Safety.YES or has_emergency_words(_free_text(draft))


def _free_text(draft: InquiryDraft) -> str:
    texts = (draft.story, draft.condition_other, draft.full_name, draft.called)
    return "\n".join(text for text in texts if text)


def _signs(signs: Iterable[str]) -> Iterator[tuple[str, int]]:
    for sign in dict.fromkeys(signs):
        yield sign, SIGN_SCORES.get(sign, OTHER_SIGN_SCORE)


def _content(text: str) -> Iterator[tuple[str, int]]:
    links = len(LINK.findall(text))
    if links:
        yield "links", LINKS_SCORE if links >= 3 else LINK_SCORE
    if MARKUP.search(text):
        yield "markup", MARKUP_SCORE
    if SELLING.search(text):
        yield "selling", SELLING_SCORE
    if _repeats_itself(text):
        yield "repeated", REPEATED_SCORE


def _repeats_itself(text: str) -> bool:
    words = WORD.findall(text.casefold())
    if len(words) < REPEATED_MIN_WORDS:
        return False
    return Counter(words).most_common(1)[0][1] > len(words) // 2
