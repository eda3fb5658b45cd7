"""Everything that can be made anew: amounts in the base currency, and their parts by sector.

Whoever writes projects, receipts, shares or rates calls `derive` for the
projects concerned (`projects.history` does); `rebuild` makes everything anew
and says what differed.
"""

from .allocate import recompute, recompute_for_rates, recompute_new_receipts
from .consistency import differing, rebuild, stale_search_keys

__all__ = [
    "differing",
    "rebuild",
    "recompute",
    "recompute_for_rates",
    "recompute_new_receipts",
    "stale_search_keys",
]
