-- When an archived state was written last, in seconds since 1970. Older rows get the time of the first round that sees them.
ALTER TABLE archived_state ADD COLUMN modified BIGINT NULL;
CREATE INDEX archived_state_modified ON archived_state (type, modified);

-- Rows that their grains cleared. StateErasure repeats the WHERE clause.
CREATE INDEX OrleansStorage_Cleared ON OrleansStorage (ModifiedOn) WHERE PayloadBinary IS NULL;

-- Certificates that are kept beyond their period, for a dispute: set and taken away by the operator's command.
CREATE TABLE retention_hold (
    certificate_id TEXT NOT NULL PRIMARY KEY,
    reason TEXT NOT NULL,
    since BIGINT NOT NULL,
    operator TEXT NOT NULL
);
