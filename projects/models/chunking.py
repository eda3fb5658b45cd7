"""Many things a batch at a time, so that neither memory nor a query grows with their number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

BATCH = 500
# What is written in one go comes in larger batches: each costs some thirty queries, whatever its
# size, and 10,000 records are to be written with fewer than 200.
WRITTEN_AT_ONCE = 2_500


def batches(things: Iterable[Any], size: int | None = None) -> Iterator[list[Any]]:
    """`size` (or 500) of `things` at a time: `itertools.batched`, which Python 3.11 has not."""
    rest = iter(things)
    while batch := list(islice(rest, size or BATCH)):
        yield batch


def batches_by_pk(records: Any) -> Iterator[list[Any]]:
    """The records of a queryset in the order of their keys, 500 at a time.

    Each batch is a query of its own: a cursor left open between them would hold
    SQLite to the state in which it began, in which it can write no more once
    somebody else has.
    """
    records = records.order_by("pk")
    batch = list(records[:BATCH])
    while batch:
        yield batch
        batch = list(records.filter(pk__gt=batch[-1].pk)[:BATCH])
