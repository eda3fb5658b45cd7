"""Each cell of the matrix of docs/access.md: a capability, a place, a role."""

import pytest

from tests.helpers.access_tables import ROLES, table
from tests.helpers.capabilities import Person, make_users_and_areas
from tests.helpers.capabilities_of_accounts import ATTEMPTS

CELLS = [
    (row["Capability"], place, role, row[role])
    for row in table("Capabilities")
    for place in row["Where"].split(", ")
    for role in ROLES
]


@pytest.fixture(scope="module")
def users_and_areas(module_db):
    make_users_and_areas()


def test_each_capability_is_attempted_at_each_of_its_places():
    assert ATTEMPTS.keys() == {(capability, place) for capability, place, _role, _cell in CELLS}


@pytest.mark.parametrize(("capability", "place", "role", "expected"), CELLS)
def test_the_matrix_is_true(db, users_and_areas, capability, place, role, expected):
    assert ATTEMPTS[capability, place](Person(role)) == expected
