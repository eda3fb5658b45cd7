"""Save the links of records: sectors with their shares, partners, sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from simple_history.utils import get_m2m_field_name

from projects.models.links import ShareLink

# A record to save, and its links by name; a link that is None stays as it is.
Written = tuple[Any, Mapping[str, Any]]


def link(written: Sequence[Written]) -> None:
    """Set the links of saved records of one model. Three queries for each kind of link.

    Writes no history: links are part of the record's row of history.
    """
    for name in dict.fromkeys(name for _record, links in written for name in links):
        wanted = [(record, links[name]) for record, links in written if links.get(name) is not None]
        if not wanted:
            continue
        kind = type(wanted[0][0]).links()[name]
        if isinstance(kind, ShareLink):
            _set_shares(kind, wanted)
        else:
            _set_records(kind.field, wanted)
        for record, _linked in wanted:
            cached = getattr(record, "_prefetched_objects_cache", {})
            for of_name in kind.prefetched:
                cached.pop(of_name, None)


def _set_shares(kind: ShareLink, wanted: Sequence[tuple[Any, Sequence[Any]]]) -> None:
    """Set the links of each record. The same ones in another order are no change.

    The order of new rows decides which sector gets the odd fen. A change of order
    alone would change derived amounts without a row of history.
    """
    through: Any = kind.field.remote_field.through
    owner = get_m2m_field_name(kind.field)
    current: dict[Any, set[Any]] = defaultdict(set)
    rows = through.objects.filter(**{f"{owner}__in": [record.pk for record, _ in wanted]})
    for key, *link in rows.values_list(owner, kind.other, "share"):
        current[key].add(tuple(link))
    changed = [
        (record, links)
        for record, links in wanted
        if current[record.pk] != set(map(kind.key, links))
    ]
    through.objects.filter(**{f"{owner}__in": [record.pk for record, _ in changed]}).delete()
    through.objects.bulk_create(
        through(**{owner: record, kind.other: other, "share": share})
        for record, links in changed
        for other, share in links
    )


def _set_records(field: Any, wanted: Sequence[tuple[Any, Sequence[models.Model]]]) -> None:
    """Set the linked records of each record, by inserting and deleting only what differs."""
    through = field.remote_field.through
    owner, other = f"{get_m2m_field_name(field)}_id", f"{field.m2m_reverse_field_name()}_id"
    current: dict[Any, dict[Any, Any]] = defaultdict(dict)
    rows = through._base_manager.filter(**{f"{owner}__in": [record.pk for record, _ in wanted]})
    for key, linked, row in rows.values_list(owner, other, "pk"):
        current[key][linked] = row
    removed: list[Any] = []
    added: list[Any] = []
    for record, linked in wanted:
        keys = {one.pk for one in linked}
        removed += [row for key, row in current[record.pk].items() if key not in keys]
        added += [
            through(**{owner: record.pk, other: key})
            for key in dict.fromkeys(one.pk for one in linked)
            if key not in current[record.pk]
        ]
    through._base_manager.filter(pk__in=removed).delete()
    through._base_manager.bulk_create(added)
