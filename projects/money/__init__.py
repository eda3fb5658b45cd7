"""Amounts of money: parsing, storing, splitting, converting and formatting.

Amounts are Decimals with two decimals, or integers in hundredths ("minor"
units) where they are stored or computed with, whatever the currency. Nothing
here rounds except `convert`, which rounds once. The package does not import
Django: a MoneyError carries its message and the parameters separately, so that
the caller can translate it.
"""

from .allocation import allocate, equal_parts
from .currency_codes import currencies, is_currency
from .formatting import (
    full_in_chinese,
    full_in_english,
    grouped,
    in_chinese,
    in_english,
    in_full,
    plain,
    ten_thousands_in_chinese,
    ten_thousands_in_english,
)
from .hundredths import MAX_MINOR, MoneyError, from_minor, to_minor
from .parsing import Amount, read_amount, read_bound
from .qualifiers import Qualifier, bound
from .rates import Rate, convert, factor, printable_rate

__all__ = [
    "MAX_MINOR",
    "Amount",
    "MoneyError",
    "Qualifier",
    "Rate",
    "allocate",
    "bound",
    "convert",
    "currencies",
    "equal_parts",
    "factor",
    "from_minor",
    "full_in_chinese",
    "full_in_english",
    "grouped",
    "in_chinese",
    "in_english",
    "in_full",
    "is_currency",
    "plain",
    "printable_rate",
    "read_amount",
    "read_bound",
    "ten_thousands_in_chinese",
    "ten_thousands_in_english",
    "to_minor",
]
