"""The labels of models and fields on the import pages."""

from __future__ import annotations

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst

from projects.models.registry import model_named


def noun_label(noun: str) -> str:
    return capfirst(str(model_named(noun)._meta.verbose_name_plural))


def field_label(noun: str, name: str) -> str:
    """The verbose name of a field; its name if the model has no such field."""
    try:
        column = model_named(noun)._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    return capfirst(str(getattr(column, "verbose_name", name)))
