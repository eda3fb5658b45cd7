"""What records are linked to: sectors with their shares, partners, sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from simple_history.utils import get_m2m_field_name

from projects.models import Project, ProjectSector, Sector

Shares = Sequence[tuple[Sector, Decimal | None]]
# A record as it is to stand, and its links by name; a link that is None stays as it is.
Written = tuple[Any, Mapping[str, Any]]


def link(written: Sequence[Written]) -> None:
    """Give saved records of one model their links. Three queries for each kind of link.

    The rows' history stands in the records' own row, which is not written here.
    """
    for name in dict.fromkeys(name for _record, links in written for name in links):
        wanted = [(record, links[name]) for record, links in written if links.get(name) is not None]
        if not wanted:
            continue
        if name == "sectors":
            _set_sectors(wanted)
        else:
            _set_records(type(wanted[0][0])._meta.get_field(name), wanted)
        for record, _linked in wanted:
            # What was read of them beforehand no longer holds.
            read = getattr(record, "_prefetched_objects_cache", {})
            for of_name in ("sectors", "shares") if name == "sectors" else (name,):
                read.pop(of_name, None)


def _set_sectors(wanted: Sequence[tuple[Project, Shares]]) -> None:
    """Make these the sectors of each project. The same ones in another order are no change.

    New rows stand in the order given, which settles the odd fen; to move one
    for the order alone would change what is derived without a row of history.
    """
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


def _set_records(field: Any, wanted: Sequence[tuple[Any, Sequence[models.Model]]]) -> None:
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
