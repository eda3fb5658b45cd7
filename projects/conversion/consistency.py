"""Find derived rows and search keys that differ from what they should be, and rebuild them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from projects.models import (
    Allocation,
    Project,
    ProjectConversion,
    ReceiptConversion,
    RecentWrite,
)
from projects.models.chunking import batches_by_pk
from projects.models.conversion import Conversion
from projects.models.registry import named_models

from .allocate import DerivedRows, derived_rows, lock_projects, recompute

CONVERSION_COLUMNS = [field.attname for field in Conversion._meta.fields]
# Without its own key and that of the project, by which rows are grouped.
ALLOCATION_COLUMNS = [
    field.attname
    for field in Allocation._meta.concrete_fields
    if field.name not in ("id", "project")
]


def _values(row: Any, columns: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, column) for column in columns)


def _stored(keys: Sequence[int]) -> dict[int, Counter[Any]]:
    """The stored derived rows of these projects, by project. Three queries."""
    found: dict[int, Counter[Any]] = defaultdict(Counter)
    for key, *values in ProjectConversion.objects.filter(project__in=keys).values_list(
        "project_id", *CONVERSION_COLUMNS
    ):
        found[key][("own", *values)] += 1
    for key, *values in ReceiptConversion.objects.filter(receipt__project__in=keys).values_list(
        "receipt__project_id", "receipt_id", *CONVERSION_COLUMNS
    ):
        found[key][("receipt", *values)] += 1
    for key, *values in Allocation.objects.filter(project__in=keys).values_list(
        "project_id", *ALLOCATION_COLUMNS
    ):
        found[key][("part", *values)] += 1
    return found


def _computed(rows: DerivedRows) -> Counter[Any]:
    """The derived rows that a project should have, in the same form as `_stored`."""
    return Counter(
        [
            ("own", *_values(rows.conversion, CONVERSION_COLUMNS)),
            *(
                ("receipt", row.receipt_id, *_values(row, CONVERSION_COLUMNS))
                for row in rows.receipts
            ),
            *(("part", *_values(row, ALLOCATION_COLUMNS)) for row in rows.allocations),
        ]
    )


def _differing(keys: Sequence[int], projects: Any) -> dict[int, str]:
    stored = _stored(keys)
    return {
        rows.project.pk: rows.project.code
        for rows in derived_rows(projects)
        if _computed(rows) != stored[rows.project.pk]
    }


def differing(keys: Sequence[int]) -> dict[int, str]:
    """The codes, by primary key, of those of these projects whose derived rows are wrong.

    Writes nothing. Seven queries for up to 500 projects, and as many again where
    something seems to differ: it is compared once more under a lock.
    """
    suspects = list(_differing(keys, Project.objects.filter(pk__in=keys)))
    if not suspects:
        return {}
    with transaction.atomic():
        return _differing(suspects, lock_projects(suspects))


def stale_search_keys(records: Sequence[Any]) -> list[Any]:
    """Those of `records` whose search key does not match their names; the right one is set."""
    found = []
    for record in records:
        key = record.make_search_key()
        if key != record.search_key:
            record.search_key = key
            found.append(record)
    return found


# How many of the differing records are named; the others are only counted.
MAX_NAMED = 20


@dataclass
class Rebuilt:
    """How many projects `rebuild` compared, and what was wrong.

    `differing` and `searched` name the first 20, by code; `projects_differing`
    and `search_keys` count all.
    """

    projects: int = 0
    projects_differing: int = 0
    differing: list[str] = field(default_factory=list)
    search_keys: int = 0
    searched: list[str] = field(default_factory=list)


def rebuild() -> Rebuilt:
    """Recompute everything derived, 500 records a transaction; returns what differed.

    Only what differs is written. Memory use does not depend on the size of the
    register. Safe while others write: each record is compared again under a lock.
    """
    result = Rebuilt()
    for model in named_models():
        for records in batches_by_pk(model.objects.all()):
            if suspects := stale_search_keys(records):
                stale = _fix_search_keys(model, [record.pk for record in suspects])
                result.search_keys += len(stale)
                result.searched += [record.code for record in stale][
                    : MAX_NAMED - len(result.searched)
                ]
    for projects in batches_by_pk(Project.objects.only("pk")):
        wrong = differing([project.pk for project in projects])
        if wrong:
            with transaction.atomic():
                recompute(wrong)
                RecentWrite.objects.bump()
        result.projects += len(projects)
        result.projects_differing += len(wrong)
        result.differing += list(wrong.values())[: MAX_NAMED - len(result.differing)]
    return result


def _fix_search_keys(model: Any, keys: Sequence[int]) -> list[Any]:
    """Write the search keys of these records that are still stale; returns those records."""
    with transaction.atomic():
        records = model.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True)
        stale = stale_search_keys(records)
        # Search keys are derived, so they are written without history and without a new version.
        model._base_manager.bulk_update(stale, ["search_key"])
        RecentWrite.objects.bump()
    return stale
