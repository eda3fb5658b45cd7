"""Reconciliation of published figures (headlines) with the records of the register.

For each headline: the sum of the records as of its date (signed by that day, as known
today), the share of the published figure that they explain, and the gap. Headlines that
contradict each other are named, never averaged.
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

# These can only grow over time; foreign trade is of a period.
CUMULATIVE = (
    HeadlineKind.ENTERPRISES_SETTLED,
    HeadlineKind.ENTERPRISES_WITH_PROJECTS,
    HeadlineKind.CONTRACTED_FUNDS,
    HeadlineKind.FUNDS_ARRIVED,
)

_SHARE_OF = {
    # Of "more than 17.6 billion" the records explain at most this share.
    Qualifier.AT_LEAST: (Qualifier.AT_MOST, ROUND_CEILING),
    Qualifier.AT_MOST: (Qualifier.AT_LEAST, ROUND_FLOOR),
    Qualifier.ABOUT: (Qualifier.ABOUT, ROUND_HALF_UP),
    Qualifier.EXACT: (Qualifier.EXACT, ROUND_HALF_UP),
}


@dataclass(frozen=True)
class Reconciliation:
    """One headline, and the register's own figure for the same subject, place and day.

    `itemised` is in the headline's currency, or a number of enterprises; None where the
    register has no such records, or a base currency other than the headline's. `figure`
    has the details of a sum of money. `share` is per cent with one decimal, rounded so
    that its bound remains true, or None. `gap` is the published value less `itemised`, with the
    headline's qualifier; negative where the records exceed what was published.
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
        """Identifies it on its page."""
        return str(self.headline.pk)

    @property
    def split(self) -> charts.Split | None:
        """The data of its chart; None where nothing is itemised."""
        if self.itemised is None:
            return None
        return charts.split(self.itemised, self.headline.value)


def reconcile(headlines: Iterable[Headline], user: Any) -> list[Reconciliation]:
    """Reconcile `headlines` (with their scopes loaded) with the records that `user` may see.

    At most eight queries, however many headlines there are.
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
    conflicts = _conflicts(headlines, user)
    return [
        Reconciliation(
            headline=headline,
            itemised=_itemised(headline, figures, counts),
            figure=figures.get(headline.pk),
            href=_href(headline, areas),
            conflicts=conflicts[headline.pk],
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
    """The areas that each headline covers, by its key; without those of any other scope."""
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
    """The sum of money for every headline of one kind. One query."""
    relevant = [
        headline for headline in headlines if headline.what == what and headline.pk in areas
    ]
    if not relevant:
        return {}
    column = "receipt__received_on" if basis == Basis.RECEIVED else "project__signed_on"
    columns: dict[str, Any] = {}
    for headline in relevant:
        among = Q(**{f"{column}__lte": headline.as_of}, project__area__in=areas[headline.pk])
        columns |= aggregates(basis, among, prefix=f"h{headline.pk}_")
    visible = Project.objects.visible_to(user)
    rows = Allocation.objects.of_basis(basis, user).filter(project__in=visible)
    row = rows.aggregate(**columns)
    return {headline.pk: figure(row, prefix=f"h{headline.pk}_") for headline in relevant}


def _counts(
    headlines: Sequence[Headline], areas: dict[Any, list[Area]], user: Any, what: HeadlineKind
) -> dict[Any, int]:
    """The number of enterprises for every headline of one kind. One query."""
    relevant = [
        headline for headline in headlines if headline.what == what and headline.pk in areas
    ]
    if not relevant:
        return {}
    enterprises = Enterprise.objects.visible_to(user)
    row = enterprises.aggregate(
        **{
            f"h{headline.pk}": Count(
                "pk", filter=Q(pk__in=_enterprises(headline, areas[headline.pk], user).values("pk"))
            )
            for headline in relevant
        }
    )
    return {headline.pk: row[f"h{headline.pk}"] for headline in relevant}


def _enterprises(headline: Headline, areas: Sequence[Area], user: Any) -> Any:
    found = Enterprise.objects.settled(by=headline.as_of).filter(area__in=areas)
    if headline.what == HeadlineKind.ENTERPRISES_WITH_PROJECTS:
        found = found.with_contract(user, by=headline.as_of)
    return found


def _href(headline: Headline, areas: dict[Any, list[Area]]) -> str:
    """The address of the list of exactly the records that a headline is reconciled with."""
    if headline.pk not in areas or not areas[headline.pk]:
        return ""
    parameters: dict[str, Any] = {"area": [area.code for area in areas[headline.pk]]}
    day = headline.as_of.isoformat()
    match headline.what:
        case HeadlineKind.CONTRACTED_FUNDS:
            parameters |= {"basis": Basis.CONTRACTED.value, "signed_before": day}
        case HeadlineKind.FUNDS_ARRIVED:
            parameters |= {"basis": Basis.RECEIVED.value, "received_before": day}
        case HeadlineKind.ENTERPRISES_SETTLED:
            parameters |= {"settled_by": day}
        case HeadlineKind.ENTERPRISES_WITH_PROJECTS:
            parameters |= {"settled_by": day, "contracted_by": day}
        case _:
            return ""
    filterset = (
        ProjectFilterSet
        if headline.what in (HeadlineKind.CONTRACTED_FUNDS, HeadlineKind.FUNDS_ARRIVED)
        else EnterpriseFilterSet
    )
    return filterset.url(**parameters)


def _conflicts(headlines: Sequence[Headline], user: Any) -> dict[Any, list[Headline]]:
    """The headlines that contradict each headline, by its key. Two queries at most.

    Cumulative figures of the same subject contradict each other where they fall over
    time, or differ for the same day.
    """
    found: dict[Any, list[Headline]] = defaultdict(list)
    kinds = {headline.what for headline in headlines} & set(CUMULATIVE)
    if not kinds:
        return found
    by_subject: dict[Any, list[Headline]] = defaultdict(list)
    for headline in Headline.objects.visible_to(user).filter(what__in=kinds).with_related(user):
        by_subject[_subject(headline)].append(headline)
    for headline in headlines:
        for other in by_subject.get(_subject(headline), ()):
            if other.pk != headline.pk and _contradict(headline, other):
                found[headline.pk].append(other)
    return found


def _subject(headline: Headline) -> tuple[Any, ...]:
    """What two headlines have in common if they are about the same thing."""
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
