"""Personal data: texts stored apart from the log, their retention, and what an erasure is of."""
