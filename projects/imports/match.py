"""Match parsed rows to the records that they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from .lookup import RecordLookup
from .natural_keys import Match, keys_of
from .rows import ParsedRow


class Mode(StrEnum):
    """Which records rows may be about: any, only new ones, or only existing ones."""

    UPSERT = "upsert"
    CREATE = "create"
    UPDATE = "update"


@dataclass(frozen=True)
class MatchedRow:
    """A parsed row, its data completed by its key, and its record; None for a new one."""

    parsed: ParsedRow
    record: Any = None


class RowMatcher:
    """Matches the rows of one file: a record may be the record of one row only."""

    def __init__(self, model: Any, lookup: RecordLookup, mode: Mode = Mode.UPSERT) -> None:
        self.keys = keys_of(model, lookup)
        self.mode = mode
        # What an error of the key is about: the row as a whole where a model has no codes.
        self.key_field = "code" if hasattr(model, "code") else ""
        self._rows_by_identity: dict[Any, int] = {}

    def match(self, rows: Sequence[ParsedRow], *, by_name: bool) -> list[MatchedRow]:
        """`by_name`: rows without a code may be matched by name (see `NaturalKeys.match`)."""
        matches = self.keys.match([row.data for row in rows], by_name=by_name)
        return [self._matched(*pair) for pair in zip(rows, matches, strict=True)]

    def _matched(self, row: ParsedRow, match: Match) -> MatchedRow:
        row = replace(row, data=match.data)
        if error := match.error or self._out_of_mode(match):
            row = row.add_error(*error)
        if match.identity is not None:
            first = self._rows_by_identity.setdefault(match.identity, row.number)
            if first != row.number:
                reason = _("Row %(row)s is about the same record: keep one of them.")
                row = row.add_error(self.key_field, reason % {"row": first})
        return MatchedRow(row, match.record)

    def _out_of_mode(self, match: Match) -> tuple[str, str] | None:
        if self.mode == Mode.CREATE and match.record is not None:
            return self.key_field, _(
                "This record exists already, and this import only creates new records."
            )
        # A missing key is reported by its field.
        has_key = not self.key_field or match.data.get(self.key_field)
        if self.mode == Mode.UPDATE and match.record is None and has_key:
            return self.key_field, _(
                "This record does not exist, and this import only changes existing records."
            )
        return None
