"""Every table, imported here so that one import knows the whole schema."""

from store.tables.audit import AuditAnchor, AuditCheckpoint, AuditEntry, SecretPlace
from store.tables.authorisations import DisarmRequest, Review
from store.tables.call_days import CallDayRow, CallDayStale
from store.tables.calls import Call, LongCall, PushedMinute, PushedSeries
from store.tables.changes import PlannedChange
from store.tables.charter import Charter, CharterNote, CharterSignature
from store.tables.engine import Lease, Setting, Snapshot
from store.tables.evaluations import EvaluationRow
from store.tables.exceptions import CharterException, ExceptionDecision, ExceptionSighting
from store.tables.incidents import Alert, Approval, Breaker, Disarm, Drill, Intent, OutboxMessage, Silence, Step
from store.tables.ledger import AnnualStatement, Explanation, Outcome, PredictionNote, QuarterNote, Saving
from store.tables.mbom import Workload, WorkloadChange
from store.tables.prompts import PromptCount, PromptFile, PromptVersion
from store.tables.usage import (
    BilledDay,
    Fetch,
    ProviderName,
    Series,
    Stream,
    UsageChange,
    UsageDay,
    UsageFact,
    UsageHour,
    UsageMonth,
    UsageRevision,
)

__all__ = [
    "Alert", "AnnualStatement", "Approval", "AuditAnchor", "AuditCheckpoint", "AuditEntry", "BilledDay", "Breaker",
    "Call", "CallDayRow", "CallDayStale", "Charter", "CharterException", "CharterNote", "CharterSignature", "Disarm",
    "DisarmRequest", "Drill", "EvaluationRow", "ExceptionDecision", "ExceptionSighting", "Explanation", "Fetch",
    "Intent", "Lease", "LongCall", "OutboxMessage", "Outcome", "PlannedChange", "PredictionNote", "PromptCount",
    "PromptFile", "PromptVersion", "ProviderName", "PushedMinute", "PushedSeries", "QuarterNote", "Review", "Saving",
    "SecretPlace", "Series", "Setting", "Silence", "Snapshot", "Step", "Stream", "UsageChange", "UsageDay", "UsageFact",
    "UsageHour", "UsageMonth", "UsageRevision", "Workload", "WorkloadChange",
]
