"""One write of one record: checked, with its links, one row of history, derived rows made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from projects import conversion
from projects.models import ExchangeRate, Project, Receipt, check_shares

from . import draft_references
from .conflicts import ConflictError
from .links import Shares, link
from .locking import lock_current
from .protected import StillReferencedError, references_to, visible_references

# They follow from the write itself.
KEPT_BY_HISTORY = frozenset({"created_at", "updated_at", "version"})


@contextmanager
def record_history(record: Any) -> Iterator[None]:
    """One transaction, and one row of history for all that is saved of `record` inside.

    Nothing is written to history, and no version is raised, where nothing
    changed. Raises OvertakenError where the record is no longer as it was read.
    """
    with transaction.atomic():
        finish = defer_history(record)
        try:
            yield
        except BaseException:
            _let_go(record)
            raise
        finish()


def defer_history(record: Any) -> Callable[[], bool]:
    """Hold back the history of `record` until the function returned here is called.

    For the admin, which saves a record and its links in separate steps of one
    transaction; anything else uses `recorded`. The function returns whether
    anything changed. Raises OvertakenError where the record is no longer as it was read.
    """
    record.standing = lock_current(record)
    before = affected_rows(record.standing)
    record.skip_history_when_saving = True

    def finish() -> bool:
        _let_go(record)
        changed = type(record).register_history.keep(record)
        if changed:
            recompute(before, affected_rows(record))
        return changed

    return finish


def _let_go(record: Any) -> None:
    del record.skip_history_when_saving, record.standing


def save(
    record: Any,
    *,
    sectors: Shares | None = None,
    **links: Sequence[Any] | None,
) -> None:
    """Check `record` by the model's rules and save it with its links.

    Writes the columns that differ from what was read, and never makes a record
    again that has been deleted meanwhile. A link that is None stays as it is.
    Raises ValidationError, by field, or OvertakenError where somebody else has
    changed or deleted the record since it was read; then nothing is written.
    """
    ask = partial(
        check,
        record,
        sectors=sectors,
        partners=links.get("partners"),
        sources=links.get("sources"),
    )
    ask()
    try:
        with record_history(record):
            write(record)
            link([(record, {"sectors": sectors, **links})])
    except ConflictError:
        raise
    except IntegrityError:
        # What was allowed when it was asked, another write has forbidden since: that
        # a code is taken, say. The same question has that sentence now.
        ask()
        raise


def write(record: Any) -> None:
    """Save the columns of `record` that differ from the row that stands: all, where there is none.

    To be called inside `recorded`, or after `begin`, which hold that row and have
    seen that it is still as it was read. Never makes a record anew.
    """
    if record.standing is None:
        record.save(force_insert=True)
        return
    if hasattr(record, "search_key"):
        record.search_key = record.make_search_key()
    differing = [
        column.attname
        for column in record._meta.concrete_fields
        if not column.primary_key
        and column.name not in KEPT_BY_HISTORY
        and getattr(record, column.attname) != getattr(record.standing, column.attname)
    ]
    if differing:
        record.save(force_update=True, update_fields=differing)


def check(
    record: Any,
    *,
    sectors: Shares | None = None,
    partners: Sequence[Any] | None = None,
    sources: Sequence[Any] | None = None,
    without_queries: bool = False,
    allow_drafts: bool = False,
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
    checks = [partial(check_links, record, sectors=sectors, partners=partners)]
    if not allow_drafts:
        links = {"partners": partners, "sources": sources}
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


def check_links(
    record: Any, *, sectors: Shares | None = None, partners: Sequence[Any] | None = None
) -> None:
    """The part of `check` that the record's own columns cannot tell: what it is linked to.

    For forms, which have their own way of asking for the other part.
    """
    problems: dict[str, Any] = {}
    if sectors is not None:
        try:
            check_shares([share for _sector, share in sectors])
            # By code where there is no key yet, as in a file that has a sector made.
            if len({sector.pk or sector.code for sector, _share in sectors}) < len(sectors):
                raise ValidationError(_("A project names each sector once."), "repeated")
        except ValidationError as error:
            problems["sectors"] = error.error_list
    # What is still to be made has no key, and is only equal to itself.
    lead = partners and (record.enterprise_id or record.enterprise)
    if lead and lead in [partner.pk or partner for partner in partners]:
        problems["partners"] = [
            ValidationError(_("The lead enterprise is not one of its partners as well."), "lead")
        ]
    if problems:
        raise ValidationError(problems)


def delete(record: Any) -> None:
    """Delete `record`; its last state stays in the history.

    Raises ReferredToError where others refer to it, and OvertakenError where
    somebody else has changed or deleted it since it was read.
    """
    with transaction.atomic():
        lock_current(record, to_delete=True)
        _check_unreferred(record)
        reached = affected_rows(record)
        record.delete()
        if not isinstance(record, Project):
            recompute(reached)


def _check_unreferred(record: Any) -> None:
    if referring := references_to([record]):
        raise StillReferencedError(referring)


def check_deletable(record: Any, user: Any) -> None:
    """Raise ReferredToError where others refer to `record` that `user` may see. Writes nothing."""
    referring = references_to([record])
    if any(seen.exists() for seen in visible_references(referring, user)):
        raise StillReferencedError(referring)


AffectedRows = tuple[set[int], list[tuple[str, str, Any]]]


def affected_rows(record: Any) -> AffectedRows:
    """Which derived rows hang on `record`: projects by key, and rates by currencies and day."""
    if isinstance(record, Project):
        return {record.pk}, []
    if isinstance(record, Receipt):
        return {record.project_id}, []
    if isinstance(record, ExchangeRate):
        return set(), [(record.from_currency, record.to_currency, record.quoted_on)]
    return set(), []


def recompute(*reaches: AffectedRows) -> None:
    """Make the derived rows anew that hang on a record as it was and as it is."""
    conversion.recompute(sorted({key for keys, _rates in reaches for key in keys}))
    conversion.recompute_for_rates([rate for _keys, rates in reaches for rate in rates])
