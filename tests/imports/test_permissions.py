"""A row is written only if the user of the import may add or change such records."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission

from projects.imports import batches
from projects.imports.mapping import mapping_of
from projects.models import Enterprise, Project, RowStatus
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db

TEXT = "code,name,amount\nold,Old,7\nsame,Same,5\nnew,New,5\n"


def may(*codenames):
    user = make_user("visitor", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def previewed(text, user):
    batch = batches.receive(text.encode(), "list.csv", "projects", user=user)
    batches.map_columns(batch, mapping_of(batch.mapping))
    batches.work_on(batch)
    return batch


def refused(batch):
    rows = batch.rows.filter(status=RowStatus.REFUSED)
    return {row.number: [reason for *_cell, reason, _near in row.errors] for row in rows}


@pytest.fixture
def standing():
    make_project(code="old", name="Old", amount=Decimal("5.00"))
    make_project(code="same", name="Same", amount=Decimal("5.00"))


@pytest.mark.parametrize(
    ("codenames", "expected"),
    [
        (["add_project", "change_project"], {}),
        (["add_project"], {2: ["You have no permission to change projects."]}),
        (["change_project"], {4: ["You have no permission to add projects."]}),
    ],
)
def test_a_row_needs_the_permission_for_its_change(standing, codenames, expected):
    batch = previewed(TEXT, may(*codenames))

    assert refused(batch) == expected
    assert batch.counts["unchanged"] == 1


def test_forbidden_rows_are_not_written_with_the_valid_ones(standing):
    batch = previewed(TEXT, may("add_project"))

    batches.approve(batch, partial=True)
    batches.work_on(batch)

    assert set(Project.objects.values_list("code", "amount")) == {
        ("old", Decimal("5.00")),
        ("same", Decimal("5.00")),
        ("new", Decimal("5.00")),
    }


def test_creating_an_enterprise_needs_the_permission_to_add():
    text = "code,name,投资方\na,A,喀什兴达\n"

    batch = previewed(text, may("add_project"))

    ((row, (reason,)),) = refused(batch).items()
    assert (row, "you have no permission to add one" in reason) == (2, True)
    assert not previewed(text, may("add_project", "add_enterprise")).counts["refused"]
    assert not Enterprise.objects.exists()
