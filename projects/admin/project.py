from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, JsonResponse, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from projects import data_quality, review
from projects.filters import ProjectFilterSet
from projects.i18n.languages import join_list
from projects.models import Area, Project, ProjectSector, Receipt, Sector

from .autocomplete import AutocompleteInline
from .base import (
    RegisterAdmin,
    ask,
    by_state,
    few,
    yes_or_no,
)
from .duplicate_warnings import ResemblingAdmin
from .edit_conflicts import VERSION, VersionedFormSet
from .forms import (
    ProjectForm,
    Reading,
    ReceiptForm,
)
from .outlier_warnings import DoubtingAdmin, doubts_of_project
from .query_params import amount_asked
from .receipt import AMOUNT, warn_of_receipts
from .sector_shares import ShareInline, SharesFormSet

# Beyond, the rows make the form too long to work with, and in the end too large to be sent at all.
MOST_RECEIPTS = 30


class ReceiptInline(AutocompleteInline):
    model = Receipt
    form = ReceiptForm
    formset = VersionedFormSet
    extra = 1
    fields = ["received_on", "amount", "currency", "amount_text", "source"]
    autocomplete_fields = ["source"]
    show_change_link = True

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if not self.has_change_permission(request, obj):
            return self.fields
        return [*self.fields, VERSION]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return Receipt.objects.visible_to(request.user).select_related("source")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        kwargs["form"] = self.form.of_user(request.user, parent="project")
        return super().get_formset(request, obj, **kwargs)


@admin.register(Project)
class ProjectAdmin(DoubtingAdmin, ResemblingAdmin, RegisterAdmin):
    """Projects with their sectors and receipts.

    Sources and partners are chosen by autocomplete, not in inlines: they exist
    before they are named, and a link to one says nothing else. A sector comes
    with its share, and a receipt is entered here, so both have rows.
    """

    form = ProjectForm
    list_display = [
        "code",
        "name",
        "name_zh",
        "area",
        "enterprise",
        "in_sectors",
        "stage",
        "signed_on",
        "stated_amount",
        "state",
    ]
    list_display_links = ["code", "name"]
    list_filter = [
        "stage",
        by_state(ProjectFilterSet),
        ask(ProjectFilterSet, "disclosed", yes_or_no(_("disclosed"), _("undisclosed"))),
        ask(ProjectFilterSet, "area", few(Area)),
        ask(ProjectFilterSet, "sector", few(Sector)),
        ask(ProjectFilterSet, "origin"),
        ask(ProjectFilterSet, "year"),
        ask(ProjectFilterSet, "currency"),
        ask(ProjectFilterSet, "source"),
    ]
    list_select_related = ["area", "enterprise"]
    list_prefetch = [Prefetch("shares", ProjectSector.objects.select_related("sector"))]
    search_fields = ["search_key"]
    search_help_text = _(
        "Names in either script, pinyin and its initials, code, names of enterprises."
    )
    autocomplete_fields = ["area", "enterprise", "partners", "sources"]
    kept_for_another = ["area", "enterprise", "sources"]
    readonly_fields = ["funds_received"]
    fieldsets = [
        (None, {"fields": ["code", "name", "name_zh", "aliases"]}),
        (None, {"fields": ["area", "enterprise", "partners"]}),
        (_("Amount"), {"fields": ["amount", ("currency", "qualifier"), "amount_text"]}),
        (
            _("Stage"),
            {
                "fields": [
                    "stage",
                    ("intended_on", "signed_on", "registered_on"),
                    ("started_on", "operating_on", "terminated_on"),
                ],
                "description": _("Leave unknown dates empty. Dates must be in order."),
            },
        ),
        (None, {"fields": ["description", "note", "sources"]}),
        (None, {"fields": ["funds_received"]}),
    ]
    inlines = [ShareInline, ReceiptInline]

    @admin.display(description=_("sectors"))
    def in_sectors(self, project: Project) -> str:
        return join_list(project.shares.all())

    @admin.display(description=_("amount"), ordering="amount")
    def stated_amount(self, project: Project) -> str:
        return str(Reading(project.amount, project.currency, project.qualifier))

    @admin.display(description=_("funds received"))
    def funds_received(self, project: Project) -> str:
        if project.pk is None:
            return "—"
        count = project.receipt_count
        return format_html(
            '<a href="{}?project__id__exact={}">{}</a>',
            reverse("admin:projects_receipt_changelist"),
            project.pk,
            ngettext("%(count)s receipt", "%(count)s receipts", count) % {"count": count},
        )

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        project = super().get_object(request, object_id, from_field)
        if project is not None:
            # Kept on the record: it decides on the rows of the form as well.
            project.receipt_count = project.receipts.visible_to(request.user).count()
        return project

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        if obj is not None and obj.receipt_count > MOST_RECEIPTS:
            return [ShareInline]
        return [ShareInline, ReceiptInline]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        is_typed = not AMOUNT.isdisjoint(form.changed_data)
        if is_typed:
            shares: list[Any] = next(
                (rows.shares() for rows in formsets if isinstance(rows, SharesFormSet)), []
            )
            sectors = [sector for sector, _share in shares]
            sources = form.cleaned_data.get("sources", ())
            doubter = data_quality.OutlierDetector.of(request.user)
            for sentence in doubter.project(form.instance, sectors, list(sources)):
                messages.warning(request, sentence)
        rows = next((rows for rows in formsets if rows.model is Receipt), None)
        if rows is not None:
            kept = [row for row in rows.forms if row not in rows.deleted_forms]
            warn_of_receipts(request, kept, all_of_them=is_typed)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is not Receipt:
            formset.save()
            return
        # Each receipt is a record of its own, with its own history.
        parts = self.parts_of(request)
        for receipt in formset.save(commit=False):
            # As it stands on this page: it may have just been saved.
            receipt.project = form.instance
            parts.append(review.submit(request.user, receipt))
        parts += [review.remove(request.user, receipt) for receipt in formset.deleted_objects]

    def doubts_of(self, user: Any, asked: QueryDict) -> list[str]:
        return doubts_of_project(user, asked)

    def get_urls(self) -> list[URLPattern]:
        read_amount = path(
            "read-amount/",
            self.admin_site.admin_view(self.read_amount),
            name="projects_project_read_amount",
        )
        return [read_amount, *super().get_urls()]

    def read_amount(self, request: HttpRequest) -> JsonResponse:
        """How a text is read as an amount, for the script that shows it while somebody types."""
        try:
            read = amount_asked(request.GET)
        except ValidationError as error:
            return JsonResponse({"error": " ".join(error.messages)})
        reading = Reading.of(read, qualified="qualifier" in request.GET)
        return JsonResponse({"shown": reading.key, "reading": str(reading)})
