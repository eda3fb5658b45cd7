from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects import review
from projects.filters import ProjectFilterSet
from projects.i18n.languages import join_list
from projects.models import Area, Project, ProjectSector, Receipt, Sector

from .amount_fields import AmountReading
from .autocomplete import AutocompleteInline
from .duplicate_warnings import DUPLICATES, warn_of_duplicates
from .edit_conflicts import VERSION, VersionedFormSet
from .forms import ProjectForm, ReceiptForm
from .list_filters import filter_by, filter_by_state, records_of, yes_or_no
from .live_checks import read_amount
from .outlier_warnings import (
    AMOUNT_FIELDS,
    PROJECT_OUTLIERS,
    warn_of_project,
    warn_of_receipts,
)
from .register import RegisterAdmin
from .sector_shares import ShareInline, SharesFormSet

# With more of them, the form would be too long to work with, and in the end too large to be sent.
MAX_RECEIPTS = 30


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
class ProjectAdmin(RegisterAdmin):
    """Projects with their sectors and receipts.

    Sectors and receipts are rows, since they have more than one field. Sources and partners
    exist before they are linked, and are chosen by autocomplete.
    """

    form = ProjectForm
    live_checks = [PROJECT_OUTLIERS, DUPLICATES]
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
        filter_by_state(ProjectFilterSet),
        filter_by(ProjectFilterSet, "disclosed", yes_or_no(_("disclosed"), _("undisclosed"))),
        filter_by(ProjectFilterSet, "area", records_of(Area)),
        filter_by(ProjectFilterSet, "sector", records_of(Sector)),
        filter_by(ProjectFilterSet, "origin"),
        filter_by(ProjectFilterSet, "year"),
        filter_by(ProjectFilterSet, "currency"),
        filter_by(ProjectFilterSet, "source"),
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
        return str(AmountReading(project.amount, project.currency, project.qualifier))

    @admin.display(description=_("funds received"))
    def funds_received(self, project: Project) -> str:
        if project.pk is None:
            return "—"
        address = reverse("admin:projects_receipt_changelist")
        label = gettext("Receipts of this project")
        return format_html('<a href="{}?project__id__exact={}">{}</a>', address, project.pk, label)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        if obj is not None and obj.pk is not None:
            receipts = obj.receipts.visible_to(request.user).order_by()
            if receipts[MAX_RECEIPTS:].exists():
                return [ShareInline]
        return [ShareInline, ReceiptInline]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        warn_of_duplicates(request, form)
        is_typed = not AMOUNT_FIELDS.isdisjoint(form.changed_data)
        for formset in formsets:
            if isinstance(formset, SharesFormSet) and is_typed:
                warn_of_project(request, form, formset.shares())
            elif formset.model is Receipt:
                kept = [row for row in formset.forms if row not in formset.deleted_forms]
                warn_of_receipts(request, kept, all_of_them=is_typed)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the receipts, each a record with its own history and review."""
        submissions = []
        for receipt in formset.save(commit=False):
            # The project may be new.
            receipt.project = form.instance
            submissions.append(review.submit(request.user, receipt))
        submissions += [review.remove(request.user, one) for one in formset.deleted_objects]
        if any(one.proposal or (one.record.pk and one.record.is_draft) for one in submissions):
            sentence = gettext("The rows that you entered or changed below are waiting for review.")
            messages.warning(request, sentence)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.read_amount)
        address = path("read-amount/", view, name="projects_project_read_amount")
        return [address, *super().get_urls()]

    def read_amount(self, request: HttpRequest) -> JsonResponse:
        """How a text is read as an amount, for the script that shows it while a user types."""
        try:
            parsed = read_amount(request.GET)
        except ValidationError as error:
            return JsonResponse({"error": " ".join(error.messages)})
        reading = AmountReading.of(parsed, qualified="qualifier" in request.GET)
        return JsonResponse({"shown": reading.key, "reading": str(reading)})
