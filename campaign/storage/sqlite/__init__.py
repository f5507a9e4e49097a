"""The workspace in one folder of this machine: log, personal texts and read models in SQLite files."""
