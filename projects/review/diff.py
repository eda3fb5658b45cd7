"""Snapshots of records in the API's format, and comparison of their fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from projects import serializers

# The new links of a record; a link that is None or missing stays as it is.
Links = Mapping[str, Any]


@cache
def fields_of(model: Any) -> dict[str, Any]:
    """The writable serializer fields of a reviewed model, by name."""
    fields = serializers.BY_NOUN[model.register.plural]().fields
    return {name: field for name, field in fields.items() if not field.read_only}


def links_of(model: Any) -> tuple[str, ...]:
    return tuple(serializers.BY_NOUN[model.register.plural].LINKS)


def snapshot(record: Any, links: Links) -> dict[str, Any]:
    """The writable fields of a record as JSON that the API accepts.

    Queries only related records that have not been read.
    """
    found: dict[str, Any] = {}
    model: Any = type(record)
    for name, field in fields_of(model).items():
        if name in links_of(model):
            found[name] = _linked(record, name, links.get(name))
            continue
        value = field.get_attribute(record)
        found[name] = None if value is None else field.to_representation(value)
    return found


def _linked(record: Any, name: str, linked: Sequence[Any] | None) -> list[Any]:
    if name == "sectors":
        shares = linked
        if shares is None:
            shares = [(share.sector, share.share) for share in record.shares.all()]
        return [
            {"sector": sector.code, "share": None if share is None else f"{share:.2f}"}
            for sector, share in shares
        ]
    records = getattr(record, name).all() if linked is None else linked
    return [one.code for one in records]


def same(one: Any, other: Any) -> bool:
    """Whether two values of a field are equal; the order of links does not matter."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) == sorted(map(str, other))
    return one == other


def prefetch_for_snapshot(records: Any) -> Any:
    """A queryset with everything that `snapshot` needs, at a fixed number of queries."""
    model = records.model
    joined = [field.name for field in model._meta.concrete_fields if field.is_relation]
    links = ["shares__sector" if name == "sectors" else name for name in links_of(model)]
    return records.select_related(*joined).prefetch_related(*links)
