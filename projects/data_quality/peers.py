"""The amounts to compare with, read for many records at once and cached.

A group is what records have in common: a kind, a key and a currency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import IntegerField, Q, Value

from projects.models import HeadlineKind
from projects.models.chunking import batches
from projects.money.unit_errors import Distribution

Group = tuple[str, Any, str]
SECTOR, AREA, SOURCE = "sector", "area", "source"
# Only the newest peers are read, so that the cost does not grow with the register.
MOST_PEERS = 200
# Groups per query, as databases limit the parts of a union.
MOST_GROUPS = 100


class Peers:
    """Amounts of the newest contracted projects of a sector or an area."""

    def __init__(self, projects: Any) -> None:
        self._projects = projects
        self._cache: dict[Group, dict[int, Decimal]] = {}
        self._distributions: dict[tuple[Any, ...], Distribution] = {}

    def read(self, groups: Iterable[Group]) -> None:
        """Read the groups that are not cached. One query for each hundred."""
        wanted = [group for group in dict.fromkeys(groups) if group not in self._cache]
        for some in batches(wanted, MOST_GROUPS):
            for group in some:
                self._cache[group] = {}
            first, *others = (self._newest(number, group) for number, group in enumerate(some))
            # Since Django 6.1 a union has the order of its model.
            rows = first.union(*others, all=True).order_by() if others else first
            for number, key, amount in rows:
                self._cache[some[number]][key] = amount

    def _newest(self, number: int, group: Group) -> Any:
        kind, key, currency = group
        found = self._projects.contracted().filter(currency=currency, amount__gt=Decimal(0))
        found = found.in_sectors([key]) if kind == SECTOR else found.filter(area=key)
        newest = found.order_by("-pk").values("pk")[:MOST_PEERS]
        # Parts of a union can have neither an order nor a limit of their own.
        return (
            self._projects.filter(pk__in=newest)
            .order_by()
            .values_list(Value(number, output_field=IntegerField()), "pk", "amount")
        )

    def of(self, groups: Sequence[Group], *, without: int | None) -> Distribution:
        """The amounts of the newest records of these groups, each record once.

        `without`: the key of the record itself. Cached, as many records have the same peers.
        """
        if not any(without in self._cache[group] for group in groups):
            without = None
        cache_key = (*groups, without)
        if cache_key not in self._distributions:
            found: dict[int, Decimal] = {}
            for group in groups:
                found |= self._cache[group]
            keys = sorted(found.keys() - {without}, reverse=True)
            self._distributions[cache_key] = Distribution(found[key] for key in keys[:MOST_PEERS])
        return self._distributions[cache_key]


class Published:
    """The largest published total of contracted funds of an area or by a source."""

    def __init__(self, headlines: Any) -> None:
        self._headlines = headlines.filter(what=HeadlineKind.CONTRACTED_FUNDS)
        self._cache: dict[Group, tuple[Decimal, str]] = {}

    def read(self, groups: Iterable[Group]) -> None:
        """Read the groups that are not cached. One query."""
        wanted = [group for group in dict.fromkeys(groups) if group not in self._cache]
        if not wanted:
            return
        for group in wanted:
            self._cache[group] = (Decimal(0), "")
        among = Q(area__in={key for kind, key, _currency in wanted if kind == AREA})
        among |= Q(source__in={key for kind, key, _currency in wanted if kind == SOURCE})
        columns = ("area_id", "source_id", "currency", "value", "code")
        found = self._headlines.filter(among).order_by("value").values_list(*columns)
        for area, source, currency, value, code in found:
            for group in ((AREA, area, currency), (SOURCE, source, currency)):
                if group in self._cache:
                    self._cache[group] = (value, code)

    def largest(self, groups: Sequence[Group]) -> tuple[Decimal, str]:
        """That figure and the code of its headline; zero where there is none."""
        return max((self._cache[group] for group in groups), default=(Decimal(0), ""))


class Received:
    """The payments that projects have received, as absolute amounts."""

    def __init__(self, receipts: Any) -> None:
        self._receipts = receipts
        self._cache: dict[Any, list[tuple[int, str, Decimal]]] = {}

    def read(self, projects: Iterable[Any]) -> None:
        """Read the receipts of these projects instead of those read before. One query."""
        self._cache = {key: [] for key in projects if key is not None}
        if not self._cache:
            return
        columns = ("project_id", "pk", "currency", "amount")
        found = self._receipts.filter(project__in=list(self._cache)).order_by()
        for project, key, currency, amount in found.values_list(*columns):
            self._cache[project].append((key, currency, abs(amount)))

    def including(self, receipts: Iterable[Any]) -> dict[tuple[Any, str], Distribution]:
        """The amounts by project and currency, with `receipts` as they are in memory."""
        receipts = [one for one in receipts if one.amount is not None]
        replaced = {one.pk for one in receipts if one.pk}
        found: dict[tuple[Any, str], list[Decimal]] = defaultdict(list)
        for project, cached in self._cache.items():
            for key, currency, amount in cached:
                if key not in replaced:
                    found[project, currency].append(amount)
        for one in receipts:
            found[one.project_id, one.currency].append(abs(one.amount))
        return {key: Distribution(amounts) for key, amounts in found.items()}
