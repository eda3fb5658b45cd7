"""How far signed projects have come: their stages as a funnel, and the three rates (三率).

An office is judged by them: the performance rate 履约率 is registered ÷ signed,
the start rate 开工率 started ÷ signed, and the rate of funds arrival 资金到位率
funds arrived ÷ contracted funds. Signed are here the projects that the
contracted totals cover, signed or later and not terminated, so that each figure
is one that a list of projects shows. What no record tells makes a rate
unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.text import capfirst

from projects.filters import ProjectFilterSet
from projects.models import CONTRACTED_STAGES, Allocation, Basis, Stage

from .totals import Figure, aggregates, combine, figure


@dataclass(frozen=True)
class FunnelStep:
    """The projects that have come to `stage` or further. `share` is per cent of the signed;
    None where no record tells of any."""

    stage: Stage
    projects: int
    share: Decimal | None
    href: str

    @property
    def label(self) -> str:
        return capfirst(str(self.stage.label))


@dataclass(frozen=True)
class Funnel:
    """Steps from the signed onwards, what arrived of their funds, and who is not among them.

    `arrived` is what was received by those signed projects whose contracted
    amount is disclosed, `contracted` what these amounts make.
    """

    steps: list[FunnelStep]
    contracted: Figure
    intended: Figure
    terminated: Figure
    arrived: Figure
    arrival: Decimal | None

    @property
    def signed(self) -> int:
        return self.steps[0].projects

    @property
    def performance(self) -> FunnelStep:
        return self.steps[CONTRACTED_STAGES.index(Stage.REGISTERED)]

    @property
    def start(self) -> FunnelStep:
        return self.steps[CONTRACTED_STAGES.index(Stage.CONSTRUCTION)]


def funnel_of(filterset: ProjectFilterSet) -> Funnel:
    """Of a valid question without a basis. Two queries."""
    stages = _by_stage(filterset)
    funded = filterset.qs.order_by().contracted().disclosed()
    arrived = figure(
        Allocation.objects.of_basis(Basis.RECEIVED, filterset.user)
        .filter(project__in=funded.values("pk"))
        .aggregate(**aggregates(Basis.RECEIVED))
    )
    signed = [stages[stage].projects for stage in CONTRACTED_STAGES]
    steps = []
    for number, stage in enumerate(CONTRACTED_STAGES):
        count = sum(signed[number:])
        share = _share(Decimal(count), Decimal(sum(signed))) if count else None
        href = _href(filterset, stage=CONTRACTED_STAGES[number:])
        steps.append(FunnelStep(stage, count, share, href))
    # Each project has one stage, so that the stages together count it once.
    contracted = combine([stages[stage] for stage in CONTRACTED_STAGES]) or Figure()
    is_known = bool(arrived.counted and contracted.counted)
    return Funnel(
        steps=steps,
        contracted=replace(contracted, href=_href(filterset, basis=Basis.CONTRACTED)),
        intended=replace(stages[Stage.INTENDED], href=_href(filterset, basis=Basis.INTENDED)),
        terminated=replace(
            stages[Stage.TERMINATED], href=_href(filterset, stage=[Stage.TERMINATED])
        ),
        arrived=replace(
            arrived,
            href=_href(filterset, basis=Basis.RECEIVED, stage=CONTRACTED_STAGES, disclosed="true"),
        ),
        arrival=_share(arrived.amount, contracted.amount) if is_known else None,
    )


def _by_stage(filterset: ProjectFilterSet) -> dict[str, Figure]:
    """The projects of each stage and what they are of, intended or contracted. One query."""
    projects = filterset.qs.order_by().values("pk")
    rows = (
        Allocation.objects.filter(receipt__isnull=True, project__in=projects)
        .values("project__stage")
        .order_by()
        .annotate(**aggregates(Basis.CONTRACTED))
    )
    found = {row["project__stage"]: figure(row) for row in rows}
    return {stage: found.get(stage, Figure()) for stage in Stage.values}


def _share(part: Decimal, whole: Decimal) -> Decimal | None:
    """Per cent with two decimals, rounded half up; None where there is nothing to divide by."""
    return (100 * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP) if whole else None


def _href(filterset: ProjectFilterSet, **narrowed: str | Sequence[Any]) -> str:
    asked = filterset.active_parameters() | {
        name: [str(value)] if isinstance(value, str) else [str(one) for one in value]
        for name, value in narrowed.items()
    }
    return ProjectFilterSet.url(**asked)
