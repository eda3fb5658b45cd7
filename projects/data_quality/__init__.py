"""Warnings for amounts that are outliers among their peers. Never blocks a save.

The same rule serves single records in forms, the rows of an import, and the whole
register in `check_data`.
"""

from .outliers import AmountContext, OutlierDetector
