-- What lists and searches read. Fed by the grains' outboxes, rebuildable from their states, never decided upon.
-- Times are milliseconds since 1970 (UTC), money is in fen.

-- The newest outbox item of a grain that was applied: a repeat changes nothing.
CREATE TABLE projection_source (
    source TEXT NOT NULL PRIMARY KEY,
    sequence BIGINT NOT NULL
);

CREATE TABLE projection_enterprise (
    credit_code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    claimed INTEGER NOT NULL,
    admin_user_id TEXT NULL,
    source TEXT NOT NULL
);
CREATE INDEX projection_enterprise_name ON projection_enterprise (name);
CREATE INDEX projection_enterprise_source ON projection_enterprise (source);

CREATE TABLE projection_certificate (
    certificate_id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    enterprise TEXT NULL,
    serial TEXT NULL,
    ca TEXT NOT NULL,
    state TEXT NOT NULL,
    not_after BIGINT NULL,
    source TEXT NOT NULL
);
CREATE INDEX projection_certificate_owner ON projection_certificate (owner, certificate_id);
CREATE INDEX projection_certificate_enterprise ON projection_certificate (enterprise, certificate_id);
CREATE INDEX projection_certificate_expiry ON projection_certificate (not_after, certificate_id);
CREATE INDEX projection_certificate_source ON projection_certificate (source);

CREATE TABLE projection_order (
    order_id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    amount BIGINT NOT NULL,
    state TEXT NOT NULL,
    created BIGINT NOT NULL,
    source TEXT NOT NULL
);
CREATE INDEX projection_order_owner ON projection_order (owner, created, order_id);
CREATE INDEX projection_order_source ON projection_order (source);

CREATE TABLE projection_operation (
    operation_id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    enterprise TEXT NULL,
    certificate_id TEXT NULL,
    platform TEXT NULL,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    summary TEXT NOT NULL,
    at BIGINT NOT NULL,
    source TEXT NOT NULL
);
CREATE INDEX projection_operation_owner ON projection_operation (owner, at, operation_id);
CREATE INDEX projection_operation_enterprise ON projection_operation (enterprise, at, operation_id);
CREATE INDEX projection_operation_certificate ON projection_operation (certificate_id, at, operation_id);
CREATE INDEX projection_operation_source ON projection_operation (source);

-- Rebuilding reads all states of one kind, in pages.
CREATE INDEX OrleansStorage_Type ON OrleansStorage (GrainTypeString, GrainIdExtensionString);
