-- The small tables with their checks, as they are from this schema on; their rows, indexes and triggers are carried over.

CREATE TABLE new_alert (
    id INTEGER NOT NULL,
    workload TEXT NOT NULL,
    rule TEXT NOT NULL,
    window TEXT NOT NULL,
    severity TEXT NOT NULL,
    state TEXT NOT NULL,
    active_since INTEGER NOT NULL,
    fired_at INTEGER,
    last_true INTEGER NOT NULL,
    last_evaluated INTEGER NOT NULL,
    resolved_at INTEGER,
    stale INTEGER NOT NULL,
    summary TEXT NOT NULL,
    charter_line TEXT,
    advice TEXT NOT NULL,
    figures TEXT NOT NULL,
    acknowledged_by TEXT,
    acknowledged_at INTEGER,
    acknowledged_until INTEGER,
    acknowledged_severity TEXT,
    transition INTEGER NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT ck_alert_severity CHECK (severity IN ('info', 'warning', 'error', 'critical')),
    CONSTRAINT ck_alert_acknowledged_severity CHECK (acknowledged_severity IN ('info', 'warning', 'error', 'critical')),
    CONSTRAINT ck_alert_state CHECK (state IN ('pending', 'firing', 'no-data', 'resolved')),
    CONSTRAINT ck_alert_ranges CHECK (active_since BETWEEN 0 AND 32503680000000000 AND fired_at BETWEEN 0 AND 32503680000000000 AND last_true BETWEEN 0 AND 32503680000000000 AND last_evaluated BETWEEN 0 AND 32503680000000000 AND resolved_at BETWEEN 0 AND 32503680000000000 AND acknowledged_at BETWEEN 0 AND 32503680000000000 AND acknowledged_until BETWEEN 0 AND 32503680000000000 AND stale IN (0, 1) AND transition >= 0)
) STRICT;

CREATE TABLE new_approval (
    id INTEGER NOT NULL,
    intent TEXT NOT NULL,
    plan_hash TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    role TEXT NOT NULL,
    reason TEXT NOT NULL,
    approved_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(intent) REFERENCES intent (id),
    CONSTRAINT ck_approval_ranges CHECK (approved_at BETWEEN 0 AND 32503680000000000 AND expires_at BETWEEN 0 AND 32503680000000000 AND used_at BETWEEN 0 AND 32503680000000000),
    CONSTRAINT ck_approval_order CHECK (approved_at <= expires_at)
) STRICT;

CREATE TABLE new_breaker (
    workload TEXT NOT NULL,
    state TEXT NOT NULL,
    since INTEGER NOT NULL,
    intent TEXT,
    probation_until INTEGER,
    PRIMARY KEY (workload),
    CONSTRAINT ck_breaker_state CHECK (state IN ('armed', 'tripped', 'held', 'probation')),
    CONSTRAINT ck_breaker_ranges CHECK (since BETWEEN 0 AND 32503680000000000 AND probation_until BETWEEN 0 AND 32503680000000000)
) STRICT;

CREATE TABLE new_charter (
    workload TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    text TEXT NOT NULL,
    document TEXT NOT NULL,
    imported_at INTEGER NOT NULL,
    imported_by TEXT NOT NULL,
    signed_at INTEGER,
    PRIMARY KEY (workload, version),
    CONSTRAINT ck_charter_state CHECK (state IN ('draft', 'in review', 'signed', 'superseded', 'retired')),
    CONSTRAINT ck_charter_ranges CHECK (imported_at BETWEEN 0 AND 32503680000000000 AND signed_at BETWEEN 0 AND 32503680000000000 AND version >= 0)
) STRICT;

CREATE TABLE new_charter_signature (
    id INTEGER NOT NULL,
    workload TEXT NOT NULL,
    version INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    signed_by TEXT NOT NULL,
    signed_at INTEGER NOT NULL,
    void_at INTEGER,
    PRIMARY KEY (id),
    CONSTRAINT ck_charter_signature_ranges CHECK (signed_at BETWEEN 0 AND 32503680000000000 AND void_at BETWEEN 0 AND 32503680000000000 AND version >= 0)
) STRICT;

CREATE TABLE new_disarm (
    id INTEGER NOT NULL,
    workload TEXT,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    ended_at INTEGER,
    PRIMARY KEY (id),
    CONSTRAINT ck_disarm_ranges CHECK (starts_at BETWEEN 0 AND 32503680000000000 AND ends_at BETWEEN 0 AND 32503680000000000 AND ended_at BETWEEN 0 AND 32503680000000000),
    CONSTRAINT ck_disarm_order CHECK (starts_at <= ends_at)
) STRICT;

CREATE TABLE new_disarm_request (
    id INTEGER NOT NULL,
    workload TEXT,
    ends_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    grant_until INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    state TEXT NOT NULL,
    decided_by TEXT,
    decided_at INTEGER,
    disarm INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(disarm) REFERENCES disarm (id),
    CONSTRAINT ck_disarm_request_state CHECK (state IN ('awaiting_approval', 'granted', 'expired')),
    CONSTRAINT ck_disarm_request_ranges CHECK (ends_at BETWEEN 0 AND 32503680000000000 AND requested_at BETWEEN 0 AND 32503680000000000 AND grant_until BETWEEN 0 AND 32503680000000000 AND decided_at BETWEEN 0 AND 32503680000000000)
) STRICT;

CREATE TABLE new_intent (
    id TEXT NOT NULL,
    workload TEXT NOT NULL,
    verb TEXT NOT NULL,
    origin TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    plan_hash TEXT NOT NULL,
    evidence TEXT NOT NULL,
    reverses TEXT,
    finished_at INTEGER,
    spend_stopped_at INTEGER,
    settled_at INTEGER,
    tail_microusd INTEGER,
    note TEXT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT ck_intent_verb CHECK (verb IN ('kill', 'resume')),
    CONSTRAINT ck_intent_origin CHECK (origin IN ('automatic', 'manual')),
    CONSTRAINT ck_intent_state CHECK (state IN ('awaiting_approval', 'approved', 'executing', 'verifying', 'done', 'partial', 'failed', 'unknown', 'expired', 'rejected', 'observed')),
    CONSTRAINT ck_intent_ranges CHECK (requested_at BETWEEN 0 AND 32503680000000000 AND valid_until BETWEEN 0 AND 32503680000000000 AND finished_at BETWEEN 0 AND 32503680000000000 AND spend_stopped_at BETWEEN 0 AND 32503680000000000 AND settled_at BETWEEN 0 AND 32503680000000000),
    CONSTRAINT ck_intent_order CHECK (requested_at <= valid_until)
) STRICT;

CREATE TABLE new_lease (
    name TEXT NOT NULL,
    holder TEXT NOT NULL,
    fencing INTEGER NOT NULL,
    acquired_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (name),
    CONSTRAINT ck_lease_ranges CHECK (acquired_at BETWEEN 0 AND 32503680000000000 AND expires_at BETWEEN 0 AND 32503680000000000 AND fencing >= 0)
) STRICT;

CREATE TABLE new_outbox_message (
    id INTEGER NOT NULL,
    subject TEXT NOT NULL,
    transition INTEGER NOT NULL,
    channel TEXT NOT NULL,
    severity TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    sent_at INTEGER,
    error TEXT,
    PRIMARY KEY (id),
    CONSTRAINT uq_outbox_message UNIQUE (subject, transition, channel),
    CONSTRAINT ck_outbox_message_severity CHECK (severity IN ('info', 'warning', 'error', 'critical')),
    CONSTRAINT ck_outbox_message_ranges CHECK (created_at BETWEEN 0 AND 32503680000000000 AND next_attempt_at BETWEEN 0 AND 32503680000000000 AND sent_at BETWEEN 0 AND 32503680000000000 AND transition >= 0 AND attempts >= 0)
) STRICT;

CREATE TABLE new_review (
    id INTEGER NOT NULL,
    intent TEXT NOT NULL,
    workload TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    closed_by TEXT,
    closed_at INTEGER,
    finding TEXT,
    PRIMARY KEY (id),
    CONSTRAINT ck_review_ranges CHECK (opened_at BETWEEN 0 AND 32503680000000000 AND due_at BETWEEN 0 AND 32503680000000000 AND closed_at BETWEEN 0 AND 32503680000000000),
    CONSTRAINT ck_review_order CHECK (opened_at <= due_at)
) STRICT;

CREATE TABLE new_silence (
    id INTEGER NOT NULL,
    workload TEXT NOT NULL,
    rule TEXT,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    expired_at INTEGER,
    PRIMARY KEY (id),
    CONSTRAINT ck_silence_ranges CHECK (starts_at BETWEEN 0 AND 32503680000000000 AND ends_at BETWEEN 0 AND 32503680000000000 AND expired_at BETWEEN 0 AND 32503680000000000),
    CONSTRAINT ck_silence_order CHECK (starts_at <= ends_at)
) STRICT;

CREATE TABLE new_step (
    id INTEGER NOT NULL,
    intent TEXT NOT NULL,
    position INTEGER NOT NULL,
    switch TEXT NOT NULL,
    source TEXT,
    target TEXT NOT NULL,
    verb TEXT NOT NULL,
    wanted TEXT NOT NULL,
    "before" TEXT,
    "after" TEXT,
    state TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    fencing INTEGER,
    claimed_by TEXT,
    claimed_at INTEGER,
    requested_at INTEGER,
    confirmed_at INTEGER,
    error TEXT,
    PRIMARY KEY (id),
    CONSTRAINT uq_step_intent_position UNIQUE (intent, position),
    CONSTRAINT uq_step_idempotency_key UNIQUE (idempotency_key),
    FOREIGN KEY(intent) REFERENCES intent (id),
    CONSTRAINT ck_step_verb CHECK (verb IN ('disable', 'enable')),
    CONSTRAINT ck_step_state CHECK (state IN ('planned', 'executing', 'verifying', 'done', 'refused', 'failed', 'unknown', 'expired')),
    CONSTRAINT ck_step_ranges CHECK (claimed_at BETWEEN 0 AND 32503680000000000 AND requested_at BETWEEN 0 AND 32503680000000000 AND confirmed_at BETWEEN 0 AND 32503680000000000 AND position >= 0 AND attempt >= 0 AND fencing >= 0)
) STRICT;

CREATE TABLE new_stream (
    source TEXT NOT NULL,
    stream TEXT NOT NULL,
    watermark INTEGER,
    newest_bucket INTEGER,
    read_until INTEGER,
    last_success_at INTEGER,
    last_attempt_at INTEGER,
    backoff_until INTEGER,
    failures INTEGER NOT NULL,
    error TEXT,
    clock_skew_s REAL,
    measured_lag_s REAL,
    PRIMARY KEY (source, stream),
    CONSTRAINT ck_stream_ranges CHECK (last_success_at BETWEEN 0 AND 32503680000000000 AND last_attempt_at BETWEEN 0 AND 32503680000000000 AND backoff_until BETWEEN 0 AND 32503680000000000 AND watermark >= 0 AND newest_bucket >= 0 AND read_until >= 0 AND failures >= 0)
) STRICT;

CREATE TABLE new_workload (
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    team TEXT,
    environment TEXT NOT NULL,
    status TEXT NOT NULL,
    business_owner TEXT,
    platform_lead TEXT,
    tier TEXT,
    entry TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (slug),
    CONSTRAINT ck_workload_status CHECK (status IN ('planned', 'live', 'paused', 'retired')),
    CONSTRAINT ck_workload_ranges CHECK (updated_at BETWEEN 0 AND 32503680000000000)
) STRICT;
