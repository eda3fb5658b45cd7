"""Everything that can be made anew: amounts in the base currency, and their parts by sector.

Whoever writes projects, receipts, shares or rates calls `derive` for the
projects concerned (`projects.recording` does); `rebuild` makes everything anew
and says what differed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Q

from projects import money
from projects.models import (
    Allocation,
    Area,
    Enterprise,
    ExchangeRate,
    Outcome,
    Project,
    ProjectConversion,
    Receipt,
    ReceiptConversion,
    Sector,
    Zone,
    base_currency,
)

# A rate is in force from its day; one that is older than this is no rate.
RATE_IS_GOOD_FOR = timedelta(days=45)
# The currency through which two others are crossed.
PIVOT = "USD"
BATCH = 500
# What is written in one go comes in larger batches: each costs some thirty queries, whatever its
# size, and 10,000 records are to be written with fewer than 200.
WRITTEN_AT_ONCE = 2_500


def days_before(day: date) -> date:
    """The first day whose rate is still good on `day`; the calendar's first where it ends."""
    return day - min(RATE_IS_GOOD_FOR, day - date.min)


def days_after(day: date) -> date:
    """The last day on which a rate of `day` is good; the calendar's last where it ends."""
    return day + min(RATE_IS_GOOD_FOR, date.max - day)


def batches(things: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    """`itertools.batched`, which Python 3.11 has not."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch


@dataclass(frozen=True)
class Conversion:
    """An amount as it stands in the base currency; see `projects.models.conversion`."""

    outcome: Outcome
    amount: Decimal | None = None
    rates: tuple[ExchangeRate, ...] = ()
    rate: Decimal | None = None

    def columns(self, base: str) -> dict[str, Any]:
        first, second = (*self.rates, None, None)[:2]
        return {
            "base_currency": base,
            "outcome": self.outcome,
            "amount_base": self.amount,
            "rate": self.rate,
            "rate_date": min((rate.quoted_on for rate in self.rates), default=None),
            "rate_from_id": first.pk if first else None,
            "rate_to_id": second.pk if second else None,
        }


@dataclass
class RateBook:
    """The rates that a set of conversions into `base` may need, looked up by day."""

    base: str
    quotes: dict[tuple[str, str], list[ExchangeRate]] = field(default_factory=dict)

    @classmethod
    def covering(cls, needs: Iterable[tuple[str, date]], base: str) -> RateBook:
        """Read the rates for these currencies and days. One query, or none where none is needed."""
        foreign = [(currency, day) for currency, day in needs if currency != base]
        book = cls(base)
        if not foreign:
            return book
        currencies = {currency for currency, _ in foreign} | {base, PIVOT}
        days = [day for _, day in foreign]
        rates = ExchangeRate.objects.filter(
            from_currency__in=currencies,
            to_currency__in=currencies,
            quoted_on__range=(days_before(min(days)), max(days)),
        ).order_by("quoted_on")
        for rate in rates:
            book.quotes.setdefault((rate.from_currency, rate.to_currency), []).append(rate)
        return book

    def in_force(self, one: str, other: str, day: date) -> ExchangeRate | None:
        """The newest rate between two currencies, quoted either way; one's own way on a tie."""
        found = None
        for pair in ((one, other), (other, one)):
            quotes = self.quotes.get(pair, [])
            at = bisect_right(quotes, day, key=lambda rate: rate.quoted_on)
            if at and day - quotes[at - 1].quoted_on <= RATE_IS_GOOD_FOR:
                newest = quotes[at - 1]
                if found is None or newest.quoted_on > found.quoted_on:
                    found = newest
        return found

    def path(self, currency: str, day: date) -> tuple[ExchangeRate, ...] | None:
        """The rate from `currency` to the base, or the two through the pivot; None without."""
        direct = self.in_force(currency, self.base, day)
        if direct is not None:
            return (direct,)
        if PIVOT in (currency, self.base):
            return None
        first, second = (
            self.in_force(currency, PIVOT, day),
            self.in_force(PIVOT, self.base, day),
        )
        return (first, second) if first and second else None

    def convert(self, amount: Decimal | None, currency: str, day: date | None) -> Conversion:
        """`amount` in the base currency at the rate in force on `day`, rounded half up once."""
        if amount is None:
            return Conversion(Outcome.UNDISCLOSED)
        if currency == self.base:
            return Conversion(Outcome.COUNTED, amount)
        rates = self.path(currency, day) if day else None
        if rates is None:
            return Conversion(Outcome.LEFT_OUT)
        factor = money.factor([rate.as_rate() for rate in rates], currency, self.base)
        minor = money.convert(money.to_minor(amount, negative=True), factor)
        if abs(minor) > money.MAX_MINOR:
            # What the base currency cannot hold is left out and counted, like what has no rate.
            return Conversion(Outcome.LEFT_OUT)
        return Conversion(
            Outcome.COUNTED, money.from_minor(minor), rates, money.printable_rate(factor)
        )


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
class _Made:
    """What one project derives to."""

    project: Project
    conversion: ProjectConversion
    receipts: list[ReceiptConversion] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)


def _make(projects: Any) -> list[_Made]:
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
        made = _Made(project, ProjectConversion(project=project, **own.columns(base)))
        made.allocations += _allocations(project, None, shares, own, base)
        for receipt in project.receipts.all():
            got = book.convert(receipt.amount, receipt.currency, receipt.received_on)
            made.receipts.append(ReceiptConversion(receipt=receipt, **got.columns(base)))
            made.allocations += _allocations(project, receipt, shares, got, base)
        found.append(made)
    return found


def _locked(keys: Sequence[int]) -> Any:
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


def derive(projects: Iterable[int]) -> None:
    """Make the derived rows of the projects with these primary keys anew.

    To be called inside the transaction of the write that made it necessary,
    after the write: what others write meanwhile waits until it ends. About ten
    queries for each 2,500 projects.
    """
    for keys in batches(dict.fromkeys(projects), WRITTEN_AT_ONCE):
        with transaction.atomic(savepoint=False):
            made = _make(_locked(keys))
            Allocation.objects.filter(project__in=keys).delete()
            ReceiptConversion.objects.filter(receipt__project__in=keys).delete()
            ProjectConversion.objects.filter(project__in=keys).delete()
            # Derived rows have no history, so that plain bulk writes lose nothing.
            ProjectConversion.objects.bulk_create(one.conversion for one in made)
            ReceiptConversion.objects.bulk_create(row for one in made for row in one.receipts)
            Allocation.objects.bulk_create(row for one in made for row in one.allocations)


def derive_for_rates(pairs: Iterable[tuple[str, str, date]]) -> int:
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
    derive(sorted(keys))
    return len(keys)


CONVERSION_COLUMNS = (
    "base_currency",
    "outcome",
    "amount_base",
    "rate",
    "rate_date",
    "rate_from_id",
    "rate_to_id",
)
ALLOCATION_COLUMNS = (
    "receipt_id",
    "sector_id",
    "assumed",
    "base_currency",
    "outcome",
    "amount_base",
)


def _values(row: Any, columns: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, column) for column in columns)


def _stored(keys: Sequence[int]) -> dict[int, Counter[Any]]:
    """The derived rows of these projects as they stand, by project. Three queries."""
    found: dict[int, Counter[Any]] = defaultdict(Counter)
    for key, *values in ProjectConversion.objects.filter(project__in=keys).values_list(
        "project_id", *CONVERSION_COLUMNS
    ):
        found[key][("own", *values)] += 1
    for key, *values in ReceiptConversion.objects.filter(receipt__project__in=keys).values_list(
        "receipt__project_id", "receipt_id", *CONVERSION_COLUMNS
    ):
        found[key][("receipt", *values)] += 1
    for key, *values in Allocation.objects.filter(project__in=keys).values_list(
        "project_id", *ALLOCATION_COLUMNS
    ):
        found[key][("part", *values)] += 1
    return found


def _compared(made: _Made) -> Counter[Any]:
    """The same of what a project derives to."""
    return Counter(
        [
            ("own", *_values(made.conversion, CONVERSION_COLUMNS)),
            *(
                ("receipt", row.receipt_id, *_values(row, CONVERSION_COLUMNS))
                for row in made.receipts
            ),
            *(("part", *_values(row, ALLOCATION_COLUMNS)) for row in made.allocations),
        ]
    )


def _differing(keys: Sequence[int], projects: Any) -> dict[int, str]:
    made = _make(projects)
    stored = _stored(keys)
    return {
        one.project.pk: one.project.code for one in made if _compared(one) != stored[one.project.pk]
    }


def differing(keys: Sequence[int]) -> dict[int, str]:
    """The codes, by key, of those of these projects whose derived rows are not what they should be.

    Writes nothing. Seven queries for up to 500 projects; what seems to differ
    is looked at once more while nobody else writes it, for as many again.
    """
    suspects = list(_differing(keys, Project.objects.filter(pk__in=keys)))
    if not suspects:
        return {}
    with transaction.atomic():
        return _differing(suspects, _locked(suspects))


def stale_search_keys(records: Sequence[Any]) -> list[Any]:
    """Those of `records` whose search key is not made of their names; with the right one set."""
    found = []
    for record in records:
        key = record.make_search_key()
        if key != record.search_key:
            record.search_key = key
            found.append(record)
    return found


def walk(records: Any, size: int | None = None) -> Iterator[list[Any]]:
    """The records of a queryset in the order of their keys, `size` (or 500) at a time.

    Each batch is a query of its own: a cursor left open between them would hold
    SQLite to the state in which it began, in which it can write no more once
    somebody else has.
    """
    size = size or BATCH
    records = records.order_by("pk")
    batch = list(records[:size])
    while batch:
        yield batch
        batch = list(records.filter(pk__gt=batch[-1].pk)[:size])


# How many of those that differed are named; the others are counted.
NAMED = 20
SEARCHED = (Zone, Area, Sector, Enterprise, Project)


@dataclass
class Rebuilt:
    """What `rebuild` looked at, and what stood otherwise than it should have.

    `differing` and `searched` name the first 20, by code; `projects_differing`
    and `search_keys` count all.
    """

    projects: int = 0
    projects_differing: int = 0
    differing: list[str] = field(default_factory=list)
    search_keys: int = 0
    searched: list[str] = field(default_factory=list)


def rebuild() -> Rebuilt:
    """Make everything derived anew, 500 records a transaction; returns what differed.

    Only what differs is written. Memory does not grow with the register, nor
    with what differs. Safe while others write: each record is looked at again
    once it is locked.
    """
    result = Rebuilt()
    for model in SEARCHED:
        for records in walk(model.objects.all()):
            if suspects := stale_search_keys(records):
                stale = _mend_search_keys(model, [record.pk for record in suspects])
                result.search_keys += len(stale)
                result.searched += [record.code for record in stale][: NAMED - len(result.searched)]
    for projects in walk(Project.objects.only("pk")):
        wrong = differing([project.pk for project in projects])
        if wrong:
            with transaction.atomic():
                derive(wrong)
        result.projects += len(projects)
        result.projects_differing += len(wrong)
        result.differing += list(wrong.values())[: NAMED - len(result.differing)]
    return result


def _mend_search_keys(model: Any, keys: Sequence[int]) -> list[Any]:
    """Write the search keys of these records that are stale still; returns the records."""
    with transaction.atomic():
        records = model.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True)
        stale = stale_search_keys(records)
        # A search key is no statement about the record: no history, no new version.
        model._base_manager.bulk_update(stale, ["search_key"])
    return stale
