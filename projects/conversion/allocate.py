"""The derived rows of projects: computed, and written in place of the stored ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from projects import money
from projects.models import (
    Allocation,
    Project,
    ProjectConversion,
    Receipt,
    ReceiptConversion,
    base_currency,
)
from projects.models.chunking import WRITTEN_AT_ONCE, batches

from .rates import PIVOT, Conversion, RateBook, days_after


def parts(amount: Decimal | None, shares: Sequence[Decimal | None]) -> list[Decimal | None]:
    """Split an amount over the sectors of a project; into equal parts where any share is unknown.

    One part for each share, and one in all without shares; None for an undisclosed amount.
    """
    if amount is None:
        return [None] * max(len(shares), 1)
    if not shares:
        return [amount]
    minor = money.to_minor(amount, negative=True)
    if any(share is None for share in shares):
        split = money.equal_parts(minor, len(shares))
    else:
        split = money.allocate(minor, [share for share in shares if share is not None])
    return [money.from_minor(part) for part in split]


@dataclass
class DerivedRows:
    """The derived rows of one project, not saved."""

    project: Project
    conversion: ProjectConversion
    receipts: list[ReceiptConversion] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)


def _of_receipt(
    project: Project, receipt: Receipt, shares: Sequence[Any], book: RateBook
) -> tuple[ReceiptConversion, list[Allocation]]:
    converted = book.convert(receipt.amount, receipt.currency, receipt.received_on)
    conversion = ReceiptConversion(receipt=receipt, **converted.columns(book.base))
    return conversion, list(_allocations(project, receipt, shares, converted, book.base))


def derived_rows(projects: Any) -> list[DerivedRows]:
    """Compute the derived rows of a queryset of projects. Four queries, however many they are."""
    base = base_currency()
    projects = projects.prefetch_related("shares", "receipts")
    needs = [
        (record.currency, day)
        for project in projects
        for record, day in [
            (project, project.conversion_day),
            *((receipt, receipt.received_on) for receipt in project.receipts.all()),
        ]
        if day is not None
    ]
    book = RateBook.covering(needs, base)
    found = []
    for project in projects:
        shares = list(project.shares.all())
        own = book.convert(project.amount, project.currency, project.conversion_day)
        rows = DerivedRows(project, ProjectConversion(project=project, **own.columns(base)))
        rows.allocations += _allocations(project, None, shares, own, base)
        for receipt in project.receipts.all():
            conversion, allocations = _of_receipt(project, receipt, shares, book)
            rows.receipts.append(conversion)
            rows.allocations += allocations
        found.append(rows)
    return found


def lock_projects(keys: Sequence[int]) -> Any:
    """A queryset that locks these projects until the transaction ends.

    In the order of their keys, so that two writers cannot deadlock, and with a
    lock that does not block inserts of receipts, which reference their project.
    """
    return Project.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True)


def _allocations(
    project: Project,
    receipt: Receipt | None,
    shares: Sequence[Any],
    converted: Conversion,
    base: str,
) -> Iterator[Allocation]:
    split = parts(converted.amount, [share.share for share in shares])
    for share, part in zip(shares or [None], split, strict=True):
        yield Allocation(
            project=project,
            receipt=receipt,
            sector_id=share.sector_id if share else None,
            assumed=bool(share and share.share is None and len(shares) > 1),
            base_currency=base,
            outcome=converted.outcome,
            amount_base=part,
        )


def recompute(projects: Iterable[int]) -> None:
    """Replace the derived rows of the projects with these primary keys.

    Call it inside the transaction of the write that made it necessary, after that
    write. It locks the projects. About ten queries for each 2,500 projects.
    """
    for keys in batches(dict.fromkeys(projects), WRITTEN_AT_ONCE):
        with transaction.atomic(savepoint=False):
            computed = derived_rows(lock_projects(keys))
            Allocation.objects.filter(project__in=keys).delete()
            # By their own keys: without statistics for a table that was just filled, a database
            # may scan the other table for each of its rows.
            receipts = [row.receipt_id for one in computed for row in one.receipts]
            for batch in batches(receipts, WRITTEN_AT_ONCE):
                ReceiptConversion.objects.filter(pk__in=batch).delete()
            ProjectConversion.objects.filter(project__in=keys).delete()
            # Derived rows have no history, so that plain bulk writes lose nothing.
            ProjectConversion.objects.bulk_create(one.conversion for one in computed)
            ReceiptConversion.objects.bulk_create(row for one in computed for row in one.receipts)
            Allocation.objects.bulk_create(row for one in computed for row in one.allocations)


def recompute_new_receipts(receipts: Iterable[Receipt]) -> None:
    """Add the derived rows of receipts that have none yet, without touching other rows.

    An import may add hundreds of thousands of receipts to one project, in batches;
    recomputing the whole project for each batch would get slower with every one.
    Call it as `recompute` is called; it takes the same locks. Five queries for
    each 2,500 receipts.
    """
    for batch in batches(receipts, WRITTEN_AT_ONCE):
        with transaction.atomic(savepoint=False):
            keys = {receipt.project_id for receipt in batch}
            projects = {one.pk: one for one in lock_projects(list(keys)).prefetch_related("shares")}
            days = [(receipt.currency, receipt.received_on) for receipt in batch]
            book = RateBook.covering(days, base_currency())
            conversions, allocations = [], []
            for receipt in batch:
                project = projects[receipt.project_id]
                shares = list(project.shares.all())
                conversion, receipt_allocations = _of_receipt(project, receipt, shares, book)
                conversions.append(conversion)
                allocations += receipt_allocations
            ReceiptConversion.objects.bulk_create(conversions)
            Allocation.objects.bulk_create(allocations)


def recompute_for_rates(pairs: Iterable[tuple[str, str, date]]) -> int:
    """Recompute the projects that these rates may affect; returns how many they are.

    `pairs` are the two currencies and the day of each rate. A rate between the base
    and the pivot affects projects and receipts in any other currency; one between
    either and a third currency those in the third; each within RATE_VALID_FOR of its
    day. Two queries to find them.
    """
    base = base_currency()
    pairs = [(one, other, day) for one, other, day in pairs if {one, other} & {base, PIVOT}]
    if not pairs:
        return 0
    first = min(day for *_, day in pairs)
    last = days_after(max(day for *_, day in pairs))
    thirds = {currency for one, other, _day in pairs for currency in (one, other)} - {base}
    foreign = ~Q(currency=base)
    if not any({one, other} == {base, PIVOT} for one, other, _day in pairs):
        foreign &= Q(currency__in=thirds - {PIVOT})
    days = Q(signed_on__range=(first, last)) | Q(intended_on__range=(first, last))
    projects = Project.objects.filter(foreign & days).values_list("pk", flat=True)
    receipts = Receipt.objects.filter(foreign, received_on__range=(first, last))
    keys = {*projects, *receipts.values_list("project", flat=True)}
    recompute(sorted(keys))
    return len(keys)
