-- States nobody has asked for in a long time, compressed, with what brings a row back as it was. StateArchive says which and when.
CREATE TABLE archived_state (
    type TEXT NOT NULL,
    key TEXT NOT NULL,
    service TEXT NOT NULL,
    id_hash INTEGER NOT NULL,
    type_hash INTEGER NOT NULL,
    n0 INTEGER NOT NULL,
    n1 INTEGER NOT NULL,
    version INTEGER NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (type, key, service)
);

-- How the archive finds old sessions; evidence has an index already. The archive's query repeats the WHERE clause.
CREATE INDEX OrleansStorage_Sessions ON OrleansStorage (ModifiedOn) WHERE GrainTypeString = 'qr-session/qr-session';
