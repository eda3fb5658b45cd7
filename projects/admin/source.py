from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from projects.filters import SourceFilterSet
from projects.models import Source

from .list_filters import filter_by_state
from .register import RegisterAdmin


@admin.register(Source)
class SourceAdmin(RegisterAdmin):
    list_display = ["code", "title", "publisher", "published_on", "updated_at", "state"]
    list_display_links = ["code", "title"]
    list_filter = [filter_by_state(SourceFilterSet), "published_on"]
    search_fields = ["title", "publisher", "code"]
    search_help_text = _("Title, publisher, code.")
    fieldsets = [
        (None, {"fields": ["code", "title", "publisher", "published_on", "url"]}),
        (None, {"fields": ["quote", "note"]}),
    ]
