-- Which evidence was written lately: what the hourly checkpoint gathers. SqlEvidenceActivity repeats the WHERE clause.
CREATE INDEX OrleansStorage_Evidence ON OrleansStorage (ModifiedOn, GrainIdExtensionString) WHERE GrainTypeString = 'evidence/evidence';
