"""What a project derives to, and its derived rows made anew."""

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
    """Split an amount over the sectors of a project; equal parts where a share is not known."""
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
    """What one project derives to."""

    project: Project
    conversion: ProjectConversion
    receipts: list[ReceiptConversion] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)


def _of_receipt(
    project: Project, receipt: Receipt, shares: Sequence[Any], book: RateBook
) -> tuple[ReceiptConversion, list[Allocation]]:
    got = book.convert(receipt.amount, receipt.currency, receipt.received_on)
    conversion = ReceiptConversion(receipt=receipt, **got.columns(book.base))
    return conversion, list(_allocations(project, receipt, shares, got, book.base))


def derived_rows(projects: Any) -> list[DerivedRows]:
    """What a queryset of projects derives to. Four queries, however many they are."""
    base = base_currency()
    projects = projects.prefetch_related("shares", "receipts")
    needs = [
        (thing.currency, day)
        for project in projects
        for thing, day in [
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
        made = DerivedRows(project, ProjectConversion(project=project, **own.columns(base)))
        made.allocations += _allocations(project, None, shares, own, base)
        for receipt in project.receipts.all():
            conversion, allocations = _of_receipt(project, receipt, shares, book)
            made.receipts.append(conversion)
            made.allocations += allocations
        found.append(made)
    return found


def lock_projects(keys: Sequence[int]) -> Any:
    """These projects, held until the transaction ends, so that nobody else derives them meanwhile.

    In the order of their keys, and in the lock that a new receipt's reference
    to its project does not wait for, so that no two writers wait for each other.
    """
    return Project.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True)


def _allocations(
    project: Project, receipt: Receipt | None, shares: Sequence[Any], got: Conversion, base: str
) -> Iterator[Allocation]:
    split = parts(got.amount, [share.share for share in shares])
    for share, part in zip(shares or [None], split, strict=True):
        yield Allocation(
            project=project,
            receipt=receipt,
            sector_id=share.sector_id if share else None,
            assumed=bool(share and share.share is None and len(shares) > 1),
            base_currency=base,
            outcome=got.outcome,
            amount_base=part,
        )


def recompute(projects: Iterable[int]) -> None:
    """Make the derived rows of the projects with these primary keys anew.

    To be called inside the transaction of the write that made it necessary,
    after the write: what others write meanwhile waits until it ends. About ten
    queries for each 2,500 projects.
    """
    for keys in batches(dict.fromkeys(projects), WRITTEN_AT_ONCE):
        with transaction.atomic(savepoint=False):
            made = derived_rows(lock_projects(keys))
            Allocation.objects.filter(project__in=keys).delete()
            # By their own keys: a database that knows nothing yet of a table that was just filled
            # may look for each of its rows in the whole of the other one.
            receipts = [row.receipt_id for one in made for row in one.receipts]
            for some in batches(receipts, WRITTEN_AT_ONCE):
                ReceiptConversion.objects.filter(pk__in=some).delete()
            ProjectConversion.objects.filter(project__in=keys).delete()
            # Derived rows have no history, so that plain bulk writes lose nothing.
            ProjectConversion.objects.bulk_create(one.conversion for one in made)
            ReceiptConversion.objects.bulk_create(row for one in made for row in one.receipts)
            Allocation.objects.bulk_create(row for one in made for row in one.allocations)


def recompute_new_receipts(receipts: Iterable[Receipt]) -> None:
    """Make the derived rows of receipts that have none yet, and leave those of others alone.

    A ledger brings hundreds of thousands of payments for one project: to derive
    the whole project for each few hundred would take longer with every one. To
    be called as `derive` is, which it waits for and makes wait. Five queries
    for each 2,500 receipts.
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
                conversion, parts_of_it = _of_receipt(project, receipt, shares, book)
                conversions.append(conversion)
                allocations += parts_of_it
            ReceiptConversion.objects.bulk_create(conversions)
            Allocation.objects.bulk_create(allocations)


def recompute_for_rates(pairs: Iterable[tuple[str, str, date]]) -> int:
    """Make anew what these rates may have changed; returns how many projects that were.

    A rate between the base and the pivot reaches projects and receipts of any
    other currency; one between either and a third currency those of the third;
    all dated within the days for which it is good. Two queries to find them.
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
