from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from projects.i18n.languages import join_list
from projects.models import ImportBatch, RowStatus

from .base import ReadOnlyAdmin


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    """Imported files, read-only; their rows are on the pages of the import."""

    list_display = ["file_name", "model_name", "user", "created_at", "outcome", "state"]
    list_filter = ["model_name", "state"]
    list_select_related = ["user"]
    search_fields = ["file_name", "sha256", "user__username"]
    search_help_text = _("File, SHA-256, user.")
    fields = [
        "file_name",
        "model_name",
        "sheet",
        "size",
        "sha256",
        "user",
        "state",
        "message",
        "outcome",
        "created_at",
        "written_at",
        "undone_at",
        "page",
    ]
    readonly_fields = fields
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        batches = super().get_queryset(request) & ImportBatch.objects.visible_to(request.user)
        return batches.defer("content")

    @admin.display(description=_("rows"))
    def outcome(self, batch: ImportBatch) -> str:
        labels = dict(RowStatus.choices)
        found = (
            f"{count} {labels.get(status, status)}"
            for status, count in batch.counts.items()
            if count
        )
        return join_list(found) or "–"

    @admin.display(description=_("page"))
    def page(self, batch: ImportBatch) -> SafeString:
        return format_html('<a href="{}">{}</a>', batch.get_absolute_url(), batch.file_name)
