"""A register of any size for benchmarks: made up, plausible, and the same in every run.

Each record is a function of its number alone, so that a thousand projects made
at once are those made in two halves. Everything here bears a code that begins
with `fill-`; where anything else stands, nothing is filled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from projects.models import Project
from projects.models.chunking import BATCH, batches

from .codes import (
    MOST,
    RealRecordsError,
    last_number,
    project_code,
    refuse_real_records,
)
from .enterprises import make_enterprises
from .ground import Ground
from .projects import make_projects

__all__ = ["GeneratedData", "RealRecordsError", "fill", "project_code", "refuse_real_records"]


@dataclass
class GeneratedData:
    """What was made, and the numbers of the first and the last project."""

    first: int
    last: int
    enterprises: int = 0
    receipts: int = 0

    @property
    def projects(self) -> int:
        return self.last - self.first + 1


def fill(count: int, report: Callable[[int], None] = lambda done: None) -> GeneratedData:
    """Make `count` more projects with their enterprises, sectors, partners, sources and receipts.

    500 projects a transaction, each as `projects.history` would have left it:
    with one row of history and its derived rows. About seventy queries for each
    500, and more where the database takes fewer values at once; memory does not
    grow. `report` is told how many are done after each. Raises RealRecordsError,
    and ValueError where the numbers of codes do not suffice.
    """
    refuse_real_records()
    done = last_number(Project)
    if not 0 < count <= MOST - done:
        raise ValueError(
            _("Give a number of projects from 1 to %(most)s.") % {"most": f"{MOST - done:,}"}
        )
    filled = GeneratedData(first=done + 1, last=done + count)
    with transaction.atomic():
        ground = Ground.laid()
    for numbers in batches(range(filled.first, filled.last + 1), BATCH):
        with transaction.atomic():
            filled.enterprises += make_enterprises(numbers[-1], ground)
            filled.receipts += make_projects(numbers, ground)
        report(numbers[-1] - filled.first + 1)
    return filled
