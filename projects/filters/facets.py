"""Facets of a list: how many records stand behind each value of a parameter.

The numbers of a facet are those of the question without the facet's own
parameter, and each is what a click on it shows. Where nothing is chosen yet, a
click asks for one value. Values of one parameter are alternatives, so that where
some are chosen a click adds one, or takes out one that is chosen, and the number
says how many records the list has then.

A facet costs one grouped query, whatever the number of its values; one more where
it names records; and one more, a count, where exactly one value is chosen, since
taking that out leaves the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import ExtractYear, NullIf
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
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
from projects.names import places

from .fields import NOT_STATED, Selection

# Of more values only the most frequent are shipped, those chosen, and those looked for.
MOST_OPTIONS = 20


@dataclass(frozen=True)
class Option:
    """One value of a facet. `count` is how many records match once the parameter has `asks`."""

    value: str
    label: str
    count: int
    chosen: bool
    asks: list[str]


@dataclass(frozen=True)
class CountedFacet:
    """A facet as it stands for one question. `has_more` values than are shipped here.

    `changes`: whether something is chosen to which a click adds, so that the
    numbers say what the list changes to.
    """

    parameter: str
    label: str
    options: list[Option]
    has_more: bool
    changes: bool
    can_be_searched: bool


@dataclass(frozen=True)
class Links:
    """Where a record has a value several times over: one row a value, each with its owner."""

    rows: Callable[[RegisterFilterSet], QuerySet]
    owner: str
    # The column of the value, as `key` names it.
    value: str


@dataclass(frozen=True)
class Facet:
    """One parameter by which a list can be narrowed in a click.

    `rows` are the records of a question, each with its value as `key`, which is
    None where it is not stated; of several values, once for each. `model` is
    given where a value is a record, whose primary key is then the key.
    """

    parameter: str
    rows: Callable[[RegisterFilterSet], QuerySet]
    label_of: Callable[[Any], Any] = str
    model: Any = None
    # A chosen thing as a key, and a key as the address has it.
    key_of: Callable[[Any], Any] = lambda thing: thing
    text_of: Callable[[Any], str] = str
    links: Links | None = None
    # Of one value at most, so that a click replaces what is chosen.
    is_single: bool = False
    # The keys that some words mean, for whoever looks for a value that is not shipped.
    matching: Callable[[str], Iterable[Any]] | None = None
    # What a record is counted by, where `rows` are not the records themselves.
    record: str = "pk"

    @property
    def can_be_searched(self) -> bool:
        return self.model is not None or self.matching is not None


def column(path: str, *, is_text: bool = False) -> Callable[[RegisterFilterSet], QuerySet]:
    """The records of a question by a value of which each has one at most."""
    key = NullIf(F(path), Value("")) if is_text else F(path)
    return lambda filterset: filterset.qs.order_by().annotate(key=key)


def by_words(parameter: str, choices: Any, *, column_name: str = "", **more: Any) -> Facet:
    """A facet of a column that holds one word out of a model's choices."""
    return Facet(
        parameter,
        column(column_name or parameter, is_text=True),
        label_of=lambda key: choices(key).label,
        **more,
    )


def by_records(parameter: str, model: Any) -> Facet:
    """A facet of a column that refers to records which everybody sees."""
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
        label_of=lambda key: places.place_name(key, get_language() or "en"),
        matching=_places_named,
    )


def _places_named(words: str) -> list[str]:
    """The codes of the places whose code, or name in either language, holds all of the words."""
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
    """A facet of the sources that records cite, of which the reader may see only some."""
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
    """Projects by the year of signing, or of intention; or receipts, where those are meant."""
    if filterset.requested_basis == Basis.RECEIVED:
        of_these = _receipts(filterset).filter(project__in=filterset.qs.order_by().values("pk"))
        return of_these.order_by().annotate(key=ExtractYear("received_on"))
    return filterset.qs.order_by().annotate(key=ExtractYear(filterset.date_column))


def _receipts(filterset: Any) -> QuerySet:
    """The receipts that a question without years is about, each with its year."""
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
    # What has more digits is no year, and no number that every database holds.
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

# In the order in which they stand beside their list.
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
    """The facets that a list has; none for nouns that are few."""
    found = FACETS.get(type(filterset), ())
    if isinstance(filterset, ProjectFilterSet) and filterset.requested_basis == Basis.RECEIVED:
        return [YEAR_OF_RECEIPT if facet is YEAR else facet for facet in found]
    return found


def count_facet(
    facet: Facet, filterset: RegisterFilterSet, records: int, *, looked_for: str = ""
) -> CountedFacet:
    """A facet of a valid question, which finds so many `records`.

    With words that are `looked_for`, the values that they mean take the place of
    the most frequent.
    """
    without = filterset.without(facet.parameter)
    chosen = _chosen(facet, filterset)
    most = max(MOST_OPTIONS, len(chosen))
    rows = list(_groups(facet, without, chosen, looked_for)[: most + 1])
    # What is chosen stays to be seen, and to be taken out, where it finds nothing.
    nothing = {"count": 0, "beyond": 0, "alone": 0}
    groups = {key: {"key": key, **nothing} for key in chosen} | {
        row["key"]: row for row in rows[:most]
    }
    labels = _Labels.read(facet, groups)
    # What the list has once a single choice is taken out.
    whole = without.qs.order_by().count() if len(chosen) == 1 else records
    asked = [labels.value(key) for key in chosen]
    options = []
    for key, row in sorted(groups.items(), key=lambda group: labels.place(*group)):
        value = labels.value(key)
        option = Option(
            value=value,
            label=labels.label(key),
            count=row["count"],
            chosen=key in chosen,
            asks=[value],
        )
        if option.chosen:
            left = [other for other in asked if other != value]
            option = replace(option, count=records - row["alone"] if left else whole, asks=left)
        elif chosen and not facet.is_single:
            option = replace(option, count=records + row["beyond"], asks=[*asked, value])
        options.append(option)
    return CountedFacet(
        parameter=facet.parameter,
        label=capfirst(str(filterset.filters[facet.parameter].label)),
        options=options,
        has_more=len(rows) > most,
        changes=bool(chosen) and not facet.is_single,
        can_be_searched=facet.can_be_searched,
    )


def _chosen(facet: Facet, filterset: RegisterFilterSet) -> list[Any]:
    """The keys that a valid question has chosen, None among them for "not stated"."""
    answer = filterset.cleaned_data[facet.parameter]
    if answer is None:
        return []
    if not isinstance(answer, Selection):
        return [facet.key_of(answer)]
    keys = [facet.key_of(thing) for thing in answer.things]
    return [*keys, *([None] if answer.not_stated else [])]


def _groups(facet: Facet, without: RegisterFilterSet, chosen: list[Any], looked_for: str) -> Any:
    """The values with their counts: the chosen and "not stated" first, then the most frequent.

    `count`: of the records of the question without the facet's parameter;
    `beyond`: those of them that no choice finds yet; `alone`: those that this
    choice alone finds. The last two are the first where a record has but one value.
    """
    rows = facet.rows(without)
    stated = [key for key in chosen if key is not None]
    if looked_for:
        keys = _keys_named(facet, looked_for, without.user)
        rows = rows.filter(Q(key__in=keys) | Q(key__in=stated) | Q(key__isnull=True))
    first = Q(key__isnull=True) | Q(key__in=stated)
    several: dict[str, Any] = {"distinct": True} if facet.record != "pk" else {}
    # Where each row is a record, no column is read to count them.
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


def _keys_named(facet: Facet, words: str, user: Any) -> Any:
    """The keys of the values that words mean."""
    if facet.model is not None:
        return facet.model.objects.visible_to(user).matching(words).order_by().values("pk")
    return facet.matching(words) if facet.matching else []


@dataclass(frozen=True)
class _Labels:
    """Keys as an address asks for them and as they are read. One query where they are records."""

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
        """Where an option stands: the most frequent first, what is not stated last."""
        return (key is None, -row["count"], self.label(key).casefold(), self.value(key))
