"""What was published, beside what the register can itemise of it.

Of each headline: what the records add up to as of its date (signed by that day,
as known today), what share of the published figure they explain, and the gap.
Headlines that contradict each other are named, never averaged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Q

from projects import charts
from projects.filters import EnterpriseFilterSet, ProjectFilterSet
from projects.models import (
    Allocation,
    Area,
    Basis,
    Enterprise,
    Headline,
    HeadlineKind,
    Project,
    Qualifier,
    base_currency,
)

from .totals import Figure, aggregates, figure

# Foreign trade is of a period; the others can only grow from one date to the next.
CUMULATIVE = (
    HeadlineKind.ENTERPRISES_SETTLED,
    HeadlineKind.ENTERPRISES_WITH_PROJECTS,
    HeadlineKind.CONTRACTED_FUNDS,
    HeadlineKind.FUNDS_ARRIVED,
)

_SHARE_OF = {
    # Of "more than 17.6 billion" a part explains at most so much.
    Qualifier.AT_LEAST: (Qualifier.AT_MOST, ROUND_CEILING),
    Qualifier.AT_MOST: (Qualifier.AT_LEAST, ROUND_FLOOR),
    Qualifier.ABOUT: (Qualifier.ABOUT, ROUND_HALF_UP),
    Qualifier.EXACT: (Qualifier.EXACT, ROUND_HALF_UP),
}


@dataclass(frozen=True)
class Reconciliation:
    """One headline, and the register's own figure for the same thing, place and day.

    `itemised` is in the headline's currency, or a number of enterprises; None
    where the register holds no such records, or holds them in another currency.
    `figure` says of money what it is made of. `share` is per cent with one
    decimal, rounded towards the side on which its bound stays true; None where
    there is nothing to divide. `gap` is value less itemised, with the headline's
    own qualifier; below zero where the records make more than was published.
    """

    headline: Headline
    itemised: Decimal | None = None
    figure: Figure | None = None
    href: str = ""
    conflicts: list[Headline] = field(default_factory=list)

    @property
    def share(self) -> Decimal | None:
        if self.itemised is None or not self.headline.value:
            return None
        rounding = _SHARE_OF[Qualifier(self.headline.qualifier)][1]
        return (100 * self.itemised / self.headline.value).quantize(Decimal("0.1"), rounding)

    @property
    def share_bound(self) -> Qualifier:
        return _SHARE_OF[Qualifier(self.headline.qualifier)][0]

    @property
    def gap(self) -> Decimal | None:
        return None if self.itemised is None else self.headline.value - self.itemised

    @property
    def key(self) -> str:
        """What tells it from the others of a page."""
        return str(self.headline.pk)

    @property
    def split(self) -> charts.Split | None:
        """The two as a picture; None where there is nothing to stand beside what was published."""
        if self.itemised is None:
            return None
        return charts.split(self.itemised, self.headline.value)


def reconcile(headlines: Iterable[Headline], user: Any) -> list[Reconciliation]:
    """Each of `headlines` (with their scopes loaded) beside the records that `user` may see.

    Eight queries at most, however many headlines there are.
    """
    headlines = list(headlines)
    areas = _areas_of(headlines)
    figures = {
        **_money(headlines, areas, user, HeadlineKind.CONTRACTED_FUNDS, Basis.CONTRACTED),
        **_money(headlines, areas, user, HeadlineKind.FUNDS_ARRIVED, Basis.RECEIVED),
    }
    counts = {
        **_counts(headlines, areas, user, HeadlineKind.ENTERPRISES_SETTLED),
        **_counts(headlines, areas, user, HeadlineKind.ENTERPRISES_WITH_PROJECTS),
    }
    contradicted = _conflicts(headlines, user)
    return [
        Reconciliation(
            headline=headline,
            itemised=_itemised(headline, figures, counts),
            figure=figures.get(headline.pk),
            href=_href(headline, areas),
            conflicts=contradicted[headline.pk],
        )
        for headline in headlines
    ]


def _itemised(
    headline: Headline, figures: dict[Any, Figure], counts: dict[Any, int]
) -> Decimal | None:
    if headline.pk in counts:
        return Decimal(counts[headline.pk])
    found = figures.get(headline.pk)
    return found.amount if found and headline.currency == base_currency() else None


def _areas_of(headlines: Sequence[Headline]) -> dict[Any, list[Area]]:
    """The areas that the scope of each headline covers, by its key; none for another scope."""
    zones = {headline.zone_id for headline in headlines} - {None}
    of_zone: dict[Any, list[Area]] = defaultdict(list)
    for area in Area.objects.filter(zone__in=zones) if zones else ():
        of_zone[area.zone_id].append(area)
    return {
        headline.pk: [headline.area] if headline.area else of_zone[headline.zone_id]
        for headline in headlines
        if headline.area or headline.zone_id
    }


def _money(
    headlines: Sequence[Headline],
    areas: dict[Any, list[Area]],
    user: Any,
    what: HeadlineKind,
    basis: Basis,
) -> dict[Any, Figure]:
    """The itemised money of every headline of one kind, in one query."""
    ours = [headline for headline in headlines if headline.what == what and headline.pk in areas]
    if not ours:
        return {}
    column = "receipt__received_on" if basis == Basis.RECEIVED else "project__signed_on"
    wanted: dict[str, Any] = {}
    for headline in ours:
        among = Q(**{f"{column}__lte": headline.as_of}, project__area__in=areas[headline.pk])
        wanted |= aggregates(basis, among, prefix=f"h{headline.pk}_")
    visible = Project.objects.visible_to(user)
    rows = Allocation.objects.of_basis(basis, user).filter(project__in=visible)
    row = rows.aggregate(**wanted)
    return {headline.pk: figure(row, prefix=f"h{headline.pk}_") for headline in ours}


def _counts(
    headlines: Sequence[Headline], areas: dict[Any, list[Area]], user: Any, what: HeadlineKind
) -> dict[Any, int]:
    """The enterprises that every headline of one kind can be held against, in one query."""
    ours = [headline for headline in headlines if headline.what == what and headline.pk in areas]
    if not ours:
        return {}
    enterprises = Enterprise.objects.visible_to(user)
    row = enterprises.aggregate(
        **{
            f"h{headline.pk}": Count(
                "pk", filter=Q(pk__in=_enterprises(headline, areas[headline.pk], user).values("pk"))
            )
            for headline in ours
        }
    )
    return {headline.pk: row[f"h{headline.pk}"] for headline in ours}


def _enterprises(headline: Headline, areas: Sequence[Area], user: Any) -> Any:
    found = Enterprise.objects.settled(by=headline.as_of).filter(area__in=areas)
    if headline.what == HeadlineKind.ENTERPRISES_WITH_PROJECTS:
        found = found.with_contract(user, by=headline.as_of)
    return found


def _href(headline: Headline, areas: dict[Any, list[Area]]) -> str:
    """The address of the list of exactly the records that stand beside the headline."""
    if headline.pk not in areas or not areas[headline.pk]:
        return ""
    asked: dict[str, Any] = {"area": [area.code for area in areas[headline.pk]]}
    day = headline.as_of.isoformat()
    match headline.what:
        case HeadlineKind.CONTRACTED_FUNDS:
            asked |= {"basis": Basis.CONTRACTED.value, "signed_before": day}
        case HeadlineKind.FUNDS_ARRIVED:
            asked |= {"basis": Basis.RECEIVED.value, "received_before": day}
        case HeadlineKind.ENTERPRISES_SETTLED:
            asked |= {"settled_by": day}
        case HeadlineKind.ENTERPRISES_WITH_PROJECTS:
            asked |= {"settled_by": day, "contracted_by": day}
        case _:
            return ""
    filterset = (
        ProjectFilterSet
        if headline.what in (HeadlineKind.CONTRACTED_FUNDS, HeadlineKind.FUNDS_ARRIVED)
        else EnterpriseFilterSet
    )
    return filterset.url(**asked)


def _conflicts(headlines: Sequence[Headline], user: Any) -> dict[Any, list[Headline]]:
    """For each headline the others that contradict it: a cumulative figure that falls.

    Two figures of one thing for the same day contradict each other unless equal.
    """
    found: dict[Any, list[Headline]] = defaultdict(list)
    kinds = {headline.what for headline in headlines} & set(CUMULATIVE)
    if not kinds:
        return found
    alike: dict[Any, list[Headline]] = defaultdict(list)
    for headline in Headline.objects.visible_to(user).filter(what__in=kinds).with_related(user):
        alike[_thing(headline)].append(headline)
    for headline in headlines:
        for other in alike.get(_thing(headline), ()):
            if other.pk != headline.pk and _contradict(headline, other):
                found[headline.pk].append(other)
    return found


def _thing(headline: Headline) -> tuple[Any, ...]:
    """What two headlines must share to be figures of the same thing."""
    return (
        headline.what,
        headline.zone_id,
        headline.area_id,
        headline.scope,
        headline.basis,
        headline.currency,
    )


def _contradict(one: Headline, other: Headline) -> bool:
    if one.as_of == other.as_of:
        return one.value != other.value
    earlier, later = sorted((one, other), key=lambda headline: headline.as_of)
    return later.value < earlier.value
