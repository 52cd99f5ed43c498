-- A user's applications, newest first; what they are now is asked of their grains.
CREATE TABLE projection_application (
    application_id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    created BIGINT NOT NULL,
    source TEXT NOT NULL
);
CREATE INDEX projection_application_owner ON projection_application (owner, created, application_id);
CREATE INDEX projection_application_source ON projection_application (source);
