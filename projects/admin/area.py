from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from projects.filters import AreaFilterSet
from projects.models import Area, Zone

from .list_filters import filter_by, records_of
from .register import RegisterAdmin


@admin.register(Area)
class AreaAdmin(RegisterAdmin):
    list_display = ["code", "name", "name_zh", "zone", "unveiled_on", "size_km2", "updated_at"]
    list_display_links = ["code", "name"]
    list_filter = [
        filter_by(AreaFilterSet, "zone", records_of(Zone)),
        filter_by(AreaFilterSet, "source"),
    ]
    list_select_related = ["zone"]
    search_fields = ["search_key"]
    search_help_text = _("Names in either script, pinyin and its initials, other names, code.")
    autocomplete_fields = ["zone", "sources"]
    kept_for_another = ["zone", "sources"]
    fieldsets = [
        (None, {"fields": ["code", "name", "name_zh", "aliases", "zone"]}),
        (None, {"fields": ["unveiled_on", "size_km2", "focus", "focus_zh"]}),
        (None, {"fields": ["note", "sources"]}),
    ]
