"""What a question is, and when it is asked.

Structure only: the questions themselves stand in ``questions``. Labels are English sentences that
``intake.i18n`` turns into the reader's language; nothing here knows a page, a form or a request.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Answers = Mapping[str, str | Sequence[str]]


class Kind(StrEnum):
    """How a question is drawn; the names are those of the form macros."""

    RADIOS = "radios"
    BOXES = "boxes"
    BOX = "box"
    TEXT = "text"
    TEL = "tel"
    EMAIL = "email"
    AREA = "area"
    SELECT = "select"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose; ``label`` and ``hint`` are English words to be translated."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """Holds while the answer to ``field`` is, or contains, one of ``values``."""

    field: str
    values: frozenset[str]

    def holds(self, answers: Answers) -> bool:
        """Say whether ``answers``, right or wrong as they are, fulfil this."""
        return any(value in self.values for value in chosen(answers.get(self.field)))


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the form.

    Args:
        label: the words of the question when somebody asks for themselves.
        label_other: the words when they ask for someone else; empty where they do not differ.
        short: how the check page and staff name the answer.
        reason: one line why we ask.
        when: asked only while this holds; None for always.
        needed: an answer is needed whenever the question is asked.
        needed_when: an answer is needed while this holds, though the question is always asked.
        wording: the purpose whose consent wording is this box's label, word for word.
        invites: the sentence that says on the one-page form for whom a follow-up is.
    """

    name: str
    kind: Kind
    label: str
    short: str
    label_other: str = ""
    hint: str = ""
    reason: str = ""
    choices: tuple[Choice, ...] = ()
    when: When | None = None
    needed: bool = True
    needed_when: When | None = None
    max_characters: int | None = None
    autocomplete: str = ""
    inputmode: str = ""
    wording: str = ""
    invites: str = ""

    @property
    def takes_several(self) -> bool:
        """Whether the answer is a list."""
        return self.kind is Kind.BOXES

    @property
    def optional(self) -> bool:
        """Whether the label says "(optional)"."""
        return not self.needed and self.needed_when is None

    def is_asked(self, answers: Answers) -> bool:
        """Say whether somebody with these answers is asked this."""
        return self.when is None or self.when.holds(answers)

    def is_needed(self, answers: Answers) -> bool:
        """Say whether somebody with these answers must answer this."""
        if not self.is_asked(answers):
            return False
        return self.needed or (self.needed_when is not None and self.needed_when.holds(answers))


@dataclass(frozen=True, slots=True)
class Step:
    """One short page of questions; those that follow from the page itself come on a second one."""

    slug: str
    number: int
    title: str
    questions: tuple[Question, ...]
    title_other: str = ""

    @property
    def first(self) -> tuple[Question, ...]:
        """The questions of the page itself."""
        return tuple(q for q in self.questions if not self._follows(q))

    @property
    def follow_ups(self) -> tuple[Question, ...]:
        """The questions that an answer of this page may bring."""
        return tuple(q for q in self.questions if self._follows(q))

    def _follows(self, question: Question) -> bool:
        own = {q.name for q in self.questions}
        return question.when is not None and question.when.field in own


def chosen(answer: object) -> tuple[str, ...]:
    """Return an answer as a tuple of texts, whatever its shape; nothing for other things."""
    if isinstance(answer, str):
        return (answer,) if answer else ()
    if isinstance(answer, Sequence) and not isinstance(answer, bytes | bytearray):
        return tuple(part for part in answer if isinstance(part, str) and part)
    return ()


def texts_of(answer: object) -> tuple[str, ...]:
    """Return a stored answer as a tuple of texts; one of two answers as ``yes`` or ``no``."""
    if isinstance(answer, bool):
        return ("yes",) if answer else ("no",)
    return chosen(answer)


def text_of(answers: Mapping[str, object], name: str) -> str:
    """Return one stored answer that is a text, empty where there is none."""
    answer = answers.get(name)
    return answer if isinstance(answer, str) else ""
