"""Write validated rows in one transaction: all of them, or on request the valid ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from rest_framework.settings import api_settings

from projects import history, review
from projects.models import ImportBatch, RowStatus, permissions
from projects.models.chunking import WRITTEN_AT_ONCE, batches
from projects.serializers.errors import api_error, flat

from .lookup import Key, RecordLookup
from .mapping import Mapping as FileMapping
from .rows import RowError
from .validate import ValidatedRow

Save = Callable[[Sequence[ValidatedRow]], bool]


@dataclass(frozen=True)
class Written:
    """What was written, and what the database refused.

    `rows`: those given, but for the refused ones; `created`: by model, how many
    new records that rows name; `conflict`: whether a row was refused because of what others
    wrote meanwhile.
    """

    rows: tuple[ValidatedRow, ...]
    errors: tuple[RowError, ...]
    created: Mapping[Any, int]
    conflict: bool


def write(
    rows: Sequence[ValidatedRow],
    lookup: RecordLookup,
    mapping: FileMapping,
    batch: ImportBatch | None = None,
    *,
    as_accepted: bool = False,
) -> Written:
    """Write new and changed records, and the new records that they refer to.

    `batch` is recorded in the resulting proposals. With `as_accepted` proposals are
    written as if they had been accepted: for a transaction that is rolled back.

    What the database refuses becomes an error of its row. Writes of others are found by
    two queries, as they may affect every row; the rest by trying again in halves, as every
    rule that can be checked beforehand has been. To be called inside a
    transaction, whose end decides whether anything is written.
    """
    created = save_created(lookup, {key for row in rows for key in row.created}, batch)

    def save(some: Sequence[ValidatedRow]) -> bool:
        changes = [(row.record, row.links) for row in some]
        if as_accepted:
            return _try_save(some, lambda: history.bulk_save(changes))
        return _try_save(some, lambda: review.submit_many(lookup.user, changes, batch))

    errors: list[RowError] = []
    refused: set[int] = set()
    has_conflict = False
    # By status, as new and changed records in one batch cost the queries of two.
    for status in (RowStatus.NEW, RowStatus.CHANGED, RowStatus.PROPOSED):
        for some in batches((row for row in rows if row.status == status), WRITTEN_AT_ONCE):
            if save(some):
                continue
            conflicts = _conflicts(some)
            invalid = _save_by_halves([row for row in some if row.number not in conflicts], save)
            has_conflict |= bool(conflicts)
            errors += conflicts.values()
            errors += (error for row in invalid for error in _refusals(row, mapping))
            refused |= conflicts.keys() | {row.number for row in invalid}
    written = tuple(row for row in rows if row.number not in refused)
    return Written(written, tuple(errors), created, has_conflict)


def save_created(
    lookup: RecordLookup, keys: set[Key], batch: ImportBatch | None = None
) -> dict[Any, int]:
    """Save the new records with these keys, and those that they refer to; by model, how many.

    Saves the other names that records get as well; `batch` is recorded in their proposals.
    """
    saved: dict[Any, int] = defaultdict(int)
    for key in [key for key in lookup.created if key in keys]:
        _save_created(lookup, lookup.created[key][0], saved)
    for (model, code), aliases in lookup.new_aliases.items():
        record = model._base_manager.get(code=code)
        new = [name for name in aliases if name not in record.alias_list()]
        # The decision of a user who may not change the record only says which one is meant.
        may_change = permissions.has_permission(lookup.user, "change", model)
        if new and may_change and permissions.in_scope(lookup.user, record):
            record.aliases = "\n".join([*record.alias_list(), *new])
            review.submit_many(lookup.user, [(record, {})], batch)
    return saved


def _save_created(lookup: RecordLookup, record: Any, saved: dict[Any, int]) -> None:
    if record.pk is not None:
        return
    model = type(record)
    _record, links = lookup.created[model, record.code]
    for column in model._meta.concrete_fields:
        other = column.is_relation and column.is_cached(record) and getattr(record, column.name)
        if other:
            _save_created(lookup, other, saved)
            # It has a key now.
            setattr(record, column.name, other)
    for linked in links.values():
        for other in linked or ():
            _save_created(lookup, other[0] if isinstance(other, tuple) else other, saved)
    review.set_author(lookup.user, record)
    history.save(record, **links)
    saved[model] += 1


def _conflicts(rows: Sequence[ValidatedRow]) -> dict[int, RowError]:
    """Of a refused batch, by number: rows whose records were written meanwhile. Two queries."""
    model = type(rows[0].record)
    keys = [row.record.pk for row in rows if row.record.pk is not None]
    versions = dict(model._base_manager.filter(pk__in=keys).values_list("pk", "version"))
    found = {}
    for row in rows:
        if row.record.pk is not None and versions.get(row.record.pk) != row.record.version:
            found[row.number] = RowError(row.number, "", "", _conflict_message())
    if hasattr(model, "code"):
        new = {row.record.code.lower(): row for row in rows if row.record.pk is None}
        taken = model._base_manager.annotate(lower=Lower("code")).filter(lower__in=new)
        for code in taken.values_list("lower", flat=True):
            row, message = new[code], model._meta.get_field("code").error_messages["unique"]
            found[row.number] = RowError(row.number, "code", row.record.code, str(message))
    return found


def _conflict_message() -> str:
    return _("Somebody else saved a change meanwhile. Try again.")


def _save_by_halves(rows: Sequence[ValidatedRow], save: Save) -> list[ValidatedRow]:
    """Save these rows, and return those that the database refuses.

    One among 2,500 is found with eleven more tries.
    """
    if not rows or save(rows):
        return []
    if len(rows) == 1:
        return list(rows)
    half = len(rows) // 2
    return _save_by_halves(rows[:half], save) + _save_by_halves(rows[half:], save)


def _try_save(rows: Sequence[ValidatedRow], save: Callable[[], Any]) -> bool:
    """Whether these could be saved; if not, their records are as they were."""
    new = [row.record for row in rows if row.record.pk is None]
    versions = [row.record.version for row in rows]
    try:
        with transaction.atomic():
            save()
    except (IntegrityError, review.ReviewError):
        for row, version in zip(rows, versions, strict=True):
            row.record.version = version
        for record in new:
            record.pk = None
            record._state.adding = True
        return False
    return True


def _refusals(row: ValidatedRow, mapping: FileMapping) -> list[RowError]:
    """Why the database refuses a record, with the message of the rule that it breaks."""
    try:
        row.record.full_clean()
    except ModelError as error:
        found = flat(api_error(error).detail)
    else:
        found = {"": [_conflict_message()]}
    return [
        RowError(
            row.number,
            "" if name in ("", api_settings.NON_FIELD_ERRORS_KEY) else mapping.column_of(name),
            str(getattr(row.record, name, "")),
            message,
        )
        for name, messages in found.items()
        for message in messages
    ]
