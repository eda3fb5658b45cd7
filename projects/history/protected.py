"""References to a record: while there are any, it cannot be deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models
from django.db.models import PROTECT, RESTRICT, ProtectedError, Q, QuerySet
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from simple_history.utils import get_m2m_field_name

# How many records of each model an error message names.
MOST_NAMED = 3


class StillReferencedError(ProtectedError):
    """A record cannot be deleted because others refer to it: `referring`, a queryset a model."""

    def __init__(self, referring: Sequence[QuerySet]) -> None:
        self.referring = referring
        # Not the records themselves: there may be a hundred thousand.
        super().__init__("Other records refer to this one.", set())

    def sentence(self, user: Any) -> str:
        """The message, which names only records that `user` may see. Two queries a model."""
        return references_sentence(self.referring, user)


def references_sentence(referring: Sequence[QuerySet], user: Any) -> str:
    """Why a record cannot be deleted: how many records of each model refer to it, and which.

    Counts and names only what `user` may see.
    """
    kinds = []
    for records in visible_references(referring, user):
        some = [str(getattr(one, "code", one)) for one in records[: MOST_NAMED + 1]]
        if some:
            more = len(some) > MOST_NAMED
            named = ", ".join([*some[:MOST_NAMED], *(["…"] if more else [])])
            count = records.count() if more else len(some)
            kinds.append(f"{count} × {records.model._meta.verbose_name} ({named})")
    if not kinds:
        return _("This cannot be deleted, as other records refer to it.")
    return _("This cannot be deleted, as other records refer to it: %(records)s.") % {
        "records": get_text_list(kinds, _("and"))
    }


def visible_references(referring: Sequence[QuerySet], user: Any) -> Iterator[QuerySet]:
    """The part of these that `user` may see; nothing of models outside the register."""
    for records in referring:
        if hasattr(records.model.objects, "visible_to"):
            visible = records.model.objects.visible_to(user)
            yield visible.filter(pk__in=records.order_by().values("pk"))


def references_to(records: Sequence[Any]) -> list[QuerySet]:
    """What refers to one of `records` (of one model), one queryset for each model that does.

    By foreign key or as partner, sector or source: the database would delete such
    links, and the records that have them would change without a row of history.
    Parts of the record itself, such as derived rows, do not count. One query for
    each model that could refer to it.
    """
    conditions: dict[Any, Q] = {}
    for relation in type(records[0])._meta.related_objects if records else ():
        condition = _condition(relation, [record.pk for record in records])
        if condition is not None:
            model = relation.related_model
            conditions[model] = conditions.get(model, Q()) | condition
    found = [
        model._base_manager.filter(condition)
        for model, condition in sorted(
            conditions.items(), key=lambda one: str(one[0]._meta.verbose_name)
        )
    ]
    return [referring for referring in found if referring.exists()]


def _condition(relation: Any, keys: Sequence[Any]) -> Q | None:
    if relation.many_to_many:
        field = relation.field
        links = field.remote_field.through._base_manager.filter(
            **{f"{field.m2m_reverse_field_name()}__in": keys}
        )
        return Q(pk__in=links.values(get_m2m_field_name(field)))
    if relation.on_delete in (PROTECT, RESTRICT) and not _is_link(relation.related_model):
        return Q(**{f"{relation.field.name}__in": keys})
    return None


def _is_link(model: type[models.Model]) -> bool:
    """Whether it is the through table of a many-to-many field."""
    return any(
        field.remote_field.through is model
        for other in model._meta.apps.get_models()
        for field in other._meta.local_many_to_many
    )
