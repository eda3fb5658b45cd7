"""Currency codes, and the Chinese names of currencies."""

from __future__ import annotations

from functools import cache

from babel.core import get_global

# Written after a number instead of the code. Only unambiguous names: 索姆 may be
# Kyrgyz or Uzbek and 卢比 belongs to several countries, so those keep their codes.
CHINESE_NAMES = {
    "CNY": "元",
    "USD": "美元",
    "EUR": "欧元",
    "HKD": "港元",
    "JPY": "日元",
    "GBP": "英镑",
    "KRW": "韩元",
    "RUB": "卢布",
    "KZT": "坚戈",
    "SGD": "新加坡元",
    "CHF": "瑞士法郎",
    "AUD": "澳元",
    "CAD": "加元",
    "TWD": "新台币",
    "MOP": "澳门元",
    "TJS": "索莫尼",
}


@cache
def currencies() -> frozenset[str]:
    """The ISO 4217 codes of currencies in use today, from CLDR (by Babel).

    Only legal tender counts, which excludes metals (XAU), units of account (XDR),
    funds (USN), the testing code (XTS) and "no currency" (XXX).
    """
    return frozenset(
        code
        for entries in get_global("territory_currencies").values()
        for code, _since, until, is_tender in entries
        if is_tender and until is None
    )


def is_currency(code: str) -> bool:
    """Whether `code`, in capitals, is an ISO 4217 currency in use today."""
    return code in currencies()
