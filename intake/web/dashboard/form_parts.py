"""The parts that the desk's forms are put together from: a text, a list, a day with its time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from intake.desk.facts import DeskFacts
from intake.web.fields import FieldView


@dataclass(frozen=True, slots=True)
class Draw:
    """What one form is drawn from: the facts, what was typed, and what is wrong with it."""

    facts: DeskFacts
    form: str
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def area(
    draw: Draw,
    name: str,
    label: str,
    *,
    hint: str = "",
    optional: bool = False,
    shown_if: str = "",
    value: str = "",
) -> FieldView:
    """Return a text of several lines."""
    return FieldView(
        name,
        "area",
        label,
        hint=hint,
        optional=optional,
        shown_if=shown_if,
        value=draw.typed.get(name, value),
        error=draw.errors.get(name, ""),
        form=draw.form,
    )


def pick(
    draw: Draw,
    name: str,
    label: str,
    choices: Sequence[tuple[str, str]],
    *,
    value: str = "",
    hint: str = "",
    optional: bool = False,
    shown_if: str = "",
) -> FieldView:
    """Return a list to choose one from."""
    return FieldView(
        name,
        "select",
        label,
        hint=hint,
        optional=optional,
        shown_if=shown_if,
        choices=tuple((one, words, "") for one, words in choices),
        value=draw.typed.get(name, value),
        error=draw.errors.get(name, ""),
        form=draw.form,
    )


def when(draw: Draw, name: str, label: str, *, hint: str = "", shown_if: str = "") -> FieldView:
    """Return a day and a time; browsers without such a control show a plain text field."""
    return FieldView(
        name,
        "datetime",
        label,
        hint=hint,
        shown_if=shown_if,
        width="short",
        value=draw.typed.get(name, ""),
        error=draw.errors.get(name, ""),
        form=draw.form,
    )
