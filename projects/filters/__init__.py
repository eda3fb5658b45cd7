"""One question a listed noun: which records are meant, and in which order."""

from .base import PAGING, Question, eyes_of
from .columns import COLUMNS, columns_asked
from .imports import ImportQuestion
from .others import (
    AreaQuestion,
    EnterpriseQuestion,
    HeadlineQuestion,
    RateQuestion,
    ReceiptQuestion,
    SectorQuestion,
    SourceQuestion,
    ZoneQuestion,
)
from .project import ProjectQuestion
from .proposals import ProposalQuestion
from .review import ReviewQuestion
from .totals import TotalsQuestion

__all__ = [
    "COLUMNS",
    "PAGING",
    "AreaQuestion",
    "EnterpriseQuestion",
    "HeadlineQuestion",
    "ImportQuestion",
    "ProjectQuestion",
    "ProposalQuestion",
    "Question",
    "RateQuestion",
    "ReceiptQuestion",
    "ReviewQuestion",
    "SectorQuestion",
    "SourceQuestion",
    "TotalsQuestion",
    "ZoneQuestion",
    "columns_asked",
    "eyes_of",
]
