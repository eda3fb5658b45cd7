"""Messages of edit conflicts: who changed a record, and when."""

import re

import pytest

from projects import history
from projects.models import Project
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db

WHEN = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"


def conflict(by, write):
    """The conflict of a record that `by` wrote after it was read."""
    make_project(code="p", name_zh="", name="Mill")
    stale = Project.objects.get()
    current = Project.objects.get()
    current._history_user = by
    current.note = "Seen."
    write(current)
    stale.note = "Late."
    with pytest.raises(history.ConflictError) as caught:
        history.save(stale)
    return caught.value


@pytest.mark.parametrize(
    ("write", "verb"), [(history.save, "changed"), (history.delete, "deleted")]
)
def test_staff_read_who_changed_or_deleted_a_record_and_when(write, verb):
    clerk = make_user("clerk")

    sentence = conflict(clerk, write).sentence(clerk)

    assert re.match(rf"“Mill” was {verb} by {clerk} at {WHEN}, after you opened it\.", sentence)


def test_names_are_for_staff(django_assert_num_queries):
    error = conflict(make_user("clerk"), history.save)

    with django_assert_num_queries(1):
        sentence = error.sentence(None)

    assert sentence.startswith("“Mill” was changed by somebody else at ")


def test_a_conflict_over_several_records_names_none():
    sentence = history.ConflictError().sentence(None)

    assert sentence.startswith("Nothing was saved: the register has changed")
