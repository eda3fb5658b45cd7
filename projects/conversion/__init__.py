"""Derived tables: amounts in the base currency, and their allocation to sectors.

Code that writes projects, receipts, shares or rates calls `recompute` for the
projects concerned, as `projects.history` does. `rebuild` recomputes everything
and reports what differed.
"""

from .allocate import recompute, recompute_for_rates, recompute_new_receipts
from .consistency import differing, rebuild, stale_search_keys
