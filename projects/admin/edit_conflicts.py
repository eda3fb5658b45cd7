"""Optimistic locking for forms: a stale save is refused and shown with the differences.

A form carries the version of the record that it shows. If the record has another version
when the form is sent, nothing is saved. The form comes back with what was typed, says who
changed the record and when, and lists the fields that differ. Fields that were left alone
take their current values. Sending the form again overwrites the version it now shows.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects import history
from projects.i18n.languages import join_list
from projects.models.display import display_value

VERSION = "shown_version"


@dataclass(frozen=True)
class FieldDifference:
    """A field whose current value is not the one that was sent, both in words."""

    label: str
    now: str
    yours: str
    # The field was left alone, so that the form now shows the current value.
    is_untouched: bool

    def __str__(self) -> str:
        return _("%(field)s: now “%(now)s”, yours “%(yours)s”.") % {
            "field": self.label,
            "now": self.now,
            "yours": self.yours,
        }


def conflict_message(record: Any) -> str:
    """Who changed a record after a form showed it, and when. One query."""
    return _(
        "Not saved: %(who)s changed this at %(when)s, after you opened it. What you typed is "
        "still in the form; fields you left alone show the current values. Save again to "
        "overwrite the current version with what the form shows."
    ) % last_change(type(record), record.pk)


def last_change(model: Any, key: Any) -> dict[str, str]:
    """Who last wrote or deleted the record with this key, and when, in words. One query."""
    last = history.last_change(model, key)
    if last is None:
        return {"who": _("somebody else"), "when": "—"}
    return {"who": last.who, "when": last.when}


def shown_values(record: Any, version: str) -> Mapping[str, Any] | None:
    """Values and links of an earlier version by field name; None where there is no history of it.

    One query, and two for each kind of link.
    """
    model = type(record)
    if not hasattr(model, "history") or not re.fullmatch("[0-9]{1,9}", version, re.ASCII):
        return None
    rows = model.history.filter(id=record.pk, version=int(version)).exclude(history_type="-")
    row = rows.order_by("-history_id").first()
    if row is None:
        return None
    columns = model.register_history.fields_included(model)
    values = {column.name: getattr(row, column.attname) for column in columns}
    return values | model.register_history.links_of(model, [row])[row.history_id]


class VersionField(forms.CharField):
    """Hidden: the version that the form shows. Always rendered with the current one."""

    def __init__(self) -> None:
        super().__init__(required=False, label=gettext_lazy("version"), widget=forms.HiddenInput)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class VersionedModelForm(forms.ModelForm):
    """A form that is refused if its record was changed after the form was shown.

    A record without a `version`, such as an account, has a digest of its values instead.
    """

    # For a row on the page of another record: the name of its reference to that record.
    parent = ""

    shown_version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflict = ""
        self.differences: list[FieldDifference] = []
        if self.instance.pk is None:
            return
        current = self.fields[VERSION].initial = self.current_version()
        version = self.data.get(self.add_prefix(VERSION), "")
        if self.is_bound and version != current:
            self.conflict = conflict_message(self.instance)
            self._compare(shown_values(self.instance, version))

    def current_version(self) -> str:
        """The version of the record, or a digest of its values (a query for each link)."""
        if hasattr(self.instance, "version"):
            return str(self.instance.version)
        values = {
            name: sorted(self.current_data(name)[self.add_prefix(name)])
            for name in self._compared()
        }
        return hashlib.sha256(json.dumps([values, self.related_values()]).encode()).hexdigest()

    def related_values(self) -> list[str]:
        """What the digest covers in addition to the fields: rows on the same page."""
        return []

    def _compared(self) -> list[str]:
        return [name for name, one in self.fields.items() if name != VERSION and not one.disabled]

    def current_data(self, name: str) -> dict[str, list[str]]:
        """What the form would submit for a field with its current value, by name of input."""
        field = self.fields[name]
        value = field.prepare_value(self.get_initial_for_field(field, name))
        several = value if isinstance(value, list | tuple) else [value]
        values = [str(one) for one in several if one is not None]
        return {self.add_prefix(name): values, self.add_initial_prefix(name): values}

    def _compare(self, shown: Mapping[str, Any] | None) -> None:
        data = self.data.copy()
        for name in self._compared():
            field = self.fields[name]
            now, sent = self.get_initial_for_field(field, name), self[name].data
            if not _differ(field, now, sent):
                continue
            is_untouched = shown is not None and not _differ(field, shown.get(name, now), sent)
            for key, values in self.current_data(name).items() if is_untouched else ():
                data.setlist(key, values)
            label = capfirst(str(self[name].label))
            words = in_words(field, now), in_words(field, sent)
            self.differences.append(FieldDifference(label, *words, is_untouched))
        self.data = data

    def full_clean(self) -> None:
        super().full_clean()
        # A row that was left alone is not written.
        if self.conflict and (self.has_changed() or not self.parent):
            lines = [self.conflict, *(self.differences if self.parent else ())]
            self.add_error(None, [ValidationError(str(line), "conflict") for line in lines])


class VersionedFormSet(forms.BaseInlineFormSet):
    """Rows that are records with versions of their own.

    A row whose record was deleted meanwhile, or moved to another one, is left out with an
    error that says what was typed into it; the form can be sent again without it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.missing: list[str] = []
        if not self.is_bound or self.instance.pk is None:
            return
        existing = {None, *(str(row.pk) for row in self.get_queryset())}
        total = self.total_form_count()
        prefixes = [self.add_prefix(index) for index in range(total)]
        initial = prefixes[: self.initial_form_count()]
        keys = {one: self.data.get(f"{one}-{self.model._meta.pk.name}") for one in initial}
        missing = {prefix: key for prefix, key in keys.items() if key not in existing}
        self.missing = [
            self._describe(key, prefix)
            for prefix, key in missing.items()
            if not self.data.get(f"{prefix}-DELETE")
        ]
        if missing:
            kept = [index for index, prefix in enumerate(prefixes) if prefix not in missing]
            keep_rows(self, kept, initial=len(initial) - len(missing), total=len(kept))

    def _describe(self, key: Any, prefix: str) -> str:
        typed = sent_in_words(self.form.base_fields, self.data, f"{prefix}-")
        return _(
            "A row was deleted or moved by %(who)s at %(when)s, after you opened this, and has "
            "been left out. You had typed: %(typed)s."
        ) % {**last_change(self.model, key), "typed": join_list(words for _label, words in typed)}

    def clean(self) -> None:
        super().clean()
        problems = self.missing + [
            " ".join(map(str, (form.instance, form.conflict, *form.differences)))
            for form in self.initial_forms
            # Django does not validate a row that is to be deleted.
            if form.conflict and self._should_delete_form(form)
        ]
        if problems:
            raise ValidationError(problems, "conflict")


def keep_rows(formset: Any, kept: Sequence[int], *, initial: int, total: int) -> None:
    """Renumber the submitted rows of a formset, without those whose index is not in `kept`."""
    new_index = {str(index): place for place, index in enumerate(kept)}
    of_row = re.compile(rf"{re.escape(formset.prefix)}-([0-9]+)(-.+)", re.DOTALL)
    data = QueryDict(mutable=True)
    for key, values in formset.data.lists():
        found = of_row.fullmatch(key)
        if found is None:
            data.setlist(key, values)
        elif found[1] in new_index:
            data.setlist(f"{formset.prefix}-{new_index[found[1]]}{found[2]}", values)
    data[f"{formset.prefix}-INITIAL_FORMS"] = str(initial)
    data[f"{formset.prefix}-TOTAL_FORMS"] = str(total)
    formset.data = data
    # It may have been read from the data before.
    formset.__dict__.pop("management_form", None)


def sent_in_words(
    fields: Mapping[str, Any], data: Any, prefix: str = ""
) -> Iterator[tuple[str, str]]:
    """Label and value of each visible field that was filled in. A query for each linked record."""
    for name, field in fields.items():
        value = field.widget.value_from_datadict(data, {}, prefix + name)
        if not field.widget.is_hidden and (words := in_words(field, value)) != "—":
            yield capfirst(str(field.label)), words


def in_words(field: forms.Field, value: Any) -> str:
    """A value of a form field as a reader sees it, whether of the record or as submitted."""
    value = field.prepare_value(value)
    several = value if isinstance(value, list | tuple) else [value]
    return join_list(_in_words(field, one) for one in several if one not in (None, "")) or "—"


def _in_words(field: Any, value: Any) -> str:
    if isinstance(field, forms.ModelChoiceField):
        try:
            return field.label_from_instance(forms.ModelChoiceField.to_python(field, value))
        except ValidationError:
            # What the form does not offer, the user may not see.
            return _("another record") if str(value).isdecimal() else str(value)
    if isinstance(field, forms.ChoiceField):
        return str({str(key): label for key, label in field.choices}.get(str(value), value))
    return display_value(value)


def _differ(field: forms.Field, current: Any, sent: Any) -> bool:
    # Browsers submit line ends of their own.
    if isinstance(current, str) and isinstance(sent, str):
        current, sent = ("\n".join(text.splitlines()).strip() for text in (current, sent))
    return field.has_changed(current, sent)
