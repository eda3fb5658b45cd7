"""The funnel of stages from signing to operation, and the three rates (三率).

Investment offices are judged by these rates: performance 履约率 is registered ÷ signed,
start 开工率 is started ÷ signed, and funds arrival 资金到位率 is funds arrived ÷
contracted funds. "Signed" means the projects of the contracted totals, signed or later
and not terminated, so that each figure equals that of a list. A rate without any record
to compute it from is unknown, never zero.
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
    """The projects that have reached `stage`. `share` is per cent of the signed ones, or None."""

    stage: Stage
    projects: int
    share: Decimal | None
    href: str

    @property
    def label(self) -> str:
        return capfirst(str(self.stage.label))


@dataclass(frozen=True)
class Funnel:
    """The steps from signing on, the funds that arrived, and the projects outside the funnel.

    `contracted` is the sum of disclosed contracted amounts, `arrived` what the same
    projects received, and `arrival` the second in per cent of the first, or None.
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
    """The funnel of a valid filter set without a basis. Two queries."""
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
    # Each project has one stage, so no project is counted twice.
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
    """The projects of each stage with their intended or contracted amounts. One query."""
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
    """Per cent with two decimals, rounded half up; None if `whole` is zero."""
    return (100 * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP) if whole else None


def _href(filterset: ProjectFilterSet, **changes: str | Sequence[Any]) -> str:
    parameters = filterset.active_parameters() | {
        name: [str(value)] if isinstance(value, str) else [str(one) for one in value]
        for name, value in changes.items()
    }
    return ProjectFilterSet.url(**parameters)
