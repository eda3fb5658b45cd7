from ipaddress import ip_address
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from projects.i18n.languages import join_list, with_label
from projects.models import AuditEntry

from .base import ReadOnlyAdmin

# Older rows are found by filters: counting a million rows takes longer than reading a page.
MAX_LISTED = 10_000


class FirstPages(Paginator):
    """Pages of the first rows only, so that the count costs the same for any table."""

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:MAX_LISTED].count()


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The audit log, read-only; needs the permission `projects.view_auditentry`."""

    list_display = ["moment", "name", "action", "subject", "address", "facts"]
    list_display_links = ["moment"]
    list_filter = ["action", "at"]
    search_fields = ["name"]
    search_help_text = _(
        "Exact match: a user, an address, or a subject such as projects/KS-2023-001. Lists "
        "the latest 10,000 matches."
    )
    # Only the default order has an index together with each filter.
    sortable_by = ()
    paginator = FirstPages
    fields = ["moment", "name", "action", "subject", "address", "facts"]
    readonly_fields = fields
    actions = None

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet, bool]:
        term = search_term.replace("\x00", "").strip()
        return (queryset.filter(**{column_for(term): term}) if term else queryset), False

    @admin.display(description=_("at (UTC)"))
    def moment(self, entry: AuditEntry) -> str:
        return f"{entry.at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description=_("details"))
    def facts(self, entry: AuditEntry) -> str:
        return join_list(with_label(name, value) for name, value in entry.details.items()) or "–"


def column_for(term: str) -> str:
    """The column that a search term is compared with: each has an index of its own."""
    if "/" in term:
        return "subject"
    try:
        ip_address(term)
    except ValueError:
        return "name"
    return "address"
