-- Whose store this is: a keyed hash under the root key, and every release that has used it.
CREATE TABLE cluster_key (
    service TEXT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL
);
CREATE TABLE cluster_release (
    number INTEGER NOT NULL PRIMARY KEY
);
