-- The first schema. It is never edited: what comes after is a migration of its own.

CREATE TABLE alert (
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
    PRIMARY KEY (id)
)
 STRICT;

CREATE TABLE approval (
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
    FOREIGN KEY(intent) REFERENCES intent (id)
)
 STRICT;

CREATE TABLE audit_entry (
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    body TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (seq)
)
 STRICT;

CREATE TABLE billed_day (
    source TEXT NOT NULL,
    day INTEGER NOT NULL,
    dimensions TEXT NOT NULL,
    amount_microusd INTEGER NOT NULL,
    currency TEXT NOT NULL,
    cost_type TEXT,
    PRIMARY KEY (source, day, dimensions)
)
 STRICT;

CREATE TABLE breaker (
    workload TEXT NOT NULL,
    state TEXT NOT NULL,
    since INTEGER NOT NULL,
    intent TEXT,
    probation_until INTEGER,
    PRIMARY KEY (workload)
)
 STRICT;

CREATE TABLE charter (
    workload TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    text TEXT NOT NULL,
    document TEXT NOT NULL,
    imported_at INTEGER NOT NULL,
    imported_by TEXT NOT NULL,
    signed_at INTEGER,
    PRIMARY KEY (workload, version)
)
 STRICT;

CREATE TABLE charter_signature (
    id INTEGER NOT NULL,
    workload TEXT NOT NULL,
    version INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    signed_by TEXT NOT NULL,
    signed_at INTEGER NOT NULL,
    void_at INTEGER,
    PRIMARY KEY (id)
)
 STRICT;

CREATE TABLE disarm (
    id INTEGER NOT NULL,
    workload TEXT,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    ended_at INTEGER,
    PRIMARY KEY (id)
)
 STRICT;

CREATE TABLE fetch (
    id INTEGER NOT NULL,
    source TEXT NOT NULL,
    stream TEXT NOT NULL,
    window_start INTEGER NOT NULL,
    window_end INTEGER NOT NULL,
    width INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    requests INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    error TEXT,
    PRIMARY KEY (id)
)
 STRICT;

CREATE TABLE intent (
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
    PRIMARY KEY (id)
)
 STRICT;

CREATE TABLE lease (
    name TEXT NOT NULL,
    holder TEXT NOT NULL,
    fencing INTEGER NOT NULL,
    acquired_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (name)
)
 STRICT;

CREATE TABLE outbox_message (
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
    CONSTRAINT uq_outbox_message UNIQUE (subject, transition, channel)
)
 STRICT;

CREATE TABLE provider_name (
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    identifier TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT,
    workspace TEXT,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (source, kind, identifier)
)
 STRICT;

CREATE TABLE series (
    id INTEGER NOT NULL,
    source TEXT NOT NULL,
    dimensions TEXT NOT NULL,
    workload TEXT,
    first_bucket INTEGER NOT NULL,
    last_bucket INTEGER NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT uq_series_source_dimensions UNIQUE (source, dimensions)
)
 STRICT;

CREATE TABLE setting (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (name)
)
 STRICT;

CREATE TABLE silence (
    id INTEGER NOT NULL,
    workload TEXT NOT NULL,
    rule TEXT,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    expired_at INTEGER,
    PRIMARY KEY (id)
)
 STRICT;

CREATE TABLE snapshot (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (name)
)
 STRICT;

CREATE TABLE step (
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
    FOREIGN KEY(intent) REFERENCES intent (id)
)
 STRICT;

CREATE TABLE stream (
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
    PRIMARY KEY (source, stream)
)
 STRICT;

CREATE TABLE usage_day (
    day INTEGER NOT NULL,
    series INTEGER NOT NULL,
    uncached_input INTEGER NOT NULL,
    cache_write_5m INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    output INTEGER NOT NULL,
    web_searches INTEGER NOT NULL,
    requests INTEGER,
    cost_microusd INTEGER NOT NULL,
    estimated_microusd INTEGER NOT NULL,
    PRIMARY KEY (day, series)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE usage_fact (
    bucket INTEGER NOT NULL,
    width INTEGER NOT NULL,
    series INTEGER NOT NULL,
    uncached_input INTEGER NOT NULL,
    cache_write_5m INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    output INTEGER NOT NULL,
    web_searches INTEGER NOT NULL,
    requests INTEGER,
    cost_microusd INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    PRIMARY KEY (bucket, width, series),
    CONSTRAINT fk_fact_series FOREIGN KEY(series) REFERENCES series (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE usage_hour (
    hour INTEGER NOT NULL,
    series INTEGER NOT NULL,
    uncached_input INTEGER NOT NULL,
    cache_write_5m INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    output INTEGER NOT NULL,
    web_searches INTEGER NOT NULL,
    requests INTEGER,
    cost_microusd INTEGER NOT NULL,
    estimated_microusd INTEGER NOT NULL,
    PRIMARY KEY (hour, series)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE usage_revision (
    id INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    width INTEGER NOT NULL,
    series INTEGER NOT NULL,
    old_tokens INTEGER NOT NULL,
    new_tokens INTEGER NOT NULL,
    old_cost_microusd INTEGER NOT NULL,
    new_cost_microusd INTEGER NOT NULL,
    fetch INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (id)
)
 STRICT;

CREATE TABLE workload (
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
    PRIMARY KEY (slug)
)
 STRICT;

CREATE TABLE workload_change (
    id INTEGER NOT NULL,
    slug TEXT NOT NULL,
    at INTEGER NOT NULL,
    "by" TEXT NOT NULL,
    field TEXT NOT NULL,
    "before" TEXT NOT NULL,
    "after" TEXT NOT NULL,
    PRIMARY KEY (id)
)
 STRICT;

CREATE INDEX ix_alert_key ON alert (workload, rule, window);

CREATE INDEX ix_alert_state ON alert (state);

CREATE INDEX ix_intent_workload ON intent (workload, requested_at);

CREATE INDEX ix_revision_bucket ON usage_revision (bucket, series);

CREATE INDEX ix_series_workload ON series (workload);

CREATE INDEX ix_signature_charter ON charter_signature (workload, version);

CREATE INDEX ix_workload_change_slug ON workload_change (slug, id);

CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END;

CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END;
