"""Snapshots of records in the API's format, and comparison of their fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from projects import serializers
from projects.models.links import Link

# The new links of a record; a link that is None or missing stays as it is.
Links = Mapping[str, Any]


@cache
def fields_of(model: Any) -> dict[str, Any]:
    """The writable serializer fields of a reviewed model, by name."""
    fields = serializers.BY_MODEL_NAME[model.register.plural]().fields
    return {name: field for name, field in fields.items() if not field.read_only}


def snapshot(record: Any, links: Links) -> dict[str, Any]:
    """The writable fields of a record as JSON that the API accepts.

    Queries only related records that have not been read.
    """
    found: dict[str, Any] = {}
    model: Any = type(record)
    kinds = model.links()
    for name, field in fields_of(model).items():
        if name in kinds:
            found[name] = _linked(record, kinds[name], links.get(name))
            continue
        value = field.get_attribute(record)
        found[name] = None if value is None else field.to_representation(value)
    return found


def _linked(record: Any, kind: Link, linked: Sequence[Any] | None) -> list[Any]:
    found = kind.read(record) if linked is None else linked
    parts = map(kind.parts, found)
    return [kind.as_json(other.code, *rest) for other, *rest in parts]


def same(one: Any, other: Any) -> bool:
    """Whether two values of a field are equal; the order of links does not matter."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) == sorted(map(str, other))
    return one == other


def prefetch_for_snapshot(records: Any) -> Any:
    """A queryset with everything that `snapshot` needs, at a fixed number of queries."""
    model = records.model
    links = [link.prefetch for link in model.links().values()]
    return records.select_related(*(model.foreign_keys() or [None])).prefetch_related(*links)
