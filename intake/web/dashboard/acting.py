"""What every act on an inquiry does: one transaction, then the page again, or why not.

Done: 303 back to the page, where the act can be taken back. Refused: the page with everything that
was typed, the reason beside its field (422) or above the form (409); nothing was changed.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from intake.crypto.tokens import parse_reference, show_reference
from intake.desk.done import Done
from intake.desk.hand import Hand
from intake.desk.refusals import Stale
from intake.errors import Conflict, InvalidInput, Problem
from intake.web.context import current, now
from intake.web.dashboard.list_place import list_url
from intake.web.dashboard.looking import next_in_list
from intake.web.dashboard.policies import acting, member_here
from intake.web.dashboard.sent import number_in

Choice = TypeVar("Choice", bound=StrEnum)
NOT_TYPED = frozenset({"csrf_token", "version", "then", "form_key"})


@dataclass(frozen=True, slots=True)
class Returned:
    """An act that was refused: which form, what was typed, and why."""

    form: str
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    refusal: str = ""
    stale: Stale | None = None


def typed_here() -> dict[str, str]:
    """Return what stands in the form that was sent, without its machinery."""
    return {
        name: value.replace("\r\n", "\n")
        for name, value in request.form.items()
        if name not in NOT_TYPED
    }


def version_here() -> int:
    """Return the version the page was drawn from; what is none is always too old."""
    return number_in(request.form.get("version", ""))


def act(
    reference: str, form: str, said: str, do: Callable[[Hand, Mapping[str, str]], Done]
) -> ResponseReturnValue:
    """Do something to an inquiry and answer.

    Args:
        reference: As in the address.
        form: The form's name, where a refusal is shown.
        said: What to tell when it was done.
        do: The verbs; they raise what they refuse.
    """
    from intake.web.dashboard.inquiry_page import show  # noqa: PLC0415 - the page draws us too

    intake, typed = current(), typed_here()
    waiting = _next_here(reference)  # before the act takes this one out of the list
    try:
        with intake.database.write() as session:
            hand = Hand(
                session,
                intake.office,
                reference,
                version_here(),
                by=acting(),
                at=now(),
            )
            done = do(hand, typed)
    except InvalidInput as wrong:
        return show(reference, Returned(form, typed, problems=wrong.problems)), 422
    except Stale as stale:
        return show(reference, Returned(form, typed, stale=stale)), 409
    except Conflict as refused:
        return show(reference, Returned(form, typed, refusal=refused.code)), 409
    flash(f"{show_reference(done.reference)}: {said}")
    return redirect(_onwards(done.reference, waiting), 303)


def _next_here(reference: str) -> str | None:
    """Return which inquiry to go on with, where the form asks for the next one."""
    stored = parse_reference(reference)
    if stored is None or request.form.get("then") != "next":
        return None
    return next_in_list(stored, member_here(), now())


def _onwards(reference: str, waiting: str | None) -> str:
    """Return where one goes on: the same inquiry, or the next that waits."""
    if request.form.get("then") != "next":
        return url_for("dashboard.inquiry", reference=reference)
    if waiting is None:
        return list_url()
    return url_for("dashboard.inquiry", reference=waiting, done=reference)


def chosen(kind: type[Choice], typed: Mapping[str, str], name: str) -> Choice:
    """Return one of a closed list.

    Raises:
        InvalidInput: ``missing``, or ``choice`` where it is none of the list.
    """
    value = typed.get(name, "")
    if not value:
        raise InvalidInput((Problem(name, "missing"),))
    if value not in set(kind):
        raise InvalidInput((Problem(name, "choice"),))
    return kind(value)


@contextmanager
def renamed(names: Mapping[str, str]) -> Iterator[None]:
    """Tell of problems under the names that the form's fields have."""
    try:
        yield
    except InvalidInput as wrong:
        raise InvalidInput(
            tuple(Problem(names.get(one.field, one.field), one.code) for one in wrong.problems)
        ) from None
