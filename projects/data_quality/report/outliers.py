"""Amounts that are outliers, perhaps in the wrong unit.

If the records to compare with cannot be read, there are no warnings: unreadable
records are reported on their own and must be corrected first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from projects import data_quality

from .finding import UNREADABLE, Batch, Finding, Rule


def of_projects(batch: Batch, detector: data_quality.OutlierDetector) -> Iterator[Finding]:
    """Six queries, and those for the peers of sectors and areas that are not cached."""

    def contexts() -> list[data_quality.AmountContext]:
        records = batch.records.select_related("area").prefetch_related("shares__sector", "sources")
        return [
            data_quality.AmountContext(one, sectors(one), list(one.sources.all()))
            for one in records
        ]

    def sectors(project: Any) -> list[Any]:
        # A missing sector is reported on its own.
        return [row.sector for row in project.shares.all() if hasattr(row, "sector")]

    return _findings(batch, contexts, detector.projects, lambda one: one.project.pk)


def of_receipts(batch: Batch, detector: data_quality.OutlierDetector) -> Iterator[Finding]:
    """Two queries."""

    def receipts() -> list[Any]:
        return list(batch.records.select_related("project"))

    return _findings(batch, receipts, detector.receipts, lambda one: one.pk)


def _findings(
    batch: Batch,
    read: Callable[[], list[Any]],
    warn: Callable[[Sequence[Any]], list[list[str]]],
    key_of: Callable[[Any], int],
) -> Iterator[Finding]:
    try:
        records = read()
        warnings = warn(records)
    except UNREADABLE:
        return
    for one, sentences in zip(records, warnings, strict=True):
        for sentence in sentences:
            yield batch.finding(Rule.SLIP, key_of(one), "amount", sentence)
