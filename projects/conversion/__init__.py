"""Everything that can be made anew: amounts in the base currency, and their parts by sector.

Whoever writes projects, receipts, shares or rates calls `derive` for the
projects concerned (`projects.history` does); `rebuild` makes everything anew
and says what differed.
"""

from .allocate import derive, derive_for_rates, derive_new_receipts
from .rebuild import differing, rebuild, stale_search_keys

__all__ = [
    "derive",
    "derive_for_rates",
    "derive_new_receipts",
    "differing",
    "rebuild",
    "stale_search_keys",
]
