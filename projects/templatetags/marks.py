"""Marks that only staff see."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext

from projects.models import ErrorReport

register = template.Library()


@register.simple_tag
def draft_mark(record: Any) -> str:
    """The word “Draft” after the name of a draft; its colour alone would not be enough."""
    if not getattr(record, "is_draft", False):
        return ""
    return format_html(' <span class="badge">{}</span>', gettext("Draft"))


@register.simple_tag
def open_reports() -> int:
    """The number of open error reports. One query."""
    return ErrorReport.objects.open().count()
