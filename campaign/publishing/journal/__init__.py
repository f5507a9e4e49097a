"""The journal: every entry of an office, written to files for its own archive."""
