from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from projects.filters import ZoneFilterSet
from projects.models import Zone

from .list_filters import filter_by
from .register import RegisterAdmin


@admin.register(Zone)
class ZoneAdmin(RegisterAdmin):
    list_display = ["code", "name", "name_zh", "established_on", "size_km2", "updated_at"]
    list_display_links = ["code", "name"]
    list_filter = [filter_by(ZoneFilterSet, "source")]
    search_fields = ["search_key"]
    search_help_text = _("Names in either script, pinyin and its initials, other names, code.")
    autocomplete_fields = ["sources"]
    fieldsets = [
        (None, {"fields": ["code", "name", "name_zh", "aliases"]}),
        (None, {"fields": ["established_on", "size_km2"]}),
        (None, {"fields": ["note", "sources"]}),
    ]
