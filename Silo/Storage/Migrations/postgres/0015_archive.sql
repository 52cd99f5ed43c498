-- States nobody has asked for in a long time, compressed, with what brings a row back as it was. StateArchive says which and when.
CREATE TABLE archived_state (
    type text NOT NULL,
    key text NOT NULL,
    service text NOT NULL,
    id_hash integer NOT NULL,
    type_hash integer NOT NULL,
    n0 bigint NOT NULL,
    n1 bigint NOT NULL,
    version integer NOT NULL,
    payload bytea NOT NULL,
    PRIMARY KEY (type, key, service)
);
ALTER TABLE archived_state ALTER COLUMN payload SET STORAGE EXTERNAL;

-- How the archive finds old sessions; evidence has an index already. The archive's query repeats the WHERE clause.
CREATE INDEX OrleansStorage_Sessions ON OrleansStorage (ModifiedOn) WHERE GrainTypeString = 'qr-session/qr-session';
