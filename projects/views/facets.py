"""The facets of a list on its page: each value with its count and its address."""

from __future__ import annotations

from dataclasses import dataclass

from projects.filters import facets
from projects.filters.facet_counts import count_facet

from .filter_form import FilterForm


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


def panels(form: FilterForm, records: int) -> list[Panel]:
    """The facets of a valid filter form, which selects so many `records`.

    At most three queries each, see `projects.filters.facet_counts`.
    """
    given = form.filterset.cleaned_data
    searches = {given["facet"]: given["facet_search"] or ""}
    found = (
        _panel(form, facet, records, searches.get(facet.parameter, ""))
        for facet in facets.facets_of(form.filterset)
    )
    return [panel for panel in found if not panel.is_empty]


def _panel(form: FilterForm, facet: facets.Facet, records: int, search: str) -> Panel:
    counted = count_facet(facet, form.filterset, records, search=search)
    return Panel(
        parameter=counted.parameter,
        label=counted.label,
        options=[
            Option(
                value=option.value,
                label=option.label,
                count=option.count,
                chosen=option.chosen,
                href=form.address({**form.given, counted.parameter: option.asks}),
            )
            for option in counted.options
        ],
        changes=counted.changes,
        can_be_searched=bool(search) or (counted.has_more and counted.can_be_searched),
        search=search,
        kept=form.kept(),
    )
