"""The records that all generated projects share: zone, areas, sectors, sources and rates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from projects import history
from projects.models import Area, ExchangeRate, Sector, Source, Zone

from .codes import PREFIX
from .vocabulary import (
    AREAS,
    CURRENCIES,
    FIRST_SIGNING,
    LAST_DAY,
    NOTE,
    QUOTED,
    SECTORS,
)


@dataclass(frozen=True)
class SharedRecords:
    """The records that projects refer to, ordered by code."""

    areas: Sequence[Area]
    sources: Sequence[Source]
    sectors: Sequence[Sector]

    @classmethod
    def get_or_create(cls) -> SharedRecords:
        """The records, created unless an earlier run has done so."""
        if not Zone.objects.exists():
            _create()
        # Sorted here, as databases sort texts differently.
        models: tuple[Any, ...] = (Area, Source, Sector)
        return cls(
            *(sorted(model.objects.all(), key=lambda record: record.code) for model in models)
        )


def _create() -> None:
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
        for number, (name, name_zh) in enumerate(AREAS, 1)
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
        for code, name, name_zh, gbt, isic in SECTORS
    )
    _save(
        ExchangeRate(
            from_currency=one,
            to_currency=other,
            rate=_rate(one, other, day),
            quoted_on=day,
            source=sources[0],
        )
        for one, other in QUOTED
        for day in _first_days_of_months()
    )


def _save(records: Iterable[Any]) -> None:
    history.bulk_save([(record, {}) for record in records])


def _first_days_of_months() -> Iterator[date]:
    for year in range(FIRST_SIGNING.year - 1, LAST_DAY.year + 1):
        for month in range(1, 13):
            yield date(year, month, 1)


def _rate(one: str, other: str, day: date) -> Decimal:
    around = CURRENCIES[one][0] / CURRENCIES[other][0]
    wave = 1 + 0.04 * math.sin(day.toordinal() / 180)
    return Decimal(f"{around * wave:.4f}")
