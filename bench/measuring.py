"""Measure a case."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass
from statistics import median

from django.db import connection
from django.test.utils import CaptureQueriesContext

from .cases import Case
from .data import Built


@dataclass(frozen=True)
class Measured:
    """The figures of one case in all rounds; times in milliseconds.

    `cpu` is this process's CPU time, which includes the database with SQLite but not
    with PostgreSQL; `wall` is elapsed time. `records` is what the case returned.
    """

    cpu: list[float]
    wall: list[float]
    queries: int
    records: int | None

    @property
    def records_a_second(self) -> float | None:
        return self.records * 1000 / median(self.cpu) if self.records else None


def measure(case: Case, built: Built, rounds: int) -> Measured:
    """Run once to warm up, once to count queries, then `rounds` times against the clock."""
    case.run(built)
    with CaptureQueriesContext(connection) as captured:
        records = case.run(built)
    # Read now, as the next request clears Django's list of queries.
    queries = len(captured)
    cpu, wall = [], []
    for _ in range(rounds):
        # So that the garbage of one round is not collected in the next.
        gc.collect()
        began_cpu, began_wall = time.process_time_ns(), time.perf_counter_ns()
        case.run(built)
        wall.append((time.perf_counter_ns() - began_wall) / 1e6)
        cpu.append((time.process_time_ns() - began_cpu) / 1e6)
    return Measured(cpu, wall, queries, records)
