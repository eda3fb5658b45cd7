"""A question's records to a file: through the API's own serialiser, in the question's order.

CSV, XLSX and JSON hold the same fields under the same names. Records are read,
turned and written one by one, so that memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer

from projects import filters
from projects.filters.values import shown
from projects.models import base_currency
from projects.serializers import EnterpriseSerializer, ProjectSerializer
from projects.serializers.cells import headings, to_cells
from projects.spreadsheets import writing
from projects.spreadsheets.writing import Row, SheetFullError, TooLong

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}

CHUNK = 500
_PIECE = 64 * 1024
_MOST_NAMED = 100


@contextmanager
def at_one_moment() -> Iterator[None]:
    """Let all that is read inside be of one moment, and keep no writer waiting for it.

    For reading only. Inside a transaction it changes nothing.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # Django's own transactions take the lock for writing at their start.
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("COMMIT")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield


@dataclass
class Counted:
    """What an export says of itself once it is written."""

    records: int = 0
    undisclosed: int = 0
    left_out: int = 0
    sources: set[str] = field(default_factory=set)

    def through(self, objects: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The same objects, counted as they pass."""
        for data in objects:
            self.records += 1
            self.sources.update(data["sources"])
            if "amount" in data:
                self.undisclosed += data["amount"] is None
                self.left_out += data["amount"] is not None and data["amount_base"] is None
            yield data


@dataclass(frozen=True)
class Export:
    """The files of one noun. `completed` reads along what its serialiser names."""

    noun: str
    question_class: type[filters.Question]
    serializer_class: Any
    completed: Callable[[Any], Any]

    def question(self, data: Any, user: Any, request: Any = None) -> filters.Question:
        records = self.serializer_class.Meta.model.objects.visible_to(user)
        return self.question_class(data, records, request=request)

    def errors(self, question: filters.Question) -> dict[str, list[str]]:
        """Messages by parameter; empty where there can be a file."""
        errors = dict(question.errors)
        for name in sorted(filters.PAGING):
            if any(value.strip() for value in question.data.getlist(name)):
                errors[name] = [_("A file holds all records and has no pages: leave this out.")]
        return errors

    def refusals(self, question: filters.Question) -> list[str]:
        """The same as lines of plain text."""
        return [
            f"{shown(name)}: {message}"
            for name, messages in self.errors(question).items()
            for message in messages
        ]

    def filename(self, form: str, day: date) -> str:
        return f"{self.noun}-{day}.{form}"

    def objects(self, question: filters.Question) -> Iterator[dict[str, Any]]:
        """What the API answers for each record of a valid question.

        One query for each link of the records and each 500 of them, and one for
        the records themselves.
        """
        serializer = self.serializer_class()
        with at_one_moment():
            for record in self.completed(question.qs).iterator(chunk_size=CHUNK):
                yield serializer.to_representation(record)

    def rows(self, objects: Iterable[dict[str, Any]]) -> Iterator[Row]:
        return (to_cells(self.serializer_class, data) for data in objects)

    def headings(self) -> list[str]:
        return headings(self.serializer_class)

    def csv(self, question: filters.Question) -> Iterator[bytes]:
        return writing.csv_lines(self.headings(), self.rows(self.objects(question)))

    def json(self, question: filters.Question) -> Iterator[bytes]:
        """One array, an object a line."""
        renderer = JSONRenderer()
        piece, before = bytearray(b"["), b"\n"
        for data in self.objects(question):
            piece += before + renderer.render(data)
            before = b",\n"
            if len(piece) > _PIECE:
                yield bytes(piece)
                piece.clear()
        yield bytes(piece + b"\n]\n")

    def xlsx(self, question: filters.Question, file: IO[bytes]) -> None:
        """Write the workbook. Raises SheetFullError."""
        # Asked beforehand as well, since a million rows are written for minutes.
        if question.qs.order_by().count() >= writing.MOST_ROWS:
            raise SheetFullError
        counted = Counted()
        asked_at = timezone.localtime()

        def about(too_long: list[TooLong]) -> Iterator[Row]:
            yield [_("What this file holds"), self.noun]
            yield from _asked(question)
            yield [_("Asked at"), asked_at]
            yield from _said(counted, has_amounts="amount" in self.headings())
            yield from _kept_out(too_long)

        writing.xlsx(
            self.headings(),
            self.rows(counted.through(self.objects(question))),
            file,
            sheet=self.noun,
            about=about,
            about_sheet=_("about"),
        )

    def written(self, question: filters.Question, form: str, file: IO[bytes]) -> None:
        """Write the file of a valid question, in a form of CONTENT_TYPES. Raises SheetFullError."""
        if form == "xlsx":
            self.xlsx(question, file)
        else:
            file.writelines(self.pieces(question, form))

    def pieces(self, question: filters.Question, form: str) -> Iterator[bytes]:
        """A CSV or JSON file in pieces."""
        return {"csv": self.csv, "json": self.json}[form](question)


def _asked(question: filters.Question) -> Iterator[Row]:
    asked = question.asked()
    if order := question.answer.get("ordering"):
        asked["ordering"] = [order]
    if not asked:
        yield [_("Question"), _("all records")]
    for name, values in asked.items():
        yield [_("Question"), f"{name}={', '.join(values)}", str(question.filters[name].label)]


def _said(counted: Counted, *, has_amounts: bool) -> Iterator[Row]:
    yield [_("Records"), counted.records]
    if has_amounts:
        yield [_("Records without a disclosed amount"), counted.undisclosed]
        yield [_("Records with an amount that no rate converts"), counted.left_out]
    yield [_("Sources that they cite"), len(counted.sources)]
    if has_amounts:
        yield [_("An empty amount is undisclosed, which is not zero.")]
        yield [
            _(
                "The column amount_base is in %(currency)s, at the rates in the column rates; "
                "it is empty where no rate lies within the 45 days before."
            )
            % {"currency": base_currency()}
        ]
        yield [_("A number of more than 15 digits is text: a spreadsheet would change it.")]
    yield [_("Moments are those of %(zone)s.") % {"zone": settings.TIME_ZONE}]


def _kept_out(too_long: list[TooLong]) -> Iterator[Row]:
    for each in too_long[:_MOST_NAMED]:
        yield [
            _(
                "The cell %(cell)s (%(heading)s) is left empty: its text has %(length)s "
                "characters and a cell holds %(most)s. CSV and JSON have it whole."
            )
            % {
                "cell": each.cell,
                "heading": each.heading,
                "length": f"{each.length:,}",
                "most": f"{writing.LONGEST_TEXT:,}",
            }
        ]
    if (more := len(too_long) - _MOST_NAMED) > 0:
        yield [_("Cells left empty likewise, not named here: %(more)s.") % {"more": f"{more:,}"}]


PROJECTS = Export(
    "projects",
    filters.ProjectQuestion,
    ProjectSerializer,
    lambda records: records.with_figures(),
)
ENTERPRISES = Export(
    "enterprises",
    filters.EnterpriseQuestion,
    EnterpriseSerializer,
    lambda records: records.select_related("area").prefetch_related("sources"),
)
