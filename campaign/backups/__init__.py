"""Backups of a data directory: made, verified, restored, and searched when a person is erased."""
