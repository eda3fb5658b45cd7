"""Checked rows to the register, in one transaction: all, or by explicit wish the good ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from rest_framework.settings import api_settings

from projects import history, review, serializers
from projects.models import ImportBatch
from projects.models.chunking import WRITTEN_AT_ONCE, batches
from projects.serializers.cells import headings
from projects.serializers.errors import flat, outward
from projects.spreadsheets.reading import Table

from .footers import Footer
from .lookup import Finder
from .mapping import Mapping
from .rows import Fault
from .validate import Candidate, Checked, Checker, Fate, Mode, Progress
from .warnings import note_doubts

# What keeps a file that was written, with all that became of its rows.
Keep = Callable[[Checked, Finder, Checker], None]


@dataclass
class Report:
    """What a file holds, and whether it was written.

    `counts` are of rows, by fate; `made`: how many records of each noun the
    mapping made; `overtaken`: whether rows are at fault because of what another
    write did meanwhile; see `Checked` for the rest.
    """

    counts: dict[Fate, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[Fault] = field(default_factory=list)
    emptied: list[Fault] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)
    footers: list[Footer] = field(default_factory=list)
    made: dict[Any, int] = field(default_factory=dict)
    written: bool = False
    overtaken: bool = False


def import_table(
    noun: str,
    table: Table,
    mapping: Mapping | None = None,
    *,
    user: Any = None,
    mode: Mode = Mode.UPSERT,
    dry_run: bool = False,
    partial: bool = False,
    progress: Progress | None = None,
    keep: Keep | None = None,
    doubting: bool = False,
) -> Report:
    """Check every row and write them in one go; nothing, where a row is at fault.

    `mode`: which records rows may be about. `partial`: the good rows all the
    same. `dry_run`: nothing, but with what the database itself would refuse. The
    record of each row gets one row of history, by `user`; unchanged ones get
    none. Without a mapping the headings are the fields. `keep` is called in the
    transaction of what is written (see `batches.kept`). `doubting`: amounts that are
    far off are told as well.
    """
    if mapping is None:
        fields = headings(serializers.BY_NOUN[noun])
        mapping = Mapping.of_fields([one for one in table.headings if one in fields])
    finder = Finder(user, mapping.decisions)
    mapping = mapping.of_file(table.headings)
    checker = Checker(noun, mapping, finder, mode)
    checked = checker.check(table, progress)
    if doubting:
        note_doubts(checked, user, checker)
    with transaction.atomic():
        made = write(checked, finder, mapping)
        written = not dry_run and (partial or not checked.faults)
        if not written:
            transaction.set_rollback(True)
        elif keep is not None:
            keep(checked, finder, checker)
    at = {heading: place for place, heading in enumerate(table.headings)}
    fates = Counter(candidate.fate for candidate in checked.candidates)
    return Report(
        {fate: fates[fate] for fate in Fate},
        sorted(checked.faults, key=lambda fault: (fault.row, at.get(fault.column, len(at)))),
        checked.left_out,
        checked.emptied,
        checked.doubts,
        checked.footers,
        made,
        written,
        checked.overtaken,
    )


def write(
    checked: Checked,
    finder: Finder,
    mapping: Mapping,
    batch: ImportBatch | None = None,
    *,
    as_accepted: bool = False,
) -> dict[Any, int]:
    """Write what is new or changed, and what was made for it; returns how many of each noun
    were made.

    `batch` is noted in the proposals that come of it. With `as_accepted` what
    is proposed is written as if it had been accepted: to be taken back again.

    What the database refuses becomes a fault of its row: what others have written
    meanwhile is found by asking, as it may be every row; the rest by trying again,
    as the rules that can be asked beforehand have been. To be called inside a
    transaction, whose end decides whether it stays.
    """
    made = finder.write({key for one in checked.candidates for key in one.made}, batch)

    def written(candidates: Sequence[Candidate]) -> bool:
        changes = [(one.record, one.links) for one in candidates]
        if as_accepted:
            return _written(candidates, lambda: history.bulk_save(changes))
        return _written(candidates, lambda: review.submit_many(finder.user, changes, batch))

    # The new ones first, as new and changed ones in one batch cost the queries of two.
    for fate in (Fate.NEW, Fate.CHANGED, Fate.PROPOSED):
        wanted = [one for one in checked.candidates if one.fate == fate]
        for some in batches(wanted, WRITTEN_AT_ONCE):
            if written(some):
                continue
            overtaken = _overtaken(some)
            refused = _refused([one for one in some if one.row not in overtaken], written)
            checked.overtaken |= bool(overtaken)
            checked.faults += overtaken.values()
            for candidate in refused:
                checked.faults += _refusals(candidate, mapping)
            gone = overtaken.keys() | {one.row for one in refused}
            checked.candidates = [one for one in checked.candidates if one.row not in gone]
    return made


def _overtaken(candidates: Sequence[Candidate]) -> dict[int, Fault]:
    """Of a refused batch, by row: whose record was written since it was looked for. Two queries."""
    model = type(candidates[0].record)
    keys = [one.record.pk for one in candidates if one.record.pk is not None]
    versions = dict(model._base_manager.filter(pk__in=keys).values_list("pk", "version"))
    found = {}
    for one in candidates:
        if one.record.pk is not None and versions.get(one.record.pk) != one.record.version:
            found[one.row] = Fault(one.row, "", "", _came_between())
    if hasattr(model, "code"):
        new = {one.record.code.lower(): one for one in candidates if one.record.pk is None}
        taken = model._base_manager.annotate(lower=Lower("code")).filter(lower__in=new)
        for code in taken.values_list("lower", flat=True):
            one, message = new[code], model._meta.get_field("code").error_messages["unique"]
            found[one.row] = Fault(one.row, "code", one.record.code, str(message))
    return found


def _came_between() -> str:
    return _("Another write came in between: try again.")


def _refused(
    candidates: Sequence[Candidate], written: Callable[[Sequence[Candidate]], bool]
) -> list[Candidate]:
    """Write these, and return those that the database refuses.

    Each is found by halves: eleven more tries for the only one among 2,500.
    """
    if not candidates or written(candidates):
        return []
    if len(candidates) == 1:
        return list(candidates)
    half = len(candidates) // 2
    return _refused(candidates[:half], written) + _refused(candidates[half:], written)


def _written(candidates: Sequence[Candidate], save: Callable[[], Any]) -> bool:
    """Whether these could be written; if not, they are as they were."""
    new = [one.record for one in candidates if one.record.pk is None]
    versions = [one.record.version for one in candidates]
    try:
        with transaction.atomic():
            save()
    except (IntegrityError, review.ReviewError):
        for one, version in zip(candidates, versions, strict=True):
            one.record.version = version
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
        found = {"": [_came_between()]}
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
