"""What is published refers to nothing that is a draft: by it, the public would learn of one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.utils.translation import gettext_lazy as _

from projects.models import State
from projects.models.base import ReviewedModel


def columns(model: Any) -> list[str]:
    """The columns by which records of a model refer to what is reviewed."""
    return [
        column.name
        for column in model._meta.concrete_fields
        if column.is_relation and issubclass(column.related_model, ReviewedModel)
    ]


def check(
    record: Any,
    links: Mapping[str, Sequence[Any] | None],
    *,
    asking: bool = True,
    besides: Collection[str] = (),
) -> None:
    """Raise ValidationError, by field, for each draft that a published record refers to.

    `links` are records by field; None: as they stand, which was asked before.
    Without `asking`, what a record refers to is looked at only where it has been
    read. Otherwise at most a query for each column; none for those named `besides`.
    """
    if getattr(record, "state", State.PUBLISHED) == State.DRAFT:
        return
    problems: dict[str, list[ValidationError]] = {}
    for name in columns(type(record)):
        if name in besides:
            continue
        if not asking and not record._meta.get_field(name).is_cached(record):
            continue
        try:
            other = getattr(record, name)
        except ObjectDoesNotExist:
            # Said as a rule of its own.
            continue
        if other is not None and other.is_draft:
            problems[name] = [_is_draft(other)]
    for name, linked in links.items():
        for other in linked or ():
            if getattr(other, "is_draft", False):
                problems.setdefault(name, []).append(_is_draft(other))
    if problems:
        raise ValidationError(problems)


def _is_draft(other: Any) -> ValidationError:
    return ValidationError(
        _("“%(code)s” is a draft: publish it first."),
        "draft",
        {"code": getattr(other, "code", None) or str(other)},
    )
