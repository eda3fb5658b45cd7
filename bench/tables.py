"""Format the figures as text."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from statistics import median

import django
from django.db import connection

from .cases import Ratio
from .data import Built
from .imports import TURNS, Imported
from .measuring import Measured

WIDTH = 40


def heading(built: Built) -> str:
    with connection.temporary_connection():
        version = ".".join(map(str, connection.get_database_version()))
    holds = f"{built.projects:,} projects, {built.enterprises:,} enterprises, "
    runs = f"{connection.display_name} {version}, Python {platform.python_version()}, "
    lines = [f"{holds}{built.receipts:,} receipts", f"{runs}Django {django.get_version()}"]
    if built.made:
        speed = f"{built.made / built.seconds:,.0f} a second"
        lines.append(f"{built.made:,} projects made in {built.seconds:,.1f} s, {speed}")
    return "\n".join(lines)


def columns() -> str:
    return (
        f"\n{'CPU milliseconds':{WIDTH}}{'min':>10}{'median':>10}{'max':>10}"
        f"{'(wall)':>10}{'queries':>9}{'records/s':>11}"
    )


def row(name: str, measured: Measured) -> str:
    speed = measured.records_a_second
    return (
        f"{name:{WIDTH}}{min(measured.cpu):>10,.1f}{median(measured.cpu):>10,.1f}"
        f"{max(measured.cpu):>10,.1f}{median(measured.wall):>10,.1f}{measured.queries:>9,}"
        f"{f'{speed:,.0f}' if speed else '':>11}"
    ).rstrip()


def ratios(wanted: Sequence[Ratio], measured: Mapping[str, Measured]) -> str:
    """Ratios of medians, which on a busy machine are more reliable than times."""
    width = max(len(ratio.name) for ratio in wanted) + 2
    lines = [f"\n{'Ratios, of the medians':{width}}"]
    for ratio in wanted:
        value = median(measured[ratio.of].cpu) / max(median(measured[ratio.to].cpu), 0.001)
        lines.append(f"{ratio.name:{width}}{value:>8.2f}")
    return "\n".join(lines)


def import_columns(rows: int) -> str:
    return (
        f"\n{f'Import of {rows:,} rows, seconds':{WIDTH}}{'CPU':>10}{'(wall)':>10}"
        f"{'rows/s':>10}{'queries':>10}{'history':>10}"
    )


def import_row(importer: str, turn: str, cost: Imported, rows: int) -> str:
    return (
        f"{f'import, {importer}: {turn}':{WIDTH}}{cost.cpu:>10,.1f}{cost.wall:>10,.1f}"
        f"{rows / max(cost.cpu, 0.001):>10,.0f}{cost.queries:>10,}{cost.history:>10,}"
    )


def import_ratios(costs: Mapping[tuple[str, str], Imported]) -> str:
    if ("stock", TURNS[0]) not in costs:
        return "\ndjango-import-export is not installed: no comparison"
    lines = [f"\n{'Ratios of django-import-export to ours':{WIDTH}}{'CPU':>10}{'(wall)':>10}"]
    for turn in TURNS:
        stock, ours = costs["stock", turn], costs["ours", turn]
        cpu, wall = stock.cpu / max(ours.cpu, 0.001), stock.wall / max(ours.wall, 0.001)
        lines.append(f"{f'import, {turn}':{WIDTH}}{cpu:>10,.2f}{wall:>10,.2f}")
    return "\n".join(lines)
