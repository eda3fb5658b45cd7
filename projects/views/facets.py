"""The facets of a list as its page shows them: each value with its number and an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from projects.filters import RegisterFilterSet, facets
from projects.filters.fields import SearchField
from projects.names.messages import truncate_for_display

from .filter_form import FilterForm


@dataclass(frozen=True)
class FacetSearch:
    """Words by which a reader looks for the values of one facet that are not shipped."""

    facet: str = ""
    words: str = ""

    @classmethod
    def read(cls, data: Any, filterset: RegisterFilterSet, errors: dict[str, Any]) -> FacetSearch:
        """What the address says of it; what is wrong is noted in `errors`."""
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
    """A value, how many records the list has after a click on it, and where that leads."""

    value: str
    label: str
    count: int
    chosen: bool
    href: str


@dataclass(frozen=True)
class Panel:
    """One facet. With `kept`, what a search among its values sends along."""

    parameter: str
    label: str
    options: list[Option]
    changes: bool
    can_be_searched: bool
    looked_for: str
    kept: list[tuple[str, str]]

    @property
    def is_empty(self) -> bool:
        return not self.options and not self.can_be_searched


def panels(asked: FilterForm, records: int, looking: FacetSearch) -> list[Panel]:
    """The facets of the valid question that is `asked` and finds so many `records`.

    At most three queries each, see `projects.filters.facets`.
    """
    found = (
        _panel(asked, facet, records, looking.words if looking.facet == facet.parameter else "")
        for facet in facets.facets_of(asked.filterset)
    )
    return [panel for panel in found if not panel.is_empty]


def _panel(asked: FilterForm, facet: facets.Facet, records: int, looked_for: str) -> Panel:
    counted = facets.count_facet(facet, asked.filterset, records, looked_for=looked_for)
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
        can_be_searched=bool(looked_for) or (counted.has_more and counted.can_be_searched),
        looked_for=looked_for,
        kept=asked.kept(),
    )
