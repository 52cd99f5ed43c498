-- Encrypted files; embedded processes keep them in a folder.
CREATE TABLE blob (
    id text NOT NULL PRIMARY KEY,
    content bytea NOT NULL
);

-- Ciphertext does not compress.
ALTER TABLE blob ALTER COLUMN content SET STORAGE EXTERNAL;
