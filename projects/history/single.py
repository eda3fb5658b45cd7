"""Check and save one record with its links; delete one. One row of history each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from projects import conversion
from projects.models import ExchangeRate, Project, Receipt

from . import draft_references
from .conflicts import ConflictError
from .links import link
from .locking import lock_current
from .protected import StillReferencedError, references_to, visible_references

# Columns that the write itself sets.
SET_BY_WRITE = frozenset({"created_at", "updated_at", "version"})


@contextmanager
def record_history(record: Any) -> Iterator[None]:
    """A transaction that writes one row of history for everything saved of `record` inside.

    Writes no row and keeps the version if nothing has changed. Raises ConflictError
    if the record has been changed or deleted since it was read.
    """
    with transaction.atomic():
        finish = defer_history(record)
        try:
            yield
        except BaseException:
            _clear(record)
            raise
        finish()


def defer_history(record: Any) -> Callable[[], bool]:
    """Write no history of `record` until the returned function is called.

    For the admin, which saves a record and its links in separate steps of one
    transaction; use `record_history` elsewhere. The function returns whether
    anything has changed. Raises ConflictError if the record has been changed or
    deleted since it was read.
    """
    record.current_row = lock_current(record)
    before = affected_rows(record.current_row)
    record.skip_history_when_saving = True

    def finish() -> bool:
        _clear(record)
        changed = type(record).register_history.keep(record)
        if changed:
            recompute(before, affected_rows(record))
        return changed

    return finish


def _clear(record: Any) -> None:
    del record.skip_history_when_saving, record.current_row


def save(record: Any, **links: Sequence[Any] | None) -> None:
    """Check `record` by the model's rules and save it with its links.

    Writes only changed columns, and never inserts a record that has been deleted.
    A link that is None stays as it is. Raises ValidationError, by field, and
    ConflictError if the record has been changed or deleted since it was read; then
    nothing is written.
    """
    check_rules: Callable[[], None] = partial(check, record, **links)  # type: ignore[arg-type]
    check_rules()
    try:
        with record_history(record):
            write(record)
            link([(record, links)])
    except ConflictError:
        raise
    except IntegrityError:
        # Another write was faster, and has taken the code, for example: the rules report it
        # now.
        check_rules()
        raise


def write(record: Any) -> None:
    """Save the columns of `record` that differ from its current row; insert it if it is new.

    To be called inside `record_history` or after `defer_history`, which lock that row.
    """
    if record.current_row is None:
        record.save(force_insert=True)
        return
    if hasattr(record, "search_key"):
        record.search_key = record.make_search_key()
    differing = [
        column.attname
        for column in record._meta.concrete_fields
        if not column.primary_key
        and column.name not in SET_BY_WRITE
        and getattr(record, column.attname) != getattr(record.current_row, column.attname)
    ]
    if differing:
        record.save(force_update=True, update_fields=differing)


def check(
    record: Any,
    *,
    without_queries: bool = False,
    allow_drafts: bool = False,
    **links: Sequence[Any] | None,
) -> None:
    """Raise a ValidationError, by field, where the record or its links break a rule.

    `without_queries` leaves out whether the records it refers to exist, and what
    uniqueness and constraints forbid: `bulk_save` checks these by writing.
    `allow_drafts`: a published record may refer to drafts, as in a proposal.
    """
    problems: dict[str, Any] = {}
    try:
        if without_queries:
            relations = [f.name for f in record._meta.concrete_fields if f.is_relation]
            record.full_clean(relations, validate_unique=False, validate_constraints=False)
        else:
            record.full_clean()
    except ValidationError as error:
        problems = dict(error.error_dict)
    checks = [partial(check_links, record, **links)]
    if not allow_drafts:
        checks.append(
            partial(draft_references.check, record, links, without_queries=without_queries)
        )
    for check_part in checks:
        try:
            check_part()
        except ValidationError as error:
            for name, errors in error.error_dict.items():
                problems.setdefault(name, []).extend(errors)
    if problems:
        raise ValidationError(problems)


def check_links(record: Any, **links: Sequence[Any] | None) -> None:
    """The checks of links in `check`, for forms, which check columns."""
    problems: dict[str, Any] = {}
    for name, kind in type(record).links().items():
        linked = links.get(name)
        if linked is None:
            continue
        try:
            kind.check(linked)
        except ValidationError as error:
            problems[name] = error.error_list
    partners = links.get("partners")
    # An unsaved record has no key, and is only equal to itself.
    lead = partners and (record.enterprise_id or record.enterprise)
    if lead and lead in [partner.pk or partner for partner in partners]:
        problems["partners"] = [
            ValidationError(_("The lead enterprise is not one of its partners as well."), "lead")
        ]
    if problems:
        raise ValidationError(problems)


def delete(record: Any) -> None:
    """Delete `record`; its history stays.

    Raises StillReferencedError if others refer to it, and ConflictError if it has been
    changed or deleted since it was read.
    """
    with transaction.atomic():
        lock_current(record, to_delete=True)
        if referring := references_to([record]):
            raise StillReferencedError(referring)
        affected = affected_rows(record)
        record.delete()
        if not isinstance(record, Project):
            recompute(affected)


def check_deletable(record: Any, user: Any) -> None:
    """Raise StillReferencedError if records that `user` may see refer to `record`."""
    referring = references_to([record])
    if any(visible.exists() for visible in visible_references(referring, user)):
        raise StillReferencedError(referring)


# Keys of projects, and rates as from_currency, to_currency and quoted_on.
AffectedRows = tuple[set[int], list[tuple[str, str, Any]]]


def affected_rows(record: Any) -> AffectedRows:
    """What to recompute after a write of `record`: keys of projects, and rates."""
    if isinstance(record, Project):
        return {record.pk}, []
    if isinstance(record, Receipt):
        return {record.project_id}, []
    if isinstance(record, ExchangeRate):
        return set(), [(record.from_currency, record.to_currency, record.quoted_on)]
    return set(), []


def recompute(*affected: AffectedRows) -> None:
    """Recompute derived rows: those affected by records before and after a write."""
    conversion.recompute(sorted({key for keys, _rates in affected for key in keys}))
    conversion.recompute_for_rates([rate for _keys, rates in affected for rate in rates])
