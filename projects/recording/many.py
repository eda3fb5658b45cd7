"""Many records of one noun in one write, with the promises of a single one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, models, transaction
from simple_history.utils import get_m2m_field_name

from projects.derived import WRITTEN_AT_ONCE, batches
from projects.models import ProjectSector

from .one import Reach, Shares, derive, reach

# A record as it is to stand, and its links by name; a link that is None stays as it is.
Written = tuple[Any, dict[str, Any]]


def save_many(written: Sequence[Written]) -> int:
    """Save checked records of one model with their links; returns how many were new or changed.

    Each leaves one row of history, or none where nothing changed. The rules of
    the records themselves have been asked (`check` with `without_asking`); what
    the database forbids is an IntegrityError, and then nothing is written. About
    thirty queries for each 2,500 new records, and forty for as many that are there.
    """
    reached: list[Reach] = []
    changed = 0
    new = [one for one in written if one[0].pk is None]
    standing = [one for one in written if one[0].pk is not None]
    with transaction.atomic():
        for group in (new, standing):
            for batch in batches(group, WRITTEN_AT_ONCE):
                records, before = _save(batch, new=group is new)
                changed += len(records)
                reached += map(reach, (*before, *records))
        # Once for all: a year of rates reaches the same projects again and again.
        derive(*reached)
    return changed


def _save(written: Sequence[Written], *, new: bool) -> tuple[list[Any], list[Any]]:
    """Write one batch; returns the records that changed, and those as they were before."""
    records = [record for record, _links in written]
    model = type(records[0])
    for record in records:
        if hasattr(record, "search_key"):
            record.search_key = record.make_search_key()
    before = []
    if new:
        model._base_manager.bulk_create(records)
    else:
        before = _as_read(records)
        columns = [
            column.name
            for column in model._meta.concrete_fields
            if not column.primary_key and column.name not in ("created_at", "updated_at", "version")
        ]
        # They are all there and locked, so that none is inserted. `bulk_update` takes far
        # longer, as it tells the rows apart again for each column.
        model._base_manager.bulk_create(
            records, update_conflicts=True, update_fields=columns, unique_fields=["pk"]
        )
    for name in {name for _record, links in written for name in links}:
        wanted = [(record, links[name]) for record, links in written if links.get(name) is not None]
        if name == "sectors":
            _set_sectors(wanted)
        else:
            _set_links(model._meta.get_field(name), wanted)
    changed = model.register_history.keep_many(records, new)
    keys = {record.pk for record in changed}
    return changed, [record for record in before if record.pk in keys]


def _as_read(records: Sequence[Any]) -> list[Any]:
    """These records as they stand, locked. Raises IntegrityError if one is no longer as read."""
    found = type(records[0])._base_manager.filter(pk__in=[record.pk for record in records])
    before = list(found.order_by("pk").select_for_update(no_key=True))
    if {(one.pk, one.version) for one in before} != {(one.pk, one.version) for one in records}:
        raise IntegrityError("A record was changed or deleted after it was read.")
    return before


def _set_sectors(wanted: Sequence[tuple[Any, Shares]]) -> None:
    """As `set_shares`, for many projects: the same sectors in another order are no change."""
    standing: dict[Any, set[Any]] = defaultdict(set)
    keys = [project.pk for project, _shares in wanted]
    for key, *share in ProjectSector.objects.filter(project__in=keys).values_list(
        "project", "sector", "share"
    ):
        standing[key].add(tuple(share))
    changed = [
        (project, shares)
        for project, shares in wanted
        if standing[project.pk] != {(sector.pk, share) for sector, share in shares}
    ]
    ProjectSector.objects.filter(project__in=[project.pk for project, _ in changed]).delete()
    ProjectSector.objects.bulk_create(
        ProjectSector(project=project, sector=sector, share=share)
        for project, shares in changed
        for sector, share in shares
    )


def _set_links(field: Any, wanted: Sequence[tuple[Any, Sequence[models.Model]]]) -> None:
    """Make these the linked records of each, by adding and removing no more than differs."""
    through = field.remote_field.through
    owner, other = f"{get_m2m_field_name(field)}_id", f"{field.m2m_reverse_field_name()}_id"
    standing: dict[Any, dict[Any, Any]] = defaultdict(dict)
    rows = through._base_manager.filter(**{f"{owner}__in": [record.pk for record, _ in wanted]})
    for key, linked, row in rows.values_list(owner, other, "pk"):
        standing[key][linked] = row
    gone: list[Any] = []
    made: list[Any] = []
    for record, linked in wanted:
        keys = {one.pk for one in linked}
        gone += [row for key, row in standing[record.pk].items() if key not in keys]
        made += [
            through(**{owner: record.pk, other: key})
            for key in dict.fromkeys(one.pk for one in linked)
            if key not in standing[record.pk]
        ]
    through._base_manager.filter(pk__in=gone).delete()
    through._base_manager.bulk_create(made)
