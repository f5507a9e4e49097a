"""The log: events in one SQLite file, typed at load, chained by hashes, in positions that are never issued twice."""
