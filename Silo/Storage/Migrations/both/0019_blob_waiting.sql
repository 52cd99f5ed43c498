-- Blobs of which somebody has yet to be asked who names them: every one when it is put, and what its namer let go. Times in seconds since 1970.
CREATE TABLE blob_waiting (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    since BIGINT NOT NULL
);
CREATE INDEX blob_waiting_owner ON blob_waiting (owner, id);
