"""The form that says what the columns of a file mean: the suggestion, to be corrected by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as rest

from projects import serializers
from projects.imports.column_matching import SAMPLE, VALUES, column_for, values_of
from projects.imports.lookup import referred
from projects.imports.mapping import Column, Mapping, mapping_of
from projects.imports.rows import text_of
from projects.models import ImportBatch
from projects.serializers.cells import headings
from projects.serializers.errors import flat
from projects.spreadsheets.reading import Table

from .base import field_label
from .mapping_choices import (
    BY_CODE,
    BY_NAME,
    CONSTANTS,
    FOUND,
    IGNORE,
    LEAVE_OUT,
    MAKE,
    OTHER,
    SEVERAL,
    UNITS,
    constant_choices,
    vocabulary,
    ways_to_find,
)

SAMPLES = 3
LONGEST_SAMPLE = 60
# The most values of a column in the form; others are refused row by row.
MOST_VALUES = 30


@dataclass(frozen=True)
class ShownColumn:
    """A column in the form: a select for its field, and one for each value of a vocabulary."""

    heading: str
    samples: list[str]
    field: Any
    is_recognised: bool
    values: list[tuple[str, Any]] = field(default_factory=list)
    more_values: int = 0


class MappingForm(forms.Form):
    """A form field for each column by its position, and those for the file as a whole.

    At most two queries, for the records to choose from.
    """

    def __init__(self, batch: ImportBatch, table: Table, user: Any, data: Any = None) -> None:
        super().__init__(data, auto_id="id_%s")
        self.model_name = batch.model_name
        self.table = table
        self.user = user
        self.before = mapping_of(batch.mapping)
        self.serializer = serializers.BY_MODEL_NAME[batch.model_name]()
        self._add_columns()
        self._add_values()
        if "amount" in self.writable:
            self._add_unit()
        self._add_finding()
        self._add_constants()

    # --- The fields ------------------------------------------------------------

    @cached_property
    def writable(self) -> list[str]:
        """The fields that a column can have."""
        fields = self.serializer.fields
        names = headings(type(self.serializer))
        return [name for name in names if name == "id" or not fields[name].read_only]

    def _add_columns(self) -> None:
        choices = [
            ("", gettext("choose…")),
            (IGNORE, gettext("– ignore this column –")),
            *((name, field_label(self.model_name, name)) for name in self.writable),
        ]
        for place, heading in enumerate(self.table.headings):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                choices=choices,
                initial=self._suggested(heading),
                label=heading,
                error_messages={"required": _("Choose a field for this column, or ignore it.")},
            )

    def _suggested(self, heading: str) -> str:
        column = self.before.columns.get(heading)
        if column is None:
            return IGNORE if heading in self.before.ignored else ""
        # Read-only columns of an export are never written.
        return column.field if column.field in self.writable else IGNORE

    def _chosen(self, place: int) -> str:
        """The field chosen for a column: as sent, or as suggested."""
        name = f"column-{place}"
        return str(self.data.get(name, "") if self.is_bound else self.fields[name].initial)

    @cached_property
    def _vocabularies(self) -> dict[int, list[str]]:
        """The distinct values of each column with a vocabulary, by its position."""
        return {
            place: list(dict.fromkeys(self._cells(heading)))
            for place, heading in enumerate(self.table.headings)
            if self._chosen(place) in VALUES
        }

    def _cells(self, heading: str) -> Iterator[str]:
        """The texts of a column, without empty cells."""
        return filter(None, (text_of(row.cells.get(heading)) for row in self.table.rows))

    def _add_values(self) -> None:
        for place, found in self._vocabularies.items():
            name = self._chosen(place)
            column = self._column(place, name)
            choices = [
                ("", gettext("refuse these rows")),
                *vocabulary(name),
                (LEAVE_OUT, gettext("leave these rows out")),
            ]
            known = {**values_of(name), **(column.values or {})}
            for number, value in enumerate(found[:MOST_VALUES]):
                left_out = LEAVE_OUT if value in column.leave_out else ""
                self.fields[f"value-{place}-{number}"] = forms.ChoiceField(
                    choices=choices,
                    required=False,
                    initial=left_out or known.get(value, ""),
                    label=value[:LONGEST_SAMPLE],
                )

    def _add_unit(self) -> None:
        units = [one.unit for one in self.before.columns.values() if one.field == "amount"]
        unit = str(units[0] if units else 1)
        self.fields["unit"] = forms.ChoiceField(
            choices=[*UNITS.items(), (OTHER, _("other unit:"))],
            initial=unit if unit in UNITS else OTHER,
            label=_("Unit of plain numbers"),
        )
        self.fields["other_unit"] = forms.IntegerField(
            min_value=1,
            max_value=10**12,
            required=False,
            initial=None if unit in UNITS else unit,
            label=_("Other unit"),
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        )

    def _add_finding(self) -> None:
        for name in FOUND[self.model_name]:
            columns = [one for one in self.before.columns.values() if one.field == name]
            current = columns[0] if columns else column_for(self.model_name, name, name, [])
            choices = ways_to_find(name, referred(self.serializer.fields[name]), self.user)
            initial = BY_NAME if current.find else BY_CODE
            if current.make is not None:
                initial = ":".join([MAKE, *map(str, current.make.values())])
            self.fields[f"find-{name}"] = forms.ChoiceField(
                choices=choices,
                initial=initial if initial in dict(choices) else BY_NAME,
                label=field_label(self.model_name, name),
            )

    def _add_constants(self) -> None:
        for name in CONSTANTS[self.model_name]:
            current = self.before.constants.get(name, "")
            initial = "; ".join(current) if isinstance(current, list) else current
            choices = constant_choices(name, self.user)
            kwargs: dict[str, Any] = {
                "required": False,
                "initial": initial,
                "label": field_label(self.model_name, name),
            }
            if choices and initial in ("", *(value for value, _label in choices)):
                none = ("", gettext("no common value"))
                self.fields[f"all-{name}"] = forms.ChoiceField(choices=[none, *choices], **kwargs)
            else:
                self.fields[f"all-{name}"] = forms.CharField(max_length=500, **kwargs)

    # --- The sent form ---------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first: dict[str, str] = {}
        for place, heading in enumerate(self.table.headings):
            name = data.get(f"column-{place}", "")
            if not name or name == IGNORE or name in SEVERAL:
                continue
            if name in first:
                self.add_error(
                    f"column-{place}",
                    gettext("“%(heading)s” has the same field: choose it for one of them.")
                    % {"heading": first[name]},
                )
            first.setdefault(name, heading)
        self._check_values_shown(data)
        is_missing = not data.get("other_unit") and "other_unit" not in self.errors
        if data.get("unit") == OTHER and is_missing:
            self.add_error("other_unit", gettext("Enter the unit as a number."))
        for name in CONSTANTS[self.model_name]:
            self._check_constant(name, str(data.get(f"all-{name}") or ""))
        return data

    def _check_values_shown(self, data: dict[str, Any]) -> None:
        """An error for values that the sent form did not show, as the column had another field."""
        for place, found in self._vocabularies.items():
            known = values_of(self._chosen(place))
            not_shown = [
                value
                for number, value in enumerate(found[:MOST_VALUES])
                if value not in known and f"value-{place}-{number}" not in self.data
            ]
            if not_shown:
                sentence = ngettext(
                    "Choose what this value means: %(values)s.",
                    "Choose what these values mean: %(values)s.",
                    len(not_shown),
                )
                self.add_error(
                    f"column-{place}",
                    sentence % {"values": ", ".join(f"“{one[:40]}”" for one in not_shown)},
                )

    def _check_constant(self, name: str, text: str) -> None:
        if not text:
            return
        try:
            self.serializer.fields[name].run_validation(self._constant(name, text))
        except rest.ValidationError as error:
            self.add_error(f"all-{name}", list(chain.from_iterable(flat(error.detail).values())))

    @staticmethod
    def _constant(name: str, text: str) -> Any:
        return re.split(r"[\s,;；，、]+", text.strip(" ,;；，、")) if name == "sources" else text

    def mapping(self) -> Mapping:
        """The mapping of a valid form; options that the form does not show are kept."""
        data = self.cleaned_data
        columns: dict[str, Column] = {}
        ignored: set[str] = set()
        for place, heading in enumerate(self.table.headings):
            name = data[f"column-{place}"]
            if name == IGNORE:
                ignored.add(heading)
                continue
            column = self._column(place, name)
            if name in VALUES:
                column = self._with_values(column, place)
            if name == "amount":
                unit = int(data["other_unit"] if data["unit"] == OTHER else data["unit"])
                column = replace(column, unit=unit, round=None if unit != 1 else column.round)
            if name in FOUND[self.model_name]:
                column = self._with_finding(column, data[f"find-{name}"])
            columns[heading] = column
        constants = {
            name: value
            for name, value in self.before.constants.items()
            if name not in CONSTANTS[self.model_name]
        }
        for name in CONSTANTS[self.model_name]:
            if text := str(data.get(f"all-{name}") or ""):
                constants[name] = self._constant(name, text)
        return replace(
            self.before, columns=columns, ignored=frozenset(ignored), constants=constants
        )

    def _column(self, place: int, name: str) -> Column:
        """The column with this field, with the options that it had or that are suggested."""
        heading = self.table.headings[place]
        current = self.before.columns.get(heading)
        if current is not None and current.field == name:
            return current
        if self.table.is_json and heading == name:
            return Column(heading, name)
        samples = [text_of(row.cells.get(heading)) for row in self.table.rows[:SAMPLE]]
        return column_for(self.model_name, heading, name, samples)

    def _with_values(self, column: Column, place: int) -> Column:
        values = {**values_of(column.field), **(column.values or {})}
        left_out = set(column.leave_out)
        for number, value in enumerate(self._vocabularies.get(place, [])[:MOST_VALUES]):
            chosen = self.cleaned_data.get(f"value-{place}-{number}", "")
            if f"value-{place}-{number}" not in self.data:
                continue
            values.pop(value, None)
            left_out.discard(value)
            if chosen == LEAVE_OUT:
                left_out.add(value)
            elif chosen:
                values[value] = chosen
        return replace(column, values=values, others="refuse", leave_out=tuple(sorted(left_out)))

    def _with_finding(self, column: Column, way: str) -> Column:
        if way == BY_CODE:
            return replace(column, find=False, make=None)
        split = column.split or (";" if column.field in ("sectors", "partners") else "")
        make: dict[str, Any] | None = None
        if way.startswith(MAKE):
            _make, _colon, zone = way.partition(":")
            current = column.make or {}
            make = {**current, "zone": zone} if zone else dict(current)
        return replace(column, find=True, make=make, split=split)

    # --- The page ----------------------------------------------------------

    @property
    def columns(self) -> Iterator[ShownColumn]:
        for place, heading in enumerate(self.table.headings):
            name = f"column-{place}"
            found = self._vocabularies.get(place, [])
            values = [
                (value[:LONGEST_SAMPLE], self[f"value-{place}-{number}"])
                for number, value in enumerate(found[:MOST_VALUES])
            ]
            yield ShownColumn(
                heading,
                self._samples(heading),
                self[name],
                bool(self._chosen(place)),
                values,
                max(0, len(found) - MOST_VALUES),
            )

    def _samples(self, heading: str) -> list[str]:
        found: list[str] = []
        for cell in self._cells(heading):
            if cell not in found:
                found.append(cell)
            if len(found) == SAMPLES:
                break
        return [f"{one[:LONGEST_SAMPLE]}…" if len(one) > LONGEST_SAMPLE else one for one in found]

    @property
    def faulty(self) -> list[Any]:
        """The form fields that have errors."""
        return [self[name] for name in self.errors if name in self.fields]

    @property
    def finding(self) -> list[Any]:
        return [self[f"find-{name}"] for name in FOUND[self.model_name]]

    @property
    def constants(self) -> list[Any]:
        return [self[f"all-{name}"] for name in CONSTANTS[self.model_name]]

    @property
    def has_unit(self) -> bool:
        return "unit" in self.fields

    @property
    def unrecognised(self) -> int:
        return sum(not self._chosen(place) for place in range(len(self.table.headings)))
