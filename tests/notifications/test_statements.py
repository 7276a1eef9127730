"""The statements of the outbox."""

import pytest
from sqlalchemy import Executable

from intake.notifications import breaker, leases, moment, statements


@pytest.mark.parametrize(
    "statement",
    [
        *statements.INSERT.values(),
        statements.FINISH,
        statements.tokens_statement(given=False),
        *(
            statements.claim_statement(dialect, given=given)
            for dialect in ("sqlite", "postgresql")
            for given in (True, False)
        ),
        *(leases._look_statement(given=given) for given in (True, False)),
        breaker._GATE,
        breaker._LAST_SUCCESS,
        moment._NOW,
    ],
)
def test_no_statement_on_a_hot_path_is_compiled_at_each_call(statement: Executable) -> None:
    assert statement._generate_cache_key() is not None  # type: ignore[attr-defined]
