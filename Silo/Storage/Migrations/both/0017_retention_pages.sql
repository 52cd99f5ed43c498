-- How a round finds what it ends without going over the whole archive. StateErasure repeats the WHERE clauses.
CREATE INDEX archived_state_undated ON archived_state (type, key, service) WHERE modified IS NULL;
CREATE INDEX archived_state_marks ON archived_state (modified) WHERE length(payload) = 0;
