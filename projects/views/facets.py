"""The facets of a list on its page: each value with its count and its address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from projects.filters import RegisterFilterSet, facets
from projects.filters.facet_counts import count_facet
from projects.filters.fields import SearchField
from projects.names.messages import truncate_for_display

from .filter_form import FilterForm


@dataclass(frozen=True)
class FacetSearch:
    """A search for values of one facet that are not listed."""

    facet: str = ""
    words: str = ""

    @classmethod
    def read(cls, data: Any, filterset: RegisterFilterSet, errors: dict[str, Any]) -> FacetSearch:
        """Read it from the query string; adds messages to `errors`."""
        facet = _one(data, "facet", errors)
        words = _one(data, "facet_search", errors)
        known = [
            each.parameter
            for each in facets.FACETS.get(type(filterset), ())
            if each.can_be_searched
        ]
        if facet and facet not in known:
            errors["facet"] = [
                gettext("“%(value)s” is not valid here: give one of %(choices)s.")
                % {"value": truncate_for_display(facet), "choices": ", ".join(known) or "–"}
            ]
        elif words and not facet:
            errors["facet_search"] = [gettext("Give the filter to search in as “facet”.")]
        return cls(facet, words)


def _one(data: Any, name: str, errors: dict[str, Any]) -> str:
    try:
        return SearchField().clean([v.strip() for v in data.getlist(name) if v.strip()]) or ""
    except ValidationError as error:
        errors[name] = list(error.messages)
        return ""


@dataclass(frozen=True)
class Option:
    """A value with the number of records after a click on it, and the address of that list."""

    value: str
    label: str
    count: int
    chosen: bool
    href: str


@dataclass(frozen=True)
class Panel:
    """One facet. `kept` are the parameters that its search form submits as well."""

    parameter: str
    label: str
    options: list[Option]
    changes: bool
    can_be_searched: bool
    search: str
    kept: list[tuple[str, str]]

    @property
    def is_empty(self) -> bool:
        return not self.options and not self.can_be_searched


def panels(asked: FilterForm, records: int, looking: FacetSearch) -> list[Panel]:
    """The facets of a valid filter form, which selects so many `records`.

    At most three queries each, see `projects.filters.facet_counts`.
    """
    found = (
        _panel(asked, facet, records, looking.words if looking.facet == facet.parameter else "")
        for facet in facets.facets_of(asked.filterset)
    )
    return [panel for panel in found if not panel.is_empty]


def _panel(asked: FilterForm, facet: facets.Facet, records: int, search: str) -> Panel:
    counted = count_facet(facet, asked.filterset, records, search=search)
    return Panel(
        parameter=counted.parameter,
        label=counted.label,
        options=[
            Option(
                value=option.value,
                label=option.label,
                count=option.count,
                chosen=option.chosen,
                href=asked.address({**asked.given, counted.parameter: option.asks}),
            )
            for option in counted.options
        ],
        changes=counted.changes,
        can_be_searched=bool(search) or (counted.has_more and counted.can_be_searched),
        search=search,
        kept=asked.kept(),
    )
