"""Codes for new records that come without one: at most 24 characters."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from projects import names

from .fields import RESERVED_CODES

MAX_WORD_LENGTH = 16
MAX_AREA_LENGTH = 12


def project_code_prefix(area: str, day: date | None) -> str:
    """`kashi-2023-`: the area's code and the year of signing, as far as they are known."""
    word = area[:MAX_AREA_LENGTH].rstrip("-_.") or "project"
    return f"{word}-{day.year}-" if day else f"{word}-"


def project_code(prefix: str, number: int) -> str:
    return f"{prefix}{number:03d}"


def last_number(model: Any, prefix: str) -> int:
    """The highest number that a code with this prefix has; 0 without any. One query.

    Codes are unique among all records, including those that the user cannot see.
    """
    codes = model._base_manager.filter(code__istartswith=prefix).values_list("code", flat=True)
    rests = (code[len(prefix) :] for code in codes)
    return max((int(rest) for rest in rests if re.fullmatch(r"[0-9]{1,9}", rest)), default=0)


def code_from_name(name: str, default: str, is_taken: Callable[[str], bool]) -> str:
    """Up to 16 letters of a name, Chinese as pinyin, with a number if that code is taken.

    `default` is the word for a name without letters or digits.
    """
    latin = names.normalise(names.transliterate(name))
    word = re.sub(r"[^a-z0-9]+", "-", latin).strip("-")
    word = word[:MAX_WORD_LENGTH].strip("-") or default
    code, number = word, 1
    while code in RESERVED_CODES or is_taken(code):
        number += 1
        code = f"{word}-{number}"
    return code
