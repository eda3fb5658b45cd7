"""Generate projects from their numbers, with links and receipts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from projects import history, money
from projects.models import STAGE_DATES, Project, Receipt, Sector, Source, Stage

from .chances import chance_of, one_or_both, rounded, some_day
from .codes import project_code
from .enterprises import enterprises_by, enterprises_of
from .shared_records import SharedRecords
from .vocabulary import (
    AREAS,
    CURRENCIES,
    FIRST_SIGNING,
    LAST_DAY,
    LAST_SIGNING,
    NOTE,
    QUALIFIERS,
    STAGES,
    WORKS,
)


def make_projects(numbers: Sequence[int], shared: SharedRecords) -> int:
    """Generate the projects with these numbers; returns the number of their receipts."""
    drafts = [_draft(number, shared) for number in numbers]
    enterprises = enterprises_of(
        number for draft in drafts for number in (draft.lead, *draft.partners) if number
    )
    written: list[history.Written] = []
    for draft in drafts:
        if draft.lead:
            draft.project.enterprise = enterprises[draft.lead]
        partners = [enterprises[number] for number in draft.partners]
        links = {"sectors": draft.sectors, "partners": partners, "sources": draft.sources}
        written.append((draft.project, links))
    history.bulk_save(written)
    receipts = [receipt for draft in drafts for receipt in draft.receipts]
    history.bulk_save([(receipt, {}) for receipt in receipts])
    return len(receipts)


@dataclass(frozen=True)
class _Draft:
    """An unsaved project with its links; enterprises by their numbers."""

    project: Project
    lead: int | None
    partners: Sequence[int]
    sectors: Sequence[tuple[Sector, Decimal | None]]
    sources: Sequence[Source]
    receipts: Sequence[Receipt]


def _draft(number: int, shared: SharedRecords) -> _Draft:
    chance = chance_of("project", number)
    sectors = chance.sample(
        shared.sectors, chance.choices((0, 1, 2, 3), weights=(5, 50, 30, 15))[0]
    )
    enterprises = enterprises_by(number)
    # Squared, so that a few enterprises have many projects, as in reality.
    lead = 1 + int(enterprises * chance.random() ** 2) if chance.random() < 0.92 else None
    partners = {
        1 + chance.randrange(enterprises)
        for _ in range(chance.choices((0, 1, 2), weights=(75, 18, 7))[0])
    } - {lead}
    stage = chance.choices(list(STAGES), weights=list(STAGES.values()))[0]
    name, name_zh = _project_name(chance, sectors or shared.sectors)
    project = Project(
        code=project_code(number),
        name=name,
        name_zh=name_zh,
        note=NOTE,
        area=chance.choice(shared.areas) if chance.random() < 0.95 else None,
        stage=stage,
        description=f"{name or name_zh}." if chance.random() < 0.3 else "",
        **_stage_dates(chance, stage),
        **_amount(chance),
    )
    return _Draft(
        project,
        lead,
        sorted(partners),
        list(zip(sectors, _shares(chance, len(sectors)), strict=True)),
        chance.sample(shared.sources, chance.choices((0, 1, 2), weights=(4, 80, 16))[0]),
        _receipts(chance, project),
    )


def _shares(chance: Random, count: int) -> list[Decimal | None]:
    if not count or chance.random() < 0.5:
        return [None] * count
    cuts = sorted(chance.sample(range(500, 9_501), count - 1))
    ends = zip([0, *cuts], [*cuts, 10_000], strict=True)
    return [Decimal(to - since).scaleb(-2) for since, to in ends]


def _project_name(chance: Random, sectors: Sequence[Sector]) -> tuple[str, str]:
    area, area_zh = chance.choice(AREAS)
    sector = chance.choice(sectors)
    work, work_zh = chance.choice(WORKS)
    phase = chance.randrange(1, 4)
    return one_or_both(
        chance,
        f"{area} {sector.name.lower()} {work}, phase {phase}",
        f"{area_zh.removesuffix('片区')}{sector.name_zh}{work_zh}{'一二三'[phase - 1]}期项目",
    )


def _stage_dates(chance: Random, stage: Stage) -> dict[str, date | None]:
    """The dates up to the stage, in order; some are unknown, as in reality."""
    signed = some_day(chance, FIRST_SIGNING, LAST_SIGNING)
    days: dict[str, date | None] = {
        STAGE_DATES[Stage.INTENDED]: signed - timedelta(days=chance.randrange(20, 300))
    }
    reached = list(STAGES).index(stage if stage != Stage.TERMINATED else Stage.REGISTERED)
    day = signed
    for later in list(STAGES)[1 : reached + 1]:
        days[STAGE_DATES[later]] = day
        day += timedelta(days=chance.randrange(10, 150))
    if stage == Stage.TERMINATED:
        days[STAGE_DATES[stage]] = day
    if stage != Stage.INTENDED and chance.random() < 0.5:
        days[STAGE_DATES[Stage.INTENDED]] = None
    if stage != Stage.INTENDED and chance.random() < 0.03:
        days[STAGE_DATES[Stage.SIGNED]] = None
    return days


def _amount(chance: Random) -> dict[str, Any]:
    weights = [weight for _yuan, weight in CURRENCIES.values()]
    currency = chance.choices(list(CURRENCIES), weights=weights)[0]
    if chance.random() < 0.4:
        return {"amount": None, "currency": currency}
    amount = rounded(10 ** chance.uniform(6.5, 10.3) / CURRENCIES[currency][0], digits=3)
    qualifier = chance.choices(
        list(QUALIFIERS), weights=[weight for _word, weight in QUALIFIERS.values()]
    )[0]
    text = f"{QUALIFIERS[qualifier][0]}{money.in_chinese(amount, currency)}"
    return {
        "amount": amount,
        "currency": currency,
        "qualifier": qualifier,
        "amount_text": text if chance.random() < 0.5 else "",
    }


def _receipts(chance: Random, project: Project) -> list[Receipt]:
    if not project.is_contracted or chance.random() < 0.5:
        return []
    whole = project.amount if project.amount is not None else Decimal(10_000_000)
    found = []
    for _number in range(chance.randrange(1, 4)):
        part = rounded(float(whole) * chance.uniform(0.02, 0.3), digits=4)
        found.append(
            Receipt(
                project=project,
                received_on=some_day(chance, project.signed_on or FIRST_SIGNING, LAST_DAY),
                amount=-part if chance.random() < 0.02 else part,
                currency=project.currency,
            )
        )
    return found
