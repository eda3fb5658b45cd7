"""How figures look on a page: money, days, names, shares, and what a figure leaves out."""

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

# With the punctuation and the figures between: 签约资金超125.9亿元 is read in one go.
_PUNCTUATION = "\u3000-\u303f\uff00-\uffef“”‘’·—…"
_CHINESE = re.compile(f"[{HAN}](?:[{HAN}{_PUNCTUATION}0-9.,% -]*[{HAN}{_PUNCTUATION}])?")

_LATIN_WORD = re.compile(r"(?<![\w-])[A-Za-z]?[a-z]{2,}(?![\w.])")


@register.simple_tag
def money(value: Decimal | None, currency: str = "", qualifier: str = "exact") -> str:
    """An amount in the units of the page, with its qualifier in words, and in full on hover.

    Undisclosed is said, never shown as zero.
    """
    if value is None:
        return format_html('<span class="undisclosed">{}</span>', gettext("undisclosed"))
    currency = currency or base_currency()
    asked = amount_units.current()
    return _element(value, currency, qualifier, asked, _other(asked))


@register.simple_tag
def money_in_full(value: Decimal, currency: str = "", qualifier: str = "exact") -> str:
    """The same in full whatever the units of the page, beside one that is spoken of."""
    return _element(
        value, currency or base_currency(), qualifier, amount_units.FULL, amount_units.SHORT
    )


def _element(value: Decimal, currency: str, qualifier: str, asked: str, hovering: str) -> str:
    figure = format_html(
        '<data class="money" value="{}" title="{}">{}</data>',
        amounts.plain(value),
        written(value, currency, hovering),
        written(value, currency, asked),
    )
    return _qualified(figure, qualifier)


def _other(asked: str) -> str:
    return amount_units.SHORT if asked == amount_units.FULL else amount_units.FULL


@register.simple_tag
def comma(*, in_list: bool = False) -> str:
    """What parts the things of a line: of a list, or of a figure and what is said of it."""
    return pgettext("in a list", ", ") if in_list else pgettext("between clauses", ", ")


@register.simple_tag
def colon() -> str:
    """What stands between a label and what it is of."""
    return pgettext("after a label", ": ")


@register.simple_tag
def semicolon() -> str:
    """What parts clauses that have commas of their own."""
    return pgettext("between clauses", "; ")


@register.simple_tag
def brackets(text: Any) -> str:
    """What is said in passing, in the brackets of the language."""
    return pgettext("in passing", " (%(text)s)") % {"text": text}


@register.simple_tag
def stop() -> str:
    """What ends a sentence that is put together of figures."""
    return pgettext("at the end of a sentence", ".")


@register.filter
def listed(things: Any) -> str:
    """Names in one line."""
    return join_list(things)


@register.filter
def grouped(value: Decimal) -> str:
    """An amount whose currency stands elsewhere: `1,234.00`."""
    return amounts.grouped(value)


@register.simple_tag
def money_in_words(value: Decimal, currency: str, qualifier: str = "exact") -> str:
    """The same as it is spoken of, no digit lost: `at least 17.6 billion CNY`."""
    asked = _spoken()
    return _element(value, currency, qualifier, asked, _other(asked))


@register.simple_tag
def money_otherwise(value: Decimal, currency: str, qualifier: str = "exact") -> str:
    """An amount as the units of the page do not write it, beside one that they do."""
    asked = amount_units.current()
    return _element(value, currency, qualifier, _other(asked), asked)


def _spoken() -> str:
    """Short, where the address of the page does not ask for ten thousands throughout."""
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


def written(value: Decimal, currency: str, asked: str) -> str:
    """An amount in these units and in the language of the page."""
    return WRITTEN[asked, is_chinese_active()](value, currency)


def _qualified(figure: str, qualifier: str) -> str:
    if qualifier == Qualifier.EXACT:
        return figure
    return format_html("{} {}", Qualifier(qualifier).label, figure)


@register.simple_tag
def sum_of(figure: Figure) -> str:
    """The amount of a totals' figure with its bound, or that nothing of it is known."""
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
    """The same as plain words, for a picture: `at least 17.6 billion CNY`."""
    if figure.is_known:
        return money_text(figure.amount, "", figure.bound)
    if not figure.disclosed:
        return gettext("undisclosed")
    return gettext("not known in %(currency)s") % {"currency": base_currency()}


@register.simple_tag
def money_text(value: Decimal, currency: str = "", qualifier: str = "exact") -> str:
    """An amount as it is spoken of, without an element around it."""
    words = written(value, currency or base_currency(), _spoken())
    return words if qualifier == Qualifier.EXACT else f"{Qualifier(qualifier).label} {words}"


@register.simple_tag
def itemised_text(beside: Reconciliation) -> str:
    """What the register has of a published figure, for a picture."""
    figure = _figure_text(beside.headline, beside.itemised)
    return gettext("Itemised: %(figure)s") % {"figure": figure}


@register.simple_tag
def gap_text(beside: Reconciliation) -> str:
    """What of a published figure no record makes up; empty where the records make more."""
    if beside.gap is None or beside.gap <= 0:
        return ""
    gap = _figure_text(beside.headline, beside.gap, beside.headline.qualifier)
    return gettext("Not itemised: %(figure)s") % {"figure": gap}


def _figure_text(headline: Headline, value: Decimal | None, qualifier: str = "exact") -> str:
    """A figure of the kind that a headline is of."""
    if value is None:
        return gettext("undisclosed")
    if not headline.is_count:
        return money_text(value, headline.currency, qualifier)
    if qualifier == Qualifier.EXACT:
        return number(value)
    return f"{Qualifier(qualifier).label} {number(value)}"


@register.filter
def leaves_out(figure: Figure) -> str:
    """What stands beside every sum: how many disclose, and how many no rate converts."""
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
    """The share of the total, which nobody knows where the amount itself is not known."""
    if figure.share is None or not figure.is_known:
        return "–"
    return f"{figure.share * 100:.2f} %"


@register.simple_tag
def share_explained(beside: Reconciliation) -> str:
    """What share of a published figure the records explain, with its bound: `at most 5.7 %`."""
    return _qualified(f"{beside.share} %", beside.share_bound)


@register.filter
def named(text: Any) -> str:
    """Text in which what is of the other language is marked, so that it is read aloud right.

    In an English page each Chinese part; in a Chinese one an English text as a whole,
    for Latin letters among Chinese (PVC, QQ) are part of it.
    """
    return _marked(text, '<span lang="{}">{}</span>')


@register.filter
def drawn(text: Any) -> str:
    """The same for a text in a picture, which takes no elements of a page."""
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
    """Whether text that can hold no element, such as an option, is of the other language."""
    text = str(text)
    return _is_english(text) if is_chinese_active() else bool(_CHINESE.search(text))


@register.simple_tag
def foreign_tag() -> str:
    """What such a text is marked as."""
    return TAGS[ENGLISH if is_chinese_active() else CHINESE]


def _is_english(text: str) -> bool:
    """Whether words are written in Latin letters and none in Chinese ones; a code is no word."""
    return bool(_LATIN_WORD.search(text)) and not _CHINESE.search(text)


@register.filter
def other_name(record: Any) -> str:
    """The name of a record in the script in which its label is not; empty where it has one."""
    return next((n for n in (record.name, record.name_zh) if n and n != record.label), "")


@register.filter
def place_of(headline: Headline) -> str:
    """The name of what a headline is about: an area, a zone, or another scope in words."""
    place = headline.area or headline.zone
    if place:
        return place.label
    return (is_chinese_active() and headline.scope_zh) or headline.scope
