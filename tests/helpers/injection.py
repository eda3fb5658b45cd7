"""Writes texts into every text column of every record without validation.

Texts that are refused today may have been stored earlier.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import models

from projects.models.fields import CodeField, RateField

# Written and read by programs only.
MADE = {
    "body",
    "codename",
    "digest",
    "headings_digest",
    "history_type",
    "model_name",
    "object_id",
    "password",
    "plan",
    "preview_digest",
    "search_key",
    "session_data",
    "session_key",
    "sha256",
}
# Shorter than any script: codes of currencies, countries and versions.
SHORTEST = 11
APPS = ("projects", "auth", "admin")
# A letter in place of each character with a meaning in HTML or templates.
_HARMLESS = str.maketrans(dict.fromkeys(string.punctuation, "x"))


def harmless(text: str) -> str:
    """A text of the same length and lines without punctuation."""
    return text.translate(_HARMLESS)


def packed(texts: Sequence[str], longest: int = 150) -> list[str]:
    """The texts joined to fewer, each short enough for every field of a name."""
    found = [""]
    for text in texts:
        if found[-1] and len(found[-1]) + len(text) + 1 > longest:
            found.append("")
        found[-1] = f"{found[-1]} {text}" if found[-1] else text
    return found


def stain(text: str) -> None:
    """Replace every text of every record by `text`, cut to the length of the column."""
    for model in models_of_texts():
        columns = [column for column in model._meta.concrete_fields if takes_text(column)]
        for record in model._base_manager.all() if columns else ():
            stained = {column.attname: _stained(column, record, text) for column in columns}
            model._base_manager.filter(pk=record.pk).update(**stained)


def models_of_texts() -> Iterator[Any]:
    """Models of the register, their histories, users, and the admin's log."""
    for app in APPS:
        yield from apps.get_app_config(app).get_models()


def takes_text(column: Any) -> bool:
    if column.name in MADE or column.primary_key or column.choices:
        return False
    if isinstance(column, CodeField | RateField):
        return False
    if isinstance(column, models.JSONField):
        return column.model.__name__ in ("Proposal", "AuditEntry", "ImportRow")
    is_text = isinstance(column, models.CharField | models.TextField)
    return is_text and (column.max_length or SHORTEST) >= SHORTEST


def _stained(column: Any, record: Any, text: str) -> Any:
    value = getattr(record, column.attname)
    if isinstance(column, models.JSONField):
        return _leaves(value, text)
    if not value:
        return value
    if isinstance(column, models.URLField):
        text = f"https://example.org/{text}"
    if column.unique:
        text = f"{record.pk} {text}"
    return text[: column.max_length]


def _leaves(value: Any, text: str) -> Any:
    """A structure with `text` for each text but the first of a list, which is a field's name."""
    if isinstance(value, dict):
        return {name: _leaves(one, text) for name, one in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], str):
        return [value[0], *(_leaves(one, text) for one in value[1:])]
    if isinstance(value, list):
        return [_leaves(one, text) for one in value]
    return text if isinstance(value, str) else value
