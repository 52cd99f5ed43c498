-- As OrleansStorage_Evidence: the newest links of a page lie in a row of their own. SqlEvidenceActivity and the archive's query repeat the WHERE clause.
CREATE INDEX OrleansStorage_EvidenceTail ON OrleansStorage (ModifiedOn, GrainIdExtensionString) WHERE GrainTypeString = 'evidence/evidence-tail';
