"""Warnings for amounts of a file that are outliers among their peers. Never block a write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from projects import data_quality
from projects.models import Project, Receipt, RowStatus
from projects.models.chunking import WRITTEN_AT_ONCE, batches

from .mapping import Mapping
from .rows import RowError
from .validate import ValidatedRow

AMOUNT = frozenset({"amount", "currency"})


def amount_warnings(
    rows: Sequence[ValidatedRow], model: Any, user: Any, mapping: Mapping
) -> Iterator[RowError]:
    """A warning for each amount that is an outlier, with the likely mistake.

    To be called before anything is written, as the rows are no peers of their own
    records. Three queries for each 2,500 rows (see `data_quality`).
    """
    detector = data_quality.OutlierDetector.of(user)
    column = mapping.column_of("amount")
    changed = [
        row
        for row in rows
        if row.status != RowStatus.UNCHANGED and AMOUNT.intersection(one[0] for one in row.changes)
    ]
    for some in batches(changed, WRITTEN_AT_ONCE):
        for row, sentences in zip(some, _sentences(some, model, detector), strict=True):
            value = row.record.amount_text or str(row.record.amount)
            for sentence in sentences:
                yield RowError(row.number, column, value, sentence)


def _sentences(
    rows: Sequence[ValidatedRow], model: Any, detector: data_quality.OutlierDetector
) -> list[list[str]]:
    if model is Project:
        return detector.projects(list(map(_stated, rows)), among=_("this file"))
    if model is Receipt:
        return detector.receipts([row.record for row in rows])
    return [[] for _row in rows]


def _stated(row: ValidatedRow) -> data_quality.AmountContext:
    project = row.record
    shares = row.links.get("sectors")
    if shares is None:
        sectors = [one.sector for one in project.shares.all()] if project.pk else []
    else:
        sectors = [sector for sector, _share in shares]
    sources = row.links.get("sources")
    if sources is None:
        sources = project.sources.all() if project.pk else ()
    # Records that are still to be created have no key, and no peers.
    return data_quality.AmountContext(
        project, [one for one in sectors if one.pk], [one for one in sources if one.pk]
    )
