"""The filter form of a page: fields, chips of active filters, and links that change one filter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects import filters, money
from projects.filters import base
from projects.filters.fields import NOT_STATED, MultipleValuesField, Selection
from projects.filters.parameters import FACET_PARAMETERS, PAGING_PARAMETERS
from projects.filters.totals import DIMENSIONS
from projects.i18n import amount_units
from projects.models import (
    Area,
    Basis,
    EnterpriseKind,
    HeadlineKind,
    Project,
    Sector,
    Stage,
    State,
    Zone,
    base_currency,
    permissions,
)
from projects.models.fields import PlaceField
from projects.names.messages import truncate_for_display
from projects.serializers.labels import field_label

# Tables with more rows than this get a text field for the code instead of a select.
MOST_OPTIONS = 100
# Each chip contains the whole address, so the page would grow with their square.
MOST_CHIPS = 50

VOCABULARIES: dict[str, Iterable[tuple[str, Any]]] = {
    "stage": Stage.choices,
    "kind": EnterpriseKind.choices,
    "what": HeadlineKind.choices,
    "basis": Basis.choices,
    "disclosed": [("true", _("disclosed")), ("false", _("undisclosed"))],
    "state": State.choices,
    "by": [(key, dimension.label) for key, dimension in DIMENSIONS.items()],
    "then": [(key, dimension.label) for key, dimension in DIMENSIONS.items()],
}
# Tables that are small enough for a select.
SMALL = {"area": Area, "zone": Zone, "sector": Sector, "sector_also": Sector}
# The column of a parameter that has another name.
COLUMNS = {"sector": "sectors", "sector_also": "sectors"}
EXAMPLES = {
    "amount_min": "5000万",
    "amount_max": "1.5bn",
    "year": "2023",
    "month": "2023-11",
    "origin": "CN-ZJ, KZ",
    "currency": "CNY",
    "updated_after": "2023-11-11",
    "updated_before": "2023-11-11",
}


def filter_by(user: Any, **parameters: Any) -> filters.ProjectFilterSet:
    """A valid filter set of projects with the given parameters. Raises ValueError."""
    filterset = filters.ProjectFilterSet(
        QueryDict(urlencode(parameters)), Project.objects.visible_to(user), user=user
    )
    if not filterset.is_valid():
        raise ValueError(filterset.errors)
    return filterset


@dataclass(frozen=True)
class Option:
    value: str
    label: Any
    chosen: bool


@dataclass(frozen=True)
class Field:
    """One parameter in the form: a select where it has options, else a text field.

    `values` are as typed. A select takes one value until the address has several.
    """

    name: str
    label: str
    values: list[str]
    options: list[Option] = field(default_factory=list)
    # The label of the empty choice; empty where one of the options always applies.
    blank: str = ""
    example: str = ""
    kind: str = "text"
    is_faulty: bool = False

    @property
    def is_multiple(self) -> bool:
        return len(self.values) > 1

    @property
    def size(self) -> int:
        return min(len(self.options), 10)


@dataclass(frozen=True)
class Chip:
    """One active filter value, and the address of the same page without it."""

    label: str
    value: str
    href: str
    is_faulty: bool


class FilterForm:
    """What a template needs to show the form of a filter set.

    `main` are the parameters that the form shows at once; all others are behind
    “More filters”. One query for each small table with a select.
    """

    def __init__(
        self,
        filterset: filters.RegisterFilterSet,
        errors: Mapping[str, Any],
        main: Sequence[str],
        *,
        defaults: Mapping[str, str] | None = None,
        vocabularies: Mapping[str, Iterable[tuple[str, Any]]] | None = None,
        facets: Collection[str] = (),
    ) -> None:
        # Parameters that have a facet as well.
        self.facets = facets
        self.filterset = filterset
        self.errors = errors
        self.vocabularies = {**VOCABULARIES, **(vocabularies or {})}
        self.main_names = main
        # Defaults; these parameters group or order records, and get no chip.
        self.defaults = {"ordering": filterset.DEFAULT_ORDERING, **(defaults or {})}
        self._small: dict[Any, list[Any]] = {}

    @cached_property
    def given(self) -> dict[str, list[str]]:
        """The values of the address by parameter, each once, without the empty ones."""
        data = self.filterset.data
        given = {name: list(dict.fromkeys(v.strip() for v in data.getlist(name))) for name in data}
        return {name: [v for v in found if v] for name, found in given.items()}

    @property
    def main(self) -> list[Field]:
        return [self._field(name) for name in self.main_names]

    @property
    def more(self) -> list[Field]:
        return [
            self._field(name)
            for name in self.filterset.filters
            if name not in self.main_names and not self._has_one_value(name)
        ]

    def _has_one_value(self, name: str) -> bool:
        """Whether a parameter has only one possible value for this user."""
        if name != "state" or self.given.get(name):
            return False
        return not permissions.can_see_drafts(self.filterset.user, self.filterset._meta.model)

    @property
    def has_active_more(self) -> bool:
        """Whether “More filters” has an active one without a facet, or one with an error."""
        return any(
            self.given.get(name) and (name in self.errors or name not in self.facets)
            for name in self.filterset.filters
            if name not in self.main_names
        )

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The other parameters of the address, without page, cursor and facet search."""
        return self.kept("cursor", *self.filterset.filters)

    def kept(self, *left: str) -> list[tuple[str, str]]:
        """The parameters that another form of the page submits as hidden fields, except its own."""
        return [
            (name, value)
            for name, values in self.given.items()
            if name not in {"page", *FACET_PARAMETERS, *left}
            for value in values
        ]

    def _field(self, name: str) -> Field:
        filter_ = self.filterset.filters[name]
        found = self.given.get(name, [])
        options = self._options(name, found)
        is_faulty = name in self.errors
        kind = "text"
        if isinstance(filter_, base.SearchFilter):
            kind = "search"
        elif isinstance(filter_, base.DateFilter) and not is_faulty:
            # A browser's date field would silently drop a value that is not a date.
            kind = "date"
        return Field(
            name=name,
            label=capfirst(str(filter_.label)),
            values=found,
            options=options,
            blank="" if name in self.defaults else self._blank(name),
            example=self._example(name),
            kind=kind,
            is_faulty=is_faulty,
        )

    def _example(self, name: str) -> str:
        example = EXAMPLES.get(name)
        return gettext("e.g. %(example)s") % {"example": example} if example else ""

    def _blank(self, name: str) -> str:
        return gettext("none") if name == "then" else gettext("any")

    def _options(self, name: str, found: list[str]) -> list[Option]:
        """The options of a select; empty for a text field."""
        choices = self._choices(name)
        if not choices:
            return []
        chosen = found or ([self.defaults[name]] if name in self.defaults else [])
        known = {value for value, _label in choices}
        # Given values are shown even if they are not valid.
        unknown = [(value, self.value_label(name, value)) for value in found if value not in known]
        return [Option(value, label, value in chosen) for value, label in [*choices, *unknown]]

    def _choices(self, name: str) -> list[tuple[str, Any]]:
        choices = list(self.vocabularies.get(name, ()))
        if name == "ordering":
            orderings = self.filterset.form.fields[name].values
            return [(value, self._order_label(value)) for value in orderings]
        if model := SMALL.get(name):
            records = self._records(model)
            if len(records) > MOST_OPTIONS:
                return []
            choices = [(record.code, record.label) for record in records]
        if choices and self._may_be_missing(name):
            choices.append((NOT_STATED, _("not stated")))
        return choices

    def _records(self, model: Any) -> list[Any]:
        if model not in self._small:
            visible = model.objects.visible_to(self.filterset.user)
            self._small[model] = list(visible[: MOST_OPTIONS + 1])
        return self._small[model]

    def _may_be_missing(self, name: str) -> bool:
        if not isinstance(self.filterset.form.fields[name], MultipleValuesField):
            return False
        column = self.filterset._meta.model._meta.get_field(COLUMNS.get(name, name))
        return column.many_to_many or column.null or column.blank

    def _order_label(self, ordering: str) -> str:
        name = field_label(self.filterset._meta.model, ordering.removeprefix("-"))
        if ordering.startswith("-"):
            return gettext("%(column)s, descending") % {"column": name}
        return name

    def value_label(self, name: str, value: str) -> str:
        """A value in words: the label of a record or choice, an amount in full, else the value."""
        if name not in self.filterset.filters:
            return truncate_for_display(value)
        cleaned = self.filterset.form.cleaned_data.get(name)
        if value == NOT_STATED and isinstance(cleaned, Selection):
            return gettext("not stated")
        if name in self.vocabularies:
            labels = dict(self.vocabularies[name])
            return str(labels[value]) if value in labels else truncate_for_display(value)
        if isinstance(cleaned, Selection):
            if name == "origin":
                return PlaceField.name_of(value)
            for thing in cleaned.things:
                if getattr(thing, "code", None) == value:
                    return thing.label
        if cleaned is not None and isinstance(self.filterset.filters[name], base.AmountFilter):
            return f"{money.grouped(cleaned)} {base_currency()}"
        return truncate_for_display(value)

    @cached_property
    def chips(self) -> list[Chip]:
        """One chip for each active filter value and for each value that cannot be read.

        Of very many only the first; the form holds them all.
        """
        found: list[Chip] = []
        for name, texts in self.given.items():
            is_faulty = name in self.errors
            is_filter = name in self.filterset.filters and name not in self.defaults
            if not is_faulty and (not is_filter or name == "then"):
                continue
            for text in texts or ([""] if is_faulty else []):
                if len(found) == MOST_CHIPS:
                    return found
                rest = {**self.given, name: [other for other in texts if other != text]}
                found.append(
                    Chip(
                        label=self._chip_label(name),
                        value=self.value_label(name, text),
                        href=self.address(rest),
                        is_faulty=is_faulty,
                    )
                )
        return found

    def _chip_label(self, name: str) -> str:
        known = self.filterset.filters.get(name)
        return capfirst(str(known.label)) if known else truncate_for_display(name)

    def address(self, given: Mapping[str, Sequence[str]]) -> str:
        """The address of this page with these parameters, on its first page."""
        left = {"page", *FACET_PARAMETERS}
        kept = {name: found for name, found in given.items() if found and name not in left}
        return f"?{urlencode(kept, doseq=True)}"

    @property
    def without_filters(self) -> str:
        """The address of this page without any filter, in the same order and grouping."""
        kept = {*self.defaults, "then", "page_size", "columns", amount_units.NAME}
        kept -= set(self.errors)
        return self.address({name: found for name, found in self.given.items() if name in kept})

    @property
    def as_published(self) -> str:
        """The address of the page as the public sees it; empty for users who see no drafts."""
        if "state" not in self.filterset.filters or self.given.get("state"):
            return ""
        if not permissions.can_see_drafts(self.filterset.user, self.filterset._meta.model):
            return ""
        return self.address({**self.given, "state": [State.PUBLISHED.value]})

    @property
    def whole_query(self) -> str:
        """The query string of the page without its page number."""
        return self.address(self.given).removeprefix("?")

    @property
    def query(self) -> str:
        """The query string without paging, as exports take it."""
        left = PAGING_PARAMETERS | FACET_PARAMETERS | {amount_units.NAME}
        kept = {name: v for name, v in self.given.items() if name not in left and v}
        return urlencode(kept, doseq=True)
