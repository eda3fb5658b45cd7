"""Everything that can be made anew: amounts in the base currency, and their parts by sector.

Whoever writes projects, receipts, shares or rates calls `derive` for the
projects concerned (`projects.recording` does); `rebuild` makes everything anew
and says what differed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
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
class _Derived:
    conversions: list[ProjectConversion] = field(default_factory=list)
    receipts: list[ReceiptConversion] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)


def _make(keys: Sequence[int]) -> _Derived:
    """What the projects with these keys derive to. Four queries, however many they are."""
    base = base_currency()
    made = _Derived()
    projects = Project.objects.filter(pk__in=keys).prefetch_related("shares", "receipts")
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
    for project in projects:
        shares = list(project.shares.all())
        own = book.convert(project.amount, project.currency, project.conversion_day)
        made.conversions.append(ProjectConversion(project=project, **own.columns(base)))
        made.allocations += _allocations(project, None, shares, own, base)
        for receipt in project.receipts.all():
            got = book.convert(receipt.amount, receipt.currency, receipt.received_on)
            made.receipts.append(ReceiptConversion(receipt=receipt, **got.columns(base)))
            made.allocations += _allocations(project, receipt, shares, got, base)
    return made


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

    To be called inside the transaction of the write that made it necessary.
    About ten queries for each 500 projects.
    """
    for keys in batches(dict.fromkeys(projects)):
        made = _make(keys)
        Allocation.objects.filter(project__in=keys).delete()
        ReceiptConversion.objects.filter(receipt__project__in=keys).delete()
        ProjectConversion.objects.filter(project__in=keys).delete()
        # Derived rows have no history, so that plain bulk writes lose nothing.
        ProjectConversion.objects.bulk_create(made.conversions)
        ReceiptConversion.objects.bulk_create(made.receipts)
        Allocation.objects.bulk_create(made.allocations)


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


def _figures(keys: Sequence[int]) -> dict[int, Any]:
    """The derived rows of these projects as plain values, to be compared before and after."""
    found: dict[int, Any] = defaultdict(lambda: (set(), set(), []))
    columns = (
        "base_currency",
        "outcome",
        "amount_base",
        "rate",
        "rate_date",
        "rate_from",
        "rate_to",
    )
    for key, *values in ProjectConversion.objects.filter(project__in=keys).values_list(
        "project", *columns
    ):
        found[key][0].add(tuple(values))
    for key, *values in ReceiptConversion.objects.filter(receipt__project__in=keys).values_list(
        "receipt__project", "receipt", *columns
    ):
        found[key][1].add(tuple(values))
    for key, *values in (
        Allocation.objects.filter(project__in=keys)
        .order_by("receipt", "sector", "pk")
        .values_list(
            "project", "receipt", "sector", "assumed", "base_currency", "outcome", "amount_base"
        )
    ):
        found[key][2].append(tuple(values))
    return found


@dataclass
class Rebuilt:
    """What `rebuild` looked at, and what stood otherwise than it should have."""

    projects: int = 0
    differing: list[str] = field(default_factory=list)
    search_keys: int = 0


def rebuild() -> Rebuilt:
    """Make everything derived anew, 500 projects a transaction; returns what differed.

    Memory does not grow with the register. Safe while others write.
    """
    result = Rebuilt()
    for model in (Zone, Area, Sector, Enterprise, Project):
        stale = []
        for record in model.objects.iterator(chunk_size=BATCH):
            key = record.make_search_key()
            if key != record.search_key:
                record.search_key = key
                stale.append(record)
        # A search key is no statement about the record: no history, no new version.
        model._base_manager.bulk_update(stale, ["search_key"], batch_size=BATCH)
        result.search_keys += len(stale)
    codes = Project.objects.order_by("pk").values_list("pk", "code").iterator(chunk_size=BATCH)
    for rows in batches(codes):
        keys = [key for key, _ in rows]
        with transaction.atomic():
            before = _figures(keys)
            derive(keys)
            after = _figures(keys)
        result.projects += len(rows)
        result.differing += [code for key, code in rows if before.get(key) != after.get(key)]
    return result
