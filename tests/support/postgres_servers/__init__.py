"""Throw-away PostgreSQL servers for tests, torture and measurement, and what stands between them and their clients."""
