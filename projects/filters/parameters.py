"""Parameters of an address besides filters: paging, columns, facet search, units of amounts.

Each kind of address declares its own as a form. A filter set reads them together with its
filters (`RegisterFilterSet(…, parameters=…)`); an address without filters uses the form alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.i18n import amount_units
from projects.names.messages import truncate_for_display

from .fields import ChoiceField, RefusedField, RepeatedParameter, SearchField, SingleValueField

# Which part of a list is shown, not which records are in it.
PAGING_PARAMETERS = frozenset({"page", "page_size", "cursor"})
FACET_PARAMETERS = frozenset({"facet", "facet_search"})
MAX_PAGE_SIZE, MAX_API_PAGE_SIZE = 200, 1000


class WholeNumberField(SingleValueField):
    """A whole number from 1 to `largest`; None where it is missing.

    Without `largest`, any that fits a database's integer.
    """

    def __init__(self, *, largest: int | None = None, **kwargs: Any) -> None:
        self.largest = largest
        super().__init__(**kwargs)

    def read(self, value: str) -> int:
        largest = self.largest or 10**17
        # The length is checked first: converting a very long text would take long.
        if value.isascii() and value.isdecimal() and len(value) <= len(str(largest)):
            number = int(value)
            if 1 <= number <= largest:
                return number
        message = (
            _("“%(value)s” is not valid here: give a whole number from 1 to %(largest)s.")
            if self.largest
            else _("“%(value)s” is not a whole number above 0.")
        )
        params = {"value": truncate_for_display(value), "largest": self.largest}
        raise ValidationError(message, "number", params)


class ColumnsField(forms.Field):
    """Names of columns; cleans to a list in the order of `known`, empty if none is given.

    One of `one_of` must be among them, if there are any.
    """

    widget = RepeatedParameter

    def __init__(self, *, known: Sequence[str], one_of: Collection[str] = (), **kwargs: Any):
        self.known, self.one_of = known, one_of
        super().__init__(**kwargs)

    def clean(self, values: list[str]) -> list[str]:
        if unknown := sorted(set(values) - set(self.known)):
            raise ValidationError(
                _("“%(value)s” is not valid here: give %(hint)s."),
                "unknown",
                {"value": truncate_for_display(unknown[0]), "hint": ", ".join(self.known)},
            )
        if values and self.one_of and not set(values) & set(self.one_of):
            raise ValidationError(
                _("Rows need “name” or “code”: include one of these columns."), "heading"
            )
        return [name for name in self.known if name in values]


class ParameterForm(forms.Form):
    """Reads the parameters of an address; one that is not a field of the form is an error."""

    def full_clean(self) -> None:
        super().full_clean()
        for name in self.data:
            if name not in self.fields:
                message = gettext("Unknown parameter “%(name)s”.")
                self.errors[name] = self.error_class(
                    [message % {"name": truncate_for_display(name)}]
                )

    def messages(self) -> dict[str, list[str]]:
        """Error messages by parameter; empty if all are valid."""
        return {name: [str(each) for each in found] for name, found in self.errors.items()}


class UnitsForm(ParameterForm):
    """The parameters of every page with amounts."""

    units = ChoiceField(choices=amount_units.CHOICES)


class PagedForm(ParameterForm):
    """The parameters of a list without filters."""

    page = WholeNumberField()


class HistoryForm(UnitsForm, PagedForm):
    """The parameters of the history of a record."""


class QueueForm(PagedForm):
    """The parameters of the review queue, which has two lists of the same page size."""

    proposals_page = WholeNumberField()
    page_size = WholeNumberField(largest=MAX_PAGE_SIZE)


def choice_form(name: str, choices: Collection[str]) -> type[ParameterForm]:
    """The parameters of a list that one of a few values filters."""
    return type("ChoiceForm", (PagedForm,), {name: ChoiceField(choices=choices)})


def list_form(known: Sequence[str], facets: Sequence[str]) -> type[ParameterForm]:
    """The parameters of a list page: its known columns, and the facets that can be searched."""

    class ListForm(UnitsForm, PagedForm):
        page_size = WholeNumberField(largest=MAX_PAGE_SIZE)
        cursor = RefusedField(_("This list has page numbers: use “page”."))
        columns = ColumnsField(known=known, one_of=("name", "code"))
        facet = ChoiceField(choices=facets)
        facet_search = SearchField()

        def clean_facet_search(self) -> str | None:
            words = self.cleaned_data["facet_search"]
            if words and not self.cleaned_data.get("facet", "invalid"):
                raise ValidationError(_("Give the filter to search in as “facet”."))
            return words

    return ListForm


def file_form(known: Sequence[str]) -> type[ParameterForm]:
    """The parameters of a file of records."""
    refused = _("Files contain all records and have no pages: remove this parameter.")
    fields: dict[str, Any] = {name: RefusedField(refused) for name in sorted(PAGING_PARAMETERS)}
    return type("FileForm", (ParameterForm,), fields | {"columns": ColumnsField(known=known)})


class ApiForm(ParameterForm):
    """The parameters of every address of the API."""

    format = forms.Field(required=False, widget=RepeatedParameter)


class ApiListForm(ApiForm, PagedForm):
    """The parameters of a list of the API: a page by number, or the part after a cursor."""

    page_size = WholeNumberField(largest=MAX_API_PAGE_SIZE)
    # Unlike in other parameters, an empty value means something: the first part.
    cursor = SingleValueField(widget=forms.MultipleHiddenInput)

    def clean(self) -> dict[str, Any] | None:
        if self.cleaned_data.get("cursor") is not None and self.cleaned_data.get("page"):
            self.add_error("page", gettext("Give a page or a cursor, not both."))
        return super().clean()
