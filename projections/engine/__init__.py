"""The engine: brings events into read models, in batches, with two clocks, on SQLite and PostgreSQL."""
