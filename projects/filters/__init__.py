"""One filter set for each listed model: which records are selected, and in which order."""

from typing import Any

from .base import RegisterFilterSet, effective_user
from .imports import ImportBatchFilterSet
from .others import (
    AreaFilterSet,
    EnterpriseFilterSet,
    HeadlineFilterSet,
    OrderedFilterSet,
    RateFilterSet,
    ReceiptFilterSet,
    SectorFilterSet,
    SourceFilterSet,
    ZoneFilterSet,
)
from .project import ProjectFilterSet
from .review import ProposalFilterSet, ReviewFilterSet
from .totals import TotalsFilterSet

# By the plural that files and addresses use for a model.
BY_MODEL_NAME: dict[str, Any] = {
    one._meta.model.register.plural: one
    for one in (ProjectFilterSet, *OrderedFilterSet.__subclasses__())
}
