"""A register of any size for benchmarks: made up, plausible, and the same in every run.

Each record is a function of its number alone, so that a thousand projects made
at once are those made in two halves. Everything here bears a code that begins
with `fill-`; where anything else stands, nothing is filled.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from projects import money, recording, uscc
from projects.batching import BATCH, batches
from projects.models import (
    STAGE_DATES,
    Area,
    Enterprise,
    ExchangeRate,
    Headline,
    Kind,
    Project,
    Qualifier,
    Receipt,
    Sector,
    Source,
    Stage,
    Zone,
)

PREFIX = "fill-"
# Codes are numbered in seven digits, so that they stand in order.
MOST = 9_999_999
PROJECTS_FOR_AN_ENTERPRISE = 3
FIRST_SIGNING, LAST_SIGNING = date(2020, 1, 1), date(2024, 6, 30)
# No date lies behind it, so that nothing made up is in the future.
LAST_DAY = date(2025, 12, 31)
NOTE = "Made up for a benchmark; it says nothing about anybody."

# Whose numbers are read back, to go on from.
_NUMBERED = {
    Project: rf"^{PREFIX}[0-9]{{7}}$",
    Enterprise: rf"^{PREFIX}e-[0-9]{{7}}$",
}

_AREAS = (
    ("Kashi", "喀什片区"),
    ("Urumqi", "乌鲁木齐片区"),
    ("Khorgos", "霍尔果斯片区"),
    ("Lingang", "临港片区"),
    ("Yangpu", "洋浦片区"),
    ("Qianhai", "前海片区"),
    ("Nansha", "南沙片区"),
    ("Dongjiang", "东疆片区"),
    ("Qianwan", "前湾片区"),
    ("Lujiang", "鹭江片区"),
    ("Wolong", "卧龙片区"),
    ("Guangu", "光谷片区"),
)
_SECTORS = (
    ("trade", "Trade", "贸易", "F 51–52", "G 46–47"),
    ("logistics", "Logistics", "物流", "G 53–60", "H 49–53"),
    ("electronics", "Electronics", "电子信息", "C 39", "C 26"),
    ("it", "Information technology", "信息技术", "I 63–65", "J 61–63"),
    ("car-parts", "Automobile parts", "汽车零部件", "C 367", "C 2930"),
    ("textiles", "Textiles and garments", "纺织服装", "C 17, 18", "C 13, 14"),
    ("materials", "New materials", "新材料", "", ""),
    ("batteries", "Batteries", "动力电池", "C 38", "C 27"),
    ("food", "Food processing", "农产品加工", "C 13", "C 10"),
    ("medicine", "Medicine", "生物医药", "C 27", "C 21"),
    ("machinery", "Machinery", "装备制造", "C 34", "C 28"),
    ("energy", "Energy", "新能源", "D 44", "D 35"),
)
_WORKS = (
    ("industrial park", "产业园"),
    ("logistics port", "物流港"),
    ("factory", "工厂"),
    ("processing base", "加工基地"),
    ("cold chain base", "冷链基地"),
    ("headquarters", "总部"),
    ("research centre", "研发中心"),
    ("trading platform", "交易平台"),
)
_SYLLABLES = (
    ("Xing", "兴"),
    ("Da", "达"),
    ("Hua", "华"),
    ("Tai", "泰"),
    ("Rui", "瑞"),
    ("Feng", "丰"),
    ("Yuan", "源"),
    ("Heng", "恒"),
    ("Shun", "顺"),
    ("Jia", "嘉"),
    ("Bo", "博"),
    ("Ming", "明"),
    ("Xin", "鑫"),
    ("Tong", "通"),
    ("An", "安"),
    ("Kai", "凯"),
)
_ORIGINS = ("CN-XJ", "CN-ZJ", "CN-JS", "CN-GD", "CN-SH", "CN-SD", "CN-BJ", "KZ", "KG", "UZ", "DE")
# Of a unit of each in yuan, about, and how often projects are agreed in it; the rate
# of the tenge is quoted against the dollar alone, and none of the yen at all.
_CURRENCIES = {
    "CNY": (1.0, 82),
    "USD": (7.0, 8),
    "EUR": (7.7, 4),
    "HKD": (0.9, 3),
    "KZT": (0.0155, 2),
    "JPY": (0.05, 1),
}
_QUOTED = (("USD", "CNY"), ("EUR", "CNY"), ("HKD", "CNY"), ("USD", "KZT"))
_STAGES = {
    Stage.INTENDED: 15,
    Stage.SIGNED: 25,
    Stage.REGISTERED: 20,
    Stage.CONSTRUCTION: 18,
    Stage.OPERATING: 17,
    Stage.TERMINATED: 5,
}
_QUALIFIERS = {
    Qualifier.EXACT: ("", 70),
    Qualifier.AT_LEAST: ("超过", 15),
    Qualifier.ABOUT: ("约", 12),
    Qualifier.AT_MOST: ("不超过", 3),
}


class RealRecordsError(Exception):
    """The register holds something that was not made here; the sentence names it."""


@dataclass
class Filled:
    """What was made, and the numbers of the first and the last project."""

    first: int
    last: int
    enterprises: int = 0
    receipts: int = 0

    @property
    def projects(self) -> int:
        return self.last - self.first + 1


def project_code(number: int) -> str:
    return f"{PREFIX}{number:07d}"


def enterprise_code(number: int) -> str:
    return f"{PREFIX}e-{number:07d}"


def fill(count: int, report: Callable[[int], None] = lambda done: None) -> Filled:
    """Make `count` more projects with their enterprises, sectors, partners, sources and receipts.

    500 projects a transaction, each as `projects.recording` would have left it:
    with one row of history and its derived rows. About seventy queries for each
    500, and more where the database takes fewer values at once; memory does not
    grow. `report` is told how many are done after each. Raises RealRecordsError,
    and ValueError where the numbers of codes do not suffice.
    """
    refuse_real_records()
    last = Project.objects.aggregate(last=Max("code"))["last"]
    done = int(last.removeprefix(PREFIX)) if last else 0
    if not 0 < count <= MOST - done:
        raise ValueError(
            _("Give a number of projects from 1 to %(most)s.") % {"most": f"{MOST - done:,}"}
        )
    filled = Filled(first=done + 1, last=done + count)
    with transaction.atomic():
        ground = _Ground.laid()
    for numbers in batches(range(filled.first, filled.last + 1), BATCH):
        with transaction.atomic():
            filled.enterprises += _make_enterprises(numbers[-1], ground)
            filled.receipts += _make_projects(numbers, ground)
        report(numbers[-1] - filled.first + 1)
    return filled


def refuse_real_records() -> None:
    """Raise RealRecordsError where the register holds anything else than what is made here."""
    models: tuple[Any, ...] = (Project, Enterprise, Area, Zone, Sector, Source, Headline)
    for model in models:
        real = model._base_manager.exclude(code__regex=_NUMBERED.get(model, f"^{PREFIX}"))
        if found := real.order_by("code").first():
            raise RealRecordsError(
                _(
                    "This register holds what was not made up (%(noun)s “%(code)s”), among which "
                    "made-up records must not stand: name an empty database in DATABASE_URL, "
                    "migrate it, and fill that."
                )
                % {"noun": model._meta.verbose_name, "code": found.code}
            )


@dataclass(frozen=True)
class _Ground:
    """What all projects share."""

    areas: Sequence[Area]
    sources: Sequence[Source]
    sectors: Sequence[Sector]

    @classmethod
    def laid(cls) -> _Ground:
        """Make it, or find it as an earlier run has made it."""
        if not Zone.objects.exists():
            _lay_ground()
        # Put in order here, as each database sorts texts by rules of its own.
        models: tuple[Any, ...] = (Area, Source, Sector)
        return cls(
            *(sorted(model.objects.all(), key=lambda record: record.code) for model in models)
        )


def _lay_ground() -> None:
    sources = [
        Source(
            code=f"{PREFIX}source-{number:02}",
            title=f"Signing list {number}",
            publisher="Made up",
            published_on=FIRST_SIGNING + timedelta(days=30 * number),
            note=NOTE,
        )
        for number in range(1, 41)
    ]
    _save(sources)
    zone = Zone(code=f"{PREFIX}zone", name="Made-up zone", name_zh="虚构自由贸易试验区", note=NOTE)
    _save([zone])
    _save(
        Area(code=f"{PREFIX}area-{number:02}", zone=zone, name=name, name_zh=name_zh, note=NOTE)
        for number, (name, name_zh) in enumerate(_AREAS, 1)
    )
    _save(
        Sector(
            code=f"{PREFIX}{code}",
            name=name,
            name_zh=name_zh,
            gbt4754_code=gbt,
            gbt4754_version="2017" if gbt else "",
            isic_code=isic,
            isic_version="Rev.4" if isic else "",
            note=NOTE,
        )
        for code, name, name_zh, gbt, isic in _SECTORS
    )
    _save(
        ExchangeRate(
            from_currency=one,
            to_currency=other,
            rate=_rate(one, other, day),
            quoted_on=day,
            source=sources[0],
        )
        for one, other in _QUOTED
        for day in _first_days_of_months()
    )


def _save(records: Iterable[Any]) -> None:
    recording.save_many([(record, {}) for record in records])


def _first_days_of_months() -> Iterator[date]:
    for year in range(FIRST_SIGNING.year - 1, LAST_DAY.year + 1):
        for month in range(1, 13):
            yield date(year, month, 1)


def _rate(one: str, other: str, day: date) -> Decimal:
    around = _CURRENCIES[one][0] / _CURRENCIES[other][0]
    wave = 1 + 0.04 * math.sin(day.toordinal() / 180)
    return Decimal(f"{around * wave:.4f}")


def _make_enterprises(number: int, ground: _Ground) -> int:
    """Make the enterprises that projects up to this number may name; returns how many were new."""
    last = Enterprise.objects.aggregate(last=Max("code"))["last"]
    first = int(last.removeprefix(f"{PREFIX}e-")) + 1 if last else 1
    enterprises = [_enterprise(n, ground) for n in range(first, _enterprises_by(number) + 1)]
    recording.save_many(
        [(one, {"sources": [_chance(one.code).choice(ground.sources)]}) for one in enterprises]
    )
    return len(enterprises)


def _enterprises_by(project: int) -> int:
    return 1 + project // PROJECTS_FOR_AN_ENTERPRISE


def _enterprise(number: int, ground: _Ground) -> Enterprise:
    chance = _chance("enterprise", number)
    name, name_zh = _enterprise_name(chance)
    settled = chance.random() < 0.7
    # Of no division of China, so that the code can be nobody's.
    stem = f"91000000{number:09d}"
    return Enterprise(
        code=enterprise_code(number),
        name=name,
        name_zh=name_zh,
        uscc=stem + uscc.check_character(stem) if chance.random() < 0.6 else "",
        origin=chance.choice(_ORIGINS) if chance.random() < 0.9 else "",
        kind=chance.choice(Kind.values),
        area=chance.choice(ground.areas) if settled else None,
        settled_on=_day(chance, FIRST_SIGNING, LAST_SIGNING) if settled else None,
        note=NOTE,
    )


def _enterprise_name(chance: Random) -> tuple[str, str]:
    parts = [chance.choice(_SYLLABLES) for _ in range(3)]
    _code, trade, trade_zh, *_rest = chance.choice(_SECTORS)
    name = f"{parts[0][0]}{parts[1][0].lower()}{parts[2][0].lower()} {trade} Co., Ltd."
    name_zh = f"{''.join(zh for _, zh in parts)}{trade_zh}有限公司"
    return _one_or_both(chance, name, name_zh)


def _one_or_both(chance: Random, name: str, name_zh: str) -> tuple[str, str]:
    known = chance.random()
    return (name if known < 0.75 else "", name_zh if known > 0.2 else "")


@dataclass(frozen=True)
class _Draft:
    """A project with its links, before it is written; enterprises by their number."""

    project: Project
    lead: int | None
    partners: Sequence[int]
    sectors: recording.Shares
    sources: Sequence[Source]
    receipts: Sequence[Receipt]


def _make_projects(numbers: Sequence[int], ground: _Ground) -> int:
    """Make the projects with these numbers; returns how many receipts they have."""
    drafts = [_draft(number, ground) for number in numbers]
    enterprises = _enterprises(
        number for draft in drafts for number in (draft.lead, *draft.partners) if number
    )
    written = []
    for draft in drafts:
        if draft.lead:
            draft.project.enterprise = enterprises[draft.lead]
        partners = [enterprises[number] for number in draft.partners]
        links = {"sectors": draft.sectors, "partners": partners, "sources": draft.sources}
        written.append((draft.project, links))
    recording.save_many(written)
    receipts = [receipt for draft in drafts for receipt in draft.receipts]
    _save(receipts)
    return len(receipts)


def _enterprises(numbers: Iterable[int]) -> dict[int, Enterprise]:
    """The enterprises with these numbers, which all stand; with no more than key and code."""
    code_of = {enterprise_code(number): number for number in numbers}
    return {
        code_of[enterprise.code]: enterprise
        for codes in batches(code_of)
        for enterprise in Enterprise.objects.filter(code__in=codes).only("code")
    }


def _draft(number: int, ground: _Ground) -> _Draft:
    chance = _chance("project", number)
    sectors = chance.sample(
        ground.sectors, chance.choices((0, 1, 2, 3), weights=(5, 50, 30, 15))[0]
    )
    enterprises = _enterprises_by(number)
    # The square lets a few enterprises have many projects, as a few have.
    lead = 1 + int(enterprises * chance.random() ** 2) if chance.random() < 0.92 else None
    partners = {
        1 + chance.randrange(enterprises)
        for _ in range(chance.choices((0, 1, 2), weights=(75, 18, 7))[0])
    } - {lead}
    stage = chance.choices(list(_STAGES), weights=list(_STAGES.values()))[0]
    name, name_zh = _project_name(chance, sectors or ground.sectors)
    project = Project(
        code=project_code(number),
        name=name,
        name_zh=name_zh,
        note=NOTE,
        area=chance.choice(ground.areas) if chance.random() < 0.95 else None,
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
        chance.sample(ground.sources, chance.choices((0, 1, 2), weights=(4, 80, 16))[0]),
        _receipts(chance, project),
    )


def _shares(chance: Random, count: int) -> list[Decimal | None]:
    if not count or chance.random() < 0.5:
        return [None] * count
    cuts = sorted(chance.sample(range(500, 9_501), count - 1))
    ends = zip([0, *cuts], [*cuts, 10_000], strict=True)
    return [Decimal(to - since).scaleb(-2) for since, to in ends]


def _project_name(chance: Random, sectors: Sequence[Sector]) -> tuple[str, str]:
    area, area_zh = chance.choice(_AREAS)
    sector = chance.choice(sectors)
    work, work_zh = chance.choice(_WORKS)
    phase = chance.randrange(1, 4)
    return _one_or_both(
        chance,
        f"{area} {sector.name.lower()} {work}, phase {phase}",
        f"{area_zh.removesuffix('片区')}{sector.name_zh}{work_zh}{'一二三'[phase - 1]}期项目",
    )


def _stage_dates(chance: Random, stage: Stage) -> dict[str, date | None]:
    """The dates up to the stage, in order; some of them are not known, as in life."""
    signed = _day(chance, FIRST_SIGNING, LAST_SIGNING)
    days: dict[str, date | None] = {
        STAGE_DATES[Stage.INTENDED]: signed - timedelta(days=chance.randrange(20, 300))
    }
    reached = list(_STAGES).index(stage if stage != Stage.TERMINATED else Stage.REGISTERED)
    day = signed
    for later in list(_STAGES)[1 : reached + 1]:
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
    weights = [weight for _yuan, weight in _CURRENCIES.values()]
    currency = chance.choices(list(_CURRENCIES), weights=weights)[0]
    if chance.random() < 0.4:
        return {"amount": None, "currency": currency}
    amount = _round(10 ** chance.uniform(6.5, 10.3) / _CURRENCIES[currency][0], digits=3)
    qualifier = chance.choices(
        list(_QUALIFIERS), weights=[weight for _word, weight in _QUALIFIERS.values()]
    )[0]
    text = f"{_QUALIFIERS[qualifier][0]}{money.in_chinese(amount, currency)}"
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
        part = _round(float(whole) * chance.uniform(0.02, 0.3), digits=4)
        found.append(
            Receipt(
                project=project,
                received_on=_day(chance, project.signed_on or FIRST_SIGNING, LAST_DAY),
                amount=-part if chance.random() < 0.02 else part,
                currency=project.currency,
            )
        )
    return found


def _round(value: float, digits: int) -> Decimal:
    power = math.floor(math.log10(value)) + 1 - digits
    return money.from_minor(round(value / 10**power) * 10 ** (power + 2))


def _day(chance: Random, first: date, last: date) -> date:
    return first + timedelta(days=chance.randrange((last - first).days + 1))


def _chance(*what: object) -> Random:
    """Chances that are the same whenever the same is made."""
    return Random(" ".join(map(str, what)))  # noqa: S311
