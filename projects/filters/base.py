"""The base of all filter sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from typing import Any, Self
from urllib.parse import urlencode

import django_filters
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects import money
from projects.models import State
from projects.names import places

from . import fields
from .parameters import ParameterForm


class CodesFilter(django_filters.Filter):
    """Filters by the codes of related records."""

    field_class = fields.CodesField

    def __init__(self, model: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.records_of = model

    @property
    def field(self) -> Any:
        # Only records that the user may see exist for the filter.
        self.extra["records"] = lambda: self.records_of.objects.visible_to(self.parent.user)
        return super().field


def filter_class(field: type) -> type[django_filters.Filter]:
    return type(f"{field.__name__}Filter", (django_filters.Filter,), {"field_class": field})


VocabularyFilter = filter_class(fields.VocabularyField)
ChoiceFilter = filter_class(fields.ChoiceField)
BooleanFilter = filter_class(fields.BooleanField)
AmountFilter = filter_class(fields.AmountField)
DateFilter = filter_class(fields.DateField)
DateOrDateTimeFilter = filter_class(fields.DateOrDateTimeField)
YearsFilter = filter_class(fields.YearsField)
MonthsFilter = filter_class(fields.MonthsField)
SearchFilter = filter_class(fields.SearchField)


class RegisterFilterSet(django_filters.FilterSet):
    """The filter set of a model, the same for page, export, totals and API.

    `parameters` is the form of the other parameters of the address, which are read with
    the filters. An unknown parameter or an invalid value makes the filter set invalid:
    `errors` names it, and `qs` is empty. Codes cost one query for each parameter that has
    any.
    """

    ORDERINGS: dict[str, str] = {}
    # Orderings that are not columns: annotated by name, with an expression or a function of
    # the filter set that returns one.
    COMPUTED: dict[str, Any] = {}
    DEFAULT_ORDERING = "code"
    TIE = "code"
    # The filters that the form of a page shows at once.
    MAIN: Sequence[str] = ("search", "ordering")
    # The name of the page's address, where it is not that of the model's list.
    PAGE = ""

    def __init__(
        self,
        data: Any = None,
        *args: Any,
        parameters: type[ParameterForm] = ParameterForm,
        user: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, *args, **kwargs)
        self.is_bound = True
        self.parameters = parameters
        # Whose permissions apply to codes and receipts; None is a visitor.
        self.user = user if user is not None else getattr(self.request, "user", None)
        if "state" in self.filters:
            self.user = effective_user(self.data, self.user)

    @classmethod
    def url(cls, **parameters: Any) -> str:
        """The address of the list with these filters: a value or a list of values each."""
        page = cls.PAGE or cls._meta.model.register.plural
        return f"{reverse(page)}?{urlencode(parameters, doseq=True)}"

    def get_form_class(self) -> Any:
        """The form of the filters and of the other parameters."""
        return type("Form", (self.parameters, super().get_form_class()), {})

    @property
    def errors(self) -> dict[str, list[str]]:
        """Messages by parameter; empty if the filter set is valid."""
        return self.form.messages()

    def is_valid(self) -> bool:
        return not self.errors

    def no_op(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        """The method of filters that `filter_queryset` applies itself, such as the order."""
        return queryset

    @property
    def qs(self) -> QuerySet:
        if not hasattr(self, "_qs"):
            self._qs = (
                self.filter_queryset(self.queryset) if self.is_valid() else self.queryset.none()
            )
        return self._qs

    def without(self, name: str) -> Self:
        """A copy of this valid filter set without one of its parameters, and unordered.

        Costs no query. Not for parameters on which the others depend, such as `basis`:
        the others keep the meaning that they have here.
        """
        other = copy(self)
        other.__dict__.pop("_qs", None)
        other._form = copy(self.form)
        other._form.cleaned_data = {**self.cleaned_data, name: None}
        if "ordering" in self.cleaned_data:
            other._form.cleaned_data["ordering"] = None
        return other

    @property
    def cleaned_data(self) -> dict[str, Any]:
        """The cleaned values by parameter, of a valid filter set."""
        return self.form.cleaned_data

    def active_parameters(self) -> dict[str, list[str]]:
        """The parameters that select records, without the empty ones."""
        return {
            name: [value for value in self.data.getlist(name) if value.strip()]
            for name in self.data
            if name in self.filters
            and name != "ordering"
            and any(value.strip() for value in self.data.getlist(name))
        }

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        for name, filter_ in self.filters.items():
            queryset = filter_.filter(queryset, self.cleaned_data[name])
        return self.ordered(queryset)

    def ordered(self, queryset: QuerySet) -> QuerySet:
        """Apply the requested order. Records without a value come last in either direction."""
        ordering = self.form.cleaned_data.get("ordering") or self.DEFAULT_ORDERING
        name = ordering.removeprefix("-")
        name = self.ORDERINGS.get(name, name)
        if name in self.COMPUTED:
            computed = self.COMPUTED[name]
            expression = computed(self) if callable(computed) else computed
            queryset = queryset.annotate(**{name: expression})
        column = F(name)
        order = column.desc if ordering.startswith("-") else column.asc
        return queryset.order_by(order(nulls_last=True), self.TIE)

    def search(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.matching(value)


def effective_user(data: Any, user: Any) -> Any:
    """The user whose permissions apply: None, a visitor, where only published records are selected.

    So that draft receipts of a published project, for example, are not counted then.
    """
    states = {value.strip() for value in data.getlist("state")} - {""}
    return None if states == {State.PUBLISHED.value} else user


def label_of(path: str = "") -> Any:
    """An expression for the name of a record, or of a related one at `path`; null if empty."""
    prefix = f"{path}__" if path else ""
    return Coalesce(null_if_empty(f"{prefix}name"), null_if_empty(f"{prefix}name_zh"))


def null_if_empty(column: str) -> Any:
    """A text column, null where it is empty, so that it comes last in any order."""
    return NullIf(F(column), Value(""))


def orderings(columns: Iterable[str]) -> list[str]:
    return [sign + column for column in columns for sign in ("", "-")]


def by_relation(column: str) -> Callable[..., QuerySet]:
    """A filter method: records whose foreign key `column` is selected, or is not stated."""

    def filter_by(self: Any, queryset: QuerySet, name: str, chosen: fields.Selection) -> QuerySet:
        wanted = Q(**{f"{column}__in": chosen.things})
        return queryset.filter(
            wanted | Q(**{f"{column}__isnull": True}) if chosen.not_stated else wanted
        )

    return filter_by


def by_word(column: str) -> Callable[..., QuerySet]:
    """A filter method for a text column, where "not stated" is the empty string."""

    def filter_by(self: Any, queryset: QuerySet, name: str, chosen: fields.Selection) -> QuerySet:
        words = [*chosen.things, *([""] if chosen.not_stated else [])]
        return queryset.filter(**{f"{column}__in": words})

    return filter_by


def by_sources(self: Any, queryset: QuerySet, name: str, chosen: fields.Selection) -> QuerySet:
    """A filter method: records that cite a selected source, each once; or that cite none."""
    through = queryset.model.sources.through.objects
    owner = queryset.model.sources.field.m2m_field_name()
    wanted = Q(pk__in=through.filter(source__in=chosen.things).values(owner))
    if chosen.not_stated:
        wanted |= ~Q(pk__in=through.values(owner))
    return queryset.filter(wanted)


def from_bound(column: str) -> dict[str, Any]:
    """Arguments of a filter for values from a bound upwards, inclusive."""
    return {"field_name": column, "lookup_expr": "gte"}


def up_to_bound(column: str) -> dict[str, Any]:
    return {"field_name": column, "lookup_expr": "lte"}


def choices_of(choices: Any) -> dict[str, Any]:
    """Arguments of a vocabulary filter for a model's choices."""
    return {"known": choices.values.__contains__, "hint": ", ".join(choices.values)}


def state() -> Any:
    """A filter for drafts or published records; the filter set must define `filter_state`."""
    return VocabularyFilter(method="filter_state", label=_("state"), **choices_of(State))


SEARCH = {"method": "search", "label": _("search")}
# Arguments of vocabulary filters for external standards.
CURRENCIES = {"known": money.is_currency, "hint": _("a code of ISO 4217 such as CNY")}
PLACES = {
    "known": places.is_place,
    "hint": _("a province such as CN-ZJ or a country such as KZ (ISO 3166)"),
}
