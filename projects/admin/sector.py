from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from projects.filters import SectorFilterSet
from projects.models import Sector

from .list_filters import filter_by
from .register import RegisterAdmin


@admin.register(Sector)
class SectorAdmin(RegisterAdmin):
    list_display = ["code", "name", "name_zh", "gbt4754_code", "isic_code", "updated_at"]
    list_display_links = ["code", "name"]
    list_filter = [filter_by(SectorFilterSet, "source")]
    search_fields = ["search_key"]
    search_help_text = _("Names in either script, pinyin and its initials, other names, code.")
    autocomplete_fields = ["sources"]
    fieldsets = [
        (None, {"fields": ["code", "name", "name_zh", "aliases"]}),
        (
            _("In the published classifications"),
            {
                "fields": [
                    ("gbt4754_code", "gbt4754_version"),
                    ("isic_code", "isic_version"),
                ]
            },
        ),
        (None, {"fields": ["note", "sources"]}),
    ]
