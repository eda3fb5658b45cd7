"""What is usual of an amount, and the doubt about one that is far off: never a refusal.

The one rule, asked of one record while it is typed or saved, of the rows of a file
before they are written, and of the whole register by `check_data`.
"""

from .outliers import AmountContext, OutlierDetector

__all__ = ["AmountContext", "OutlierDetector"]
