"""Unified social credit codes of enterprises (统一社会信用代码), GB 32100-2015.

Does not import Django.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from .messages import gettext_noop, truncate_for_display

# The standard excludes I, O, S, V and Z, which look like digits or other letters.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
# Fujian issued codes before the check character was defined: they are valid, but fail it.
_EARLY_FUJIAN = re.compile(r"9135\d{4}M0")


@dataclass(frozen=True)
class UsccProblem:
    """What is wrong with a code: `message % params`. A warning does not make it invalid."""

    message: str
    params: dict[str, str] = field(default_factory=dict)
    is_warning: bool = False


def read_uscc(text: str) -> str:
    """`text` as the standard writes codes: in capitals, without spaces and hyphens."""
    return re.sub(r"[\s\-‐-―]+", "", unicodedata.normalize("NFKC", text)).upper()


def check_character(code: str) -> str:
    """The 18th character, computed from the first 17."""
    total = sum(
        ALPHABET.index(character) * weight
        for character, weight in zip(code[:17], WEIGHTS, strict=True)
    )
    return ALPHABET[(31 - total % 31) % 31]


def uscc_problem(code: str) -> UsccProblem | None:
    """What is wrong with a code as `read_uscc` returns it; None if it is valid."""
    if len(code) != 18:
        return UsccProblem(
            gettext_noop("“%(value)s” has %(length)s characters: a social credit code has 18."),
            {"value": truncate_for_display(code), "length": str(len(code))},
        )
    wrong = [character for character in code if character not in ALPHABET]
    if wrong:
        return UsccProblem(
            gettext_noop(
                "“%(value)s” contains “%(wrong)s”: a social credit code is made of digits and "
                "capitals other than I, O, S, V and Z."
            ),
            {"value": code, "wrong": wrong[0]},
        )
    if code[17] == check_character(code):
        return None
    if _EARLY_FUJIAN.match(code):
        return UsccProblem(
            gettext_noop(
                "“%(value)s” fails the check character, as early codes of Fujian do: compare it "
                "with the licence."
            ),
            {"value": code},
            is_warning=True,
        )
    return UsccProblem(
        gettext_noop(
            "“%(value)s” fails the check character, so it contains a mistake: compare it with "
            "the licence."
        ),
        {"value": code},
    )
