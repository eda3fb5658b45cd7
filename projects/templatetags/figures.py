"""Template tags that format values: money, dates, names, shares, and what a figure leaves out."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, pgettext

from projects import money as amounts
from projects.i18n import amount_units
from projects.i18n.languages import CHINESE, ENGLISH, TAGS, is_chinese_active, join_list
from projects.models import Headline, Qualifier, base_currency
from projects.names import HAN
from projects.totals.reconciliation import Reconciliation
from projects.totals.totals import Figure

register = template.Library()

# With the punctuation and figures between, so that 签约资金超125.9亿元 is one part.
_PUNCTUATION = "\u3000-\u303f\uff00-\uffef“”‘’·—…"
_CHINESE = re.compile(f"[{HAN}](?:[{HAN}{_PUNCTUATION}0-9.,% -]*[{HAN}{_PUNCTUATION}])?")

_LATIN_WORD = re.compile(r"(?<![\w-])[A-Za-z]?[a-z]{2,}(?![\w.])")


@register.simple_tag
def money(value: Decimal | None, currency: str = "", qualifier: str = "exact") -> str:
    """An amount in the units of the page, with its qualifier in words, and in full on hover.

    None is written as "undisclosed", never as zero.
    """
    if value is None:
        return format_html('<span class="undisclosed">{}</span>', gettext("undisclosed"))
    currency = currency or base_currency()
    units = amount_units.current()
    return _element(value, currency, qualifier, units, _other(units))


@register.simple_tag
def money_in_full(value: Decimal, currency: str = "", qualifier: str = "exact") -> str:
    """The same in full, whatever the units of the page."""
    return _element(
        value, currency or base_currency(), qualifier, amount_units.FULL, amount_units.SHORT
    )


def _element(value: Decimal, currency: str, qualifier: str, units: str, hover_units: str) -> str:
    figure = format_html(
        '<data class="money" value="{}" title="{}">{}</data>',
        amounts.plain(value),
        written(value, currency, hover_units),
        written(value, currency, units),
    )
    return _qualified(figure, qualifier)


def _other(units: str) -> str:
    return amount_units.SHORT if units == amount_units.FULL else amount_units.FULL


@register.simple_tag
def comma(*, in_list: bool = False) -> str:
    """The separator of items in a list, or of a figure and its explanation."""
    return pgettext("in a list", ", ") if in_list else pgettext("between clauses", ", ")


@register.simple_tag
def colon() -> str:
    """The separator between a label and its value."""
    return pgettext("after a label", ": ")


@register.simple_tag
def semicolon() -> str:
    """The separator of clauses that contain commas."""
    return pgettext("between clauses", "; ")


@register.simple_tag
def brackets(text: Any) -> str:
    """Text in the parentheses of the page's language."""
    return pgettext("in passing", " (%(text)s)") % {"text": text}


@register.simple_tag
def stop() -> str:
    """The full stop of the page's language."""
    return pgettext("at the end of a sentence", ".")


@register.filter
def listed(things: Any) -> str:
    """Names in one line."""
    return join_list(things)


@register.filter
def grouped(value: Decimal) -> str:
    """An amount without its currency: `1,234.00`."""
    return amounts.grouped(value)


@register.simple_tag
def money_in_words(value: Decimal, currency: str, qualifier: str = "exact") -> str:
    """An amount as in running text, exact: `at least 17.6 billion CNY`."""
    units = _units_of_text()
    return _element(value, currency, qualifier, units, _other(units))


@register.simple_tag
def money_otherwise(value: Decimal, currency: str, qualifier: str = "exact") -> str:
    """An amount in other units than those of the page, for the second of two."""
    units = amount_units.current()
    return _element(value, currency, qualifier, _other(units), units)


def _units_of_text() -> str:
    """Ten thousands if the reader chose them, else short."""
    return (
        amount_units.TEN_THOUSANDS
        if amount_units.current() == amount_units.TEN_THOUSANDS
        else amount_units.SHORT
    )


WRITTEN = {
    (amount_units.SHORT, False): amounts.in_english,
    (amount_units.SHORT, True): amounts.in_chinese,
    (amount_units.FULL, False): amounts.full_in_english,
    (amount_units.FULL, True): amounts.full_in_chinese,
    (amount_units.TEN_THOUSANDS, False): amounts.ten_thousands_in_english,
    (amount_units.TEN_THOUSANDS, True): amounts.ten_thousands_in_chinese,
}


def written(value: Decimal, currency: str, units: str) -> str:
    """An amount in these units and in the language of the page."""
    return WRITTEN[units, is_chinese_active()](value, currency)


def _qualified(figure: str, qualifier: str) -> str:
    if qualifier == Qualifier.EXACT:
        return figure
    return format_html("{} {}", Qualifier(qualifier).label, figure)


@register.simple_tag
def sum_of(figure: Figure) -> str:
    """The amount of a figure of totals with its bound; "undisclosed" or "not known" without one."""
    if figure.is_known:
        return money(figure.amount, "", figure.bound)
    if not figure.disclosed:
        return money(None)
    return format_html(
        '<span class="undisclosed">{}</span>',
        gettext("not known in %(currency)s") % {"currency": base_currency()},
    )


@register.filter
def sum_in_words(figure: Figure) -> str:
    """The same as plain text, for a chart: `at least 17.6 billion CNY`."""
    if figure.is_known:
        return money_text(figure.amount, "", figure.bound)
    if not figure.disclosed:
        return gettext("undisclosed")
    return gettext("not known in %(currency)s") % {"currency": base_currency()}


@register.simple_tag
def money_text(value: Decimal, currency: str = "", qualifier: str = "exact") -> str:
    """An amount as in running text, without markup."""
    words = written(value, currency or base_currency(), _units_of_text())
    return words if qualifier == Qualifier.EXACT else f"{Qualifier(qualifier).label} {words}"


@register.simple_tag
def itemised_text(reconciliation: Reconciliation) -> str:
    """The itemised part of a headline, for a chart."""
    figure = _figure_text(reconciliation.headline, reconciliation.itemised)
    return gettext("Itemised: %(figure)s") % {"figure": figure}


@register.simple_tag
def gap_text(reconciliation: Reconciliation) -> str:
    """The part of a headline that is not itemised, for a chart; empty if there is none."""
    if reconciliation.gap is None or reconciliation.gap <= 0:
        return ""
    gap = _figure_text(
        reconciliation.headline, reconciliation.gap, reconciliation.headline.qualifier
    )
    return gettext("Not itemised: %(figure)s") % {"figure": gap}


def _figure_text(headline: Headline, value: Decimal | None, qualifier: str = "exact") -> str:
    """A value of a headline: an amount or a count."""
    if value is None:
        return gettext("undisclosed")
    if not headline.is_count:
        return money_text(value, headline.currency, qualifier)
    if qualifier == Qualifier.EXACT:
        return number(value)
    return f"{Qualifier(qualifier).label} {number(value)}"


@register.filter
def leaves_out(figure: Figure) -> str:
    """The counts shown with every sum: disclosed amounts, and those left out for lack of a rate."""
    if not figure.projects:
        return gettext("no projects")
    counts = {
        "projects": number(figure.projects),
        "disclosed": number(figure.disclosed),
        "left_out": number(figure.left_out),
    }
    if not figure.left_out:
        return gettext("%(disclosed)s of %(projects)s disclosed") % counts
    if figure.left_out == figure.disclosed:
        return (
            gettext("%(disclosed)s of %(projects)s disclosed, all left out for lack of a rate")
            % counts
        )
    return (
        gettext("%(disclosed)s of %(projects)s disclosed, %(left_out)s left out for lack of a rate")
        % counts
    )


@register.filter
def number(value: int | Decimal) -> str:
    """A whole number: `1,234`."""
    return f"{int(value):,}"


@register.simple_tag
def day(value: date | None) -> str:
    return format_html('<time datetime="{0}">{0}</time>', value.isoformat()) if value else "–"


@register.simple_tag
def moment(value: datetime) -> str:
    """A moment in the site's time zone, to the minute."""
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        local.strftime("%Y-%m-%d %H:%M"),
    )


@register.filter
def share_of(figure: Figure) -> str:
    """The share of the total; a dash where the amount is not known."""
    if figure.share is None or not figure.is_known:
        return "–"
    return f"{figure.share * 100:.2f} %"


@register.simple_tag
def share_explained(reconciliation: Reconciliation) -> str:
    """The share of a headline that records explain, with its bound: `at most 5.7 %`."""
    return _qualified(f"{reconciliation.share} %", reconciliation.share_bound)


@register.filter
def named(text: Any) -> str:
    """Text with its parts in the other language marked by `lang`, for screen readers.

    On an English page each Chinese part is marked; on a Chinese page an English text as
    a whole, as Latin letters within Chinese text (PVC, QQ) are part of it.
    """
    return _marked(text, '<span lang="{}">{}</span>')


@register.filter
def drawn(text: Any) -> str:
    """The same for text in an SVG chart."""
    return _marked(text, '<tspan lang="{}">{}</tspan>')


def _marked(text: Any, element: str) -> str:
    text = str(text)
    if is_chinese_active():
        return format_html(element, TAGS[ENGLISH], text) if _is_english(text) else text
    parts = []
    end = 0
    for found in _CHINESE.finditer(text):
        parts.append(text[end : found.start()])
        parts.append(format_html(element, TAGS[CHINESE], found.group()))
        end = found.end()
    parts.append(text[end:])
    # Each part that is not marked up is escaped here.
    return format_html_join("", "{}", ((part,) for part in parts))


@register.filter
def is_foreign(text: Any) -> bool:
    """Whether text that cannot contain markup, such as an option, is in the other language."""
    text = str(text)
    return _is_english(text) if is_chinese_active() else bool(_CHINESE.search(text))


@register.simple_tag
def foreign_tag() -> str:
    """The `lang` of such text."""
    return TAGS[ENGLISH if is_chinese_active() else CHINESE]


def _is_english(text: str) -> bool:
    """Whether text has words in Latin letters and none in Chinese; a code is not a word."""
    return bool(_LATIN_WORD.search(text)) and not _CHINESE.search(text)


@register.filter
def other_name(record: Any) -> str:
    """The name of a record in the other script than its label; empty if it has one name."""
    return next((n for n in (record.name, record.name_zh) if n and n != record.label), "")


@register.filter
def place_of(headline: Headline) -> str:
    """The name of what a headline is about: an area, a zone, or another scope in words."""
    place = headline.area or headline.zone
    if place:
        return place.label
    return (is_chinese_active() and headline.scope_zh) or headline.scope
