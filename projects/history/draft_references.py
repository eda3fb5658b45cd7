"""The rule that published records do not refer to drafts, which would reveal them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.utils.translation import gettext_lazy as _

from projects.models import State
from projects.models.base import ReviewedModel

from .links import Written
from .protected import references_to


def columns(model: Any) -> list[str]:
    """The foreign keys of a model to reviewed models."""
    return [
        column.name
        for column in model._meta.concrete_fields
        if column.is_relation and issubclass(column.related_model, ReviewedModel)
    ]


def check(
    record: Any,
    links: Mapping[str, Sequence[Any] | None],
    *,
    without_queries: bool = False,
    skip: Collection[str] = (),
) -> None:
    """Raise ValidationError, by field, for each draft that a published record refers to.

    `links` are records by field; None where they stay as they are. At most one query
    for each column; with `without_queries` only columns whose record has been read are
    checked. Columns named in `skip` are not checked.
    """
    if getattr(record, "state", State.PUBLISHED) == State.DRAFT:
        return
    problems: dict[str, list[ValidationError]] = {}
    for name in columns(type(record)):
        if name in skip:
            continue
        if without_queries and not record._meta.get_field(name).is_cached(record):
            continue
        try:
            other = getattr(record, name)
        except ObjectDoesNotExist:
            # `full_clean` reports it.
            continue
        if other is not None and other.is_draft:
            problems[name] = [_is_draft(other)]
    for name, linked in links.items():
        for other in linked or ():
            if getattr(other, "is_draft", False):
                problems.setdefault(name, []).append(_is_draft(other))
    if problems:
        raise ValidationError(problems)


def depends_on_drafts(written: Sequence[Written]) -> set[Any]:
    """The keys of records of one model that, once saved, would break that rule.

    One query for each column.
    """
    published = [pair for pair in written if not getattr(pair[0], "is_draft", False)]
    if not published:
        return set()
    model = type(published[0][0])
    found = {
        record.pk
        for record, links in published
        if any(getattr(other, "is_draft", False) for some in links.values() for other in some or ())
    }
    for name in columns(model):
        column = model._meta.get_field(name)
        wanted = {getattr(record, column.attname) for record, _links in published} - {None}
        drafts = column.related_model._base_manager.filter(pk__in=wanted, state=State.DRAFT)
        keys = set(drafts.values_list("pk", flat=True))
        found |= {record.pk for record, _ in published if getattr(record, column.attname) in keys}
    return found


def is_published_upon(record: Any) -> bool:
    """Whether a published record refers to `record`, which then cannot become a draft."""
    return any(
        referring.filter(state=State.PUBLISHED).exists()
        if issubclass(referring.model, ReviewedModel)
        else True
        for referring in references_to([record])
    )


def _is_draft(other: Any) -> ValidationError:
    return ValidationError(
        _("“%(code)s” is a draft: publish it first."),
        "draft",
        {"code": getattr(other, "code", None) or str(other)},
    )
