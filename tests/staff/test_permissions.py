"""Which role may do what."""

import pytest

from intake.staff.models import RoleName
from intake.staff.permissions import ROLE_PERMISSIONS, Permission, allows, permissions_of


def test_every_role_stands_in_the_table() -> None:
    assert set(ROLE_PERMISSIONS) == set(RoleName)


@pytest.mark.parametrize("role", ["administrator", "auditor", "editor"])
def test_who_answers_nobody_reads_no_health_text_and_sees_no_names(role: str) -> None:
    granted = permissions_of([role])

    assert not granted & {Permission.READ_INQUIRY, Permission.SEE_NAMES, Permission.FIND_PEOPLE}


def test_an_administrator_who_is_also_coordinator_reads_health_text() -> None:
    assert allows(["administrator", "coordinator"], Permission.READ_INQUIRY)


def test_an_unknown_role_allows_nothing() -> None:
    assert permissions_of(["root", ""]) == frozenset()


def test_everybody_keeps_their_own_account() -> None:
    assert all(allows([role], Permission.KEEP_OWN_ACCOUNT) for role in RoleName)
