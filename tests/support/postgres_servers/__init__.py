"""Throw-away PostgreSQL servers for tests, stress tests and measurement, and what stands between them and their clients."""
