"""Batches of records, so that neither memory nor a query grows with their number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

BATCH = 500
# Bulk writes take larger batches: each costs some thirty queries, and 10,000 records must be
# written in fewer than 200.
WRITTEN_AT_ONCE = 2_500


def batches(things: Iterable[Any], size: int | None = None) -> Iterator[list[Any]]:
    """Lists of `size` (500) of `things`: `itertools.batched` for Python 3.11."""
    rest = iter(things)
    while batch := list(islice(rest, size or BATCH)):
        yield batch


def batches_by_pk(records: Any) -> Iterator[list[Any]]:
    """The records of a queryset in the order of their keys, 500 at a time.

    A query for each batch. An open cursor would keep SQLite's transaction at the
    state of its first read, and later writes would fail after those of another process.
    """
    records = records.order_by("pk")
    batch = list(records[:BATCH])
    while batch:
        yield batch
        if len(batch) < BATCH:
            return
        batch = list(records.filter(pk__gt=batch[-1].pk)[:BATCH])
