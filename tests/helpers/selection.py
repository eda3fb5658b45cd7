"""Which of many cases the quick suite tries; `make chaos` (CHAOS=1) tries them all."""

import os
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import settings

T = TypeVar("T")
CHAOS = os.environ.get("CHAOS") == "1"


def every_nth(cases: Sequence[T], n: int, start: int = 0) -> list[T]:
    """Each `n`th case from `start` on, or all of them under CHAOS=1.

    Given the number of the parameter, address or model as `start`, `n` of them
    try all cases between them: every case is tried, and each with some.
    """
    return list(cases) if CHAOS else list(cases[start % n :: n])


def quick_examples(few: int) -> settings:
    """For properties with expensive examples: `few` of them, as many as others under CHAOS=1."""
    return settings() if CHAOS else settings(max_examples=few)
