"""How a question is measured."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass
from statistics import median

from django.db import connection
from django.test.utils import CaptureQueriesContext

from .data import Built
from .questions import Question


@dataclass(frozen=True)
class Measured:
    """One question's figures, of all rounds; times in milliseconds.

    `cpu` is of this process, which with SQLite includes the database's work and
    with PostgreSQL does not; `wall` is what passed. `records` as the question
    says.
    """

    cpu: list[float]
    wall: list[float]
    queries: int
    records: int | None

    @property
    def records_a_second(self) -> float | None:
        return self.records * 1000 / median(self.cpu) if self.records else None


def measure(question: Question, built: Built, rounds: int) -> Measured:
    """Ask once to warm up, once to count queries, then `rounds` times against the clock."""
    question.ask(built)
    with CaptureQueriesContext(connection) as captured:
        records = question.ask(built)
    # Now, as the next request empties Django's list of queries.
    queries = len(captured)
    cpu, wall = [], []
    for _ in range(rounds):
        # What one round leaves behind is not to be swept up in the next.
        gc.collect()
        began_cpu, began_wall = time.process_time_ns(), time.perf_counter_ns()
        question.ask(built)
        wall.append((time.perf_counter_ns() - began_wall) / 1e6)
        cpu.append((time.process_time_ns() - began_cpu) / 1e6)
    return Measured(cpu, wall, queries, records)
