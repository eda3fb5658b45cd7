"""Restoring deleted records."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from projects import history, review
from projects.models import Enterprise, Project, Receipt, Source
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_receipt,
    make_sector,
    make_source,
    make_user,
)
from tests.helpers.submissions import MAKERS, REVIEWER, rows, state

pytestmark = pytest.mark.django_db


def last_row(record):
    return type(record).history.filter(id=record.pk).latest()


def removed(record, **links):
    key, row = record.pk, None
    history.delete(type(record).objects.get(pk=key))
    row = type(record).history.filter(id=key).latest()
    assert row.history_type == "-"
    return row


def said(columns):
    """Columns without what a write moves by itself: version and moments."""
    return [one for one in columns if not hasattr(one, "tzinfo")]


@pytest.mark.parametrize("model", MAKERS)
@pytest.mark.parametrize("of_state", ["draft", "published"])
def test_a_restored_record_has_its_key_and_state(model, of_state):
    record = MAKERS[model](state=of_state)
    reviewer, before = make_user("reviewer"), state(record)
    row = removed(record)

    restored = review.restore(reviewer, model, row)

    after = state(restored)
    named = [field.name for field in model._meta.concrete_fields]
    differing = {n for n, one, two in zip(named, before, after, strict=True) if one != two}
    assert differing <= {"version", "updated_at", "created_at"}
    assert (restored.pk, restored.state) == (record.pk, of_state)
    assert [one[0] for one in rows(restored)] == ["+", "-", "+"]
    assert rows(restored)[-1] == ("+", reviewer, REVIEWER)
    assert last_row(restored).version == restored.version > row.version


def test_links_are_restored_without_deleted_records():
    partners, press, trade = [make_enterprise(code=c) for c in "ab"], make_source(), make_sector()
    project = make_project(partners=partners, sources=[press], sectors=[trade])
    row = removed(project)
    history.delete(Enterprise.objects.get(code="a"))

    restored = review.restore(make_user("reviewer"), Project, row)

    assert [one.code for one in restored.partners.all()] == ["b"]
    assert (restored.sources.get(), restored.shares.get().sector) == (press, trade)


@pytest.mark.parametrize("role", ["visitor", "viewer", "clerk"])
def test_only_reviewers_restore(role):
    row = removed(make_project())

    with pytest.raises(PermissionDenied):
        review.restore(make_user(role), Project, row)
    assert not Project.objects.exists()


def test_a_record_is_restored_once():
    row, reviewer = removed(make_project()), make_user("reviewer")
    review.restore(reviewer, Project, row)

    with pytest.raises(review.ReviewError, match="restored already"):
        review.restore(reviewer, Project, row)


def test_a_record_with_a_reused_code_is_not_restored():
    row = removed(make_project(code="p"))
    make_project(code="P")

    with pytest.raises(ValidationError) as caught:
        review.restore(make_user("reviewer"), Project, row)
    assert "code" in caught.value.message_dict


def test_a_receipt_of_a_deleted_project_is_not_restored():
    receipt = make_receipt()
    row = removed(receipt)
    removed(receipt.project)

    with pytest.raises(ValidationError) as caught:
        review.restore(make_user("reviewer"), Receipt, row)
    assert "project" in caught.value.message_dict


def test_a_limited_reviewer_restores_and_is_shown_what_is_of_their_areas():
    here, there = make_area(), make_area()
    reviewer = make_user("reviewer", areas=[here])
    inside, outside = (removed(make_project(area=area)) for area in (here, there))
    anybodys = removed(make_source())

    assert list(review.deleted(reviewer, Project)) == [inside]
    assert list(review.deleted(reviewer, Source)) == [anybodys]
    with pytest.raises(PermissionDenied):
        review.restore(reviewer, Project, outside)
    review.restore(reviewer, Project, inside)

    assert Project.objects.get().area == here


def test_deleted_records_are_listed_once_and_until_restored():
    reviewer = make_user("reviewer")
    first, again = removed(make_project()), make_project()
    removed(again)
    review.restore(reviewer, Project, last_row(again))
    row = removed(again)

    assert list(review.deleted(reviewer, Project)) == [row, first]
    assert list(review.deleted(make_user("visitor"), Project)) == []
    assert list(review.deleted(None, Project)) == []
    review.restore(reviewer, Project, row)
    assert list(review.deleted(reviewer, Project)) == [first]
