-- What operators did: append-only.
CREATE TABLE operator_audit (
    at BIGINT NOT NULL,
    operator TEXT NOT NULL,
    action TEXT NOT NULL
);
CREATE INDEX operator_audit_at ON operator_audit (at);
