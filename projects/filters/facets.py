"""The facets of lists: which parameters have them, and the values of their records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import ExtractYear, NullIf
from django.utils.translation import gettext_lazy as _

from projects import names
from projects.filters import (
    AreaFilterSet,
    EnterpriseFilterSet,
    HeadlineFilterSet,
    ProjectFilterSet,
    RegisterFilterSet,
)
from projects.models import (
    Area,
    Basis,
    Enterprise,
    EnterpriseKind,
    HeadlineKind,
    Project,
    ProjectSector,
    Receipt,
    Sector,
    Source,
    Stage,
    Zone,
)
from projects.models.fields import PlaceField
from projects.names import places


@dataclass(frozen=True)
class Links:
    """The rows that link a record to its values, where it may have several."""

    rows: Callable[[RegisterFilterSet], QuerySet]
    owner: str
    # The column of the value, as `key` names it.
    value: str


@dataclass(frozen=True)
class Facet:
    """A facet of one filter parameter.

    `rows` returns the records of a filter set annotated with their value as `key`: None
    where it is not stated, and one row for each of several values. `model` is set where
    values are records; `key` is then their primary key.
    """

    parameter: str
    rows: Callable[[RegisterFilterSet], QuerySet]
    label_of: Callable[[Any], Any] = str
    model: Any = None
    # From a cleaned filter value to a key, and from a key to a value of the parameter.
    key_of: Callable[[Any], Any] = lambda thing: thing
    text_of: Callable[[Any], str] = str
    links: Links | None = None
    # The parameter has one value only, so that a click replaces it.
    is_single: bool = False
    # The keys that match a search for values that are not listed.
    matching: Callable[[str], Iterable[Any]] | None = None
    # The column by which records are counted, where `rows` are not the records themselves.
    record: str = "pk"

    @property
    def can_be_searched(self) -> bool:
        return self.model is not None or self.matching is not None


def column(path: str, *, is_text: bool = False) -> Callable[[RegisterFilterSet], QuerySet]:
    """A `rows` function for a column, of which each record has at most one value."""
    key = NullIf(F(path), Value("")) if is_text else F(path)
    return lambda filterset: filterset.qs.order_by().annotate(key=key)


def by_words(parameter: str, choices: Any, *, column_name: str = "", **more: Any) -> Facet:
    """A facet of a column with choices."""
    return Facet(
        parameter,
        column(column_name or parameter, is_text=True),
        label_of=lambda key: choices(key).label,
        **more,
    )


def by_records(parameter: str, model: Any) -> Facet:
    """A facet of a foreign key to records that everybody may see."""
    return Facet(
        parameter,
        column(parameter),
        model=model,
        key_of=lambda thing: thing.pk,
    )


def by_origin(path: str) -> Facet:
    return Facet(
        "origin",
        column(path, is_text=True),
        label_of=PlaceField.name_of,
        matching=_places_named,
    )


def _places_named(words: str) -> list[str]:
    """The codes of places whose code or names (in both languages) contain all of the words."""
    wanted = names.search_words(words)
    found = []
    for code in places.all_places():
        known = " ".join([code, places.place_name(code, "en"), places.place_name(code, "zh")])
        key = names.normalise(known)
        if all(word in key for word in wanted):
            found.append(code)
    return found


def _by_sector(filterset: RegisterFilterSet) -> QuerySet:
    return filterset.qs.order_by().annotate(key=F("shares__sector"))


SECTOR = Facet(
    "sector",
    _by_sector,
    model=Sector,
    key_of=lambda thing: thing.pk,
    links=Links(lambda filterset: ProjectSector.objects.all(), "project", "sector"),
)


def by_sources(model: Any) -> Facet:
    """A facet of the sources that records cite; only of those that the user may see."""
    through = model.sources.through
    owner = model.sources.field.m2m_field_name()

    def rows(filterset: RegisterFilterSet) -> QuerySet:
        seen = Source.objects.visible_to(filterset.user).order_by()
        cited = filterset.qs.order_by().annotate(key=F("sources"))
        return cited.filter(Q(key__isnull=True) | Q(key__in=seen.values("pk")))

    return Facet(
        "source",
        rows,
        model=Source,
        key_of=lambda thing: thing.pk,
        links=Links(lambda filterset: through.objects.all(), owner, "source"),
    )


def _years(filterset: Any) -> QuerySet:
    """Projects by year of signing or intention; or receipts by year, with that basis."""
    if filterset.requested_basis == Basis.RECEIVED:
        receipts = _receipts(filterset).filter(project__in=filterset.qs.order_by().values("pk"))
        return receipts.order_by().annotate(key=ExtractYear("received_on"))
    return filterset.qs.order_by().annotate(key=ExtractYear(filterset.date_column))


def _receipts(filterset: Any) -> QuerySet:
    """The receipts that a filter set without years selects, each with its year."""
    return (
        Receipt.objects.visible_to(filterset.user)
        .filter(filterset.receipts())
        .annotate(year=ExtractYear("received_on"))
    )


_YEAR: dict[str, Any] = {
    "rows": _years,
    "key_of": lambda period: period.first.year,
    "label_of": "{:04d}".format,
    "text_of": "{:04d}".format,
    # More digits are no year, and may overflow an integer of the database.
    "matching": lambda words: [int(words)] if re.fullmatch("[0-9]{1,4}", words) else [],
}
YEAR = Facet("year", **_YEAR)
# A project may receive funds in several years.
YEAR_OF_RECEIPT = Facet(
    "year", **_YEAR, links=Links(_receipts, "project", "year"), record="project"
)

DISCLOSED = Facet(
    "disclosed",
    lambda filterset: filterset.qs.order_by().annotate(
        key=Case(When(amount__isnull=True, then=Value("false")), default=Value("true"))
    ),
    key_of=lambda disclosed: "true" if disclosed else "false",
    label_of={"true": _("disclosed"), "false": _("undisclosed")}.__getitem__,
    is_single=True,
)

CURRENCY = Facet(
    "currency",
    column("currency", is_text=True),
    matching=lambda words: [words.strip().upper()],
)

# In the order of display.
FACETS: dict[type[RegisterFilterSet], tuple[Facet, ...]] = {
    ProjectFilterSet: (
        by_records("area", Area),
        SECTOR,
        by_words("stage", Stage),
        YEAR,
        DISCLOSED,
        by_origin("enterprise__origin"),
        CURRENCY,
        by_sources(Project),
    ),
    EnterpriseFilterSet: (
        by_records("area", Area),
        by_origin("origin"),
        by_words("kind", EnterpriseKind),
        by_sources(Enterprise),
    ),
    AreaFilterSet: (by_records("zone", Zone), by_sources(Area)),
    HeadlineFilterSet: (
        by_words("what", HeadlineKind),
        by_records("area", Area),
        by_records("zone", Zone),
        by_records("source", Source),
    ),
}


def facets_of(filterset: RegisterFilterSet) -> Sequence[Facet]:
    """The facets of a list; small lists have none."""
    found = FACETS.get(type(filterset), ())
    if isinstance(filterset, ProjectFilterSet) and filterset.requested_basis == Basis.RECEIVED:
        return [YEAR_OF_RECEIPT if facet is YEAR else facet for facet in found]
    return found
