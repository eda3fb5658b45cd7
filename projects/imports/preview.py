"""What a checked file would do, as it is shown, kept, and held to.

A plan is a list of rows with their fates, and the digest of all of it: what is
written later must come to the same digest, or it is shown anew.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rapidfuzz import process

from projects import names
from projects.models import WRITABLE, ImportBatch, ImportRow, RowStatus

from .lookup import Finder
from .validate import Checked, Checker

# Of a message, the words from which the nearest valid value may be chosen.
_LIKE_ENOUGH = 60


def rows_of(
    batch: ImportBatch, checked: Checked, finder: Finder, checker: Checker
) -> list[ImportRow]:
    """A row for each row of the file and for each record that is made on the way, unsaved."""
    rows = [*_made(batch, checked, finder), *_candidates(batch, checked)]
    _add_doubts(rows, checked)
    rows += _faulty(batch, checked, checker)
    rows += [
        ImportRow(
            batch=batch,
            noun=batch.noun,
            number=one.row,
            fate=RowStatus.LEFT_OUT,
            faults=[[one.column, one.value, one.reason, ""]],
        )
        for one in checked.left_out
    ]
    rows += [
        ImportRow(
            batch=batch,
            noun=batch.noun,
            number=one.row,
            fate=RowStatus.FOOTER,
            key=one.text[:600],
            changes=[["amount", _text(one.said), _text(one.ours)]],
            faults=[["", "", str(one.undisclosed), str(one.at_fault)]] if one.differs else [],
        )
        for one in checked.footers
    ]
    return sorted(rows, key=lambda row: row.number)


def _text(amount: Any) -> str:
    return "" if amount is None else f"{amount:.2f}"


def _made(batch: ImportBatch, checked: Checked, finder: Finder) -> Iterator[ImportRow]:
    named = {key for one in checked.candidates for key in one.made}
    for (model, code), (record, _links) in finder.made.items():
        if (model, code) in named:
            yield ImportRow(
                batch=batch,
                noun=model._meta.model_name,
                number=0,
                fate=RowStatus.MADE,
                key=f"{code}: {record}"[:600],
                changes=[["code", "", code], ["name", "", str(record)]],
            )


def _candidates(batch: ImportBatch, checked: Checked) -> Iterator[ImportRow]:
    for one in checked.candidates:
        changed = one.fate != RowStatus.UNCHANGED
        yield ImportRow(
            batch=batch,
            noun=batch.noun,
            number=one.row,
            fate=RowStatus(one.fate.value),
            key=_key(one.record),
            record_id=one.record.pk if one.version is not None else None,
            version_before=one.version,
            changes=[list(change) for change in one.changes] if changed else [],
        )


def _add_doubts(rows: Iterable[ImportRow], checked: Checked) -> None:
    """What is to be doubted of a row that can be written; not of what it has made on the way."""
    by_row: dict[int, list[list[str]]] = {}
    for one in checked.doubts:
        said = [one.column, one.value, one.reason, ""]
        by_row.setdefault(one.row, []).append(said)
    for row in rows:
        if row.fate in WRITABLE:
            row.doubts = by_row.get(row.number, [])


def _key(record: Any) -> str:
    code = getattr(record, "code", "")
    return f"{code}: {record}"[:600] if code else str(record)[:600]


def _faulty(batch: ImportBatch, checked: Checked, checker: Checker) -> Iterator[ImportRow]:
    by_row: dict[int, list[list[str]]] = {}
    for fault in checked.faults:
        near = nearest(checker, fault.column, fault.value)
        said = [fault.column, fault.value, fault.reason, near]
        by_row.setdefault(fault.row, []).append(said)
    for number, faults in by_row.items():
        yield ImportRow(
            batch=batch, noun=batch.noun, number=number, fate=RowStatus.REFUSED, faults=faults
        )


def nearest(checker: Checker, heading: str, value: str) -> str:
    """The valid value that is most like one that was refused; empty where none is near."""
    column = checker.mapping.columns.get(heading)
    if column is None or not value:
        return ""
    possible = checker.possible_values(column)
    found = process.extractOne(value, possible, score_cutoff=_LIKE_ENOUGH) if possible else None
    # A name that several records bear is its own nearest.
    return found[0] if found and found[0] != names.normalise(value) else ""


def digest_of(rows: Iterable[ImportRow]) -> str:
    """What was shown, as one number: the same rows with the same fates and versions.

    Doubts are left out: they depend on what else is in the register, and change nothing.
    """
    digest = hashlib.sha256()
    for row in rows:
        shown = [row.number, row.fate, row.key, row.version_before, row.changes, row.faults]
        digest.update(json.dumps(shown, ensure_ascii=False).encode())
    return digest.hexdigest()


def counts_of(rows: Sequence[ImportRow]) -> dict[str, int]:
    found = Counter(row.fate for row in rows)
    return {str(fate): found[fate] for fate in RowStatus}
