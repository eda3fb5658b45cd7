from .answer import StoredAnswer
from .area import Area
from .attempt import AttemptCount, Limit
from .audit import AuditEntry
from .base import State
from .batch import WRITABLE, BatchState, ImportBatch, ImportRow, RowFate
from .conversion import (
    Allocation,
    Outcome,
    ProjectConversion,
    ReceiptConversion,
    contracted_of_area,
)
from .enterprise import Enterprise, Kind
from .former import FormerCode
from .headline import Headline, HeadlineBasis, What
from .limit import AreaLimit
from .project import (
    CONTRACTED_STAGES,
    STAGE_DATES,
    Basis,
    Project,
    ProjectSector,
    Qualifier,
    Stage,
    base_currency,
    check_shares,
    received_of,
)
from .proposal import (
    NOUN_OF,
    REVIEWED,
    Noun,
    Proposal,
    ProposalKind,
    ProposalState,
    ReturnedDraft,
)
from .rate import ExchangeRate
from .receipt import Receipt
from .recent import RecentWrite
from .recovery import RecoveryCode
from .report import ErrorReport, Reported, ReportState
from .reset import ResetRequest
from .sector import Sector
from .session import SignedInSession
from .source import Source
from .token import ApiToken
from .view import Listed, SavedView
from .zone import Zone

__all__ = [
    "CONTRACTED_STAGES",
    "NOUN_OF",
    "REVIEWED",
    "STAGE_DATES",
    "WRITABLE",
    "Allocation",
    "ApiToken",
    "Area",
    "AreaLimit",
    "AttemptCount",
    "AuditEntry",
    "Basis",
    "BatchState",
    "Enterprise",
    "ErrorReport",
    "ExchangeRate",
    "FormerCode",
    "Headline",
    "HeadlineBasis",
    "ImportBatch",
    "ImportRow",
    "Kind",
    "Limit",
    "Listed",
    "Noun",
    "Outcome",
    "Project",
    "ProjectConversion",
    "ProjectSector",
    "Proposal",
    "ProposalKind",
    "ProposalState",
    "Qualifier",
    "Receipt",
    "ReceiptConversion",
    "RecentWrite",
    "RecoveryCode",
    "ReportState",
    "Reported",
    "ResetRequest",
    "ReturnedDraft",
    "RowFate",
    "SavedView",
    "Sector",
    "SignedInSession",
    "Source",
    "Stage",
    "State",
    "StoredAnswer",
    "What",
    "Zone",
    "base_currency",
    "check_shares",
    "contracted_of_area",
    "received_of",
]
