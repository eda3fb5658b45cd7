"""What is to be doubted of the amounts that a file would write: warnings, never refusals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from projects import data_quality
from projects.models import Project, Receipt
from projects.models.chunking import WRITTEN_AT_ONCE, batches

from .rows import Fault
from .validate import Candidate, Checked, Checker, Fate

AMOUNT = frozenset({"amount", "currency"})


def note_doubts(checked: Checked, user: Any, checker: Checker) -> None:
    """Note in `checked` the rows whose amounts are far off what is usual, with the likely slip.

    To be called before anything is written, as its records are no peers of theirs. Three
    queries for each 2,500 rows (see `usual`), whatever the rows.
    """
    doubter = data_quality.OutlierDetector.of(user)
    stated = [
        one
        for one in checked.candidates
        if one.fate != Fate.UNCHANGED and AMOUNT.intersection(name for name, *_told in one.changes)
    ]
    for some in batches(stated, WRITTEN_AT_ONCE):
        for candidate, sentences in zip(some, _told_of(some, checker.model, doubter), strict=True):
            column = checker.mapping.column_of("amount")
            record = candidate.record
            value = record.amount_text or str(record.amount)
            checked.doubts += [
                Fault(candidate.row, column, value, sentence) for sentence in sentences
            ]


def _told_of(
    candidates: Sequence[Candidate], model: Any, doubter: data_quality.OutlierDetector
) -> list[list[str]]:
    if model is Project:
        return doubter.projects(list(map(_stated, candidates)), among=_("this file"))
    if model is Receipt:
        return doubter.receipts([one.record for one in candidates])
    return [[] for _candidate in candidates]


def _stated(candidate: Candidate) -> data_quality.AmountContext:
    project = candidate.record
    shares = candidate.links.get("sectors")
    sectors: Iterator[Any] = iter(())
    if shares is not None:
        sectors = (sector for sector, _share in shares)
    elif project.pk:
        sectors = (row.sector for row in project.shares.all())
    sources = candidate.links.get("sources")
    if sources is None:
        sources = project.sources.all() if project.pk else ()
    # What is still to be made has no key, and nothing that is usual of it.
    return data_quality.AmountContext(
        project, [one for one in sectors if one.pk], [one for one in sources if one.pk]
    )
