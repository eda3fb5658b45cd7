"""Validation of the texts of records: no control characters, no invisible ones."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext

from projects.names import text_rules


class TextValidationMixin(models.Model):
    """A record whose texts contain no invalid characters; see `projects.names.text_rules`.

    CharFields contain no line breaks. `names_in_lines`: TextFields with a name on each
    line, in which invisible characters are not allowed either.
    """

    names_in_lines: Collection[str] = ()

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        problems: dict[str, Any] = {}
        try:
            super().clean_fields(exclude)
        except ValidationError as error:
            problems = error.update_error_dict({})
        for field in text_fields(type(self)):
            value = getattr(self, field.attname)
            if isinstance(value, str) and not (exclude and field.name in exclude):
                try:
                    check_text(
                        value,
                        str(field.verbose_name),
                        lines=isinstance(field, models.TextField),
                        hidden=isinstance(field, models.TextField)
                        and field.name not in self.names_in_lines,
                    )
                except ValidationError as error:
                    # Other errors of the field follow from this one.
                    problems[field.name] = [error]
        if problems:
            raise ValidationError(problems)


def text_fields(model: Any) -> tuple[Any, ...]:
    """The columns of a model with texts that users write."""
    return _text_fields(model)


@cache
def _text_fields(model: Any) -> tuple[Any, ...]:
    return tuple(
        field
        for field in model._meta.concrete_fields
        if isinstance(field, (models.CharField, models.TextField)) and field.editable
    )


def check_text(text: str, field: str, **allowed: bool) -> None:
    """Raise ValidationError if `projects.names.text_rules` forbids a character of `text`."""
    problem = text_rules.text_problem(text, capfirst(field), **allowed)
    if problem is not None:
        raise ValidationError(gettext(problem.message), "character", problem.params)
