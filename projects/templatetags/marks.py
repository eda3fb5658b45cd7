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
    """The word “Draft” beside a record that is one. Not by its colour alone."""
    if not getattr(record, "is_draft", False):
        return ""
    return format_html(' <span class="badge">{}</span>', gettext("Draft"))


@register.simple_tag
def open_reports() -> int:
    """How many errors that readers reported wait for the staff. One query."""
    return ErrorReport.objects.open().count()
