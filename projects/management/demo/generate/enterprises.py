"""Generate enterprises from their numbers."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from projects import history
from projects.models import Enterprise, EnterpriseKind
from projects.models.chunking import batches
from projects.names import credit_codes

from .chances import chance_of, one_or_both, some_day
from .codes import enterprise_code, last_number
from .shared_records import SharedRecords
from .vocabulary import (
    FIRST_SIGNING,
    LAST_SIGNING,
    NOTE,
    ORIGINS,
    SECTORS,
    SYLLABLES,
)

PROJECTS_FOR_AN_ENTERPRISE = 3


def enterprises_by(project: int) -> int:
    """The number of enterprises for this many projects."""
    return 1 + project // PROJECTS_FOR_AN_ENTERPRISE


def make_enterprises(project: int, shared: SharedRecords) -> int:
    """Generate the missing enterprises of projects up to this number; returns how many."""
    numbers = range(last_number(Enterprise) + 1, enterprises_by(project) + 1)
    enterprises = [_enterprise(number, shared) for number in numbers]
    history.bulk_save(
        [(one, {"sources": [chance_of(one.code).choice(shared.sources)]}) for one in enterprises]
    )
    return len(enterprises)


def enterprises_of(numbers: Iterable[int]) -> dict[int, Enterprise]:
    """The enterprises with these numbers, which must exist; only their keys and codes are read."""
    number_of = {enterprise_code(number): number for number in numbers}
    return {
        number_of[enterprise.code]: enterprise
        for codes in batches(number_of)
        for enterprise in Enterprise.objects.filter(code__in=codes).only("code")
    }


def _enterprise(number: int, shared: SharedRecords) -> Enterprise:
    chance = chance_of("enterprise", number)
    name, name_zh = _enterprise_name(chance)
    settled = chance.random() < 0.7
    # Not a division of China, so that nobody can have this code.
    stem = f"91000000{number:09d}"
    return Enterprise(
        code=enterprise_code(number),
        name=name,
        name_zh=name_zh,
        uscc=stem + credit_codes.check_character(stem) if chance.random() < 0.6 else "",
        origin=chance.choice(ORIGINS) if chance.random() < 0.9 else "",
        kind=chance.choice(EnterpriseKind.values),
        area=chance.choice(shared.areas) if settled else None,
        settled_on=some_day(chance, FIRST_SIGNING, LAST_SIGNING) if settled else None,
        note=NOTE,
    )


def _enterprise_name(chance: Random) -> tuple[str, str]:
    parts = [chance.choice(SYLLABLES) for _ in range(3)]
    _code, trade, trade_zh, *_rest = chance.choice(SECTORS)
    name = f"{parts[0][0]}{parts[1][0].lower()}{parts[2][0].lower()} {trade} Co., Ltd."
    name_zh = f"{''.join(zh for _, zh in parts)}{trade_zh}有限公司"
    return one_or_both(chance, name, name_zh)
