"""Generate a register of any size for benchmarks: plausible, and the same in every run.

Each record depends on its number only, so that a thousand projects generated at once
equal those generated in two halves. All codes start with `fill-`; a register with any
other record is not filled.
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
from .projects import make_projects
from .shared_records import SharedRecords


@dataclass
class GeneratedData:
    """The numbers of generated records, and of the first and the last project."""

    first: int
    last: int
    enterprises: int = 0
    receipts: int = 0

    @property
    def projects(self) -> int:
        return self.last - self.first + 1


def fill(count: int, report: Callable[[int], None] = lambda done: None) -> GeneratedData:
    """Generate `count` more projects with enterprises, sectors, partners, sources and receipts.

    Transactions of 500 projects, each with one history row and its derived rows, as
    `projects.history` would write it. About seventy queries for each 500, more on
    databases that allow fewer parameters; constant memory. `report` is called with the
    number done after each transaction. Raises RealRecordsError, and ValueError if the
    numbering of codes is exhausted.
    """
    refuse_real_records()
    done = last_number(Project)
    if not 0 < count <= MOST - done:
        raise ValueError(
            _("Give a number of projects from 1 to %(most)s.") % {"most": f"{MOST - done:,}"}
        )
    filled = GeneratedData(first=done + 1, last=done + count)
    with transaction.atomic():
        shared = SharedRecords.get_or_create()
    for numbers in batches(range(filled.first, filled.last + 1), BATCH):
        with transaction.atomic():
            filled.enterprises += make_enterprises(numbers[-1], shared)
            filled.receipts += make_projects(numbers, shared)
        report(numbers[-1] - filled.first + 1)
    return filled
