"""Amounts that are far off what is usual: a unit that was perhaps mistaken.

Where what they are held against cannot be read, nothing is said of them: that it
cannot be read is said of itself, and to be mended first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from projects import data_quality

from .finding import UNREADABLE, Batch, Finding, Rule


def of_projects(batch: Batch, doubter: data_quality.OutlierDetector) -> Iterator[Finding]:
    """Six queries, and what the peers of sectors and areas cost that were not met before."""

    def stated() -> list[data_quality.AmountContext]:
        records = batch.records.select_related("area").prefetch_related("shares__sector", "sources")
        return [
            data_quality.AmountContext(one, sectors(one), list(one.sources.all()))
            for one in records
        ]

    def sectors(project: Any) -> list[Any]:
        # One that does not exist is a finding of its own.
        return [row.sector for row in project.shares.all() if hasattr(row, "sector")]

    return _said(batch, stated, doubter.projects, lambda one: one.project.pk)


def of_receipts(batch: Batch, doubter: data_quality.OutlierDetector) -> Iterator[Finding]:
    """Two queries."""

    def receipts() -> list[Any]:
        return list(batch.records.select_related("project"))

    return _said(batch, receipts, doubter.receipts, lambda one: one.pk)


def _said(
    batch: Batch,
    read: Callable[[], list[Any]],
    doubt: Callable[[Sequence[Any]], list[list[str]]],
    key_of: Callable[[Any], int],
) -> Iterator[Finding]:
    try:
        records = read()
        told = doubt(records)
    except UNREADABLE:
        return
    for one, sentences in zip(records, told, strict=True):
        for sentence in sentences:
            yield batch.finding(Rule.SLIP, key_of(one), "amount", sentence)
