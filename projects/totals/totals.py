"""Totals of any set of projects, which state what they leave out.

All sums are of the table of allocations, one row for each project and sector, so that
no join multiplies an amount: the rows of any table add up to its total exactly. All
money is in the base currency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import ExtractMonth, ExtractYear, NullIf
from django.utils.translation import gettext

from projects import money
from projects.filters import ProjectFilterSet
from projects.filters.totals import DIMENSIONS
from projects.models import (
    Allocation,
    Area,
    Basis,
    Enterprise,
    Outcome,
    Qualifier,
    Sector,
    Stage,
    base_currency,
)
from projects.models.fields import ExactSum, PlaceField


@dataclass(frozen=True)
class Figure:
    """One sum, with what it leaves out.

    `projects` counts each project once; of them `disclosed` have an amount, of which
    `left_out` could not be converted. `amount` is the sum of the rest in the base
    currency: zero where there is none, so that rows add up; `is_known` tells an unknown
    sum from zero. `bound` tells whether `amount` is exact or a bound.
    """

    projects: int = 0
    disclosed: int = 0
    left_out: int = 0
    amount: Decimal = Decimal("0.00")
    bound: Qualifier = Qualifier.EXACT
    keys: Mapping[str, str | None] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    share: Decimal | None = None
    href: str = ""

    @property
    def undisclosed(self) -> int:
        return self.projects - self.disclosed

    @property
    def counted(self) -> int:
        """The number of projects in the sum."""
        return self.disclosed - self.left_out

    @property
    def is_known(self) -> bool:
        """False where no amount of any project could be summed."""
        return self.counted > 0 or self.projects == 0

    @property
    def label(self) -> str:
        return " · ".join(self.labels.values())


@dataclass(frozen=True)
class Totals:
    """A table of figures by one or two dimensions (`by`), and their total."""

    basis: Basis
    currency: str
    by: tuple[str, ...]
    rows: list[Figure]
    total: Figure

    @property
    def overlap(self) -> int:
        """By how much the rows count more projects than there are, as some have several sectors."""
        return sum(row.projects for row in self.rows) - self.total.projects


@dataclass(frozen=True)
class CrossTable:
    """A pivot table of two dimensions, with the totals of rows and columns.

    A cell is None where there are no projects. Totals count each project once, so they
    may be less than the sum of the counts of their cells; amounts add up exactly.
    """

    columns: list[Figure]
    rows: list[tuple[Figure, list[Figure | None]]]


_DATE = {
    Basis.CONTRACTED: "project__signed_on",
    Basis.INTENDED: "project__intended_on",
    Basis.RECEIVED: "receipt__received_on",
}


def _key(dimension: str, basis: Basis) -> dict[str, Any]:
    """The columns to group by, by names that begin with that of the dimension."""
    day = _DATE[basis]
    columns: dict[str, dict[str, Any]] = {
        "sector": {"sector_key": F("sector")},
        "area": {"area_key": F("project__area")},
        "enterprise": {"enterprise_key": F("project__enterprise")},
        "year": {"year_key": ExtractYear(day)},
        "month": {"month_year": ExtractYear(day), "month_key": ExtractMonth(day)},
        "stage": {"stage_key": F("project__stage")},
        "origin": {"origin_key": NullIf(F("project__enterprise__origin"), Value(""))},
        "currency": {"currency_key": F("project__currency")},
    }
    return columns[dimension]


def aggregates(basis: Basis, among: Q | None = None, prefix: str = "") -> dict[str, Any]:
    """The aggregates from which `figure` is made, of allocations matching `among`."""
    among = among or Q()
    counted = Allocation.objects.counted()
    disclosed = ~Q(outcome=Outcome.UNDISCLOSED)
    found: dict[str, Any] = {
        "projects": Count("project", distinct=True, filter=among or None),
        "disclosed": Count("project", distinct=True, filter=among & disclosed),
        "left_out": Count("project", distinct=True, filter=among & disclosed & ~counted),
        "amount": ExactSum("amount_base", filter=among & counted),
    }
    if basis != Basis.RECEIVED:
        for qualifier in (Qualifier.AT_LEAST, Qualifier.ABOUT, Qualifier.AT_MOST):
            found[f"is_{qualifier}"] = Count(
                "project", filter=among & counted & Q(project__qualifier=qualifier)
            )
    return {f"{prefix}{name}": aggregate for name, aggregate in found.items()}


def figure(row: Mapping[str, Any], prefix: str = "") -> Figure:
    """The figure of a row of `aggregates`."""
    projects, disclosed, left_out, amount = (
        row[f"{prefix}{name}"] for name in ("projects", "disclosed", "left_out", "amount")
    )
    bound = money.bound(
        at_least=bool(row.get(f"{prefix}is_at_least")),
        about=bool(row.get(f"{prefix}is_about")),
        at_most=bool(row.get(f"{prefix}is_at_most")),
        incomplete=disclosed < projects or left_out > 0,
    )
    return Figure(
        projects=projects,
        disclosed=disclosed,
        left_out=left_out,
        amount=amount if amount is not None else Decimal("0.00"),
        bound=Qualifier(bound.value),
    )


def _share(part: Decimal, whole: Decimal) -> Decimal | None:
    if not whole:
        return None
    return (part / whole).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def allocations(filterset: ProjectFilterSet, basis: Basis) -> QuerySet:
    """The allocations that a valid filter set selects, of one basis."""
    rows = Allocation.objects.of_basis(basis, filterset.user).filter(
        project__in=filterset.qs.order_by().values("pk")
    )
    if basis == Basis.RECEIVED:
        rows = rows.filter(filterset.receipts(prefix="receipt__"))
    return rows


def total(filterset: ProjectFilterSet, basis: Basis) -> Figure:
    """The total of everything that a valid filter set selects, of one basis. One query."""
    return figure(allocations(filterset, basis).aggregate(**aggregates(basis)))


def totals(
    filterset: ProjectFilterSet, by: Sequence[str], basis: Basis, whole: Figure | None = None
) -> Totals:
    """Totals by one or two dimensions (keys of DIMENSIONS).

    The filter set must be valid, and its own basis, if any, must be `basis`. Two queries,
    or one where `whole` (the total) is given, and one for the labels of each dimension
    of records.
    """
    columns: dict[str, Any] = {}
    for dimension in by:
        columns |= _key(dimension, basis)
    whole = replace(whole or total(filterset, basis), href=_href(filterset, basis, {}))
    whole = replace(whole, share=_share(whole.amount, whole.amount))
    found = list(
        allocations(filterset, basis)
        .annotate(**columns)
        .values(*columns)
        .order_by()
        .annotate(**aggregates(basis))
    )
    names = {dimension: _Names.read(dimension, found) for dimension in by}
    rows = []
    for row in found:
        keys = {dimension: names[dimension].key(row) for dimension in by}
        one = figure(row)
        rows.append(
            replace(
                one,
                keys=keys,
                labels={dimension: names[dimension].label(keys[dimension]) for dimension in by},
                share=_share(one.amount, whole.amount),
                href=_href(filterset, basis, keys),
            )
        )
    rows.sort(key=lambda row: tuple(_order(dimension, row) for dimension in by))
    if len(by) == 1 and not DIMENSIONS[by[0]].ordered_by_key:
        # The largest first, "not stated" last.
        rows.sort(key=lambda row: (row.keys[by[0]] is None, -row.amount))
    return Totals(basis, base_currency(), tuple(by), rows, whole)


def pivot(filterset: ProjectFilterSet, table: Totals) -> CrossTable:
    """The rows of a table by two dimensions as a pivot table. Six queries at most."""
    first, second = table.by
    of_rows = totals(filterset, [first], table.basis)
    of_columns = totals(filterset, [second], table.basis)
    cells = {(row.keys[first], row.keys[second]): row for row in table.rows}
    return CrossTable(
        columns=of_columns.rows,
        rows=[
            (row, [cells.get((row.keys[first], column.keys[second])) for column in of_columns.rows])
            for row in of_rows.rows
        ],
    )


def combine(rows: Sequence[Figure]) -> Figure | None:
    """The sum of several rows, such as those that a long table does not show; None of no rows.

    A project in several of the rows is counted in each.
    """
    if not rows:
        return None
    bounds = {row.bound for row in rows}
    bound = money.bound(
        at_least=Qualifier.AT_LEAST in bounds,
        about=Qualifier.ABOUT in bounds,
        at_most=Qualifier.AT_MOST in bounds,
        incomplete=False,
    )
    return Figure(
        projects=sum(row.projects for row in rows),
        disclosed=sum(row.disclosed for row in rows),
        left_out=sum(row.left_out for row in rows),
        amount=sum((row.amount for row in rows), Decimal("0.00")),
        bound=Qualifier(bound.value),
    )


def _order(dimension: str, row: Figure) -> tuple[Any, ...]:
    key = row.keys[dimension]
    if dimension == "stage":
        return (key is None, Stage.values.index(key) if key else 0)
    if DIMENSIONS[dimension].ordered_by_key:
        return (key is None, key or "")
    return (key is None, row.labels[dimension].casefold(), key or "")


@dataclass(frozen=True)
class _Names:
    """The keys of one dimension as filter values, and their labels."""

    dimension: str
    records: Mapping[Any, Any]

    @classmethod
    def read(cls, dimension: str, rows: Sequence[Mapping[str, Any]]) -> _Names:
        model = {"sector": Sector, "area": Area, "enterprise": Enterprise}.get(dimension)
        if model is None:
            return cls(dimension, {})
        keys = {row[f"{dimension}_key"] for row in rows} - {None}
        records = model.objects.in_bulk(list(keys))
        return cls(dimension, {**records, **{record.code: record for record in records.values()}})

    def key(self, row: Mapping[str, Any]) -> str | None:
        value = row[f"{self.dimension}_key"]
        if value is None:
            return None
        if self.records:
            return self.records[value].code
        if self.dimension == "year":
            return f"{value:04d}"
        if self.dimension == "month":
            return f"{row['month_year']:04d}-{value:02d}"
        return value

    def label(self, key: str | None) -> str:
        if key is None:
            return gettext("not stated")
        if self.records:
            return self.records[key].label
        if self.dimension == "stage":
            return str(Stage(key).label)
        if self.dimension == "origin":
            return PlaceField.name_of(key)
        return key


def _href(filterset: ProjectFilterSet, basis: Basis, keys: Mapping[str, str | None]) -> str:
    """The address of the list of exactly the projects that a figure counts."""
    parameters = filterset.active_parameters() | {"basis": [basis.value]}
    for dimension, key in keys.items():
        parameter = DIMENSIONS[dimension].parameter
        value = key if key is not None else "none"
        if parameter == "sector" and value not in parameters.get("sector", [value]):
            # Projects of the filtered sector that are in this one as well.
            parameters["sector_also"] = [*parameters.get("sector_also", []), value]
        else:
            parameters[parameter] = [value]
    return ProjectFilterSet.url(**parameters)


def sector_rows(filterset: ProjectFilterSet, basis: Basis) -> list[Figure]:
    """Where the filter set selects sectors, the rows of the totals of these. Else empty."""
    wanted = set(filterset.active_parameters().get("sector", []))
    if not wanted:
        return []
    return [
        row
        for row in totals(filterset, ["sector"], basis).rows
        if (row.keys["sector"] or "none") in wanted
    ]


@dataclass(frozen=True)
class Summary:
    """The summary above a list: matching records, those with an amount, and totals by basis."""

    records: int
    disclosed: int
    contracted: Figure
    intended: Figure
    received: Figure | None
    of_which: list[Figure]


def summary(filterset: ProjectFilterSet) -> Summary:
    """The summary of a valid filter set. Three to seven queries.

    Contracted and intended amounts are never added. Funds received are included where
    the filter set is of that basis.
    """
    basis = Basis(filterset.requested_basis) if filterset.requested_basis else Basis.CONTRACTED
    counts = filterset.qs.order_by().aggregate(
        records=Count("pk"), disclosed=Count("pk", filter=Q(amount__isnull=False))
    )
    return Summary(
        **counts,
        contracted=total(filterset, Basis.CONTRACTED),
        intended=total(filterset, Basis.INTENDED),
        received=total(filterset, Basis.RECEIVED) if basis == Basis.RECEIVED else None,
        of_which=sector_rows(filterset, basis),
    )
