"""Duplicate detection: existing records that resemble a new one, for a person to check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from projects.models import Enterprise, Project
from projects.names import credit_codes, similarity

# The similarity from which on a record is a possible duplicate. Names of projects of one
# investor may differ by a numeral only, so those must sound the same.
MIN_SIMILARITY: dict[Any, float] = {
    Enterprise: similarity.MIN_SIMILARITY,
    Project: similarity.SOUNDS_ALIKE,
}
# How many possible duplicates are shown.
MAX_DUPLICATES = 5
# How many records are compared per fragment of a name. Fragments in more names than that say
# little: 新疆 and 纺织 are in half of a register.
MAX_CANDIDATES = 40


@dataclass(frozen=True)
class PossibleDuplicate:
    record: Any
    # An equal social credit code means the same enterprise, whatever the names.
    has_same_code: bool


def possible_duplicates(
    user: Any, model: Any, given_names: Iterable[str], *, code: str = "", exclude: Any = None
) -> list[PossibleDuplicate]:
    """The records visible to `user` with names similar to one of `given_names`, most similar first.

    `code` is the social credit code of an enterprise, `exclude` the key of the
    record itself. One query for the code and one for each fragment of a name, at most
    six. For each fragment at most MAX_CANDIDATES records are compared, so similar
    names may be missed if all their fragments are very common.
    """
    records = model.objects.visible_to(user).exclude(pk=exclude)
    code = credit_codes.read_uscc(code) if hasattr(model, "uscc") else ""
    found: dict[int, Any] = {}
    if len(code) == 18:
        found = {one.pk: PossibleDuplicate(one, True) for one in records.filter(uscc=code)}
    scores = dict.fromkeys(found, similarity.SAME)
    for name in filter(None, given_names):
        compared = {str(one.pk): one for one in _candidates(records, name, MIN_SIMILARITY[model])}
        known = similarity.NameIndex({key: _names_of(one) for key, one in compared.items()})
        for key, score in known.nearest(name, MAX_DUPLICATES, MIN_SIMILARITY[model]):
            one = compared[key]
            if _are_two(code, getattr(one, "uscc", "")):
                continue
            found.setdefault(one.pk, PossibleDuplicate(one, False))
            scores[one.pk] = max(score, scores.get(one.pk, 0.0))
    ranked = sorted(found.values(), key=lambda one: (-scores[one.record.pk], one.record.code))
    return ranked[:MAX_DUPLICATES]


def _candidates(records: Any, name: str, at_least: float) -> Iterable[Any]:
    found: dict[int, Any] = {}
    for fragment in similarity.search_fragments(name, in_part=at_least < similarity.SOUNDS_ALIKE):
        # Unordered: any records will do, and sorting would read all of them.
        some = records.filter(search_key__contains=fragment).order_by().defer("search_key")
        found |= {one.pk: one for one in some[:MAX_CANDIDATES]}
    return found.values()


def _names_of(record: Any) -> list[str]:
    return [record.name, record.name_zh, *record.alias_list()]


def _are_two(code: str, other: str) -> bool:
    """Whether social credit codes differ, which means two enterprises, whatever the names."""
    return len(code) == 18 and bool(other) and code != other
