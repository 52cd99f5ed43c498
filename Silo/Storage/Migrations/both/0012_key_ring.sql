-- The keys that everything sealed lies under, each wrapped by the root key; by two while processes move from one to the other.
-- 0 is the key of keyed hashes. Times are milliseconds since 1970 (UTC).
CREATE TABLE protection_key (
    id BIGINT NOT NULL,
    root TEXT NOT NULL,
    wrapped TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (id, root)
);

-- Moving everything sealed to a key: how far it is, and who does it.
CREATE TABLE protection_rewrap (
    key_id BIGINT NOT NULL PRIMARY KEY,
    runner TEXT NOT NULL,
    seen BIGINT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    moved BIGINT NOT NULL,
    fixed BIGINT NOT NULL,
    started BIGINT NOT NULL,
    finished BIGINT NULL
);
