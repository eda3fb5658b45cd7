"""The one place where the texts of records are held to what a text may hold."""

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
    """A record none of whose texts holds a character that cannot be read or seen.

    Columns of one line hold no line break; `names_in_lines` are columns of
    several whose lines are names.
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
                    # Whatever else is wrong with it, comes of this.
                    problems[field.name] = [error]
        if problems:
            raise ValidationError(problems)


def text_fields(model: Any) -> tuple[Any, ...]:
    """The columns of a model that hold what somebody wrote."""
    return _text_fields(model)


@cache
def _text_fields(model: Any) -> tuple[Any, ...]:
    return tuple(
        field
        for field in model._meta.concrete_fields
        if isinstance(field, (models.CharField, models.TextField)) and field.editable
    )


def check_text(text: str, field: str, **allowed: bool) -> None:
    """Raise a ValidationError, in the words of `projects.names.text_rules`."""
    problem = text_rules.text_problem(text, capfirst(field), **allowed)
    if problem is not None:
        raise ValidationError(gettext(problem.message), "character", problem.params)
