"""The counts of a facet: how many records each of its values selects.

Each count is the number of records after a click on the value. Where no value is
selected, a click selects one. Values of a parameter are alternatives, so where some are
selected, a click adds another one or removes it.

A facet costs one grouped query, however many values it has; one more where values are
records; and one more, a count, where exactly one value is selected.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Value, When
from django.utils.text import capfirst
from django.utils.translation import gettext

from .base import RegisterFilterSet
from .facets import Facet
from .fields import NOT_STATED, Selection

# How many options a facet lists: the selected ones, then the most frequent or those searched for.
MAX_OPTIONS = 20


@dataclass(frozen=True)
class Option:
    """One value of a facet. `count` is how many records match with the parameter set to `asks`."""

    value: str
    label: str
    count: int
    chosen: bool
    asks: list[str]


@dataclass(frozen=True)
class CountedFacet:
    """A facet with the options of one filter set.

    `has_more`: there are further values than `options`. `changes`: values are selected
    already, so that counts tell what a click changes the list to.
    """

    parameter: str
    label: str
    options: list[Option]
    has_more: bool
    changes: bool
    can_be_searched: bool


def count_facet(
    facet: Facet, filterset: RegisterFilterSet, records: int, *, search: str = ""
) -> CountedFacet:
    """Count the options of a facet for a valid filter set that selects so many `records`.

    With a `search`, values that match it are listed in place of the most frequent.
    """
    without = filterset.without(facet.parameter)
    chosen = _chosen(facet, filterset)
    limit = max(MAX_OPTIONS, len(chosen))
    rows = list(_groups(facet, without, chosen, search)[: limit + 1])
    # Selected values are listed even where they select no record, so that they can be removed.
    empty = {"count": 0, "beyond": 0, "alone": 0}
    groups = {key: {"key": key, **empty} for key in chosen} | {
        row["key"]: row for row in rows[:limit]
    }
    labels = _Labels.read(facet, groups)
    # The number of records once the only selected value is removed.
    all_records = without.qs.order_by().count() if len(chosen) == 1 else records
    options = [
        _option(facet, row, labels, chosen, records, all_records)
        for _key, row in sorted(groups.items(), key=lambda group: labels.place(*group))
    ]
    return CountedFacet(
        parameter=facet.parameter,
        label=capfirst(str(filterset.filters[facet.parameter].label)),
        options=options,
        has_more=len(rows) > limit,
        changes=bool(chosen) and not facet.is_single,
        can_be_searched=facet.can_be_searched,
    )


def _option(
    facet: Facet,
    row: dict[str, Any],
    labels: _Labels,
    chosen: list[Any],
    records: int,
    all_records: int,
) -> Option:
    """The option of a row of `_groups`, with the parameter and the count after a click."""
    key = row["key"]
    value = labels.value(key)
    selected = [labels.value(other) for other in chosen]
    if key in chosen:
        asks = [other for other in selected if other != value]
        count = records - row["alone"] if asks else all_records
    elif chosen and not facet.is_single:
        asks = [*selected, value]
        count = records + row["beyond"]
    else:
        asks = [value]
        count = row["count"]
    return Option(value, labels.label(key), count, key in chosen, asks)


def _chosen(facet: Facet, filterset: RegisterFilterSet) -> list[Any]:
    """The selected keys of a valid filter set; None among them means "not stated"."""
    value = filterset.cleaned_data[facet.parameter]
    if value is None:
        return []
    if not isinstance(value, Selection):
        return [facet.key_of(value)]
    keys = [facet.key_of(thing) for thing in value.things]
    return [*keys, *([None] if value.not_stated else [])]


def _groups(facet: Facet, without: RegisterFilterSet, chosen: list[Any], search: str) -> Any:
    """The values with their counts: the selected ones and "not stated", then the most frequent.

    `count` is the number of records of the filter set without the facet's parameter,
    `beyond` those of them that no selected value matches, and `alone` those that only
    this value matches. All three are equal where a record has one value only.
    """
    rows = facet.rows(without)
    stated = [key for key in chosen if key is not None]
    if search:
        keys = _matching_keys(facet, search, without.user)
        rows = rows.filter(Q(key__in=keys) | Q(key__in=stated) | Q(key__isnull=True))
    first = Q(key__isnull=True) | Q(key__in=stated)
    several: dict[str, Any] = {"distinct": True} if facet.record != "pk" else {}
    # COUNT(*) is faster where each row is one record.
    numbers: dict[str, Any] = {"count": Count(facet.record, **several) if several else Count("*")}
    if facet.links and stated:
        links = facet.links.rows(without).filter(
            **{facet.links.owner: OuterRef(facet.record), f"{facet.links.value}__in": stated}
        )
        other = links.exclude(**{facet.links.value: OuterRef("key")})
        numbers["beyond"] = Count(facet.record, filter=~Exists(links), **several)
        numbers["alone"] = Count(facet.record, filter=~Exists(other), **several)
    else:
        numbers |= {"beyond": F("count"), "alone": F("count")}
    return (
        rows.values("key")
        .annotate(**numbers)
        .annotate(place=Case(When(first, then=Value(0)), default=Value(1)))
        .order_by("place", "-count", "key")
    )


def _matching_keys(facet: Facet, words: str, user: Any) -> Any:
    """The keys of the values that match a search."""
    if facet.model is not None:
        return facet.model.objects.visible_to(user).matching(words).order_by().values("pk")
    return facet.matching(words) if facet.matching else []


@dataclass(frozen=True)
class _Labels:
    """The parameter values and labels of keys. One query where they are records."""

    facet: Facet
    records: dict[Any, Any]

    @classmethod
    def read(cls, facet: Facet, keys: Iterable[Any]) -> _Labels:
        wanted = [key for key in keys if key is not None]
        return cls(facet, facet.model.objects.in_bulk(wanted) if facet.model else {})

    def value(self, key: Any) -> str:
        if key is None:
            return NOT_STATED
        return self.records[key].code if self.facet.model else self.facet.text_of(key)

    def label(self, key: Any) -> str:
        if key is None:
            return gettext("not stated")
        return str(self.records[key].label if self.facet.model else self.facet.label_of(key))

    def place(self, key: Any, row: dict[str, Any]) -> tuple[Any, ...]:
        """The sort key of an option: the most frequent first, "not stated" last."""
        return (key is None, -row["count"], self.label(key).casefold(), self.value(key))
