"""The list of imports, and the form to upload a file."""

from __future__ import annotations

import tomllib
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.filters.parameters import PagedForm
from projects.imports import batches
from projects.imports.mapping import Mapping, MappingError, mapping_of
from projects.models import ImportBatch, RowStatus
from projects.spreadsheets import reading
from projects.views.lists import PAGE_SIZE, part_of

from .base import StaffView, model_label
from .upload_handler import is_too_large

# The statuses that the list of imports counts.
COUNTED = (
    RowStatus.NEW,
    RowStatus.CHANGED,
    RowStatus.PROPOSED,
    RowStatus.UNCHANGED,
    RowStatus.REFUSED,
)


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xls,.ods,.json"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
        },
    )
    noun = forms.ChoiceField(label=_("Type of records"))
    sheet = forms.CharField(
        label=_("Sheet"),
        required=False,
        max_length=255,
        help_text=_(
            "For workbooks only. If left empty, the first sheet that is not empty is read."
        ),
    )

    mapping = forms.FileField(
        label=_("Mapping"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".toml"}),
        help_text=_(
            "A TOML file that says what the columns mean. Without one, you match the columns in "
            "the next step."
        ),
    )

    def __init__(
        self, model_names: list[str], data: Any = None, files: Any = None, initial: Any = None
    ) -> None:
        super().__init__(data, files, auto_id="id_%s", initial=initial)
        self.fields["noun"].choices = [(name, model_label(name)) for name in model_names]

    def clean_mapping(self) -> Mapping | None:
        file = self.cleaned_data["mapping"]
        if file is None:
            return None
        try:
            return mapping_of(tomllib.loads(file.read().decode()))
        except (MappingError, ValueError) as error:
            raise forms.ValidationError(str(error)) from None

    def refuse(self, size: int) -> None:
        """Add the error that the file is too large."""
        self.full_clean()
        self.errors.pop("file", None)
        self.add_error(
            "file",
            gettext("The file is about %(size)s, and at most %(most)s can be read: split it.")
            % {"size": filesizeformat(size), "most": filesizeformat(reading.MOST_BYTES)},
        )


class ImportList(StaffView):
    """The form to upload a file, and the imports that the user sees, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(UploadForm(self.model_names))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(self.model_names, request.POST, request.FILES)
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if is_too_large(length):
            form.refuse(length)
        elif form.is_valid() and form.cleaned_data["file"].size > reading.MOST_BYTES:
            form.refuse(form.cleaned_data["file"].size)
        if not form.is_valid():
            return self.show(form, status=400)
        try:
            batch = self.receive(form)
        except batches.BatchError as error:
            form.add_error("mapping", str(error))
            return self.show(form, status=400)
        return redirect("import", batch.pk)

    def receive(self, form: UploadForm) -> ImportBatch:
        """Store the file of a valid form. Raises BatchError for a mapping that does not fit it."""
        file, mapping = form.cleaned_data["file"], form.cleaned_data["mapping"]
        given = (file.read(), file.name, form.cleaned_data["noun"])
        options = {"user": self.request.user, "sheet": form.cleaned_data["sheet"]}
        if mapping is None:
            return batches.receive(*given, **options)
        return batches.receive_mapped(*given, mapping, **options)

    def show(self, form: UploadForm, status: int = 200) -> HttpResponse:
        parameters = PagedForm(self.request.GET)
        errors = parameters.messages()
        seen = self.readable().select_related("user").order_by("-pk")
        page = None if errors else part_of(seen, parameters.cleaned_data, errors, size=PAGE_SIZE)
        context = {
            "form": form,
            "errors": errors,
            "page": page,
            "files": [
                (
                    batch,
                    model_label(batch.model_name),
                    [(status, batch.counts.get(status, 0)) for status in COUNTED]
                    if batch.counts
                    else [],
                )
                for batch in page or ()
            ],
            "limits": {
                "bytes": reading.MOST_BYTES,
                "unpacked": reading.MOST_UNPACKED,
                "rows": reading.MOST_ROWS,
                "columns": reading.MOST_COLUMNS,
                "within": reading.HEADINGS_WITHIN,
            },
            "templates": [(name, model_label(name)) for name in self.model_names],
        }
        return render(
            self.request, "projects/import_list.html", context, status=400 if errors else status
        )
