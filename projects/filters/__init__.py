"""One question a listed noun: which records are meant, and in which order."""

from .base import PAGING_PARAMETERS, RegisterFilterSet, effective_user
from .columns import COLUMNS, requested_columns
from .imports import ImportBatchFilterSet
from .others import (
    AreaFilterSet,
    EnterpriseFilterSet,
    HeadlineFilterSet,
    RateFilterSet,
    ReceiptFilterSet,
    SectorFilterSet,
    SourceFilterSet,
    ZoneFilterSet,
)
from .project import ProjectFilterSet
from .proposals import ProposalFilterSet
from .review import ReviewFilterSet
from .totals import TotalsFilterSet

__all__ = [
    "COLUMNS",
    "PAGING_PARAMETERS",
    "AreaFilterSet",
    "EnterpriseFilterSet",
    "HeadlineFilterSet",
    "ImportBatchFilterSet",
    "ProjectFilterSet",
    "ProposalFilterSet",
    "RateFilterSet",
    "ReceiptFilterSet",
    "RegisterFilterSet",
    "ReviewFilterSet",
    "SectorFilterSet",
    "SourceFilterSet",
    "TotalsFilterSet",
    "ZoneFilterSet",
    "effective_user",
    "requested_columns",
]
