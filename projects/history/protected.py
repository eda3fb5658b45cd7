"""What refers to a record: while anything does, the record is not deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models
from django.db.models import PROTECT, RESTRICT, ProtectedError, Q, QuerySet
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from simple_history.utils import get_m2m_field_name

# Of each noun so many are named: enough to see where to look.
MOST_NAMED = 3


class StillReferencedError(ProtectedError):
    """A record was to be deleted to which others refer: `referring`, one queryset a noun."""

    def __init__(self, referring: Sequence[QuerySet]) -> None:
        self.referring = referring
        # Not the records themselves: they may be a hundred thousand.
        super().__init__("Other records refer to this one.", set())

    def said_to(self, user: Any) -> str:
        """The reason in words, with what `user` may see and nothing else. Two queries a noun."""
        return is_still_referenced(self.referring, user)


def is_still_referenced(referring: Sequence[QuerySet], user: Any) -> str:
    """Why a record cannot be deleted: by how many of each noun it is referred to, and by which.

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
    """What of this `user` may see. What is no record of the register, nobody sees."""
    for records in referring:
        if hasattr(records.model.objects, "visible_to"):
            seen = records.model.objects.visible_to(user)
            yield seen.filter(pk__in=records.order_by().values("pk"))


def references_to(records: Sequence[Any]) -> list[QuerySet]:
    """What refers to one of `records` (of one model), one queryset for each noun that does.

    By a column or as partner, sector or source: the database would drop such
    links together with their end, and whoever had them would change without a
    row of history. What is a part of the record itself, such as what is derived
    from it, refers to nothing. One query for each noun that could.
    """
    ways: dict[Any, Q] = {}
    for relation in type(records[0])._meta.related_objects if records else ():
        way = _way(relation, [record.pk for record in records])
        if way is not None:
            model = relation.related_model
            ways[model] = ways.get(model, Q()) | way
    found = [
        model._base_manager.filter(way)
        for model, way in sorted(ways.items(), key=lambda one: str(one[0]._meta.verbose_name))
    ]
    return [referring for referring in found if referring.exists()]


def _way(relation: Any, keys: Sequence[Any]) -> Q | None:
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
    """Whether its rows only link two records, as a sector with its share does."""
    return any(
        field.remote_field.through is model
        for other in model._meta.apps.get_models()
        for field in other._meta.local_many_to_many
    )
