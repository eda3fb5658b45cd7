"""Records that look like one that is about to be entered, so that a person can be asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from projects.models import Enterprise, Project
from projects.names import credit_codes, similarity

# From which likeness on a new name is asked about. Projects of one investor have names that
# differ by a numeral, so that only those that sound the same are.
MIN_SIMILARITY: dict[Any, float] = {
    Enterprise: similarity.MIN_SIMILARITY,
    Project: similarity.HEARD_ALIKE,
}
# Of how many a person may choose.
MAX_DUPLICATES = 5
# For one piece of a name, while somebody types. What is common to more names than that tells
# little: 新疆 and 纺织 are in half of a register.
MAX_CANDIDATES = 40


@dataclass(frozen=True)
class PossibleDuplicate:
    record: Any
    # The same social credit code says that it is the same, whatever the names.
    has_same_code: bool


def possible_duplicates(
    user: Any, model: Any, called: Iterable[str], *, code: str = "", besides: Any = None
) -> list[PossibleDuplicate]:
    """The records that `user` may see whose names are like one of `called`, the likest first.

    `code` is the social credit code of an enterprise, `besides` the key of the
    record that is asked about. One query for a code and one for each piece of a
    name, at most six; for each piece at most `MOST_COMPARED` records are compared,
    so that where all pieces are very common some likenesses may be missed. A name
    that is the same is one of the first of its piece, unless as many contain it.
    """
    records = model.objects.visible_to(user).exclude(pk=besides)
    code = credit_codes.read_uscc(code) if hasattr(model, "uscc") else ""
    found: dict[int, Any] = {}
    if len(code) == 18:
        found = {one.pk: PossibleDuplicate(one, True) for one in records.filter(uscc=code)}
    scores = dict.fromkeys(found, similarity.SAME)
    for name in filter(None, called):
        compared = {str(one.pk): one for one in _candidates(records, name, MIN_SIMILARITY[model])}
        known = similarity.NameIndex({key: _names_of(one) for key, one in compared.items()})
        for key, score in known.nearest(name, MAX_DUPLICATES, MIN_SIMILARITY[model]):
            one = compared[key]
            if _are_two(code, getattr(one, "uscc", "")):
                continue
            found.setdefault(one.pk, PossibleDuplicate(one, False))
            scores[one.pk] = max(score, scores.get(one.pk, 0.0))
    likest = sorted(found.values(), key=lambda one: (-scores[one.record.pk], one.record.code))
    return likest[:MAX_DUPLICATES]


def _candidates(records: Any, name: str, at_least: float) -> Iterable[Any]:
    found: dict[int, Any] = {}
    for piece in similarity.search_fragments(name, in_part=at_least < similarity.HEARD_ALIKE):
        # Without an order: any of them are enough, and nothing is read only to be sorted.
        some = records.filter(search_key__contains=piece).order_by().defer("search_key")
        found |= {one.pk: one for one in some[:MAX_CANDIDATES]}
    return found.values()


def _names_of(record: Any) -> list[str]:
    return [record.name, record.name_zh, *record.alias_list()]


def _are_two(code: str, other: str) -> bool:
    """Different social credit codes are those of two enterprises, whatever they are called."""
    return len(code) == 18 and bool(other) and code != other
