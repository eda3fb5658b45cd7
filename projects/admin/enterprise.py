from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.filters import EnterpriseFilterSet
from projects.models import Area, Enterprise
from projects.names import credit_codes

from .base import ask, by_state, few
from .duplicate_warnings import ResemblingAdmin
from .merge import MergingAdmin


@admin.register(Enterprise)
class EnterpriseAdmin(ResemblingAdmin, MergingAdmin):
    actions = ["merge_two"]
    list_display = [
        "code",
        "name",
        "name_zh",
        "kind",
        "home",
        "area",
        "settled_on",
        "updated_at",
        "state",
    ]
    list_display_links = ["code", "name"]
    list_filter = [
        by_state(EnterpriseFilterSet),
        "kind",
        ask(EnterpriseFilterSet, "area", few(Area)),
        ask(EnterpriseFilterSet, "origin"),
        ask(EnterpriseFilterSet, "source"),
    ]
    list_select_related = ["area"]
    search_fields = ["search_key"]
    search_help_text = _(
        "Names in either script, pinyin and its initials, other names, code, social credit code."
    )
    autocomplete_fields = ["area", "sources"]
    kept_for_another = ["area", "sources"]
    fieldsets = [
        (None, {"fields": ["code", "name", "name_zh", "aliases"]}),
        (None, {"fields": ["uscc", "kind", "origin", "area", "settled_on"]}),
        (None, {"fields": ["note", "sources"]}),
    ]

    @admin.display(description=_("home"), ordering="origin")
    def home(self, enterprise: Enterprise) -> str:
        return enterprise.origin_name

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        # A legal code may fail the check: it is taken, and said aloud.
        problem = credit_codes.uscc_problem(obj.uscc) if obj.uscc else None
        if problem and problem.is_warning:
            messages.warning(request, gettext(problem.message) % (problem.params or {}))
