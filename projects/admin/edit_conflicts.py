"""Forms that meet: what was typed into a page is not written over what somebody else wrote since.

A page carries the version that it shows. Where the record has another one by
the time it is sent, nothing is written; the form comes back with what stands now
in the fields that were left alone, with what was typed in the others, and with
both beside each other. Sent once more, it is of the version that stands.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms.formsets import DEFAULT_MAX_NUM
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from projects.i18n.languages import join_list

SEEN = "seen"


class SeenField(forms.CharField):
    """The version that a page shows: what is rendered is always the one that stands."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, **kwargs)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


@dataclass(frozen=True)
class Difference:
    """One field: as it was when the page was shown (None: not known), as it is now, as typed."""

    label: str
    read: str | None
    now: str
    yours: str
    # Whether it was left alone, so that the form holds what stands now.
    is_taken: bool


@dataclass
class Meeting:
    """That a record was changed after a page was shown, by whom, when and in what."""

    record: Any
    # By name of field or link; None where history does not reach back to what was shown.
    read: Mapping[str, Any] | None
    by: str
    at: datetime | None
    differences: list[Difference] = field(default_factory=list)

    @classmethod
    def of(cls, record: Any, seen: str) -> Meeting:
        """Three queries, and two for each kind of link."""
        if not hasattr(type(record), "history"):
            return cls(record, None, *said_by(None))
        last = type(record).history.filter(id=record.pk).select_related("history_user").first()
        by, at = said_by(last)
        return cls(record, _as_read(record, seen), by, at)

    def __str__(self) -> str:
        return _(
            "Not saved: this was changed after you opened it, last by %(who)s at %(when)s. What "
            "you typed is still in the form; where you typed nothing, it holds what stands now. "
            "Save once more to write what it holds."
        ) % {"who": self.by, "when": said_at(self.at)}


def said_by(row: Any) -> tuple[str, datetime | None]:
    """Who wrote a row of history, in a word, and when."""
    if row is None:
        return _("somebody"), None
    return str(row.history_user or _("somebody")), row.history_date


def said_at(at: datetime | None) -> str:
    """As the history says it: the same in every language, and with its seconds."""
    return "—" if at is None else f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"


def _as_read(record: Any, seen: str) -> Mapping[str, Any] | None:
    """What the record said in the version `seen`, by name of field or link."""
    if not (seen.isascii() and seen.isdecimal() and len(seen) < 10):
        return None
    model = type(record)
    rows = model.history.filter(id=record.pk, version=int(seen)).exclude(history_type="-")
    row = rows.order_by("-history_id").first()
    if row is None:
        return None
    kept = model.register_history
    values = {one.name: getattr(row, one.attname) for one in kept.fields_included(model)}
    return values | kept.links_of(model, [row])[row.history_id]


class MeetingForm(forms.ModelForm):
    """A form for a record that stands: one with a version, or one without, such as an account.

    Of a record without a version the page carries a digest of what its fields
    hold; what was changed in between can be told from what stands, not what it
    was before.

    In a formset the versions stand together in one field of it, and each form is
    given its own as `seen`; a row that was left alone is not written, and so not
    refused either.
    """

    def __init__(self, *args: Any, seen: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting: Meeting | None = None
        self.is_row = seen is not None
        if self.instance.pk is None or (self.is_row and not hasattr(self.instance, "version")):
            return
        standing = self.standing()
        if seen is None:
            # Not declared: the admin lists what is, and would show it as a field like any other.
            self.fields[SEEN] = SeenField(initial=standing)
            seen = self.data.get(self.add_prefix(SEEN), "")
        if self.is_bound and seen != standing:
            self._meet(seen)

    def standing(self) -> str:
        """The version of the record, or a digest of it. The digest reads each link in a query."""
        if hasattr(self.instance, "version"):
            return str(self.instance.version)
        held = [
            (name, sorted(self.as_standing(name)[self.add_prefix(name)]))
            for name, one in self.fields.items()
            if not one.disabled
        ]
        return hashlib.sha256(json.dumps([held, self.parts()]).encode()).hexdigest()

    def parts(self) -> list[str]:
        """What belongs to a record without a version, and is written on its page as well."""
        return []

    def _meet(self, seen: str) -> None:
        """Put together how the record differs from its version `seen`, and from what was typed."""
        self.meeting = self.instance.meeting = Meeting.of(self.instance, seen)
        data = self.data.copy()
        for name, one in self.fields.items():
            if name != SEEN and not one.disabled:
                self._compare(self.meeting, name, one, data)
        self.data = data

    def _compare(self, meeting: Meeting, name: str, one: forms.Field, data: Any) -> None:
        now = self.get_initial_for_field(one, name)
        typed = self[name].data
        is_mine = _differs(one, now, typed)
        if meeting.read is None:
            is_taken, read = False, None
            is_theirs = is_mine
        else:
            read = meeting.read.get(name, now)
            is_taken = not _differs(one, read, typed)
            is_theirs = _key(read) != _key(now)
        if is_taken and is_theirs:
            for key, values in self.as_standing(name).items():
                data.setlist(key, values)
        if is_theirs or is_mine:
            label = capfirst(str(self[name].label))
            was = None if meeting.read is None else said(one, read)
            yours = said(one, typed)
            meeting.differences.append(Difference(label, was, said(one, now), yours, is_taken))

    def as_standing(self, name: str) -> dict[str, list[str]]:
        """What the page would send of a field in which nothing was typed, by name of input."""
        one = self.fields[name]
        value = one.prepare_value(self.get_initial_for_field(one, name))
        several = value if isinstance(value, list | tuple) else [value]
        values = [str(each) for each in several if each is not None]
        return {self.add_prefix(name): values, self.add_initial_prefix(name): values}

    def full_clean(self) -> None:
        super().full_clean()
        if self.meeting is None or (self.is_row and not self.has_changed()):
            return
        self.add_error(None, ValidationError(str(self.meeting), "stale"))
        if self.is_row:
            for one in self.meeting.differences:
                self.add_error(None, ValidationError(in_a_line(one), "stale"))


class RecordsFormSet(forms.BaseInlineFormSet):
    """Rows that are records themselves, each with a version of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gone: list[str] = []
        if self.is_bound:
            self._drop_what_is_gone()

    @property
    def _seen(self) -> dict[str, str]:
        pairs = self.data.get(f"{self.prefix}-{SEEN}", "").split()
        return dict(pair.partition(":")[::2] for pair in pairs)

    @property
    def management_form(self) -> Any:
        if "_management" not in self.__dict__:
            form = super().management_form
            versions = (f"{one.pk}:{one.version}" for one in self.get_queryset())
            form.fields[SEEN] = SeenField(initial=" ".join(versions))
            self._management = form
        return self._management

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        key = "" if index is None else self.data.get(f"{self.prefix}-{index}-{self._key}", "")
        return super().get_form_kwargs(index) | {"seen": self._seen.get(key, "")}

    @property
    def _key(self) -> str:
        return self.model._meta.pk.name

    def _drop_what_is_gone(self) -> None:
        """Take the rows out of what was sent that stand no more, and keep a sentence on each."""
        standing = {str(one.pk) for one in self.get_queryset()}
        gone = []
        for index in range(_count(self.data, self.prefix, "INITIAL_FORMS")):
            key = self.data.get(f"{self.prefix}-{index}-{self._key}")
            if key is not None and key not in standing:
                gone.append(index)
                if not self.data.get(f"{self.prefix}-{index}-DELETE"):
                    self.gone.append(self._on_gone(key))
        if gone:
            self.data = without_rows(self.data, self.prefix, gone)

    def _on_gone(self, key: str) -> str:
        rows = self.model.history.all()
        row = None
        if key.isascii() and key.isdecimal() and len(key) < 19:
            row = rows.filter(id=int(key)).select_related("history_user").first()
        if row is None:
            return _("A row that was sent does not stand here.")
        who, at = said_by(row)
        columns = self.model.register_history.fields_included(self.model)
        was = self.model(**{one.attname: getattr(row, one.attname) for one in columns})
        words = {"row": was, "who": who, "when": said_at(at)}
        if row.history_type == "-":
            return _("“%(row)s” was deleted after you opened this, by %(who)s at %(when)s.") % words
        return _("“%(row)s” does not stand here any more: changed by %(who)s at %(when)s.") % words

    def clean(self) -> None:
        super().clean()
        said_of_rows = list(self.gone)
        for form in self.initial_forms:
            # A row that is to be deleted is not asked whether it is valid.
            if form.meeting is not None and self._should_delete_form(form):
                lines = [str(form.instance), str(form.meeting)]
                lines += map(in_a_line, form.meeting.differences)
                said_of_rows.append(" ".join(lines))
        if said_of_rows:
            raise ValidationError(said_of_rows, "stale")


class PartsFormSet(forms.BaseInlineFormSet):
    """Rows that are parts of a record and have no version but that of it.

    Where that record was changed meanwhile, its rows are written anew and have
    other keys: so they are sent again without any.
    """

    # The name of the link, and the two columns of a row.
    LINK = ""
    COLUMNS: tuple[str, str] = ("", "")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meeting = getattr(self.instance, "meeting", None)
        if self.is_bound and meeting is not None:
            self._meet(meeting)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return super().get_form_kwargs(index) | {"seen": ""}

    def _meet(self, meeting: Meeting) -> None:
        columns = [self.form.base_fields[name] for name in self.COLUMNS]
        now = [
            tuple(getattr(row, row._meta.get_field(name).attname) for name in self.COLUMNS)
            for row in self.get_queryset()
        ]
        typed = list(self._typed())
        read = None
        if meeting.read is not None:
            read = [(end.pk, share) for end, share in meeting.read[self.LINK]]
        is_taken = read is not None and _rows(columns, typed) == _rows(columns, read)
        is_theirs = read is not None and _rows(columns, read) != _rows(columns, now)
        self.data = self._sent(now if is_taken else typed)
        if is_theirs or _rows(columns, typed) != _rows(columns, now):
            label = capfirst(str(self.instance._meta.get_field(self.LINK).verbose_name))
            was = None if read is None else _said_rows(columns, read)
            stands, yours = (_said_rows(columns, rows) for rows in (now, typed))
            meeting.differences.append(Difference(label, was, stands, yours, is_taken))

    def _typed(self) -> Iterable[tuple[Any, ...]]:
        """The rows as they were sent, without those that are empty or to be deleted."""
        for index in range(self.total_form_count()):
            prefix = self.add_prefix(index)
            row = tuple(
                widget.value_from_datadict(self.data, self.files, f"{prefix}-{name}")
                for name, widget in ((n, self.form.base_fields[n].widget) for n in self.COLUMNS)
            )
            if any(row) and not self.data.get(f"{prefix}-DELETE"):
                yield row

    def _sent(self, rows: list[tuple[Any, ...]]) -> Any:
        data = without_rows(self.data, self.prefix, range(self.total_form_count()))
        for index, row in enumerate(rows):
            for name, value in zip(self.COLUMNS, row, strict=True):
                data[f"{self.prefix}-{index}-{name}"] = "" if value is None else str(value)
        # As many empty rows as there are on a page that is shown for the first time.
        data[f"{self.prefix}-TOTAL_FORMS"] = str(len(rows) + self.extra)
        # The management form may have been read already.
        self.__dict__.pop("management_form", None)
        return data


def without_rows(data: Any, prefix: Any, gone: Iterable[int]) -> Any:
    """What was sent of a formset without these of its first rows; the others close up."""
    gone = set(gone)
    kept = data.copy()
    total = number_of_rows(data, prefix)
    initial = _count(data, prefix, "INITIAL_FORMS")
    left = (index for index in range(total) if index not in gone)
    new_index = {str(index): place for place, index in enumerate(left)}
    of_rows = re.compile(rf"{re.escape(prefix)}-([0-9]+)-(.+)", re.DOTALL)
    rows = [(key, found) for key in data if (found := of_rows.fullmatch(key))]
    for key, _found in rows:
        del kept[key]
    for key, found in rows:
        if found[1] in new_index:
            kept.setlist(f"{prefix}-{new_index[found[1]]}-{found[2]}", data.getlist(key))
    kept[f"{prefix}-TOTAL_FORMS"] = str(len(new_index))
    kept[f"{prefix}-INITIAL_FORMS"] = str(initial - sum(index < initial for index in gone))
    return kept


def number_of_rows(data: Any, prefix: Any) -> int:
    """How many rows were sent of a formset."""
    return _count(data, prefix, "TOTAL_FORMS")


def _count(data: Any, prefix: Any, name: str) -> int:
    """One of the numbers of a management form; 0 where it is none, or more than a form can have."""
    text = str(data.get(f"{prefix}-{name}", ""))
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    return number if number <= DEFAULT_MAX_NUM else 0


# In words


def in_a_line(one: Difference) -> str:
    words = {"field": one.label, "read": one.read, "now": one.now, "yours": one.yours}
    if one.read is None:
        return _("%(field)s: now “%(now)s”, typed “%(yours)s”.") % words
    return _("%(field)s: it was “%(read)s”, now “%(now)s”, typed “%(yours)s”.") % words


def said(one: forms.Field, value: Any) -> str:
    """A value of a field as a person reads it, however it is held or was sent."""
    if isinstance(one, forms.ModelChoiceField):
        keys = [_key(each) for each in value] if isinstance(value, list | tuple) else [_key(value)]
        return join_list(_called(one, [key for key in keys if key not in (None, "")])) or "—"
    if value is None or value == "":
        return "—"
    if isinstance(one, forms.ChoiceField):
        labels = {str(key): label for key, label in one.choices}
        return str(labels.get(str(value), value))
    text = one.prepare_value(value)
    return text or "—" if isinstance(text, str) else str(formats.localize(text))


def _called(one: Any, keys: list[Any]) -> Iterable[str]:
    found = {}
    for key in keys:
        try:
            found[one.queryset.model._meta.pk.to_python(key)] = str(key)
        except ValidationError:
            yield str(key)
    labels = {
        record.pk: one.label_from_instance(record)
        for record in one.queryset.filter(pk__in=list(found))
    }
    # What the form does not offer, the person may not see.
    yield from (labels.get(key, _("another record")) for key in found)


def _said_rows(columns: list[Any], rows: Iterable[tuple[Any, ...]]) -> str:
    texts = [
        " ".join(said(one, value) for one, value in zip(columns, row, strict=True)) for row in rows
    ]
    return join_list(text.removesuffix(" —") for text in texts) or "—"


def _rows(columns: list[Any], rows: Iterable[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    """Rows to compare: however they were sent or are held, the same ones are equal."""
    return {
        tuple(_cleaned(one, value) for one, value in zip(columns, row, strict=True)) for row in rows
    }


def _cleaned(one: forms.Field, value: Any) -> Any:
    if isinstance(one, forms.ModelChoiceField):
        return str(value or "")
    try:
        return one.to_python(value)
    except ValidationError:
        return value


def _differs(one: forms.Field, held: Any, sent: Any) -> bool:
    """Whether what was sent of a field is not what it held; browsers write lines their own way."""
    if isinstance(held, str) and isinstance(sent, str):
        held, sent = ("\n".join(text.splitlines()).strip() for text in (held, sent))
    return one.has_changed(held, sent)


def _key(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return frozenset(map(_key, value))
    return value.pk if isinstance(value, Model) else value
