"""How figures look on a page: money, days, bars, and links that keep the question."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext

from projects import money as amounts
from projects.models import Qualifier, base_currency

register = template.Library()


@register.simple_tag
def money(value: Decimal | None, currency: str = "", qualifier: str = "exact") -> str:
    """An amount in full, with its qualifier in words; undisclosed is said, never shown as zero."""
    if value is None:
        return gettext("undisclosed")
    currency = currency or base_currency()
    figure = format_html(
        '<data class="money" value="{}" title="{}">{} {}</data>',
        amounts.plain(value),
        amounts.in_english(value, currency),
        amounts.grouped(value),
        currency,
    )
    if qualifier == Qualifier.EXACT:
        return figure
    return format_html("{} {}", Qualifier(qualifier).label, figure)


@register.simple_tag
def sum_of(figure: Any) -> str:
    """The amount of a totals' figure, or that nothing of it is known."""
    if not figure.is_known:
        if figure.disclosed:
            return gettext("left out for want of a rate")
        return gettext("undisclosed")
    return money(figure.amount, "", figure.bound)


@register.simple_tag
def day(value: date | None) -> str:
    return format_html('<time datetime="{0}">{0}</time>', value.isoformat()) if value else "–"


@register.simple_tag
def bar(part: Decimal | None) -> str:
    """The width of a bar for a share of the whole, from 0 to 100."""
    return f"{max(Decimal(0), min(part or Decimal(0), Decimal(1))) * 100:.2f}"


@register.filter
def per_cent(share: Decimal | None) -> str:
    return "–" if share is None else f"{share * 100:.2f} %"


@register.simple_tag(takes_context=True)
def asking(context: Any, **changes: Any) -> str:
    """The address of the same page with other parameters; None takes one away."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def sorting(context: Any, column: str) -> dict[str, str]:
    """For a heading: how its column is sorted now, and the address that sorts by it."""
    now = context["request"].GET.get("ordering", "")
    state = {column: "ascending", f"-{column}": "descending"}.get(now, "none")
    following = f"-{column}" if now == column else column
    return {"state": state, "href": asking(context, ordering=following)}
