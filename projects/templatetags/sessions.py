"""What a form carries so that nothing typed into it is lost with its session."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html

from projects.accounts import typed

register = template.Library()


@register.simple_tag(takes_context=True)
def typed_by(context: Any, page: str = "") -> str:
    """The hidden input that says whose a form is, and on which page it stands.

    Without `page` that is the one that was asked for; a page that also answers the
    forms on it says its own address. A visitor's form carries nothing.
    """
    request = context["request"]
    if not request.user.is_authenticated:
        return ""
    word = typed.typed_by(request.user, page or request.get_full_path())
    return format_html('<input type="hidden" name="{}" value="{}">', typed.TYPED_BY, word)
