"""Every table, imported here so that one import knows the whole schema."""

from store.tables.audit import AuditAnchor, AuditCheckpoint, AuditEntry, SecretPlace
from store.tables.authorisations import DisarmRequest, Review
from store.tables.changes import PlannedChange
from store.tables.charter import Charter, CharterNote, CharterSignature
from store.tables.engine import Lease, Setting, Snapshot
from store.tables.incidents import Alert, Approval, Breaker, Disarm, Intent, OutboxMessage, Silence, Step
from store.tables.mbom import Workload, WorkloadChange
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
    UsageRevision,
)

__all__ = [
    "Alert", "Approval", "AuditAnchor", "AuditCheckpoint", "AuditEntry", "BilledDay", "Breaker", "Charter",
    "CharterNote", "CharterSignature", "Disarm", "DisarmRequest", "Fetch", "Intent", "Lease", "OutboxMessage",
    "PlannedChange", "ProviderName", "Review", "SecretPlace", "Series", "Setting", "Silence", "Snapshot", "Step",
    "Stream", "UsageChange", "UsageDay", "UsageFact", "UsageHour", "UsageRevision", "Workload", "WorkloadChange",
]
