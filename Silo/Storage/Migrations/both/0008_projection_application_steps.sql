-- Where an application stands, for its enterprise's administrator and for the sweep that ends what nobody goes on with.
ALTER TABLE projection_application ADD COLUMN state TEXT NULL;
ALTER TABLE projection_application ADD COLUMN enterprise TEXT NULL;
ALTER TABLE projection_application ADD COLUMN expires_at BIGINT NULL;
CREATE INDEX projection_application_enterprise ON projection_application (enterprise, state, created, application_id);
CREATE INDEX projection_application_expires ON projection_application (expires_at, application_id);
