"""The page on which a person says what the columns of a file mean."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from projects.imports import batches
from projects.imports.mapping import MappingError
from projects.models import ImportBatch
from projects.spreadsheets.reading import FileError

from .base import StaffView, model_label
from .mapping_form import MappingForm
from .page import page_of, steps_at


class MappingPage(StaffView):
    """The form, in every state in which the mapping of a file may still be changed."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.batch(pk)
        if not batch.is_open:
            return redirect("import", pk)
        try:
            form = MappingForm(batch, batches.table_of(batch), request.user)
        except (FileError, MappingError) as error:
            return page_of(request, batch, problem=str(error), status=409)
        return self.show(batch, form)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.batch(pk)
        if not batch.is_open:
            problem = gettext("This cannot be done now. State of the import: %(state)s.")
            return page_of(
                request,
                batch,
                problem=problem % {"state": batch.get_state_display()},
                status=409,
            )
        try:
            table = batches.table_of(batch)
            form = MappingForm(batch, table, request.user, request.POST)
            if not form.is_valid():
                return self.show(batch, form, status=400)
            batches.map_columns(batch, form.mapping(), table=table)
        except (batches.BatchError, FileError, MappingError) as error:
            batch.refresh_from_db()
            return page_of(request, batch, problem=str(error), status=409)
        batches.work_at_once(batch, table)
        return redirect("import", pk)

    def show(
        self,
        batch: ImportBatch,
        form: MappingForm,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "batch": batch,
            "model_label": model_label(batch.model_name),
            "steps": steps_at("mapping"),
            "form": form,
        }
        return render(self.request, "projects/import_mapping.html", context, status=status)
