"""Read CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from projects.names.messages import truncate_for_display
from projects.spreadsheets.cells import restore

from .decoding import Encoding, encoding_of, pieces
from .limits import (
    HEADINGS_WITHIN,
    LONGEST_CELL,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    check_length,
    column_letters,
    refuse,
    too_many_cells,
    too_many_columns,
    too_many_rows,
)
from .tables import KnownHeadings, Line, Row, Table, recognised, table_of

_DELIMITERS = ",;\t"
_SAMPLE = 20_000
# A first line that tells a spreadsheet the delimiter.
_DECLARED_DELIMITER = re.compile(r"\ufeff?\"?sep=([,;\t])\"?\r?\n?", re.IGNORECASE)
# A DDE formula, which starts a program: its name, a topic and an item.
_DDE = re.compile(r"[=+\-@][=+\-@\s]*(?:\w+\|[^!\n]*![A-Z0-9_]|DDE\s*\()", re.IGNORECASE)
# Longer numbers and larger exponents are no amounts, and take much memory to write out.
_LONGEST_NUMBER = 100


def read_text(content: bytes, known: KnownHeadings) -> Table:
    encoding = encoding_of(content)
    start = ""
    for piece in pieces(content, encoding):
        start = piece.lstrip("\ufeff \t\r\n")
        if start:
            break
    if not start:
        refuse(_("The file is empty."))
    if start[0] in "[{":
        return _json("".join(pieces(content, encoding)))
    return _csv(content, encoding, known)


# --- CSV ----------------------------------------------------------------------


def _csv(content: bytes, encoding: Encoding, known: KnownHeadings) -> Table:
    sample = next(piece for piece in pieces(content, encoding) if piece)[:_SAMPLE]
    declared = _DECLARED_DELIMITER.match(sample)
    delimiter = declared[1] if declared else _delimiter(sample, known)
    lines = _lines(content, encoding, delimiter)
    if declared:
        next(lines)
    return table_of(lines, known, is_ragged=True, encoding=encoding.name, delimiter=delimiter)


def _lines(content: bytes, encoding: Encoding, delimiter: str) -> Iterator[Line]:
    """Yield rows with the numbers of their first lines."""
    file = io.BytesIO(content)
    file.seek(encoding.mark)
    text = io.TextIOWrapper(file, encoding.name, newline="")
    before = csv.field_size_limit(LONGEST_CELL)
    lines = csv.reader(text, delimiter=delimiter, strict=True)
    number = 1
    try:
        while True:
            # The limit is global, and another file may be read between two rows.
            csv.field_size_limit(LONGEST_CELL)
            try:
                cells = next(lines)
            except StopIteration:
                return
            if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
                too_many_columns(len(cells))
            yield Line(number, _restored(number, cells))
            number = lines.line_num + 1
    except csv.Error as error:
        if "field larger than" in str(error):
            check_length(LONGEST_CELL + 1)
        refuse(
            _("The file is not valid CSV at line %(line)s: %(reason)s."),
            line=lines.line_num,
            reason=error,
        )
    finally:
        csv.field_size_limit(before)


def _restored(number: int, cells: list[str]) -> list[str]:
    restored = []
    for at, cell in enumerate(cells):
        text = cell.strip()
        if text[:1] in "=+-@" and _DDE.match(text):
            refuse(
                _(
                    "The cell %(cell)s has a formula that starts a program (DDE): check where the "
                    "file comes from, and empty the cell."
                ),
                cell=f"{column_letters(at)}{number}",
            )
        restored.append(restore(text))
    return restored


def _delimiter(sample: str, known: KnownHeadings) -> str:
    """The delimiter that gives the most known headings, then the most lines of equal length."""
    lines = [line for line in sample.splitlines()[:HEADINGS_WITHIN] if line.strip()]

    def evidence(delimiter: str) -> tuple[int, int, int]:
        try:
            rows = list(csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            return 0, 0, 0
        found = max((recognised(row, known) for row in rows), default=0)
        counts = Counter(len(row) for row in rows if len(row) > 1)
        alike, cells = max(((lines, cells) for cells, lines in counts.items()), default=(0, 0))
        return found, alike, cells

    return max(_DELIMITERS, key=evidence)


# --- JSON ---------------------------------------------------------------------


def _json(text: str) -> Table:
    # Each value except the first of a list or an object follows a comma.
    values = text.count(",") + text.count("[") + text.count("{")
    if values > 2 * MOST_CELLS:
        too_many_cells(values)
    try:
        data = json.loads(
            text.lstrip("\ufeff"),
            parse_float=_number,
            parse_int=_whole_number,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError) as error:
        reason = _("it is nested too deeply") if isinstance(error, RecursionError) else error
        refuse(_("The file cannot be read as JSON: %(reason)s."), reason=str(reason)[:200])
    if isinstance(data, dict) and isinstance(data.get("results"), list):
        data = data["results"]
    if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
        refuse(_("The JSON must be a list of records, as the exports and the API give it."))
    if len(data) > MOST_ROWS:
        too_many_rows()
    headings = list(dict.fromkeys(name for one in data for name in one))
    if len(headings) > MOST_COLUMNS:
        too_many_columns(len(headings))
    return Table(headings, [Row(at, one) for at, one in enumerate(data, 1)], is_json=True)


def _number(text: str) -> Decimal:
    exponent = text.lower().partition("e")[2]
    if len(text) > _LONGEST_NUMBER or (exponent and abs(int(exponent)) > _LONGEST_NUMBER):
        _no_number(f"{text[:20]}…")
    return Decimal(text)


def _whole_number(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        _no_number(f"{text[:20]}…")
    return int(text)


def _no_number(name: str) -> NoReturn:
    raise ValueError(_("%(name)s cannot be read as a number") % {"name": name})


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. Raises ValueError if a name occurs twice, as one value would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _value in pairs)
        twice = counts.most_common(1)[0][0]
        raise ValueError(
            _("“%(name)s” occurs twice in one record") % {"name": truncate_for_display(twice)}
        )
    return found
