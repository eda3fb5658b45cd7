"""How the amounts of a page are written: short, in full, or in ten thousands (万元).

The parameter `units` chooses for all amounts of a page, and a cookie remembers that choice
for pages whose address does not say. Without either, Chinese pages are short (17.6亿元) and
English ones in full; hovering over an amount always shows it in full. No digit is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.translation import gettext_lazy as _

from .languages import is_chinese_active

# The parameter, and the cookie.
NAME = "units"
SHORT, FULL, TEN_THOUSANDS = "short", "full", "wan"
CHOICES = {SHORT: _("short"), FULL: _("in full"), TEN_THOUSANDS: _("in 万元")}

# The pages that offer the choice.
WITH_AMOUNTS = frozenset(
    {"overview", "projects", "project", "enterprise", "areas", "area", "totals", "headlines"}
)

# The reader's choice; "" where there is none.
_chosen: ContextVar[str] = ContextVar("chosen", default="")


@contextmanager
def chosen(units: str) -> Iterator[None]:
    """Write all amounts in these units; "" for those of the page's language."""
    before = _chosen.set(units)
    try:
        yield
    finally:
        _chosen.reset(before)


def current() -> str:
    return _chosen.get() or (SHORT if is_chinese_active() else FULL)
