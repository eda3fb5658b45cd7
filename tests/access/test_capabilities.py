"""Each cell of the matrix of docs/access.md: a capability, a door, a role."""

import pytest

from tests.helpers.access_tables import ROLES, table
from tests.helpers.capabilities import Person
from tests.helpers.capabilities_outside_scope import ATTEMPTS

CAPABILITIES = table("Capabilities")
CELLS = [
    (row["Capability"], door, role, row[role])
    for row in CAPABILITIES
    for door in row["Where"].split(", ")
    for role in ROLES
]


def test_each_capability_is_tried_at_each_of_its_doors():
    named = {(capability, door) for capability, door, _role, _expected in CELLS}

    assert ATTEMPTS.keys() == named


@pytest.mark.django_db
@pytest.mark.parametrize(("capability", "door", "role", "expected"), CELLS)
def test_what_the_matrix_says_is_so(capability, door, role, expected):
    assert ATTEMPTS[capability, door](Person(role)) == expected
