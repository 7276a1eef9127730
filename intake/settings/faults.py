"""What an operator is told of a wrong setting: which it is, what is wrong, where to set it.

The library's own words are about inputs and types; these are about settings.
"""

import json
import os
from collections.abc import Mapping
from types import MappingProxyType

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from intake.settings.brand import TOO_FAINT
from intake.settings.section import Part

PREFIX = "INTAKE_"
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "missing": "is missing",
        "int_parsing": "must be a whole number",
        "int_type": "must be a whole number",
        "bool_parsing": "must be true or false",
        "bool_type": "must be true or false",
        "string_type": "must be a text in quotes",
        "string_pattern_mismatch": "has characters that are not allowed in it",
    }
)
# How the library begins its sentences, and what fits behind the name of a setting.
BEGINNINGS = (("Value error, ", ""), ("Input should be ", "must be "), ("String should ", "must "))


def sentences(error: ErrorDetails, file: str) -> tuple[str, ...]:
    """Return one fault in a sentence, or each colour of a brand that cannot be read in its own."""
    if error["type"] == TOO_FAINT:
        return tuple(f"{line} (in {file})" for line in error["msg"].splitlines())
    return (sentence(error, file),)


def sentence(error: ErrorDetails, file: str) -> str:
    """Return one fault in a sentence, with the names that the operator can type."""
    names = [str(part) for part in error["loc"]]
    message = WORDS.get(error["type"], error["msg"])
    for theirs, ours in BEGINNINGS:
        if message.startswith(theirs):
            message = ours + message.removeprefix(theirs)
    if not names:
        return f"{message} (in {file} or as variables)"
    variable = PREFIX + "__".join(names).upper()
    if error["type"] == "extra_forbidden":
        return f"{'.'.join(names)} ({variable}) is not a setting; config/README.md lists them all"
    return f"{'.'.join(names)} {message} (set it in {file} or as {variable})"


def sections_as_text(fields: Mapping[str, FieldInfo]) -> tuple[str, ...]:
    """Name the variables that set a whole section to something that no section is made of."""
    faults = tuple(
        f"{name} is a section; set what is in it, like {name}__HOST"
        if name == f"{PREFIX}SMTP"
        else f"{name} is a section; set what is in it, one variable for each"
        for name, text in os.environ.items()
        if _is_section(fields.get(name.removeprefix(PREFIX).lower())) and not _is_json(text)
    )
    return faults or ("a variable holds a list or a section that cannot be read as JSON",)


def _is_section(field: FieldInfo | None) -> bool:
    kind = None if field is None else field.annotation
    return isinstance(kind, type) and issubclass(kind, Part)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
