-- That the store was restored from a backup, as the operator declared it; sealed by the key protector.
CREATE TABLE store_restore (
    number INTEGER NOT NULL PRIMARY KEY,
    sealed TEXT NOT NULL
);
