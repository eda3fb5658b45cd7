"""The page of one file that was brought in, which follows its state, and the steps on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from projects import serializers
from projects.accounts import audit_log
from projects.imports import batches, preview, publish, undo, workers
from projects.imports.mapping import MappingError, mapping_of
from projects.imports.rows import text_of
from projects.models import (
    WRITABLE,
    BatchState,
    ImportBatch,
    RowStatus,
    Sector,
    base_currency,
)
from projects.models.import_batch import AT_WORK
from projects.serializers.cells import headings
from projects.spreadsheets.reading import FileError, Table
from projects.spreadsheets.writing import csv_lines
from projects.views.lists import part_of, whole_number
from projects.views.review.errors import REFUSALS, problem_of

from .base import StaffView
from .decisions import answers, questions
from .labels import field_label, noun_label
from .rows import DOUBTED, KEPT, listed, sum_of

# Seconds after which the page of a file at work is asked for again.
REFRESH = 2
ROWS = 50
# Sums of the file that stand above the rows; all of them are a list of their own.
MOST_SUMS = 20
# What is to be looked at first comes first.
FATES = (
    RowStatus.REFUSED,
    RowStatus.CHANGED,
    RowStatus.PROPOSED,
    RowStatus.NEW,
    RowStatus.MADE,
    RowStatus.FOOTER,
    RowStatus.LEFT_OUT,
    RowStatus.UNCHANGED,
)
WITH_ROWS = (BatchState.PREVIEWED, BatchState.WRITTEN, BatchState.UNDONE)
# How far a file is; what has ended otherwise stands nowhere.
STEPS = (
    (_("Upload"), ()),
    (_("Describe its columns"), (BatchState.MAPPING,)),
    (_("Check the result"), (BatchState.QUEUED, BatchState.CHECKING, BatchState.PREVIEWED)),
    (_("Write"), (BatchState.APPROVED, BatchState.WRITING, BatchState.WRITTEN)),
)


def steps_at(state: str) -> list[tuple[Any, bool]]:
    return [(label, state in states) for label, states in STEPS]


def page_of(
    request: HttpRequest, batch: ImportBatch, *, problem: str = "", status: int = 200
) -> HttpResponse:
    """The page of a file as it stands. `problem`: why a step could not be taken."""
    errors: dict[str, Any] = {}
    context: dict[str, Any] = {
        "batch": batch,
        "noun": noun_label(batch.noun),
        "steps": steps_at(batch.state),
        "problem": problem,
        "errors": errors,
    }
    if batch.state in WITH_ROWS:
        context |= _with_rows(request, batch, errors)
    else:
        _only(request, (), errors)
    match batch.state:
        case BatchState.PREVIEWED:
            context |= _preview(batch)
        case BatchState.WRITTEN:
            context["meanings"] = meanings(batch)
            context["may_not"] = undo.lacking(batch, request.user)
            context["is_theirs"] = batch.user_id == request.user.pk or request.user.is_superuser
            context["unpublished"] = publish.unpublished(batch, request.user)
    if batch.is_at_work:
        context["waits_in_vain"] = workers.waits_in_vain(batch)
    answer = render(request, "projects/import_page.html", context, status=400 if errors else status)
    if batch.is_at_work:
        answer["Refresh"] = str(REFRESH)
    return answer


def _only(request: HttpRequest, names: tuple[str, ...], errors: dict[str, Any]) -> None:
    """Note the parameters that are not read here, and those that are given twice."""
    for name, values in request.GET.lists():
        if name not in names:
            errors[name] = [gettext("There is no such parameter here.")]
        elif len(values) > 1:
            errors[name] = [gettext("Give this once.")]


def _with_rows(request: HttpRequest, batch: ImportBatch, errors: dict[str, Any]) -> dict[str, Any]:
    """The rows of one fate, a page of them. Three queries."""
    _only(request, ("fate", "page"), errors)
    counts = {str(fate): batch.counts.get(fate, 0) for fate in FATES}
    labels = {str(fate): fate.label for fate in FATES}
    if batch.state == BatchState.UNDONE:
        said = batch.rows.exclude(faults=[]).filter(fate__in=undo.ACTIONS)
        counts = {KEPT: said.count(), **counts}
        labels[KEPT] = gettext("kept")
    else:
        said = batch.rows.exclude(doubts=[])
        refused = str(RowStatus.REFUSED)
        counts = {refused: counts.pop(refused), DOUBTED: said.count(), **counts}
        labels[DOUBTED] = gettext("with warnings")
    fate = request.GET.get("fate") or next((f for f, n in counts.items() if n), RowStatus.NEW)
    if fate not in counts:
        errors["fate"] = [gettext("Give one of these: %(fates)s.") % {"fates": ", ".join(counts)}]
    number = whole_number(request.GET, "page", 1, 10**9, errors)
    tabs = [(f, labels[f], n, f == fate) for f, n in counts.items() if n or f == fate]
    if errors:
        return {"tabs": tabs}
    rows = said if fate in (DOUBTED, KEPT) else batch.rows.filter(fate=fate)
    page = part_of(rows.order_by("number", "pk"), number, ROWS, errors)
    found = {
        "tabs": tabs,
        "fate": fate,
        "doubted": counts.get(DOUBTED, 0),
        "label": labels[fate],
        "page": page,
    }
    if page is not None:
        found["listed"] = listed(batch, fate, page, request.user)
    return found


def _preview(batch: ImportBatch) -> dict[str, Any]:
    """The totals before and after, the sums of the file beside ours, and the names to be decided
    about. Two queries."""
    moved = preview.differences(batch)
    names = {
        sector.code: sector.label
        for sector in Sector.objects.filter(code__in=[key for key, _before, _after in moved])
    }
    footers = batch.rows.filter(fate=RowStatus.FOOTER).order_by("number")[:MOST_SUMS]
    sums = [sum_of(row) for row in footers]
    return {
        "moved": [
            (key, names.get(key, key), before, after, after - before)
            for key, before, after in moved
        ],
        "is_moved": any(before != after for _key, before, after in moved),
        "currency": base_currency(),
        "sums": sums,
        "differing": sum(one.differs for one in sums),
        "more_sums": max(0, batch.counts.get(RowStatus.FOOTER, 0) - MOST_SUMS),
        "refused": batch.counts.get(RowStatus.REFUSED, 0),
        "undecided": questions(batch),
        "writable": sum(batch.counts.get(fate, 0) for fate in WRITABLE),
    }


def meanings(batch: ImportBatch) -> list[tuple[str, str]]:
    """What each column was taken for, in the order of the fields; empty where it was ignored."""
    mapping = mapping_of(batch.mapping, list(serializers.BY_NOUN))
    place = {name: at for at, name in enumerate(headings(serializers.BY_NOUN[batch.noun]))}
    found = [
        (column.heading, field_label(batch.noun, column.field))
        for column in sorted(mapping.columns.values(), key=lambda one: place.get(one.field, -1))
    ]
    return [*found, *((heading, "") for heading in sorted(mapping.ignored))]


class ImportPage(StaffView):
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = get_object_or_404(self.readable().select_related("user"), pk=pk)
        if batch.state == BatchState.MAPPING:
            return redirect("import-mapping", pk)
        if batch.state in AT_WORK and workers.mark_interrupted():
            batch.refresh_from_db()
        return page_of(request, batch)


class ImportAction(StaffView):
    """One step of a file, taken by a form; where it is too late for it, 409 and why.

    `take` returns the table in the file, where it has read it.
    """

    http_method_names = ["post", "options"]
    take: Callable[[HttpRequest, ImportBatch], Table | None]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.batch(pk)
        try:
            table = type(self).take(request, batch)
        except (batches.BatchError, MappingError, FileError) as error:
            return page_of(request, batch, problem=str(error), status=409)
        batches.work_at_once(batch, table)
        return redirect("import", pk)


class Approve(ImportAction):
    @staticmethod
    def take(request: HttpRequest, batch: ImportBatch) -> None:
        batches.approve(batch, partial="partial" in request.POST)
        audit_log.log(audit_log.Action.IMPORT_APPROVED, request, subject=f"import/{batch.pk}")


class Cancel(ImportAction):
    @staticmethod
    def take(request: HttpRequest, batch: ImportBatch) -> None:
        batches.cancel(batch)


class Decide(ImportAction):
    """Take what a person says of names that are like others, and check the file anew."""

    @staticmethod
    def take(request: HttpRequest, batch: ImportBatch) -> Table:
        return batches.decide(batch, answers(request.POST, batch))


class CheckAgain(ImportAction):
    """By the mapping that it has: after an interruption, or once the register was mended."""

    @staticmethod
    def take(request: HttpRequest, batch: ImportBatch) -> Table:
        return batches.map_columns(batch, mapping_of(batch.mapping, list(serializers.BY_NOUN)))


class Undo(StaffView):
    """Taking a written file back, after a page that says what that means."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.batch(pk)
        if batch.state != BatchState.WRITTEN:
            return redirect("import", pk)
        extent = undo.extent(batch)
        context = {
            "batch": batch,
            "noun": noun_label(batch.noun),
            "new": extent[RowStatus.NEW],
            "made": extent[RowStatus.MADE],
            "changed": extent[RowStatus.CHANGED],
            "proposed": extent[RowStatus.PROPOSED],
            "count": sum(extent.values()),
            "may_not": undo.lacking(batch, request.user),
        }
        return render(request, "projects/import_undo.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.batch(pk)
        try:
            undo.undo(batch, request.user)
        except batches.BatchError as error:
            batch.refresh_from_db()
            return page_of(request, batch, problem=str(error), status=409)
        return redirect("import", pk)


class PublishDrafts(StaffView):
    """Publishing all that a file has brought in and that still waits."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = get_object_or_404(self.readable().select_related("user"), pk=pk)
        try:
            count = publish.publish(batch, request.user, request.POST.get("mark", ""))
        except REFUSALS as error:
            problem = problem_of(error, request.user, serializers.BY_NOUN[batch.noun])
            sentences = " ".join(problem.sentences)
            return page_of(request, batch, problem=sentences, status=problem.status)
        sentence = ngettext(
            "%(count)s draft has been published: everyone can see it now.",
            "%(count)s drafts have been published: everyone can see them now.",
            count,
        )
        messages.success(request, sentence % {"count": count})
        return redirect("import", pk)


class RefusedFile(StaffView):
    """The rows that were refused, as they came, with the reason beside them: to be mended."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        batch = self.batch(pk)
        reasons: dict[int, list[str]] = {}
        for number, faults in batch.rows.filter(fate=RowStatus.REFUSED).values_list(
            "number", "faults"
        ):
            reasons[number] = [_said(*fault) for fault in faults]
        try:
            table = batches.table_of(batch)
        except FileError:
            return page_of(
                request, batch, problem=gettext("The file is no longer kept."), status=409
            )

        def rows() -> Iterator[list[str]]:
            for row in table.rows:
                if row.number in reasons:
                    cells = [text_of(row.cells.get(heading)) for heading in table.headings]
                    yield [*cells, " ".join(reasons[row.number])]

        return StreamingHttpResponse(
            csv_lines([*table.headings, "reason"], rows()),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="refused-{batch.pk}.csv"'},
        )


def _said(column: str, value: str, reason: str, nearest: str) -> str:
    """`Stage “singed”: … Nearest: signed.`"""
    where = f"{column} “{value[:80]}”: " if column and value else f"{column}: " if column else ""
    near = gettext("Nearest: %(value)s.") % {"value": nearest} if nearest else ""
    return f"{where}{reason} {near}".strip()
