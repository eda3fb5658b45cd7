"""The page of an import, which depends on its state, and the actions on it."""

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
from projects.filters.parameters import ParameterForm, choice_form
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
from projects.views.lists import part_of
from projects.views.review.errors import REFUSALS, problem_of

from .base import StaffView, field_label, model_label
from .decisions import name_choices, read_decisions
from .rows import KEPT, WITH_WARNINGS, footer_of, listed

# Seconds after which the page reloads while a worker is at the import.
REFRESH = 2
ROWS = 50
# The most footers above the rows; the list of footers has all.
MOST_SUMS = 20
# In the order of the tabs: what needs attention first.
STATUSES = (
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
# The steps and their states; an import that has ended in another state is at none.
STEPS = (
    (_("Upload"), ()),
    (_("Match the columns"), (BatchState.MAPPING,)),
    (_("Preview the changes"), (BatchState.QUEUED, BatchState.CHECKING, BatchState.PREVIEWED)),
    (_("Write to the register"), (BatchState.APPROVED, BatchState.WRITING, BatchState.WRITTEN)),
)


def steps_at(state: str) -> list[tuple[Any, bool]]:
    return [(label, state in states) for label, states in STEPS]


def page_of(
    request: HttpRequest, batch: ImportBatch, *, problem: str = "", status: int = 200
) -> HttpResponse:
    """The page of an import in its state. `problem`: why an action was refused."""
    errors: dict[str, Any] = {}
    context: dict[str, Any] = {
        "batch": batch,
        "model_label": model_label(batch.model_name),
        "steps": steps_at(batch.state),
        "problem": problem,
        "errors": errors,
    }
    if batch.state in WITH_ROWS:
        context |= _with_rows(request, batch, errors)
    else:
        errors |= ParameterForm(request.GET).messages()
    match batch.state:
        case BatchState.PREVIEWED:
            context |= _preview(batch)
        case BatchState.WRITTEN:
            context["meanings"] = meanings(batch)
            context["may_not"] = undo.missing_permissions(batch, request.user)
            context["is_theirs"] = batch.user_id == request.user.pk or request.user.is_superuser
            context["unpublished"] = publish.unpublished(batch, request.user)
    if batch.is_at_work:
        context["lacks_worker"] = workers.lacks_worker(batch)
    answer = render(request, "projects/import_page.html", context, status=400 if errors else status)
    if batch.is_at_work:
        answer["Refresh"] = str(REFRESH)
    return answer


def _with_rows(request: HttpRequest, batch: ImportBatch, errors: dict[str, Any]) -> dict[str, Any]:
    """A page of the rows of one status. Three queries."""
    counts = {str(status): batch.counts.get(status, 0) for status in STATUSES}
    labels = {str(status): status.label for status in STATUSES}
    if batch.state == BatchState.UNDONE:
        listed_rows = batch.rows.exclude(errors=[]).filter(status__in=undo.ACTIONS)
        counts = {KEPT: listed_rows.count(), **counts}
        labels[KEPT] = gettext("kept")
    else:
        listed_rows = batch.rows.exclude(warnings=[])
        refused = str(RowStatus.REFUSED)
        counts = {refused: counts.pop(refused), WITH_WARNINGS: listed_rows.count(), **counts}
        labels[WITH_WARNINGS] = gettext("with warnings")
    form = choice_form("status", counts)(request.GET)
    errors |= form.messages()
    first = next((status for status, number in counts.items() if number), RowStatus.NEW)
    status = form.cleaned_data.get("status") or first
    tabs = [(f, labels[f], n, f == status) for f, n in counts.items() if n or f == status]
    if errors:
        return {"tabs": tabs}
    rows = listed_rows if status in (WITH_WARNINGS, KEPT) else batch.rows.filter(status=status)
    page = part_of(rows.order_by("number", "pk"), form.cleaned_data, errors, size=ROWS)
    found = {
        "tabs": tabs,
        "status": status,
        "with_warnings": counts.get(WITH_WARNINGS, 0),
        "label": labels[status],
        "page": page,
    }
    if page is not None:
        found["listed"] = listed(batch, status, page, request.user)
    return found


def _preview(batch: ImportBatch) -> dict[str, Any]:
    """The totals before and after, the footers, and the names to be decided about. Two queries."""
    moved = preview.differences(batch)
    names = {
        sector.code: sector.label
        for sector in Sector.objects.filter(code__in=[key for key, _before, _after in moved])
    }
    footers = batch.rows.filter(status=RowStatus.FOOTER).order_by("number")[:MOST_SUMS]
    sums = [footer_of(row) for row in footers]
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
        "undecided": name_choices(batch),
        "writable": sum(batch.counts.get(status, 0) for status in WRITABLE),
    }


def meanings(batch: ImportBatch) -> list[tuple[str, str]]:
    """The label of each column's field, in the order of the fields; empty for ignored ones."""
    mapping = mapping_of(batch.mapping)
    place = {
        name: at for at, name in enumerate(headings(serializers.BY_MODEL_NAME[batch.model_name]))
    }
    found = [
        (column.heading, field_label(batch.model_name, column.field))
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
    """An action on an import; answers 409 with the reason if its state does not allow it.

    `run` returns the table in the file if it has read it.
    """

    http_method_names = ["post", "options"]
    run: Callable[[HttpRequest, ImportBatch], Table | None]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.batch(pk)
        try:
            table = type(self).run(request, batch)
        except (batches.BatchError, MappingError, FileError) as error:
            return page_of(request, batch, problem=str(error), status=409)
        batches.work_at_once(batch, table)
        return redirect("import", pk)


class Approve(ImportAction):
    @staticmethod
    def run(request: HttpRequest, batch: ImportBatch) -> None:
        batches.approve(batch, partial="partial" in request.POST)
        audit_log.log(audit_log.Action.IMPORT_APPROVED, request, subject=f"import/{batch.pk}")


class Cancel(ImportAction):
    @staticmethod
    def run(request: HttpRequest, batch: ImportBatch) -> None:
        batches.cancel(batch)


class Decide(ImportAction):
    """Take the decisions about similar names, and check the file again."""

    @staticmethod
    def run(request: HttpRequest, batch: ImportBatch) -> Table:
        return batches.decide(batch, read_decisions(request.POST, batch))


class CheckAgain(ImportAction):
    """Check the file again by its mapping: after an interruption or corrections of records."""

    @staticmethod
    def run(request: HttpRequest, batch: ImportBatch) -> Table:
        return batches.map_columns(batch, mapping_of(batch.mapping))


class Undo(StaffView):
    """Undo a written import; a page with the consequences comes first."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.batch(pk)
        if batch.state != BatchState.WRITTEN:
            return redirect("import", pk)
        extent = undo.affected(batch)
        context = {
            "batch": batch,
            "model_label": model_label(batch.model_name),
            "new": extent[RowStatus.NEW],
            "made": extent[RowStatus.MADE],
            "changed": extent[RowStatus.CHANGED],
            "proposed": extent[RowStatus.PROPOSED],
            "count": sum(extent.values()),
            "may_not": undo.missing_permissions(batch, request.user),
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
    """Publish all drafts of an import."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = get_object_or_404(self.readable().select_related("user"), pk=pk)
        try:
            count = publish.publish(batch, request.user, request.POST.get("mark", ""))
        except REFUSALS as error:
            problem = problem_of(error, request.user, serializers.BY_MODEL_NAME[batch.model_name])
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
    """The refused rows as CSV, with the reasons in a last column."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        batch = self.batch(pk)
        reasons: dict[int, list[str]] = {}
        for number, row_errors in batch.rows.filter(status=RowStatus.REFUSED).values_list(
            "number", "errors"
        ):
            reasons[number] = [_describe(*one) for one in row_errors]
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


def _describe(column: str, value: str, reason: str, nearest: str) -> str:
    """`Stage “singed”: … Nearest: signed.`"""
    where = f"{column} “{value[:80]}”: " if column and value else f"{column}: " if column else ""
    near = gettext("Nearest: %(value)s.") % {"value": nearest} if nearest else ""
    return f"{where}{reason} {near}".strip()
