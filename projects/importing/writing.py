"""Checked rows to the register, in one transaction: all, or by explicit wish the good ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from rest_framework.settings import api_settings

from projects import recording, serializers
from projects.batching import batches
from projects.serializers.cells import headings
from projects.serializers.errors import flat, outward
from projects.spreadsheets.reading import Table

from .checking import Candidate, Checked, Checker, Fate, Progress
from .finding import Finder
from .footers import Footer
from .mapping import Mapping
from .rows import Fault


@dataclass
class Report:
    """What a file holds, and whether it was written.

    `counts` are of rows, by fate; `made`: how many records of each noun the
    mapping made; see `Checked` for the rest.
    """

    counts: dict[Fate, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[Fault] = field(default_factory=list)
    emptied: list[Fault] = field(default_factory=list)
    footers: list[Footer] = field(default_factory=list)
    made: dict[Any, int] = field(default_factory=dict)
    written: bool = False


def import_table(
    noun: str,
    table: Table,
    mapping: Mapping | None = None,
    *,
    user: Any = None,
    dry_run: bool = False,
    partial: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Check every row and write them in one go; nothing, where a row is at fault.

    `partial`: the good rows all the same. `dry_run`: nothing, but with what the
    database itself would refuse. The record of each row gets one row of
    history, by `user`; unchanged ones get none. Without a mapping the headings
    are the fields.
    """
    if mapping is None:
        fields = headings(serializers.BY_NOUN[noun])
        mapping = Mapping.of_fields([one for one in table.headings if one in fields])
    finder = Finder(user, mapping.decisions)
    mapping = mapping.of_file(table.headings)
    checked = Checker(noun, mapping, finder).check(table, progress)
    with transaction.atomic():
        made = write(checked, finder, mapping, user)
        written = not dry_run and (partial or not checked.faults)
        if not written:
            transaction.set_rollback(True)
    at = {heading: place for place, heading in enumerate(table.headings)}
    fates = Counter(candidate.fate for candidate in checked.candidates)
    return Report(
        {fate: fates[fate] for fate in Fate},
        sorted(checked.faults, key=lambda fault: (fault.row, at.get(fault.column, len(at)))),
        checked.left_out,
        checked.emptied,
        checked.footers,
        made,
        written,
    )


def write(checked: Checked, finder: Finder, mapping: Mapping, user: Any) -> dict[Any, int]:
    """Write what is new or changed, and what was made for it; returns how many of each noun
    were made.

    What the database refuses becomes a fault of its row. To be called inside a
    transaction, whose end decides whether it stays.
    """
    made = finder.write({key for one in checked.candidates for key in one.made})
    for batch in batches(one for one in checked.candidates if one.fate != Fate.UNCHANGED):
        for candidate in batch:
            if user is not None:
                candidate.record._history_user = user
        if _written(batch):
            continue
        # One of them is refused: each is tried by itself, to find which.
        for candidate in batch:
            if not _written([candidate]):
                checked.candidates.remove(candidate)
                checked.faults += _refusals(candidate, mapping)
    return made


def _written(candidates: Sequence[Candidate]) -> bool:
    new = [one.record for one in candidates if one.record.pk is None]
    try:
        with transaction.atomic():
            recording.save_many([(one.record, one.links) for one in candidates])
    except IntegrityError:
        for record in new:
            record.pk = None
            record._state.adding = True
        return False
    return True


def _refusals(candidate: Candidate, mapping: Mapping) -> list[Fault]:
    """Why the database refuses a record, in the words of the rule that it breaks."""
    try:
        candidate.record.full_clean()
    except ModelError as error:
        found = flat(outward(error).detail)
    else:
        found = {"": [_("Another write came in between: try again.")]}
    return [
        Fault(
            candidate.row,
            "" if name in ("", api_settings.NON_FIELD_ERRORS_KEY) else mapping.column_of(name),
            str(getattr(candidate.record, name, "")),
            message,
        )
        for name, messages in found.items()
        for message in messages
    ]
