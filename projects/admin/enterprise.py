from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.filters import EnterpriseFilterSet
from projects.models import Area, Enterprise
from projects.names import credit_codes

from .duplicate_warnings import DUPLICATES, warn_of_duplicates
from .forms import EnterpriseForm
from .list_filters import filter_by, filter_by_state, records_of
from .merge import PERMISSIONS, merge_two, merge_view
from .register import RegisterAdmin


@admin.register(Enterprise)
class EnterpriseAdmin(RegisterAdmin):
    form = EnterpriseForm
    live_checks = [DUPLICATES]
    actions = [*RegisterAdmin.actions, merge_two]
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
        filter_by_state(EnterpriseFilterSet),
        "kind",
        filter_by(EnterpriseFilterSet, "area", records_of(Area)),
        filter_by(EnterpriseFilterSet, "origin"),
        filter_by(EnterpriseFilterSet, "source"),
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

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(PERMISSIONS)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(merge_view, self))
        name = "projects_enterprise_merge"
        return [path("merge/<int:one>/<int:other>/", view, name=name), *super().get_urls()]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        warn_of_duplicates(request, form)
        # Some valid social credit codes fail the check of their last character.
        code = form.instance.uscc
        problem = credit_codes.uscc_problem(code) if code else None
        if problem and problem.is_warning:
            messages.warning(request, gettext(problem.message) % (problem.params or {}))
