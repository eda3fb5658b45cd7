from .api_token import ApiToken
from .area import Area
from .area_limit import AreaLimit
from .attempt_count import AttemptCount, AttemptLimit
from .audit_entry import AuditEntry
from .base import State
from .conversion import (
    Allocation,
    Outcome,
    ProjectConversion,
    ReceiptConversion,
    contracted_of_area,
)
from .enterprise import Enterprise, EnterpriseKind
from .error_report import ErrorReport, Reported, ReportState
from .exchange_rate import ExchangeRate
from .former_code import FormerCode
from .headline import Headline, HeadlineBasis, HeadlineKind
from .idempotent_response import IdempotentResponse
from .import_batch import WRITABLE, BatchState, ImportBatch, ImportRow, RowStatus
from .password_reset import ResetRequest
from .project import (
    CONTRACTED_STAGES,
    STAGE_DATES,
    Basis,
    Project,
    Qualifier,
    Stage,
    base_currency,
    received_of,
)
from .project_sector import ProjectSector
from .proposal import Proposal, ProposalKind, ProposalState, ReturnedDraft, Reviewed
from .receipt import Receipt
from .recent_write import RecentWrite
from .recovery_code import RecoveryCode
from .registry import REVIEWED
from .saved_view import Listed, SavedView
from .sector import Sector
from .source import Source
from .user import User
from .zone import Zone
