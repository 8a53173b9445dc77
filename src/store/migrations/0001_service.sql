-- The service's tables, in the subset of SQL that SQLite and PostgreSQL share.
-- Times are milliseconds since 1970 (UTC). A column `sealed…` or `…_sealed` holds base64 of what was
-- encrypted under the operator's master key (store/vault/keyring.rs): nothing that a person could be told
-- by stands in the clear, in the file or in a backup of it.

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
-- Numbers of events and audit entries come from rows that their transactions lock: numbers are without
-- gaps and in the order of commits, so that a reader who has seen n never misses a lower one.
INSERT INTO counters (name, value) VALUES ('event', 0), ('audit', 0);

CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    sealed TEXT NOT NULL
);

CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);

CREATE TABLE blobs (
    sha256 TEXT PRIMARY KEY,
    bytes BIGINT NOT NULL,
    object TEXT NOT NULL,
    key_sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE applications (
    id TEXT PRIMARY KEY,
    plan TEXT NOT NULL,
    plan_version TEXT,
    submitted_on TEXT NOT NULL,
    declared_sealed TEXT NOT NULL,
    status TEXT NOT NULL,
    -- Counts every change that the verdict depends on.
    revision BIGINT NOT NULL,
    -- Of the newest application report.
    outcome TEXT,
    assessed_revision BIGINT,
    idempotency_key TEXT UNIQUE,
    request_digest TEXT NOT NULL,
    -- 1: a legal hold forbids erasing it.
    held BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX applications_by_time ON applications (created_at, id);

CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES applications (id),
    slot TEXT NOT NULL,
    version BIGINT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES blobs (sha256),
    bytes BIGINT NOT NULL,
    name_sealed TEXT NOT NULL,
    state TEXT NOT NULL,
    kind TEXT,
    outcome TEXT,
    idempotency_key TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (application_id, slot, version),
    UNIQUE (application_id, idempotency_key)
);
CREATE INDEX documents_by_blob ON documents (sha256);

CREATE TABLE reports (
    document_id TEXT NOT NULL REFERENCES documents (id),
    pipeline TEXT NOT NULL,
    outcome TEXT NOT NULL,
    kind TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (document_id, pipeline)
);

CREATE TABLE findings (
    document_id TEXT NOT NULL REFERENCES documents (id),
    pipeline TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    page BIGINT,
    field TEXT,
    PRIMARY KEY (document_id, pipeline, ordinal)
);
CREATE INDEX findings_by_code ON findings (code);

CREATE TABLE application_reports (
    application_id TEXT NOT NULL REFERENCES applications (id),
    revision BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (application_id, revision)
);

CREATE TABLE decisions (
    id TEXT PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES applications (id),
    revision BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    reasons_sealed TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX decisions_by_application ON decisions (application_id, created_at);

-- What can be searched for, as keyed digests.
CREATE TABLE search_keys (
    digest TEXT NOT NULL,
    application_id TEXT NOT NULL REFERENCES applications (id),
    PRIMARY KEY (digest, application_id)
);

CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    -- One piece of work, however often it is asked for.
    dedupe TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    application_id TEXT NOT NULL REFERENCES applications (id),
    document_id TEXT REFERENCES documents (id),
    revision BIGINT NOT NULL,
    priority BIGINT NOT NULL,
    state TEXT NOT NULL,
    -- When a worker may take it: now, after a delay, or when a lease runs out. NULL: it is closed.
    due_at BIGINT,
    owner TEXT,
    -- Grows with every lease; only its holder may write.
    fence BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE INDEX jobs_due ON jobs (priority DESC, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX jobs_of_application ON jobs (application_id, state);

CREATE TABLE events (
    seq BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    application_id TEXT NOT NULL,
    document_id TEXT,
    -- Identifiers, codes and outcomes only.
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX events_of_application ON events (application_id, seq);

CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous TEXT NOT NULL,
    digest TEXT NOT NULL
);
